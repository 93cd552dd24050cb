"""Loans the close set aside: tried again by replaying their whole life, which mends their columns."""

from datetime import datetime

import structlog
from django.contrib.auth.models import User
from django.db import DataError, IntegrityError, InternalError, transaction
from django.utils.translation import gettext as _

from lending.errors import IllegalState, NotFound
from lending.models import LoanAccount
from lending.selectors import loan_lives
from lending.services import audit, business_day, loan_accounts, loan_catch_up
from lending.services.end_of_day_chunks import words_of

log = structlog.get_logger(__name__)


def retry(*, account_id: int, user: User, now: datetime) -> bool:
    """Replay the loan, write what comes out, close the days it missed. False: it stays parked, with
    the new error. Raises ``NotFound``, or ``IllegalState`` for a loan that is not parked."""
    found = LoanAccount.objects.filter(pk=account_id).values_list("loan_id", "parked_at").first()
    if found is None:
        raise NotFound
    try:
        with transaction.atomic():
            account = loan_accounts.locked(found[0])
            if account.parked_at is None:
                raise IllegalState(_("This loan is not parked."))
            account.parked_at, account.parked_error = None, ""
            result = loan_lives.replayed(account, loan_catch_up.as_of(account))
            loan_accounts.write_state(account, state=result.state, cause=None, now=now)
            loan_catch_up.catch_up(
                account=account, through_before=business_day.held(account.legal_entity), now=now
            )
            _tell(account, user, now, "")
    except (
        DataError, IntegrityError, InternalError, ArithmeticError, LookupError, TypeError, ValueError,
    ) as error:
        with transaction.atomic():
            account = loan_accounts.locked(found[0])
            account.parked_error = words_of(error)
            account.save(update_fields=["parked_error"])
            _tell(account, user, now, words_of(error))
        return False
    return True


def _tell(account: LoanAccount, user: User, now: datetime, problem: str) -> None:
    log.info("end_of_day.retried", account=account.pk, problem=problem)
    audit.record(
        actor=user.get_username(),
        action="end_of_day.retry",
        subject_type="loan",
        subject_id=str(account.loan_id),
        now=now,
        detail={"problem": problem},
    )
