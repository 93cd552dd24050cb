"""Is this card the applicant's own? Asked again when the card changes after signing."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from lending.errors import DomainError
from lending.models import LoanApplication
from lending.selectors import consents as consent_selectors
from lending.services.decisions import subject_of
from risk import services as risk_services

_SOURCE = "card"


class CardNotConfirmed(DomainError):
    """The card check did not say MATCH; nothing is paid to this card."""

    code = "card_not_confirmed"


def require_own_card(*, application: LoanApplication, now: datetime) -> None:
    """Ask the card service about the application's card; raises ``CardNotConfirmed`` unless it matches.

    Calls out, so the caller holds no transaction. The same card is not asked about twice.
    """
    result = risk_services.check(
        subject=subject_of(application),
        consents=consent_selectors.accepted_ids(application),
        source=_SOURCE,
        purpose="loan_approval",
        now=now,
        round=application.decision_round,
    )
    if result != "MATCH":
        raise CardNotConfirmed(
            _(
                "We could not confirm that this card is yours. Please check the number or use another."
            )
        )
