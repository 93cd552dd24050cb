"""Staff make and release rate coupons and subsidies: who may, in words, on record."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending.domain.staff_duties import Duty, may
from lending.errors import DomainError, IllegalState, InvalidInput, NotFound, NotPermitted
from lending.models import Officer
from lending.services import audit
from products.selectors import MissingParameter
from products.selectors import coupons as coupon_rows
from products.services import coupons
from products.services.errors import IllegalStep, SamePerson, WrongDay

_PROBLEMS = {
    "missing": _("Please fill this in."),
    "unknown": _("We do not know this."),
    "out_of_range": _("This is outside what is allowed."),
    "order": _("The last day must not be before the first."),
    "taken": _("Another coupon has this code."),
    "not_allowed": _("This is not possible here."),
}
_REFUSALS: tuple[type[Exception], ...] = (
    IllegalStep,
    SamePerson,
    WrongDay,
    MissingParameter,
    coupons.BeyondLaw,
    coupons.ChangedMeanwhile,
)


def draft(*, code: str, values: Mapping[str, Any], officer: Officer, now: datetime) -> None:
    """A new draft. Raises ``InvalidInput`` naming fields as ``products.services.coupons`` does."""
    with _recorded("draft", code, officer, Duty.KEEP_COUPONS, now):
        coupons.draft(code=code, values=values, author=_name(officer))


def revise(*, code: str, values: Mapping[str, Any], officer: Officer, now: datetime) -> None:
    """Other values for a draft; who revises it is its author from then on."""
    with _recorded("revise", code, officer, Duty.KEEP_COUPONS, now) as row:
        coupons.revise(coupon=row(), values=values, author=_name(officer))


def submit(*, code: str, officer: Officer, now: datetime) -> None:
    """A draft is ready for the second person."""
    with _recorded("submit", code, officer, Duty.KEEP_COUPONS, now) as row:
        coupons.submit(coupon=row())


def send_back(*, code: str, officer: Officer, now: datetime) -> None:
    """Back to a draft, by who would release it."""
    with _recorded("send_back", code, officer, Duty.RELEASE_COUPONS, now) as row:
        coupons.send_back(coupon=row())


def publish(*, code: str, seen: str, officer: Officer, today: date, now: datetime) -> None:
    """The second person releases what they ``seen``."""
    with _recorded("publish", code, officer, Duty.RELEASE_COUPONS, now) as row:
        coupons.publish(coupon=row(), checker=_name(officer), today=today, seen=seen)


def retire(*, code: str, on: date, officer: Officer, today: date, now: datetime) -> None:
    """``on`` is the first day it no longer holds; what was promised under it is kept."""
    with _recorded("retire", code, officer, Duty.RELEASE_COUPONS, now, {"on": str(on)}) as row:
        coupons.retire(coupon=row(), on=on, today=today)


@contextmanager
def _recorded(
    action: str,
    code: str,
    officer: Officer,
    duty: Duty,
    now: datetime,
    detail: dict[str, Any] | None = None,
) -> Iterator[Callable[[], Any]]:
    """One transaction: the right, the step, its record; refusals in the reader's words."""
    if not may(officer.role, duty):
        raise NotPermitted(_("Your role may not do this. Ask head office if it should."))

    def row() -> Any:
        found = coupon_rows.by_code(code)
        if found is None:
            raise NotFound
        return found

    try:
        with transaction.atomic():
            yield row
            audit.record(
                actor=officer.staff_no,
                action=f"coupon.{action}",
                subject_type="coupon",
                subject_id=code,
                now=now,
                detail=detail,
            )
    except coupons.WrongCoupon as error:
        raise InvalidInput(
            _("Please check the marked fields."),
            errors={field: [_PROBLEMS[problem]] for field, problem in error.problems.items()},
        ) from None
    except _REFUSALS as error:
        raise _in_words(error) from None


def _in_words(error: Exception) -> DomainError:
    if isinstance(error, coupons.BeyondLaw):
        return DomainError(
            _("The law allows at most %(bound)s for a subsidy; this one takes %(value)s.")
            % {"bound": f"{error.bound:.2%}", "value": f"{error.value:.2%}"}
        )
    if isinstance(error, MissingParameter):
        return DomainError(
            _(
                "The numbers of the law do not reach over all days of this subsidy. Shorten it, or "
                "have them entered first."
            )
        )
    if isinstance(error, SamePerson):
        return NotPermitted(_("Another person than its author must publish it."))
    if isinstance(error, WrongDay):
        return DomainError(_("This day is past, or after the coupon's end."), code="wrong_day")
    return IllegalState(_("Somebody was faster: please look at the coupon again."))


def _name(officer: Officer) -> str:
    return str(officer.user.get_username())
