"""Printed codes of a product: there the moment it is published (推广码)."""

from lending.models import Officer, ReferralCode
from products.selectors import resolved_terms

_CODE_MAX = 40


def issue(*, version_id: int) -> int:
    """A code for each officer who may sell the product and, if anybody may, one of the house.

    Safe to repeat: what is there stays. Returns how many codes are new.
    """
    terms = resolved_terms(version_id).terms
    officers = Officer.objects.filter(role=Officer.Role.OFFICER)
    if terms.officers:
        officers = Officer.objects.filter(staff_no__in=terms.officers)
    wanted = [
        ReferralCode(
            code=f"{officer.staff_no.lower()}-{terms.product_code}"[:_CODE_MAX],
            product_code=terms.product_code, officer=officer, label=terms.name_zh,
        )
        for officer in officers.order_by("staff_no")
    ]
    if not terms.officers:
        wanted.append(
            ReferralCode(
                code=terms.product_code, product_code=terms.product_code, label=terms.name_zh
            )
        )
    before = ReferralCode.objects.filter(product_code=terms.product_code).count()
    ReferralCode.objects.bulk_create(wanted, ignore_conflicts=True)
    return ReferralCode.objects.filter(product_code=terms.product_code).count() - before
