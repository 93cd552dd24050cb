"""What a product truly costs a year, over everything it sells: for pages and posters. Pure."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from products.domain.apr import apr
from products.domain.pricing import rate_band
from products.domain.schedule import InvalidSchedule, for_terms
from products.domain.terms import LoanTerms

#: Where most principal falls due at the end, nobody is offered more than a year.
_LATE_PRINCIPAL = frozenset({"interest_only", "bullet", "quarterly_interest", "seasonal", "flexible"})
_LATE_PRINCIPAL_MONTHS_MAX = 12
_PLACES = 4


def ways(terms: LoanTerms) -> Iterator[tuple[str, int]]:
    """Each method and term in months that can be offered together."""
    for method in terms.methods:
        for months in terms.term_months:
            if method not in _LATE_PRINCIPAL or months <= _LATE_PRINCIPAL_MONTHS_MAX:
                yield method, months


def true_rate_band(terms: LoanTerms, *, lpr: Decimal, start: date) -> tuple[Decimal, Decimal]:
    """The lowest and highest true annual rate (from the dated cash flows) over all grades, terms
    and ways of repaying, for the product's largest amount begun on ``start``; four decimals.
    """
    lowest, highest = rate_band(terms, lpr)
    return min(_true_rates(terms, lowest, start)), max(_true_rates(terms, highest, start))


def _true_rates(terms: LoanTerms, annual_rate: Decimal, start: date) -> list[Decimal]:
    """At least one: a product whose every way of repaying is unsound raises ``InvalidSchedule``."""
    found = []
    for method, months in ways(terms):
        try:
            schedule = for_terms(
                terms, principal=terms.amount_max, annual_rate=annual_rate, term_months=months,
                method=method, start=start,
            )
        except InvalidSchedule:
            continue
        found.append(apr(terms.amount_max, start, schedule.flows(), places=_PLACES))
    if not found:
        raise InvalidSchedule("methods", "no way of repaying fits the terms")
    return found
