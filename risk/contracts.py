"""The vocabulary between ``risk`` and the apps above it: frozen values, no models.

Amounts are ``Decimal`` yuan; rates are fractions a year; reasons and labels stand in Chinese and
English.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from products.domain.coupons import Coupon
from products.domain.terms import LoanTerms

APPROVE, REFER, DECLINE = "approve", "refer", "decline"


@dataclass(frozen=True)
class Subject:
    """Who is asked about. ``card_number`` is ``None`` until a bank card is bound."""

    application_id: UUID
    name: str
    id_number: str
    mobile: str
    card_number: str | None
    address: str
    declared: Mapping[str, str]


@dataclass(frozen=True)
class DecisionRequest:
    """Everything a decision may depend on; ``consents`` maps consent kind → consent id.

    ``coupons`` are those in force for the product that still have budget; ``product_path`` names the
    product's layers, base first.
    """

    subject: Subject
    round: int
    terms: LoanTerms
    lpr: Decimal
    requested_amount: Decimal | None
    purpose: str
    consents: Mapping[str, str]
    as_of: datetime
    business_date: date
    signals: Mapping[str, int | str | list[str]]
    product_path: tuple[str, ...] = ()
    coupons: tuple[Coupon, ...] = ()


@dataclass(frozen=True)
class Reason:
    """Why: a code for the bank, a sentence for the person. ``kind``: decline | refer | info."""

    code: str
    text_zh: str
    text_en: str
    kind: str


@dataclass(frozen=True)
class Evidence:
    """One fact an assessment rests on; ``value`` is ready to show and ``effect`` is signed, 0 for
    neutral.
    """

    code: str
    text_zh: str
    text_en: str
    value: str
    source: str
    at: str
    effect: int


@dataclass(frozen=True)
class Assessment:
    """``name``: basics | fraud | willingness | ability; ``score`` 0 (worst) to 100."""

    name: str
    score: int
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class OfferDraft:
    """An offer before lending gives it an identity and an expiry. ``apr`` is the effective yearly
    rate; ``seasonal_months`` are the income months (1–12) of a ``seasonal`` plan, else empty, and
    ``seasonal_shares`` the percent of the year's income in each, if a calendar tells. ``coupons``
    names what lowered the rate from ``rate_before``.
    """

    amount_min: Decimal
    amount_max: Decimal
    amount_step: Decimal
    annual_rate: Decimal
    apr: Decimal
    term_months: int
    method: str
    provenance: tuple[Mapping[str, Any], ...]
    label_zh: str
    label_en: str
    seasonal_months: tuple[int, ...] = ()
    seasonal_shares: Mapping[int, int] = field(default_factory=dict)
    coupons: tuple[str, ...] = ()
    rate_before: Decimal | None = None


@dataclass(frozen=True)
class Decision:
    """The stored outcome of one round. ``limit`` is 0.00 when nothing is offered."""

    id: UUID
    outcome: str
    score: int | None
    grade: str | None
    limit: Decimal
    offers: tuple[OfferDraft, ...]
    reasons: tuple[Reason, ...]
    assessments: tuple[Assessment, ...]
