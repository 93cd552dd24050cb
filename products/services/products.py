"""A new node of 1 + N + N: a product derived from another. What it sells, its versions say."""

import re

from django.db import IntegrityError, transaction

from products.models import Product
from products.services.errors import BadProduct

_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)
_CODE_LENGTH = range(3, 21)
#: Kind of a child by its parent's kind: three layers, no more.
CHILD_KIND = {Product.Kind.BASE: Product.Kind.SUB_PRODUCT, Product.Kind.SUB_PRODUCT: Product.Kind.CAMPAIGN}
_LENGTHS = {"name_zh": 40, "name_en": 60, "tagline_zh": 80, "tagline_en": 120}


def derive(*, parent: Product, code: str, words: dict[str, str]) -> Product:
    """A product below ``parent``, without a version yet. ``words``: name and tagline, ``_zh``/``_en``.

    Raises ``BadProduct`` naming the field: a code that is taken or misshapen (3–20 of a–z, 0–9 and
    hyphens), words that are empty or too long, a parent that is itself a campaign.
    """
    kind = CHILD_KIND.get(Product.Kind(parent.kind))
    if kind is None:
        raise BadProduct("parent", "kind")
    if len(code) not in _CODE_LENGTH or not _CODE.fullmatch(code):
        raise BadProduct("code", "shape")
    for field, longest in _LENGTHS.items():
        given = words.get(field, "")
        if not given.strip() or len(given) > longest or not given.isprintable():
            raise BadProduct(field, "shape")
    position = Product.objects.order_by("-position").values_list("position", flat=True)[0] + 1
    try:
        with transaction.atomic():
            return Product.objects.create(
                code=code, kind=kind, parent=parent, position=min(position, 30_000),
                **{field: words[field].strip() for field in _LENGTHS},
            )
    except IntegrityError:
        raise BadProduct("code", "taken") from None
