"""How much a person may approve: their own authority, the product, and the strategy's bands."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from lending.errors import InvalidInput
from lending.models import LoanApplication, Officer
from lending.selectors.signals import outstanding_principal
from products.domain.law import reviewed_amount_max
from products.domain.terms import LoanTerms
from risk import services as risk_services

#: Where a role stands against the strategy's authority bands.
_RANKS = {"officer": 0, "manager": 1, "head_office": 2, "risk": 2}
_NEEDED = {
    "manager": _("A limit of this size is approved by a manager. Please ask yours."),
    "head_office": _("A limit of this size is approved by head office. Please pass it on."),
}


def check(
    amount: Decimal, officer: Officer, terms: LoanTerms, application: LoanApplication
) -> None:
    """Raises ``InvalidInput`` on ``limit`` when this person may not approve this amount."""
    _check_limit(amount, officer, terms, application)
    _check_band(amount, officer, application)


def _check_limit(
    amount: Decimal, officer: Officer, terms: LoanTerms, application: LoanApplication
) -> None:
    message = None
    highest = reviewed_amount_max(terms)
    room = highest - outstanding_principal(application.customer_id)
    if amount > officer.authority_amount:
        message = _("This is above your authority of %(amount)s yuan. Please ask your manager.") % {
            "amount": f"{officer.authority_amount:,.0f}"
        }
    elif not terms.amount_min <= amount <= room:
        message = _("This product allows %(low)s to %(high)s yuan for this customer.") % {
            "low": f"{terms.amount_min:,.0f}",
            "high": f"{max(room, Decimal(0)):,.0f}",
        }
    elif amount % terms.amount_step != 0:
        message = _("Please choose a multiple of %(step)s yuan.") % {
            "step": f"{terms.amount_step:,.0f}"
        }
    if message:
        raise InvalidInput.field("limit", message, "limit_not_allowed")


def _check_band(amount: Decimal, officer: Officer, application: LoanApplication) -> None:
    """The decision's strategy may ask for a higher role, whatever the person's own authority is."""
    if application.decision_id is None:
        return
    needed = risk_services.authority_for(decision_id=application.decision_id, amount=amount)
    if needed in _NEEDED and _RANKS.get(officer.role, 0) < _RANKS[needed]:
        raise InvalidInput.field("limit", _NEEDED[needed], "limit_not_allowed")
