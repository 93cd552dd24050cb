"""Eight loans and what happened to them in a year: the table behind docs/servicing-years.md."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from tests.servicing.twins import Terms

D = dt.date
Step = tuple[dt.date, str, int | str, dict[str, Any]]  # day, kind, cents or "due"/"payoff", options


@dataclass(frozen=True)
class Story:
    """``by_hand``: the first period in plain arithmetic, each line a sum of the figures.

    ``steps``: besides paying what falls due when ``pays_in_time``. ``look``: nothing happens, the
    accounts are read. A ``reversal`` takes back the step of that place in the list (from 0).
    """

    key: str
    title: str
    terms: Terms
    words: str
    by_hand: tuple[str, ...]
    pays_in_time: bool = True
    steps: tuple[Step, ...] = field(default=())


STORIES = (
    Story(
        "equal_instalment", "1. Equal instalments (等额本息)",
        Terms(principal=1_200_000, rate=72_000, start=D(2026, 1, 15)),
        "Twelve level instalments, interest first in each; a month is thirty days (30/360).",
        (
            "12,000.00 × 0.072 ÷ 12 × 1.006 ^ 12 ÷ (1.006 ^ 12 − 1) = 1,039.43",
            "12,000.00 × 7.2 % × 30 ÷ 360 = 72.00",
            "1,039.43 − 72.00 = 967.43",
        ),
    ),
    Story(
        "equal_principal", "2. Equal principal (等额本金)",
        Terms(
            principal=1_200_000, rate=72_000, start=D(2026, 1, 31), method="equal_principal",
            day_count="act/360",
        ),
        "A twelfth of the principal each month-end; actual days over 360, so that February is cheap.",
        ("12,000.00 ÷ 12 = 1,000.00", "12,000.00 × 7.2 % × 28 ÷ 360 = 67.20"),
    ),
    Story(
        "interest_only", "3. Interest monthly, principal at the end (先息后本)",
        Terms(
            principal=5_000_000, rate=43_500, start=D(2026, 3, 31), method="interest_only",
            day_count="act/365",
        ),
        "Interest of the actual days over 365 each month; all principal with the last.",
        ("50,000.00 × 4.35 % × 30 ÷ 365 = 178.77",),
    ),
    Story(
        "bullet", "4. Everything at the end (到期一次还本付息)",
        Terms(principal=3_000_000, rate=60_000, start=D(2026, 2, 10), method="bullet"),
        "One payment after twelve months of thirty days; the interest grows night by night meanwhile.",
        (
            "30,000.00 × 6 % × 360 ÷ 360 = 1,800.00",
            "30,000.00 × 6 % × 360 ÷ 360 × 89 ÷ 365 = 438.90",
        ),
        steps=tuple((D(2026, month, 10), "look", 0, {}) for month in (5, 8, 11)),
    ),
    Story(
        "flexible", "5. A drawdown of a flexible line (随借随还)",
        Terms(
            principal=2_000_000, rate=64_800, start=D(2026, 4, 8), method="flexible", day_count="act/360",
        ),
        "Daily interest on what is used: 5,000.00 come back after twenty days, 10,000.00 more in summer, "
        "the rest in October. The first interest payment is of two balances.",
        (
            "20,000.00 × 6.48 % × 20 ÷ 360 + 15,000.00 × 6.48 % × 10 ÷ 360 = 99.00",
            "15,000.00 × 6.48 % × 31 ÷ 360 = 83.70",
        ),
        steps=(
            (D(2026, 4, 28), "partial_early", 500_000, {"choice": "lower_instalment"}),
            (D(2026, 7, 20), "partial_early", 1_000_000, {"choice": "lower_instalment"}),
            (D(2026, 10, 25), "payoff", "payoff", {}),
        ),
    ),
    Story(
        "quarterly_interest", "6. Interest by the quarter (按季付息)",
        Terms(
            principal=10_000_000, rate=54_000, start=D(2026, 5, 20), method="quarterly_interest",
        ),
        "Three months of thirty days each time. On 1 January 2027 the rate follows the LPR down to 5.1 %: "
        "the quarter from 20 November, 92 nights, bears 42 nights of the old and 50 of the new rate.",
        (
            "100,000.00 × 5.4 % × 90 ÷ 360 = 1,350.00",
            "100,000.00 × 5.4 % × 90 ÷ 360 × 42 ÷ 92 + 100,000.00 × 5.1 % × 90 ÷ 360 × 50 ÷ 92 = 1,309.24",
        ),
        steps=((D(2027, 1, 1), "rate_change", 0, {"annual_rate": "0.051"}),),
    ),
    Story(
        "seasonal", "7. A plan that follows the harvest (按收成还款)",
        Terms(
            principal=4_000_000, rate=65_000, start=D(2027, 8, 31), method="seasonal", day_count="act/act",
            seasonal_months=(2, 6, 8),
        ),
        "Payments in February, June and August only. Actual days, each over the length of its own year: "
        "the mornings to 31 December 2027 over 365, those of the leap year 2028 over 366.",
        (
            "40,000.00 ÷ 3 = 13,333.33",
            "40,000.00 × 6.5 % × 122 ÷ 365 + 40,000.00 × 6.5 % × 60 ÷ 366 = 1,295.27",
        ),
    ),
    Story(
        "arrears", "8. Arrears, a repayment that was none, and one before its time",
        Terms(principal=1_200_000, rate=72_000, start=D(2026, 1, 15), grace=3),
        "The loan of the first page again, with three days of grace. The second instalment is not paid. On "
        "20 March 500.00 are put to it by mistake and taken back ten days later. On 24 April all that is "
        "due comes in: principal and interest of March were late for 37 nights (from that of 18 March), "
        "April's for 6, at one and a half times the rate. In June 3,000.00 are repaid early, and the term "
        "gets shorter.",
        (
            "12,000.00 × 7.2 % × 30 ÷ 360 = 72.00",
            "973.23 × 10.8 % × 37 ÷ 360 + 979.07 × 10.8 % × 6 ÷ 360 = 12.57",
            "66.20 × 10.8 % × 37 ÷ 360 + 60.36 × 10.8 % × 6 ÷ 360 = 0.84",
            "973.23 + 66.20 + 979.07 + 60.36 + 12.57 + 0.84 = 2,092.27",
        ),
        pays_in_time=False,
        steps=(
            (D(2026, 2, 15), "repayment", "due", {}),
            (D(2026, 3, 20), "repayment", 50_000, {}),
            (D(2026, 3, 30), "reversal", 1, {}),
            (D(2026, 4, 24), "repayment", "due", {}),
            (D(2026, 5, 15), "repayment", "due", {}),
            (D(2026, 6, 10), "partial_early", 300_000, {"choice": "shorten_term"}),
            *((D(2026, month, 15), "repayment", "due", {}) for month in range(6, 13)),
        ),
    ),
)
