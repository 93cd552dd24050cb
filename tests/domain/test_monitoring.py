"""The arithmetic of monitoring: worked examples, and what must hold for any counts."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score, roc_curve

from risk.domain import monitoring as m
from risk.domain.monitoring_alerts import RULES, Measured, broken, is_broken
from risk.domain.monitoring_intervals import (
    Interval,
    Paired,
    cases_needed,
    judged,
    newcombe,
    newcombe_paired,
    wilson,
)

COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 5_000), min_size=1)
SCORES = st.dictionaries(st.integers(300, 320), st.integers(0, 40), max_size=12)


def near(interval: Interval | None, value: float, low: float, high: float) -> None:
    assert interval is not None
    assert (interval.value, interval.low, interval.high) == pytest.approx(
        (value, low, high), abs=5e-5
    )


def test_psi_is_the_worked_example() -> None:
    assert m.psi({"a": 5_000, "b": 5_000}, {"a": 7_000, "b": 3_000}) == pytest.approx(
        0.1694, abs=2e-4
    )
    assert m.psi({"a": 5}, {}) is None
    # a bin that emptied counts, and has a logarithm
    assert 0.5 < (m.psi({"a": 900, "b": 100}, {"a": 1_000}) or 0) < 1.0


@given(COUNTS, COUNTS)
def test_psi_is_symmetric_and_never_negative(a: dict[str, int], b: dict[str, int]) -> None:
    there, back = m.psi(a, b), m.psi(b, a)
    if there is None:
        assert back is None
        return
    assert there >= 0
    assert there == pytest.approx(back)
    assert m.psi(a, a) == pytest.approx(0)


def test_a_shift_has_a_size_only_with_enough_cases() -> None:
    assert [m.shift(x, 500) for x in (0.05, 0.1, 0.25)] == ["small", "some", "much"]
    assert m.shift(0.9, 99) == m.shift(None, 500) == "unknown"


@given(st.dictionaries(st.integers(300, 900), st.integers(1, 500), min_size=1, max_size=80))
def test_bins_of_the_reference_lose_nobody(counts: dict[int, int]) -> None:
    edges = m.decile_edges(counts)
    assert edges == sorted(set(edges))
    assert len(edges) <= 9
    bins = m.binned(counts, edges)
    assert sum(bins.values()) == sum(counts.values())
    assert all(bins.values())


def test_tenths_are_tenths() -> None:
    assert m.decile_edges(dict.fromkeys(range(100), 7)) == list(range(10, 100, 10))
    assert m.bin_names([10, 20]) == ["< 10", "10–19", "≥ 20"]


@given(SCORES, SCORES)
def test_auc_and_ks_are_those_of_scikit_learn(goods: dict[int, int], bads: dict[int, int]) -> None:
    rows = [(s, 1) for s, n in goods.items() for _ in range(n)]
    rows += [(s, 0) for s, n in bads.items() for _ in range(n)]
    if len({good for _, good in rows}) < 2:
        assert m.auc(goods, bads) is None
        assert m.ks(goods, bads) is None
        return
    scores, labels = [s for s, _ in rows], [good for _, good in rows]
    assert m.auc(goods, bads) == pytest.approx(roc_auc_score(labels, scores))
    false_rate, true_rate, _ = roc_curve(labels, scores, drop_intermediate=False)
    # KS of either direction: the score may also part them the wrong way round
    assert m.ks(goods, bads) == pytest.approx(max(abs(true_rate - false_rate)))


def test_auc_counts_a_tie_half() -> None:
    assert m.auc({600: 1}, {600: 1}) == 0.5
    assert m.auc({700: 3}, {500: 2}) == 1.0
    assert m.ks({700: 3}, {500: 2}) == 1.0


@given(
    st.dictionaries(st.integers(0, 900), st.integers(1, 30), min_size=1),
    st.floats(0.01, 1.0),
)
def test_a_quantile_is_the_nearest_rank(counts: dict[int, int], share: float) -> None:
    rows = sorted(value for value, n in counts.items() for _ in range(n))
    found = m.quantile(counts, share)
    assert found in counts
    assert sum(value <= found for value in rows) >= share * len(rows)
    assert m.quantile({}, 0.5) is None


def test_milliseconds_keep_two_figures() -> None:
    assert [m.rounded_ms(v) for v in (0, 7, 99, 104, 105, 995, 1_049)] == [
        0, 7, 99, 100, 110, 1_000, 1_000,
    ]


def test_a_vintage_is_cumulative_and_stops_where_not_all_have_lived() -> None:
    curve = m.vintage("2026-01", 200, {2: 4, 3: 2, 9: 1}, observed=4)
    assert curve.shares == (0.0, 0.0, 0.02, 0.03, 0.03)
    assert m.vintage("2026-11", 5, {}, observed=-1).shares == ()
    assert m.vintage("2026-01", 0, {}, observed=1).shares == (0.0, 0.0)


def test_intervals_are_the_published_ones() -> None:
    near(wilson(81, 263), 0.30798, 0.25529, 0.36621)
    near(newcombe(56, 70, 48, 80), 0.2, 0.0524, 0.3339)
    near(newcombe_paired(Paired(36, 12, 2, 0)), 0.2, 0.0569, 0.3404)
    assert wilson(0, 0) is newcombe(1, 2, 0, 0) is newcombe_paired(Paired(0, 0, 0, 0)) is None


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_intervals_hold_their_value_and_stay_possible(a: int, b: int, c: int, d: int) -> None:
    for found, floor in (
        (wilson(a, a + b), 0.0),
        (newcombe(a, a + b, c, c + d), -1.0),
        (newcombe_paired(Paired(a, b, c, d)), -1.0),
    ):
        if found is not None:
            assert floor <= found.low <= found.value + 1e-12
            assert found.value - 1e-12 <= found.high <= 1.0


def test_agreement_narrows_the_paired_interval() -> None:
    pairs = newcombe_paired(Paired(500, 20, 5, 475))
    alone = newcombe(520, 1_000, 505, 1_000)
    assert pairs is not None
    assert alone is not None
    assert pairs.high - pairs.low < (alone.high - alone.low) / 2
    assert judged(pairs) == "more"
    assert judged(alone) == "unknown"


def test_a_difference_is_called_by_its_bounds() -> None:
    assert judged(Interval(0.0, -0.02, 0.02)) == "same"
    assert judged(Interval(-0.1, -0.2, -0.01)) == "less"
    assert judged(None) == "unknown"
    assert cases_needed(0.5) == 1_570


def test_every_rule_has_its_own_code_and_is_told_from_too_few_cases() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES)
    slow = next(rule for rule in RULES if rule.code == "decisions_slow")
    assert is_broken(slow, Measured(1_001.0, 100)) is True
    assert is_broken(slow, Measured(1_000.0, 100)) is False
    assert is_broken(slow, Measured(9_000.0, 99)) is None
    assert is_broken(slow, None) is None
    low = broken({"automation_low": Measured(0.4, 1_000)})
    assert low["automation_low"] is True
    assert low["score_shift"] is None


def test_a_large_sample_agrees_with_itself() -> None:
    """Counts of two halves, put together, are those of the whole."""
    dice = random.Random(7)
    halves = [{dice.randrange(300, 900): dice.randrange(1, 9) for _ in range(200)} for _ in "ab"]
    assert sum(m.merged(halves).values()) == sum(sum(half.values()) for half in halves)
