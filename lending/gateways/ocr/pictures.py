"""Uploads become plain pictures: decoded, turned upright, shrunk, re-encoded.

What comes out is a fresh JPEG of pixels alone: no EXIF (so no GPS position), no comment, no
profile, and nothing that stood before or behind the picture in the file.
"""

import io

from PIL import Image

UPLOAD_BYTES_MAX = 5_000_000
SIDE_MIN, SIDE_MAX = 300, 1_600
#: Format → most pixels. A JPEG is shrunk while it is decoded, the others unpack whole into memory.
_PIXELS_MAX = {"JPEG": 50_000_000, "MPO": 50_000_000, "PNG": 16_000_000, "WEBP": 16_000_000}
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 88


class UnacceptablePicture(ValueError):
    """``code``: too_large | not_a_picture | too_small."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def harden(upload: bytes) -> bytes:
    """A safe JPEG of the upload, longest side at most 1,600 px. Raises ``UnacceptablePicture``."""
    if len(upload) > UPLOAD_BYTES_MAX:
        raise UnacceptablePicture("too_large")
    if not upload.startswith(_MAGIC):
        raise UnacceptablePicture("not_a_picture")
    try:
        return _plain_jpeg(upload)
    except UnacceptablePicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnacceptablePicture("too_large") from error
    except Exception as error:  # hostile bytes: whatever the decoder says, no picture
        raise UnacceptablePicture("not_a_picture") from error


def _plain_jpeg(upload: bytes) -> bytes:
    with Image.open(io.BytesIO(upload), formats=_FORMATS) as picture:
        # only the header is read so far: sizes are judged before anything is unpacked
        if picture.width * picture.height > _PIXELS_MAX.get(picture.format or "", 0):
            raise UnacceptablePicture("too_large")
        if min(picture.size) < SIDE_MIN:
            raise UnacceptablePicture("too_small")
        picture.draft("RGB", (SIDE_MAX, SIDE_MAX))
        turn = _orientation(picture)
        layer = picture.convert("RGBA" if _may_be_transparent(picture) else "RGB")
    layer.thumbnail((SIDE_MAX, SIDE_MAX))
    upright = layer.transpose(turn) if turn is not None else layer
    # pixels only: a copy would carry the comment along, and Pillow writes it again
    plain = Image.new("RGB", upright.size, "white")
    plain.paste(upright, mask=upright if upright.mode == "RGBA" else None)
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _may_be_transparent(picture: Image.Image) -> bool:
    return picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _orientation(picture: Image.Image) -> Image.Transpose | None:
    """How the phone held the card, as EXIF says; broken EXIF says nothing."""
    try:
        return _TURNS.get(picture.getexif().get(0x0112, 1))
    except Exception:  # EXIF is a stranger's bytes
        return None
