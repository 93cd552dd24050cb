"""Public pages: what the bank lends, and what it really costs a year."""

import io

import qrcode
import qrcode.image.svg
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from products.pages import shown_product, shown_products

UNIVERSAL_PATH = "/q/universal/"


def _qr_svg(address: str) -> str:
    """The address as an SVG path, drawn here from our own data only."""
    out = io.BytesIO()
    qrcode.make(address, image_factory=qrcode.image.svg.SvgPathImage, border=1).save(out)
    return out.getvalue().decode().split("?>", 1)[-1]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All products on sale, the universal code on top."""
    apply_url = request.build_absolute_uri(UNIVERSAL_PATH)
    context = {
        "products": shown_products(timezone.localdate()),
        "apply_path": UNIVERSAL_PATH,
        "qr_svg": _qr_svg(apply_url),
    }
    return render(request, "products/home.html", context)


@require_safe
def product(request: HttpRequest, code: str) -> HttpResponse:
    """One product with a worked example."""
    shown = shown_product(code, timezone.localdate())
    if shown is None:
        raise Http404
    return render(request, "products/product.html", {"shown": shown, "apply_path": UNIVERSAL_PATH})
