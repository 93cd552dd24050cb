"""Eight loans lived by engine and reference model alike.

``python -m tests.servicing.years --figures`` writes the golden figures, from the reference model;
``python -m tests.servicing.years --write`` writes docs/servicing-years.md, from the golden figures.
"""

import argparse
import datetime as dt
import json
import os
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FIGURES = ROOT / "tests" / "golden" / "servicing_years.json"
PAGE = ROOT / "docs" / "servicing-years.md"
DAY = dt.timedelta(days=1)

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()

from lending.domain.postings import Event, lines_of  # noqa: E402  (after Django knows its settings)
from lending.domain.servicing import closing, plan  # noqa: E402
from lending.domain.servicing.facts import Transaction, TransactionKind  # noqa: E402
from lending.domain.servicing.replay import apply, first_state  # noqa: E402
from lending.domain.servicing.state import LoanState  # noqa: E402
from lending.services.loan_bookings import events_of  # noqa: E402
from products.domain.interest import EXACT  # noqa: E402
from tests.servicing.twins import Terms, by_hand, cents, yuan  # noqa: E402
from tests.servicing.years_stories import STORIES, Story  # noqa: E402

Books = dict[str, int]
Seen = tuple[Books, dict[str, Any], dict[int, list[list[Any]]]]
Life = Callable[[Terms, Sequence[Transaction], dt.date], Seen]


def engine_life(terms: Terms, facts: Sequence[Transaction], until: dt.date) -> Seen:
    """Books, what is owed, and the splits on the morning of ``until``, by the engine, night by night."""
    with localcontext(EXACT):
        loan = terms.facts()
        state = first_state(loan, plan.from_schedule(loan, terms.schedule()))
        books = _booked({}, {Event.DISBURSED: loan.principal})
        splits = {}
        for one in sorted(facts, key=lambda t: (t.value_date, t.number)):
            _close(state, one.value_date, books)
            parts = apply(state, one)
            splits[one.number] = _aggregated(
                [(str(p.component), cents(p.amount), p.instalment) for p in parts]
            )
            _booked(books, events_of(str(one.kind), tuple(parts)))
        _close(state, until, books)
        return books, _owed_by(state), splits


def _close(state: LoanState, until: dt.date, books: Books) -> None:
    """Nights of loans that stay on the books: what accrues is receivable and income."""
    while state.as_of < until:
        interest, charges = state.interest_accrued, state.penalty_accrued + state.compound_accrued
        closing.close_until(state, state.as_of + DAY)
        assert state.is_accruing
        _booked(
            books,
            {
                Event.INTEREST_ACCRUED: state.interest_accrued - interest,
                Event.CHARGES_ACCRUED: state.penalty_accrued + state.compound_accrued - charges,
            },
        )


def _booked(books: Books, events: dict[Event, Decimal]) -> Books:
    for line in lines_of(events):
        books[line.account] = books.get(line.account, 0) + cents(line.amount)
    return books


def _owed_by(state: LoanState) -> dict[str, Any]:
    return {
        "principal": str(state.principal_balance),
        "interest": str(state.interest_accrued - state.interest_cleared),
        "charges": str(state.penalty_open + state.compound_open),
        "days_past_due": state.days_past_due,
    }


def reference_life(terms: Terms, facts: Sequence[Transaction], until: dt.date) -> Seen:
    """The same by the reference model."""
    loan, splits = terms.reference(terms.schedule()), {}
    for one in sorted(facts, key=lambda t: (t.value_date, t.number)):
        loan.close_until(one.value_date)
        parts = by_hand(loan, one)
        splits[one.number] = _aggregated([(name, amount, n) for name, amount, n, _ in parts])
    loan.close_until(until)
    owed = {
        "principal": str(yuan(loan.balance())),
        "interest": str(yuan(loan.interest() - sum(r["paid_interest"] for r in loan.rows))),
        "charges": str(yuan(loan.penalty_open() + loan.compound_open())),
        "days_past_due": loan.days_past_due(),
    }
    return dict(loan.books), owed, splits


def _aggregated(parts: list[tuple[str, int, int]]) -> list[list[Any]]:
    return [[name, str(yuan(amount)), number] for name, amount, number in parts]


# --- the story of one loan ------------------------------------------------------------------------
def _steps(story: Story) -> Iterator[tuple[dt.date, str, int | str, dict[str, Any]]]:
    """The story's own steps and, if it pays in time, each due date."""
    steps = list(story.steps)
    if story.pays_in_time:
        end = next((s[0] for s in steps if s[1] == "payoff"), dt.date.max)
        dues = [row.due for row in story.terms.schedule().instalments]
        steps += [(due, "repayment", "due", {}) for due in dues if due <= end]
    yield from sorted(steps, key=lambda step: step[0])


def lived(story: Story, life: Life) -> dict[str, Any]:
    """The story's figures as ``life`` reckons them: one entry a step, with the journal since the last."""
    terms, standing, steps = story.terms, [], []
    books, owed, _ = life(terms, standing, terms.start)
    steps.append(_entry(terms.start, "disbursed", yuan(terms.principal), {}, books, owed, []))
    for number, (day, kind, wanted, options) in enumerate(_steps(story), 1):
        before, owed, _ = life(terms, standing, day)
        if accrued := _difference(before, books):
            steps.append(_entry(day, "accrued", None, {}, accrued, owed, []))
        if kind == "look":
            books = before
            continue
        if kind == "reversal":
            amount = standing.pop(int(wanted)).amount
        else:
            amount = _due(story, standing, day, kind) if isinstance(wanted, str) else yuan(wanted)
            if wanted == "due" and not amount:  # paid off before
                break
            standing.append(
                Transaction(
                    number=number, kind=TransactionKind(kind), value_date=day, amount=amount,
                    options=options,
                )
            )
        books, owed, splits = life(terms, standing, day)
        parts = splits.get(number, [])
        steps.append(_entry(day, kind, amount, options, _difference(books, before), owed, parts))
    return {
        "key": story.key,
        "plan": [[str(r.due), str(r.principal), str(r.interest)] for r in terms.schedule().instalments],
        "steps": steps,
        "books": _written(books),
        "apr_planned": _rate(terms, [(r.due, r.amount) for r in terms.schedule().instalments]),
        "apr_paid": _rate(terms, [(one.value_date, one.amount) for one in standing if one.amount]),
    }


def _due(story: Story, standing: Sequence[Transaction], day: dt.date, kind: str) -> Decimal:
    """What is due, or ends the loan, on this morning: of the reference model, whoever asks."""
    loan = story.terms.reference(story.terms.schedule())
    for one in standing:
        loan.close_until(one.value_date)
        by_hand(loan, one)
    loan.close_until(day)
    due = sum(loan.unpaid(row) for row in loan.due()) + loan.penalty_open() + loan.compound_open()
    return yuan(due + (loan.undue_principal() + loan.running() if kind == "payoff" else 0))


def _entry(
    day: dt.date, kind: str, amount: Decimal | None, options: dict[str, Any], journal: Books,
    owed: dict[str, Any], parts: list[list[Any]],
) -> dict[str, Any]:
    return {
        "date": str(day), "kind": kind, "amount": None if amount is None else str(amount),
        "options": options, "splits": parts, "journal": _written(journal), "owed": owed,
    }


def _difference(books: Books, before: Books) -> Books:
    found = {code: books.get(code, 0) - before.get(code, 0) for code in {**books, **before}}
    return {code: amount for code, amount in found.items() if amount}


def _written(books: Books) -> dict[str, str]:
    return {code: str(yuan(amount)) for code, amount in sorted(books.items()) if amount}


def _rate(terms: Terms, flows: Sequence[tuple[dt.date, Decimal]]) -> str:
    """The true annual rate by halving an interval: 200 times, from 0 to 100 %."""
    low, high = 0.0, 1.0
    for _ in range(200):
        middle = (low + high) / 2
        worth = sum(
            float(amount) / (1 + middle) ** ((day - terms.start).days / 365) for day, amount in flows
        )
        low, high = (middle, high) if worth > float(yuan(terms.principal)) else (low, middle)
    return f"{low:.6f}"


def read() -> list[dict[str, Any]]:
    written: list[dict[str, Any]] = json.loads(FIGURES.read_text(encoding="utf-8"))
    return written


def main() -> None:
    from tests.servicing.years_page import page

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--figures", action="store_true", help="golden figures, by the reference model")
    parser.add_argument("--write", action="store_true", help="the page, from the golden figures")
    chosen = parser.parse_args()
    if chosen.figures:
        figures = [lived(story, reference_life) for story in STORIES]
        FIGURES.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if chosen.write:
        PAGE.write_text(page(read()), encoding="utf-8")


if __name__ == "__main__":
    main()
