"""What we sell: products in layers, dated numbers of the law, income calendars, coupons."""

from products.models.calendars import IncomeCalendar
from products.models.coupons import RateCoupon
from products.models.parameters import OperatingArea, RegulatoryParameter
from products.models.products import Product, ProductVersion

__all__ = [
    "IncomeCalendar",
    "OperatingArea",
    "Product",
    "ProductVersion",
    "RateCoupon",
    "RegulatoryParameter",
]
