"""Facts lending itself knows that the decision may weigh: speed, sharing, rings, what is already owed.

Collected once, when the machine decides, in seven queries; ``lending.domain.fraud_signals`` says what
each means and how far back it looks.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from lending.domain.fraud_signals import MONTH
from lending.domain.identity_anomalies import Identity, anomalies
from lending.domain.loan_flow import LoanState
from lending.domain.traits import Kind
from lending.models import BankCard, IdCardReading, Loan, LoanApplication
from lending.selectors import relations

Signals = dict[str, int | str | list[str]]
_OTHERS_READ_MAX = 10


def outstanding_principal(customer_id: object) -> Decimal:
    """What the customer owes over all products, in yuan (统一授信 counts all of it)."""
    total = Loan.objects.filter(
        customer_id=customer_id, state__in=[LoanState.ACTIVE, LoanState.OVERDUE]
    ).aggregate(total=Sum("principal_balance"))["total"]
    return total or Decimal("0.00")


def of_application(
    application: LoanApplication, *, as_of: datetime | None = None, today: date | None = None
) -> Signals:
    """Counts as int, flags as bool, money as text, codes as a list; fixed by the caller's record.

    ``as_of`` ends the windows (default: the submission), ``today`` is the bank's day.
    """
    moment = as_of or application.submitted_at or application.created_at
    found = relations.sightings(
        application_id=application.pk,
        customer_id=application.customer_id,
        identity=application.id_number_index or "",
        as_of=moment,
    )
    codes = _anomalies(application, found, moment, today or moment.date())
    return {
        **_counts(application),
        **_owed(application),
        **_shared(found),
        **_ring(application, moment),
        **_place(application),
        "identity_anomalies": len(codes),
        "identity_anomaly_codes": codes,
    }


def _counts(application: LoanApplication) -> Signals:
    since = application.created_at - timedelta(days=7)
    rows = LoanApplication.objects.filter(id_number_index=application.id_number_index).aggregate(
        week=Count("pk", filter=Q(created_at__gte=since)),
        customers=Count("customer_id", distinct=True),
    )
    card_index = application.bank_card.card_index if application.bank_card else ""
    return {
        "applications_same_identity_7d": rows["week"],
        "customers_same_identity": rows["customers"],
        "same_card_other_customers": BankCard.objects.filter(card_index=card_index)
        .exclude(customer=application.customer_id)
        .count(),
    }


def _owed(application: LoanApplication) -> Signals:
    mine = Loan.objects.filter(customer_id=application.customer_id).aggregate(
        overdue=Count("pk", filter=Q(state=LoanState.OVERDUE)),
        total=Sum("principal_balance", filter=Q(state__in=[LoanState.ACTIVE, LoanState.OVERDUE])),
    )
    return {
        "loans_overdue": mine["overdue"],
        "outstanding_principal": str(mine["total"] or Decimal("0.00")),
    }


def _shared(found: list[relations.Sighting]) -> Signals:
    """A device without an officer's word counts as itself; only if there is none, the assisted one."""
    kinds = {row.kind for row in found}
    assisted = Kind.ASSISTED in kinds and Kind.DEVICE not in kinds
    device = Kind.ASSISTED if assisted else Kind.DEVICE
    most = relations.most
    return {
        "applications_by_device_7d": most(found, device, "people_7d"),
        "device_assisted": assisted,
        "applications_by_assisted_device_1d": most(found, Kind.ASSISTED, "people_1d"),
        "same_device_other_customers_30d": most(found, Kind.DEVICE, "others_30d"),
        "same_address_other_customers": most(found, Kind.ADDRESS, "others"),
        "same_mobile_other_identities": most(found, Kind.MOBILE, "identities"),
        "applications_by_mobile_30d": most(found, Kind.MOBILE, "applications_30d"),
        "same_text_other_customers_30d": most(found, Kind.TEXT, "others_30d"),
    }


def _ring(application: LoanApplication, moment: datetime) -> Signals:
    ring = relations.ring_of(application.customer_id, as_of=moment)
    return {
        "ring_size": ring.size,
        "ring_strong_links": ring.strong_links,
        "ring_applications_7d": ring.applied_7d,
        "ring_applications_30d": ring.applied_30d,
        "ring_declined_90d": ring.declined_90d,
        "ring_overdue": ring.overdue,
        "ring_fraud_listed": ring.fraud_listed,
        "address_shared_by_many": ring.address_shared_by_many,
    }


def _place(application: LoanApplication) -> Signals:
    """Kilometres from the request to the branch of the code's officer; nothing where one is unknown."""
    km = (application.location or {}).get("km")
    return {} if km is None else {"scan_distance_km": int(km)}


def _anomalies(
    application: LoanApplication, found: list[relations.Sighting], moment: datetime, today: date
) -> list[str]:
    same = (
        LoanApplication.objects.filter(
            id_number_index=application.id_number_index,
            created_at__gte=moment - timedelta(days=MONTH),
        )
        .exclude(pk=application.pk)
        .only("pk", "name")
        .order_by("-created_at")[:_OTHERS_READ_MAX]
    )
    read = _clear_reading(application)
    person = Identity(
        name=application.name or "",
        number=application.id_number or "",
        valid_until=application.id_valid_until,
        read_name=str(read.get("name") or ""),
        read_number=str(read.get("id_number") or ""),
        other_names=[other.name for other in same if other.name],
        mobile_identities=relations.most(found, Kind.MOBILE, "identities"),
    )
    return anomalies(person, on=today)


def _clear_reading(application: LoanApplication) -> dict[str, Any]:
    """What the newest picture said, if it was read without any doubt; else nothing."""
    reading = (
        application.readings.filter(state=IdCardReading.State.READ)
        .defer("front", "back")
        .order_by("-created_at")
        .first()
    )
    if reading is None or reading.problem or not isinstance(reading.fields, dict):
        return {}
    return reading.fields
