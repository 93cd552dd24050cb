"""Starting, withdrawing and expiring applications."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lending import events
from lending.domain.application_flow import MACHINE_STATES, OPEN_STATES, Action, Role, State
from lending.errors import DomainError, IllegalState, InvalidInput
from lending.models import Branch, Customer, LoanApplication, Offer, ReferralCode
from lending.selectors import business_day
from lending.selectors import codes as code_selectors
from lending.services import coupons, locations, moves, sale_limits, traits
from products import selectors as product_selectors
from products.domain.terms import LoanTerms, ResolvedTerms
from products.money import InvalidAmount, parse_amount

DRAFT_LIVES = timedelta(days=30)
_EXPIRE_BATCH = 200
_CODE_WORD = re.compile(r"[a-z_]{1,40}")


_ENDED = _("This product is not on offer today. Please ask your loan officer.")


class UnusableCode(DomainError):
    code = "unusable_qr_code"
    status = 422


def clean_amount(field: str, text: Any) -> Any:
    """``Decimal`` yuan from input, or ``InvalidInput`` on ``field``."""
    try:
        return parse_amount(text)
    except InvalidAmount:
        raise InvalidInput.field(
            field,
            _("Please enter an amount in yuan with ordinary digits, for example 20000."),
            "invalid_amount",
        ) from None


def start(
    *,
    customer: Customer,
    qr_code: str,
    purpose: str,
    requested_amount: str | None,
    source_token: str,
    channel: str,
    now: datetime,
    device: str = "",
    location: Mapping[str, Any] | None = None,
) -> LoanApplication:
    """Open a draft for the product of ``qr_code``. An earlier unfinished application is withdrawn.

    ``device`` is the device's random id; ``location`` (``lat``, ``lon`` in degrees) is kept coarse.
    Raises ``UnusableCode`` (unknown, retired or expired code), ``InvalidInput`` (purpose, amount,
    location), ``IllegalState`` while a person or the machine is deciding on an earlier one.
    """
    place = locations.clean(location)
    code = _usable(qr_code, now)
    branch = (
        code.officer.branch
        if code.officer
        else Branch.objects.select_related("legal_entity").order_by("pk")[0]
    )
    product_version, resolved = _on_sale(code, business_day.current(branch.legal_entity))
    terms = resolved.terms
    if purpose not in terms.purposes:
        raise InvalidInput.field("purpose", _("Please choose one of the purposes of this product."))
    amount = _wished_amount(requested_amount, terms)
    with transaction.atomic():
        moves.take_turns(customer)
        sale_limits.require_room_to_start(limits=resolved.sale_limits, now=now)
        _supersede_open(customer, now)
        application = _create(
            customer, code, branch, product_version, purpose, amount, source_token, channel, now
        )
        locations.keep(application=application, place=place, code=code)
        traits.began(application=application, device=device, now=now)
        if code.officer_id and customer.officer_id is None:
            Customer.objects.filter(pk=customer.pk, officer__isnull=True).update(
                officer=code.officer
            )
        events.record(
            "application.started", at=now, application=application, data={"channel": channel}
        )
    return application


def _usable(qr_code: str, now: datetime) -> ReferralCode:
    code = code_selectors.by_code(qr_code)
    if code is None or not code_selectors.is_usable(code, now):
        raise UnusableCode(
            _("This QR code is not valid any more. Please ask your loan officer for a new one."),
            errors={"qr_code": [_("This QR code is not valid any more.")]},
        )
    return code


def _on_sale(code: ReferralCode, today: date) -> tuple[Any, ResolvedTerms]:
    """The version the code sells today, with its terms; only by officers it is meant for."""
    try:
        version = product_selectors.current_version(code.product_code, on=today)
    except product_selectors.NoVersion:  # not yet begun, ended or withdrawn
        raise UnusableCode(_ENDED, errors={"qr_code": [_ENDED]}) from None
    resolved = product_selectors.resolved_terms(version.pk)
    sellers = resolved.terms.officers
    if sellers and (code.officer is None or code.officer.staff_no not in sellers):
        raise UnusableCode(_ENDED, errors={"qr_code": [_ENDED]})
    return version, resolved


def _wished_amount(text: Any, terms: LoanTerms) -> Decimal | None:
    """What the person would like, within what the product lends; None leaves it to the decision."""
    if text is None:
        return None
    amount: Decimal = clean_amount("requested_amount", text)
    if not terms.amount_min <= amount <= terms.amount_max:
        raise InvalidInput.field(
            "requested_amount",
            _("Please choose an amount between %(low)s and %(high)s yuan.")
            % {"low": f"{terms.amount_min:,.0f}", "high": f"{terms.amount_max:,.0f}"},
            "amount_out_of_range",
        )
    return amount


def _create(
    customer: Customer,
    code: ReferralCode,
    branch: Branch,
    product_version: Any,
    purpose: str,
    amount: Any,
    source_token: str,
    channel: str,
    now: datetime,
) -> LoanApplication:
    return LoanApplication.objects.create(
        customer=customer,
        legal_entity=branch.legal_entity,
        product_code=code.product_code,
        product_version=product_version,
        officer=code.officer or customer.officer,
        branch=branch,
        qr_code=code.code,
        source_token=source_token[:64],
        channel=channel,
        purpose=purpose,
        requested_amount=amount,
        created_at=now,
        state_since=now,
        expires_at=now + DRAFT_LIVES,
    )


def open_ones(customer: Customer) -> "QuerySet[LoanApplication]":
    """Applications that may still end in money. At most one, so that two never share one limit."""
    return LoanApplication.objects.filter(
        customer=customer, state__in=[*OPEN_STATES, State.SIGNED, State.DISBURSING]
    )


def in_progress() -> IllegalState:
    return IllegalState(
        _("Your earlier application is still being worked on. Please wait for its result."),
        code="application_in_progress",
    )


def _supersede_open(customer: Customer, now: datetime) -> None:
    for earlier in open_ones(customer).select_for_update(of=("self",)):
        if earlier.state in (*MACHINE_STATES, State.IN_REVIEW, State.SIGNED):
            raise in_progress()
        _close(earlier, Action.WITHDRAW, Role.CUSTOMER, str(customer.pk), now, "superseded")


def withdraw(
    *, application_id: UUID, customer: Customer, reason: str, now: datetime
) -> LoanApplication:
    """The person changes their mind; possible until the contract is signed.

    ``reason`` is kept when it is a code word: a person's own words do not belong in the event feed.
    """
    word = reason if _CODE_WORD.fullmatch(reason) else "customer"
    with transaction.atomic():
        application = moves.locked(application_id, customer=customer)
        _close(application, Action.WITHDRAW, Role.CUSTOMER, str(customer.pk), now, word)
    return application


def expire_due(*, now: datetime) -> int:
    """Close applications and offers whose time has run out; returns how many applications."""
    closed = 0
    for application_id in LoanApplication.objects.filter(
        state__in=OPEN_STATES, expires_at__lte=now
    ).values_list("pk", flat=True)[:_EXPIRE_BATCH]:
        with transaction.atomic():
            application = moves.locked(application_id)
            if application.state in OPEN_STATES and application.expires_at <= now:
                _close(application, Action.EXPIRE, Role.SYSTEM, "expire", now, "time ran out")
                closed += 1
    return closed


def _close(
    application: LoanApplication, action: Action, role: Role, actor: str, now: datetime, reason: str
) -> None:
    moves.move(application, action=action, role=role, actor=actor, now=now, data={"reason": reason})
    offer_state = Offer.State.EXPIRED if action == Action.EXPIRE else Offer.State.VOID
    application.offers.filter(state__in=[Offer.State.OPEN, Offer.State.ACCEPTED]).update(
        state=offer_state
    )
    application.contracts.filter(voided_at__isnull=True, signed_at__isnull=True).update(
        voided_at=now
    )
    coupons.release(application=application, now=now)
    # pictures of the card are kept no longer than the application needs them
    application.readings.update(front=None, back=None, fields=None)
