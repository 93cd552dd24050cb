"""The contract in force of an application."""

from lending.errors import NotFound
from lending.models import LoanApplication, LoanContract


def of_application(application: LoanApplication) -> LoanContract:
    """The live contract; raises ``NotFound`` before an offer is accepted."""
    contract = (
        LoanContract.objects.select_related(
            "application__customer", "application__bank_card", "legal_entity", "offer"
        )
        .filter(application=application, voided_at__isnull=True)
        .first()
    )
    if contract is None:
        raise NotFound
    return contract
