"""The counties the bank serves: one joins from a day on, one leaves on a day. Rows never change."""

import re
from datetime import date

from django.db import transaction
from django.db.models import Q

from products.models import OperatingArea, Product
from products.selectors.dated import products_in_county
from products.services.parameters import (
    WrongDay,
    check_basis,
    check_first_day,
    check_last_day,
    take_turns,
)

_COUNTY = re.compile(r"[1-9][0-9]{5}", re.ASCII)


class NotACounty(ValueError):
    """Not a six-digit county code, or a name is missing or overlong; ``field`` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class CountyInUse(ValueError):
    """Products published for that day or later are lent in the county: ``products`` names them."""

    def __init__(self, products: list[str]) -> None:
        super().__init__(", ".join(products))
        self.products = products


def add_county(
    *,
    county: str,
    name_zh: str,
    name_en: str,
    basis: str,
    valid_from: date,
    author: str,
    today: date,
) -> OperatingArea:
    """The bank serves ``county`` from ``valid_from`` on.

    Raises ``NotACounty``, ``NoBasis``, or ``WrongDay`` (``taken``: it is served then already).
    """
    if not _COUNTY.fullmatch(county):
        raise NotACounty("county")
    for field, text, length in (("name_zh", name_zh, 40), ("name_en", name_en, 60)):
        if not text.strip() or len(text.strip()) > length or "\x00" in text:
            raise NotACounty(field)
    check_basis(basis)
    check_first_day(valid_from, today)
    with transaction.atomic():
        take_turns()
        clash = (
            OperatingArea.objects.filter(
                Q(valid_to__isnull=True) | Q(valid_to__gt=valid_from), county=county
            )
            .order_by("valid_from")
            .first()
        )
        if clash is not None:
            raise WrongDay("taken", clash.valid_from)
        return OperatingArea.objects.create(
            county=county, name_zh=name_zh.strip(), name_en=name_en.strip(),
            basis=basis.strip(), valid_from=valid_from, author=author,
        )


def end_county(*, row_id: int, on: date, today: date) -> OperatingArea:
    """The bank serves the county no more from ``on``.

    Raises ``WrongDay``, or ``CountyInUse`` while a published product names the county on ``on`` or
    later: first those products leave it, then the bank does.
    """
    with transaction.atomic():
        # Publishing locks every product too: none can name the county while it is being ended.
        list(Product.objects.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
        take_turns()
        row = OperatingArea.objects.get(pk=row_id)
        check_last_day(row, on, today)
        products = products_in_county(row.county, on)
        if products:
            raise CountyInUse(products)
        row.valid_to = on
        row.save(update_fields=["valid_to"])
    return row
