"""Facts lending itself knows that the decision may weigh: speed, shared cards, what is already owed."""

from datetime import timedelta
from decimal import Decimal

from django.db.models import Sum

from lending.domain.loan_flow import LoanState
from lending.models import BankCard, Loan, LoanApplication


def outstanding_principal(customer_id: object) -> Decimal:
    """What the customer owes over all products, in yuan (统一授信 counts all of it)."""
    total = Loan.objects.filter(
        customer_id=customer_id, state__in=[LoanState.ACTIVE, LoanState.OVERDUE]
    ).aggregate(total=Sum("principal_balance"))["total"]
    return total or Decimal("0.00")


def of_application(application: LoanApplication) -> dict[str, int | str]:
    """Counts as int, money as text; fixed at the time of submission by the caller's record."""
    since = application.created_at - timedelta(days=7)
    same_identity = LoanApplication.objects.filter(
        id_number_index=application.id_number_index, created_at__gte=since
    )
    card_index = application.bank_card.card_index if application.bank_card else ""
    return {
        "applications_same_identity_7d": same_identity.count(),
        "customers_same_identity": LoanApplication.objects.filter(
            id_number_index=application.id_number_index
        )
        .values("customer_id")
        .distinct()
        .count(),
        "same_card_other_customers": BankCard.objects.filter(card_index=card_index)
        .exclude(customer=application.customer)
        .count(),
        "loans_overdue": Loan.objects.filter(
            customer=application.customer, state=LoanState.OVERDUE
        ).count(),
        "outstanding_principal": str(outstanding_principal(application.customer_id)),
    }
