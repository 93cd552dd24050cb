"""Offers a customer may choose from now."""

from datetime import datetime

from django.db.models import QuerySet

from lending.models import LoanApplication, Offer


def open_offers(application: LoanApplication, now: datetime) -> QuerySet[Offer]:
    """Open, unexpired offers in the order the decision gave them."""
    return application.offers.filter(state=Offer.State.OPEN, expires_at__gt=now).order_by(
        "position"
    )
