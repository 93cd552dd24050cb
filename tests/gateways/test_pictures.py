"""Uploads: only real photographs get through, and only their pixels."""

import contextlib
import io
import struct
import time
import tracemalloc
import zipfile
import zlib
from typing import Any

import pytest
from PIL import Image

from lending.gateways.ocr import pictures
from lending.gateways.ocr.pictures import UnacceptablePicture, harden

ORIENTATION, GPS, MAKER = 0x0112, 0x8825, 0x010F


def _photo(size: tuple[int, int] = (800, 600), form: str = "JPEG", **saved: Any) -> bytes:
    picture = Image.effect_noise(size, 60).convert("RGB")
    out = io.BytesIO()
    picture.save(out, form, **saved)
    return out.getvalue()


def _opened(jpeg: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(jpeg))
    picture.load()
    return picture


def _code(upload: bytes) -> str:
    with pytest.raises(UnacceptablePicture) as refusal:
        harden(upload)
    return refusal.value.code


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_photos_become_jpegs(form: str) -> None:
    picture = _opened(harden(_photo(form=form)))
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (800, 600))


def test_large_photos_are_shrunk_in_proportion() -> None:
    assert _opened(harden(_photo((4000, 2000), quality=20))).size == (1600, 800)


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "RGBA", "LA", "1", "I;16"])
def test_every_kind_of_pixel_is_understood(mode: str) -> None:
    picture = Image.new("L", (400, 320), 120)
    picture = picture.convert(mode) if mode != "I;16" else Image.new("I;16", (400, 320), 30_000)
    out = io.BytesIO()
    picture.save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert _opened(harden(out.getvalue())).mode == "RGB"


def test_transparent_parts_turn_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (400, 320), (0, 0, 0, 0)).save(out, "PNG")
    assert _opened(harden(out.getvalue())).getpixel((200, 160)) == (255, 255, 255)


def test_the_phones_turn_is_applied_and_exif_vanishes() -> None:
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = 6, "SecretPhoneMaker"
    exif.get_ifd(GPS).update({1: "N", 2: (32.0, 26.0, 1.0)})
    picture = Image.new("RGB", (600, 400), "white")
    picture.paste("black", (0, 0, 600, 40))  # a bar at the top of the sensor
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    assert b"SecretPhoneMaker" in out.getvalue()
    safe = harden(out.getvalue())
    upright = _opened(safe)
    assert upright.size == (400, 600)
    assert sum(upright.getpixel((395, 300))) < 100  # now at the right
    assert not upright.getexif()
    assert b"SecretPhoneMaker" not in safe
    assert b"Exif" not in safe


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_broken_exif_does_not_matter() -> None:
    jpeg = _photo(exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xffjunk")
    assert _opened(harden(jpeg)).size == (800, 600)


@pytest.mark.parametrize(
    "hidden",
    [b"<?php system($_GET['c']); ?>", b"<script>alert(1)</script>", b"#!/bin/sh\nrm -rf /\n"],
)
def test_nothing_hides_in_the_file(hidden: bytes) -> None:
    plain = _photo()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as entries:
        entries.writestr("evil.txt", hidden)
    for upload in (
        _photo(comment=hidden),
        _photo(icc_profile=hidden * 20),
        plain + hidden,
        plain + archive.getvalue(),
        plain[:2] + b"\xff\xe5" + struct.pack(">H", len(hidden) + 2) + hidden + plain[2:],
        _png_with_text(hidden),
    ):
        safe = harden(upload)
        assert hidden not in safe
        assert b"PK\x03\x04" not in safe


def _png_with_text(hidden: bytes) -> bytes:
    png = _photo(form="PNG")
    chunk = b"tEXt" + b"Comment\x00" + hidden
    length, checksum = struct.pack(">I", len(chunk) - 4), struct.pack(">I", zlib.crc32(chunk))
    return png[:33] + length + chunk + checksum + png[33:]


@pytest.mark.parametrize(
    "upload",
    [
        b"", b"\xff\xd8\xff", b"RIFF", b"not a picture at all",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><svg/>", b"<!doctype html><script>alert(1)</script>",
        b"<?php echo 1;", b"%PDF-1.7", b"PK\x03\x04" + b"\x00" * 60, b"\x7fELF" + b"\x00" * 60,
        b"\x00" * 2_000, b"\xff\xd8\xff\xe0" + b"<?php echo 1; ?>" * 40,
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 200, b"RIFF\x00\x00\x00\x00WAVEfmt ",
        b"RIFF\xff\xff\xff\xffWEBPVP8 " + b"\x00" * 40,
    ],
)
def test_what_is_no_picture_is_refused(upload: bytes) -> None:
    assert _code(upload) == "not_a_picture"


@pytest.mark.parametrize("form", ["GIF", "BMP", "TIFF", "PPM", "ICO", "PDF"])
def test_other_formats_are_refused(form: str) -> None:
    assert _code(_photo((320, 320), form)) == "not_a_picture"


def test_a_gif_dressed_as_a_jpeg_is_refused() -> None:
    assert _code(b"\xff\xd8\xff" + _photo((320, 320), "GIF")) == "not_a_picture"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_cut_off_uploads_are_refused(form: str) -> None:
    whole = _photo(form=form)
    for part in (0.05, 0.5, 0.9):
        assert _code(whole[: int(len(whole) * part)]) == "not_a_picture"


def test_flipped_bytes_never_raise_anything_else() -> None:
    whole = bytearray(_photo((320, 320)))
    for place in range(0, len(whole), max(1, len(whole) // 150)):
        broken = bytes(whole[:place]) + bytes([whole[place] ^ 0x5A]) + bytes(whole[place + 1 :])
        with contextlib.suppress(UnacceptablePicture):
            assert _opened(harden(broken)).format == "JPEG"


def test_too_small_and_too_many_bytes() -> None:
    assert _code(_photo((299, 800))) == "too_small"
    assert _code(b"\xff\xd8\xff" + b"\x00" * pictures.UPLOAD_BYTES_MAX) == "too_large"


def test_a_decompression_bomb_is_refused_before_it_unpacks() -> None:
    side = 30_000
    rows = zlib.compressobj(9)
    body = b"".join(rows.compress(b"\x00" * (side // 8 + 1)) for _ in range(side)) + rows.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + checksum

    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    bomb = b"\x89PNG\r\n\x1a\n" + chunks
    assert len(bomb) < 1_000_000
    tracemalloc.start()
    started = time.monotonic()
    assert _code(bomb) == "too_large"
    assert time.monotonic() - started < 1
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_a_png_of_many_pixels_is_refused_though_its_file_is_small() -> None:
    out = io.BytesIO()
    Image.new("L", (6000, 4000)).save(out, "PNG")
    assert len(out.getvalue()) < 100_000
    assert _code(out.getvalue()) == "too_large"
