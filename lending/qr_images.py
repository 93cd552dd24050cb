"""QR codes as SVG text and as PNG bytes for print. Pure."""

from functools import lru_cache
from io import BytesIO

import qrcode
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.main import QRCode

QUIET_ZONE = 4  # modules of white around the code, as the standard asks
DPI = 300
MM_PER_INCH = 25.4
MM_MIN, MM_MAX = 20, 300


def _matrix(text: str) -> list[list[bool]]:
    code: QRCode = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=QUIET_ZONE)
    code.add_data(text)
    code.make(fit=True)
    return code.get_matrix()


@lru_cache(maxsize=512)  # a drawing takes milliseconds and never changes
def svg(text: str, *, label: str = "") -> str:
    """An inline-able SVG, one path, black on white, quiet zone included; scales to any size."""
    matrix = _matrix(text)
    side = len(matrix)
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark
    )
    name = label.translate({ord(c): None for c in '<>&"'})
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="qr" viewBox="0 0 {side} {side}" role="img" '
        f'aria-label="{name}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path d="{path}"/></svg>'
    )


def png(text: str, *, size_mm: int = 60) -> bytes:
    """A PNG that prints ``size_mm`` wide (20–300) at 300 dpi, every module the same whole number of dots."""
    size_mm = min(max(size_mm, MM_MIN), MM_MAX)
    matrix = _matrix(text)
    dots = max(1, round(size_mm / MM_PER_INCH * DPI) // len(matrix))
    code: QRCode = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=QUIET_ZONE, box_size=dots)
    code.add_data(text)
    code.make(fit=True)
    picture = code.make_image().get_image()
    out = BytesIO()
    exact_dpi = len(matrix) * dots / size_mm * MM_PER_INCH
    picture.save(out, format="PNG", dpi=(exact_dpi, exact_dpi))
    return out.getvalue()
