"""An officer's codes: what they look like, as files for the printer, and as posters for the wall."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from lending import qr_images
from lending.errors import NotConfigured, NotFound
from lending.selectors import desk
from lending.staff_access import officer_of, staff_required
from lending.staff_pages import page, today
from marketing.domain.codes import is_code
from marketing.selectors import rates

PAPERS = ("a4", "a5")
CODES_MAX = 200


def code_url(request: HttpRequest, code: str) -> str:
    """The address in the code: the bank's public one, else the one this page was asked at."""
    path = reverse("marketing:landing", args=[code])
    public = str(getattr(settings, "PUBLIC_BASE_URL", "") or "")
    return f"{public.rstrip('/')}{path}" if public else request.build_absolute_uri(path)


@require_safe
@staff_required
def code_list(request: HttpRequest) -> HttpResponse:
    """Every code the viewer may print, drawn."""
    rows = list(desk.codes(officer_of(request))[:CODES_MAX])
    products = rates.of_products(today())
    return page(
        request,
        "marketing/codes",
        {
            "section": "codes",
            "codes": [(row, products.get(row.product_code), _drawn(request, row)) for row in rows],
        },
    )


@require_safe
@staff_required
def svg(request: HttpRequest, code: str) -> HttpResponse:
    """The code as SVG, for any size."""
    row = _printable(request, code)
    text = qr_images.svg(code_url(request, row.code), label=row.code)
    return _file(text.encode(), "image/svg+xml", f"{row.code}.svg")


@require_safe
@staff_required
def png(request: HttpRequest, code: str) -> HttpResponse:
    """The code as PNG at 300 dpi; ``?mm=`` is its printed width (20–300, default 60)."""
    row = _printable(request, code)
    asked = request.GET.get("mm", "60")
    size_mm = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 4 else 60
    return _file(
        qr_images.png(code_url(request, row.code), size_mm=size_mm), "image/png", f"{row.code}.png"
    )


@require_safe
@staff_required
def poster(request: HttpRequest, code: str) -> HttpResponse:
    """A page to print on A4 or A5: product, code, officer, telephone, true annual rate."""
    row = _printable(request, code)
    paper = request.GET.get("paper", "a4")
    officer = row.officer
    product = rates.of_products(today()).get(row.product_code)
    if product is not None and product.apr_low is None:
        raise NotConfigured  # nothing is advertised without its true annual rate
    return page(
        request,
        "marketing/poster",
        {
            "code": row,
            "product": product,
            "qr": _drawn(request, row),
            "url": code_url(request, row.code),
            "paper": paper if paper in PAPERS else "a4",
            "code_officer": officer,
            "bank": (officer or officer_of(request)).branch.legal_entity,
        },
    )


def _printable(request: HttpRequest, code: str) -> Any:
    row = desk.codes(officer_of(request)).filter(code=code).first() if is_code(code) else None
    if row is None:
        raise NotFound
    return row


def _drawn(request: HttpRequest, row: Any) -> str:
    return mark_safe(qr_images.svg(code_url(request, row.code), label=row.code))  # noqa: S308  (our own drawing)


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
