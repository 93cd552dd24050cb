"""What every page must keep to: light, no inline code, text for screen readers, no cut-off zoom."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.phone.conftest import Journey, Page, Phone

ROOT = Path(settings.BASE_DIR)
TEMPLATES = [
    ROOT / "templates/base_phone.html",
    *sorted((ROOT / "templates/lending/customer").glob("*.html")),
]
CSS, JS = ROOT / "static/css/phone.css", ROOT / "static/js/phone.js"


def packed(content: bytes | str) -> int:
    return len(gzip.compress(content.encode() if isinstance(content, str) else content, 9))


def test_style_and_script_stay_small() -> None:
    assert CSS.stat().st_size <= 20_000
    assert JS.stat().st_size <= 4_000


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_templates_carry_no_inline_style_script_or_handler(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    assert not re.search(r"[\u4e00-\u9fff]", text.replace("中文", "")), "text goes through gettext"


@pytest.mark.django_db
def test_first_visit_is_light(bank: None) -> None:
    page = Phone().get("/apply/")
    whole = packed(page.text) + packed(CSS.read_bytes()) + packed(JS.read_bytes())
    assert whole <= 50_000
    assert packed(page.text) <= 12_000


@pytest.mark.django_db
def test_every_later_page_is_light_and_labelled(journey: Journey) -> None:
    journey.accepted()
    places = ["cost/", "withdraw/"]
    for page in [journey.phone.get(journey.at(place)) for place in places]:
        _is_sound(page)
    journey.has_read()
    for place in ("contract/", "sign/"):
        _is_sound(journey.phone.get(journey.at(place)))
    for url in ("/me/", "/me/settings/"):
        _is_sound(journey.phone.get(url))


def _is_sound(page: Page) -> None:
    assert packed(page.text) <= 15_000, page.url
    assert "user-scalable" not in page.text
    assert page.text.count("<main") == 1
    fields = re.findall(r'<input[^>]*type="(?:text|tel)"[^>]*id="([^"]+)"', page.text)
    for name in fields:
        assert f'for="{name}"' in page.text, (page.url, name)
