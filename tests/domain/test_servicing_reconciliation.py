"""One movement compared: which difference, with which sides."""

from decimal import Decimal as D

import pytest

from lending.domain.reconciliation import BreakKind, Movement, Ours, Theirs, differences_of

KEY = Movement("in", "C1")
OURS = Ours(D("500.00"), "card", "succeeded")
THEIRS = Theirs(D("500.00"), "card", 1, D("500.00"))


def kinds(ours: Ours | None, theirs: Theirs | None, books: str | None = "500.00") -> list[str]:
    cleared = None if books is None else D(books)
    return [d.kind.value for d in differences_of(KEY, ours, theirs, cleared)]


def test_three_equal_sides_are_no_difference() -> None:
    assert kinds(OURS, THEIRS) == []


@pytest.mark.parametrize(
    ("ours", "theirs", "books", "expected"),
    [
        (None, THEIRS, None, ["missing_here"]),
        (OURS._replace(state="rejected"), THEIRS, None, ["missing_here"]),
        (OURS, None, "500.00", ["missing_there"]),
        (OURS, THEIRS._replace(amount=D("500.01"), total=D("500.01")), "500.00", ["amount"]),
        (OURS, THEIRS._replace(card="another"), "500.00", ["payee"]),
        (OURS, THEIRS._replace(lines=2, total=D("1000.00")), "500.00", ["duplicate"]),
        (OURS, THEIRS, None, ["no_journal"]),
        (OURS, THEIRS, "499.99", ["journal_amount"]),
        (OURS, THEIRS, "-500.00", ["journal_amount"]),
        (OURS, THEIRS, "0.00", ["journal_amount"]),
        (OURS._replace(is_booked=False, is_late=True), THEIRS, None, ["unbooked"]),
        (OURS._replace(state="unknown", is_late=True), THEIRS, None, ["unbooked"]),
        (OURS, None, None, ["missing_there", "no_journal"]),
        (None, THEIRS._replace(lines=3, total=D("1500.00")), None, ["duplicate", "missing_here"]),
    ],
)
def test_each_difference_has_its_name(
    ours: Ours | None, theirs: Theirs | None, books: str | None, expected: list[str]
) -> None:
    assert kinds(ours, theirs, books) == expected


@pytest.mark.parametrize(
    "ours",
    [
        OURS._replace(state="unknown"),
        OURS._replace(state="sending"),
        OURS._replace(is_booked=False),
    ],
)
def test_what_is_on_its_way_is_no_difference_yet(ours: Ours) -> None:
    assert kinds(ours, THEIRS, None) == []


def test_a_doubled_line_shows_the_sum_and_a_refused_row_shows_nothing_of_ours() -> None:
    doubled = THEIRS._replace(lines=2, total=D("1000.00"))
    (found,) = differences_of(KEY, OURS, doubled, D("500.00"))
    assert (found.ours, found.theirs, found.books) == (D("500.00"), D("1000.00"), D("500.00"))
    (found,) = differences_of(KEY, OURS._replace(state="rejected"), THEIRS, None)
    assert found.kind is BreakKind.MISSING_HERE
    assert (found.ours, found.theirs) == (None, D("500.00"))
