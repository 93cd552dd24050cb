"""A coupon's way: draft → in review → published, by two people; a subsidy keeps to the law's numbers.

A published coupon is final. It ends by ``valid_to``, which may come nearer; ``retired`` is one
withdrawn before its first day. What was promised under it is kept.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from products.domain.coupons import BASIS_POINT, BP_OFF_MAX, EFFECTS, KINDS, SUBSIDY
from products.models import Product, RateCoupon
from products.selectors import parameters
from products.selectors.coupons import SUBSIDY_PARAMETERS, fingerprint
from products.services.errors import IllegalStep, SamePerson, WrongDay

State = RateCoupon.State
FIELDS = (
    "name_zh", "name_en", "kind", "effect", "bp_off", "fixed_rate", "product_codes", "purposes",
    "tiers", "lists", "segments", "stack_group", "valid_from", "valid_to", "share_max", "funder",
    "legal_basis", "budget_amount", "budget_count", "per_customer",
)
LISTS = ("product_codes", "purposes", "tiers", "lists", "segments")
LIST_MAX = 50
_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
_TEXTS = {"name_zh": 40, "name_en": 60, "funder": 60, "legal_basis": 200}
_BOUNDS = {"budget_amount": 10**11, "budget_count": 10**9, "per_customer": 10_000}


class WrongCoupon(ValueError):
    """What a coupon says cannot be: ``problems`` maps each field to ``missing``, ``unknown``,
    ``out_of_range``, ``order``, ``taken`` or ``not_allowed``."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {problem}" for field, problem in problems.items()))
        self.problems = dict(problems)


class BeyondLaw(ValueError):
    """A subsidy takes more than the law allows on its days."""

    def __init__(self, field: str, value: Decimal, bound: Decimal) -> None:
        super().__init__(f"{field}: {value} is above {bound}")
        self.field, self.value, self.bound = field, value, bound


class ChangedMeanwhile(ValueError):
    """The coupon is not what the checker saw."""


def draft(*, code: str, values: Mapping[str, Any], author: str) -> RateCoupon:
    """A new draft stating ``values`` (names in ``FIELDS``, typed). Raises ``WrongCoupon``."""
    coupon = RateCoupon(code=code, author=author)
    _fill(coupon, values)
    try:
        with transaction.atomic():
            coupon.save(force_insert=True)
    except IntegrityError:
        if RateCoupon.objects.filter(code=code).exists():
            raise WrongCoupon({"code": "taken"}) from None
        raise
    return coupon


def revise(*, coupon: RateCoupon, values: Mapping[str, Any], author: str) -> RateCoupon:
    """Other values for a draft; who revises it becomes its author."""
    with transaction.atomic():
        coupon = _locked(coupon, State.DRAFT)
        coupon.author = author
        _fill(coupon, values)
        coupon.save()
    return coupon


def submit(*, coupon: RateCoupon) -> RateCoupon:
    """draft → in review."""
    return _step(coupon, State.DRAFT, State.IN_REVIEW)


def send_back(*, coupon: RateCoupon) -> RateCoupon:
    """in review → draft, to be revised."""
    return _step(coupon, State.IN_REVIEW, State.DRAFT)


def publish(
    *, coupon: RateCoupon, checker: str, today: date, seen: str | None = None
) -> RateCoupon:
    """in review → published by a second person; ``seen`` is the fingerprint they looked at.

    Raises ``SamePerson``, ``IllegalStep``, ``ChangedMeanwhile``, ``WrongDay``, ``WrongCoupon``,
    ``BeyondLaw``, and ``MissingParameter`` when the law's numbers do not reach over a subsidy's
    days.
    """
    with transaction.atomic():
        coupon = _locked(coupon, State.IN_REVIEW)
        if not checker or checker == coupon.author:
            raise SamePerson("a coupon is published by another person than its author")
        if seen is not None and seen != fingerprint(coupon):
            raise ChangedMeanwhile(coupon.code)
        if coupon.valid_from < today:
            raise WrongDay(f"{coupon.valid_from} is past")
        _check(coupon)
        if coupon.kind == SUBSIDY:
            _check_law(coupon)
        coupon.state, coupon.checker = State.PUBLISHED, checker
        coupon.save(update_fields=["state", "checker"])
    return coupon


def retire(*, coupon: RateCoupon, on: date, today: date) -> RateCoupon:
    """A published coupon ends on ``on``, its first day no more; one not yet begun is withdrawn.

    Raises ``WrongDay`` for a past day or one after its end.
    """
    with transaction.atomic():
        coupon = _locked(coupon, State.PUBLISHED)
        if on < today or on > coupon.valid_to or coupon.valid_to <= today:
            raise WrongDay(f"it cannot end on {on}")
        if on <= coupon.valid_from:
            coupon.state = State.RETIRED
        else:
            coupon.valid_to = on
        coupon.save(update_fields=["state", "valid_to"])
    return coupon


def _fill(coupon: RateCoupon, values: Mapping[str, Any]) -> None:
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise WrongCoupon(dict.fromkeys(sorted(unknown), "unknown"))
    for name, value in values.items():
        setattr(coupon, name, value)
    _check(coupon)


def _check(coupon: RateCoupon) -> None:
    problems = {**_text_problems(coupon), **_effect_problems(coupon), **_list_problems(coupon)}
    for name, bound in _BOUNDS.items():
        value = getattr(coupon, name)
        if value is not None and not (Decimal(value).is_finite() and 0 < value < bound):
            problems[name] = "out_of_range"
    if not coupon.valid_from or not coupon.valid_to:
        problems["valid_to" if coupon.valid_from else "valid_from"] = "missing"
    elif coupon.valid_to <= coupon.valid_from:
        problems["valid_to"] = "order"
    if problems:
        raise WrongCoupon(problems)


def _text_problems(coupon: RateCoupon) -> dict[str, str]:
    problems = {
        name: "not_allowed" for name in ("code", "stack_group")
        if not _CODE.fullmatch(getattr(coupon, name))
    }
    for name, longest in _TEXTS.items():
        text = getattr(coupon, name)
        if len(text) > longest or not (text.isprintable() or not text):
            problems[name] = "not_allowed"
        elif not text.strip() and (coupon.kind == SUBSIDY or name.startswith("name")):
            problems[name] = "missing"
    return problems


def _effect_problems(coupon: RateCoupon) -> dict[str, str]:
    problems = {}
    if coupon.kind not in KINDS:
        problems["kind"] = "unknown"
    if coupon.effect not in EFFECTS:
        problems["effect"] = "unknown"
    elif coupon.effect == "bp_off":
        if not 1 <= coupon.bp_off <= BP_OFF_MAX:
            problems["bp_off"] = "out_of_range"
        if coupon.fixed_rate is not None:
            problems["fixed_rate"] = "not_allowed"
    elif coupon.kind == SUBSIDY:
        problems["effect"] = "not_allowed"
    else:
        if coupon.bp_off:
            problems["bp_off"] = "not_allowed"
        if coupon.fixed_rate is None or not _is_share(coupon.fixed_rate):
            problems["fixed_rate"] = "out_of_range"
    if coupon.kind != SUBSIDY and coupon.share_max is not None:
        problems["share_max"] = "not_allowed"
    if coupon.kind == SUBSIDY and (coupon.share_max is None or not _is_share(coupon.share_max)):
        problems["share_max"] = "out_of_range"
    return problems


def _list_problems(coupon: RateCoupon) -> dict[str, str]:
    problems = {
        name: "not_allowed" for name in LISTS
        if len(getattr(coupon, name)) > LIST_MAX
        or not all(_CODE.fullmatch(one) for one in getattr(coupon, name))
    }
    named = set(coupon.product_codes)
    if "product_codes" not in problems and named:
        known = Product.objects.filter(code__in=named).values_list("code", flat=True)
        if named - set(known):
            problems["product_codes"] = "unknown"
    return problems


def _check_law(coupon: RateCoupon) -> None:
    """The law's numbers on the first and on the last day of a subsidy; all must be known."""
    for day in (coupon.valid_from, coupon.valid_to - timedelta(days=1)):
        held = parameters(SUBSIDY_PARAMETERS, day)
        for field, value, bound in (
            ("bp_off", coupon.bp_off * BASIS_POINT, held["SUBSIDY_BP_MAX"]),
            ("share_max", Decimal(coupon.share_max or 1), held["SUBSIDY_SHARE_MAX"]),
        ):
            if value > bound:
                raise BeyondLaw(field, value, bound)


def _is_share(value: Decimal) -> bool:
    return value.is_finite() and 0 < value < 1


def _locked(coupon: RateCoupon, state: str) -> RateCoupon:
    locked = RateCoupon.objects.select_for_update().get(pk=coupon.pk)
    if locked.state != state:
        raise IllegalStep(f"the coupon is {locked.state}")
    return locked


def _step(coupon: RateCoupon, origin: str, target: str) -> RateCoupon:
    with transaction.atomic():
        coupon = _locked(coupon, origin)
        coupon.state = target
        coupon.save(update_fields=["state"])
    return coupon
