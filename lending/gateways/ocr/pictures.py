"""Uploads become plain pictures: decoded, turned upright, shrunk, re-encoded. Nothing else gets through.

What comes out is a fresh JPEG without EXIF, so neither a hidden script nor a GPS position survives.
"""

import io
import warnings

from PIL import Image, ImageOps

UPLOAD_BYTES_MAX = 5_000_000
PIXELS_MAX = 40_000_000
SIDE_MIN, SIDE_MAX = 300, 1_600
_FORMATS = ("JPEG", "PNG", "WEBP")
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")


class UnacceptablePicture(ValueError):
    """``code``: too_large | not_a_picture | too_small."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def harden(upload: bytes) -> bytes:
    """A safe JPEG of the upload, longest side at most 1,600 pixels. Raises ``UnacceptablePicture``."""
    if len(upload) > UPLOAD_BYTES_MAX:
        raise UnacceptablePicture("too_large")
    if not upload.startswith(_MAGIC):
        raise UnacceptablePicture("not_a_picture")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture: Image.Image = Image.open(io.BytesIO(upload), formats=_FORMATS)
            if picture.width * picture.height > PIXELS_MAX:
                raise UnacceptablePicture("too_large")
            if min(picture.size) < SIDE_MIN:
                raise UnacceptablePicture("too_small")
            picture.draft("RGB", (SIDE_MAX, SIDE_MAX))  # lets the JPEG decoder shrink while reading
            picture = ImageOps.exif_transpose(picture).convert("RGB")
    except UnacceptablePicture:
        raise
    except Exception as error:  # a decoder meets hostile bytes: whatever it says, it is not a picture
        raise UnacceptablePicture("not_a_picture") from error
    picture.thumbnail((SIDE_MAX, SIDE_MAX))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()
