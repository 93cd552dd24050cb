"""Public pages: what the bank lends, and what it really costs a year.

Who the lender is and which day it is at the bank is told by whoever mounts these pages
(``config.urls``): products know neither branches nor the business date.
"""

import io
from collections.abc import Callable
from datetime import date
from typing import Any, Protocol

import qrcode
import qrcode.image.svg
import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from products import pages
from products.selectors import MissingParameter, operating_counties

UNIVERSAL_PATH = "/q/universal/"
log = structlog.get_logger(__name__)


class LegalEntity(Protocol):
    name: str
    name_en: str


class Branch(Protocol):
    legal_entity: LegalEntity


FindBranch = Callable[[], Branch | None]
Today = Callable[[], date]


@require_safe
def home(request: HttpRequest, *, main_branch: FindBranch, today: Today) -> HttpResponse:
    """All products on sale, the universal code on top."""
    on, context = _front(main_branch, today)
    try:
        shown = pages.shown_products(on)
    except MissingParameter as error:
        log.error("products.page_without_prices", problem=str(error))
        shown = []
    base = next((one for one in shown if one.product.kind == "base"), None)
    context |= {
        "base": base,
        "products": [one for one in shown if one is not base],
        "qr_svg": _qr_svg(_address(request)),
    }
    return render(request, "products/home.html", context)


@require_safe
def product(
    request: HttpRequest, code: str, *, main_branch: FindBranch, today: Today
) -> HttpResponse:
    """One product: its terms, and what it costs over each term."""
    on, context = _front(main_branch, today)
    try:
        shown = pages.shown_product(code, on)
    except MissingParameter as error:
        log.error("products.page_without_prices", problem=str(error))
        shown = None
    if shown is None:
        raise Http404
    rows = pages.costs(shown, on)
    context |= {"shown": shown, "costs": rows, "typical": pages.typical(rows)}
    return render(request, "products/product.html", context)


def _front(main_branch: FindBranch, today: Today) -> tuple[date, dict[str, Any]]:
    """The bank's day, and what every public page says: lender, counties, where to apply."""
    branch = main_branch()
    on = today() if branch else timezone.localdate()
    english = (get_language() or "").startswith("en")
    entity = branch.legal_entity if branch else None
    counties = [area.name_en if english else area.name_zh for area in operating_counties(on)]
    return on, {
        "bank_name": (entity.name_en if english else entity.name) if entity else "",
        "counties": (", " if english else "、").join(counties),
        "apply_path": UNIVERSAL_PATH,
    }


def _address(request: HttpRequest) -> str:
    """The address printed codes carry, else the one this page was asked at."""
    if settings.PUBLIC_BASE_URL:
        return f"{settings.PUBLIC_BASE_URL.rstrip('/')}{UNIVERSAL_PATH}"
    return request.build_absolute_uri(UNIVERSAL_PATH)


def _qr_svg(address: str) -> str:
    """The address as an SVG path, drawn here from our own data only."""
    out = io.BytesIO()
    qrcode.make(address, image_factory=qrcode.image.svg.SvgPathImage, border=1).save(out)
    return out.getvalue().decode().split("?>", 1)[-1]
