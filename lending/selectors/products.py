"""What the desk's product pages need beside the products: who is who, and the printed codes."""

from collections.abc import Iterable

from django.db.models import Case, IntegerField, QuerySet, Value, When

from lending.models import Officer, ReferralCode
from lending.selectors import desk

CODES_SHOWN = 50


def staff_names(staff_nos: Iterable[str]) -> dict[str, str]:
    """Staff number → name; numbers without a profile are missing."""
    wanted = {one for one in staff_nos if one}
    return dict(Officer.objects.filter(staff_no__in=wanted).values_list("staff_no", "display_name"))


def codes_of(officer: Officer, product_code: str) -> QuerySet[ReferralCode]:
    """The product's codes the viewer may print, the product's own first; at most ``CODES_SHOWN``."""
    own = Case(When(code=product_code, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = desk.codes(officer).filter(product_code=product_code)
    return rows.order_by(own, "state", "code")[:CODES_SHOWN]
