"""The loan contract and its cost sheet: complete, safe, the same bytes every time."""

import base64
import hashlib
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from reportlab.pdfbase import pdfmetrics

from lending.documents import cost_sheet, texts_en, texts_zh
from lending.documents.contract import (
    ContractFacts,
    Evidence,
    article,
    render_html,
    render_pdf,
    style_source,
)
from lending.documents.contract_content import compose
from lending.documents.pdf_type import BOLD, REGULAR, break_lines, face, register_fonts
from lending.documents.wording import annual_cost, capitals, clean, percent
from products.domain.apr import apr
from products.domain.schedule import METHODS, for_terms

AMOUNT, RATE, START = Decimal("12000.00"), Decimal("0.072"), date(2026, 9, 20)
TERMS: Any = SimpleNamespace(
    name_zh="惠存贷",
    name_en="Savings loan",
    day_count="act/360",
    rounding="half_up",
    month_end="clamp",
    penalty_uplift=Decimal("0.5"),
    grace_days=3,
    early_repayment_fee_rate=Decimal(0),
    is_revolving=False,
    repricing="fixed",
    due_day_rule="as_is",
    allocation_order=("compound", "penalty", "interest", "principal"),
    principal_first_after_days=0,
)


def facts(method: str = "equal_instalment", terms: Any = TERMS, **changed: Any) -> ContractFacts:
    schedule = for_terms(
        terms, principal=AMOUNT, annual_rate=RATE, term_months=12, method=method, start=START
    )
    yearly = apr(AMOUNT, START, schedule.flows())
    sheet = cost_sheet.build(
        principal=AMOUNT,
        annual_rate=RATE,
        apr=yearly,
        schedule=schedule,
        terms=terms,
        collector="广元示范村镇银行",
        collector_en="Guangyuan Demo Rural Bank",
    )
    values = {
        "contract_no": "SD2026092000012345",
        "legal_entity_name": "广元示范村镇银行",
        "legal_entity_name_en": "Guangyuan Demo Rural Bank",
        "borrower_name": "欧阳䶮",
        "id_number": "510812199001011234",
        "mobile_masked": "138****1234",
        "card_number_masked": "6217 **** **** 1234",
        "amount": AMOUNT,
        "annual_rate": RATE,
        "apr": yearly,
        "term_months": 12,
        "method": method,
        "purpose": "seeds_fertiliser",
        "schedule": schedule,
        "terms": terms,
        "cost_sheet": sheet,
        "created_on": START,
    }
    return ContractFacts(**{**values, **changed})


SIGNED = {
    "signed_at": datetime(2026, 9, 20, 2, 3, 4, tzinfo=UTC),
    "evidence": Evidence(document_sha256="ab" * 32, cost_sheet_seconds=31, client_ip="203.0.113.9"),
}


class _Tags(HTMLParser):
    """Every tag with its attributes, and every text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def pdf_pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


# ── the text ─────────────────────────────────────────────────────────────────
def test_html_says_everything_that_counts() -> None:
    html = render_html(facts())
    for text in (
        "¥12,000.00",
        "壹万贰仟元整",
        "7.20%",
        "7.55%",
        "10.80%",
        "等额本息",
        "510812199001011234",
        "138****1234",
        "购买种子、化肥、饲料",
        "2026-10-20",
        texts_zh.NOTHING_ELSE,
        texts_zh.UNSIGNED,
    ):
        assert text in html, text
    assert html.count("contract-weighty") > 5


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("method", METHODS)
def test_every_method_in_both_languages(method: str, language: str) -> None:
    html = render_html(facts(method, language=language))
    words = texts_en if language == "en" else texts_zh
    assert words.METHODS[method][0] in unescape(html)
    assert "{" not in article(html)  # no placeholder left
    assert render_pdf(facts(method, language=language)).startswith(b"%PDF-")


def test_english_contract_has_no_chinese_but_the_capitals() -> None:
    html = article(render_html(facts(language="en", borrower_name="A B")))
    assert set(re.findall(r"[\u4e00-\u9fff]", html)) <= set("壹万贰仟元整")


def test_both_languages_have_the_same_texts() -> None:
    names = {name for name in vars(texts_zh) if name.isupper()}
    assert names == {name for name in vars(texts_en) if name.isupper()}
    for name in names:
        chinese, english = getattr(texts_zh, name), getattr(texts_en, name)
        if isinstance(chinese, dict):
            assert chinese.keys() == english.keys(), name
        if isinstance(chinese, tuple):
            assert len(chinese) == len(english), name
    for chinese, english in zip(texts_zh.CLAUSES, texts_en.CLAUSES, strict=True):
        assert chinese[1] == english[1]
        assert len(chinese[2]) == len(english[2])
    assert set(METHODS) == texts_zh.METHODS.keys()


def test_signing_adds_the_evidence() -> None:
    html = render_html(facts(**SIGNED))
    for text in ("2026-09-20 10:03:04+08:00", "203.0.113.9", "31秒", "ab" * 32, texts_zh.SIGNED):
        assert text in html


def test_an_early_repayment_fee_stands_in_the_clause_and_on_the_sheet() -> None:
    terms = SimpleNamespace(**{**vars(TERMS), "early_repayment_fee_rate": Decimal("0.01")})
    html = render_html(facts(terms=terms))
    assert html.count("1.00%") == 2
    assert "不收取提前还款费用" not in html


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="no contract text"):
        facts(language="fr")


# ── safety ───────────────────────────────────────────────────────────────────
def test_hostile_texts_stay_text() -> None:
    name = "<script>alert(1)</script>\u202e\x00'\"&{{ 1 }}{amount}"
    hostile = facts(
        borrower_name=name,
        card_number_masked=name,
        purpose=name,
        legal_entity_name=name,
        language="zh",
    )
    html = render_html(hostile)
    assert "<script" not in html
    assert "\u202e" not in html
    assert "\x00" not in html
    assert "{{ 1 }}{amount}" in html
    assert render_pdf(hostile).startswith(b"%PDF-")


def test_the_page_needs_nothing_from_outside_and_no_inline_style() -> None:
    page = _Tags(render_html(facts()))
    assert not {"script", "img", "link", "iframe", "a", "form"} & {tag for tag, _ in page.tags}
    for _, attributes in page.tags:
        assert not {"style", "src", "href"} & attributes.keys()
        assert not any(name.startswith("on") for name in attributes)
    assert "url(" not in render_html(facts())
    assert "@import" not in render_html(facts())


def test_the_style_is_admitted_by_its_hash() -> None:
    html = render_html(facts())
    style = html.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert style_source(html) == f"'sha256-{digest}'"
    assert style_source(render_html(facts("bullet", language="en"))) == style_source(html)


def test_the_article_is_the_paper_without_the_page() -> None:
    html = render_html(facts())
    assert article(html).startswith("<article")
    assert article(html) in html
    assert article("") == ""


# ── sameness ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("changed", [{}, SIGNED, {"language": "en"}])
def test_same_facts_same_bytes(changed: dict[str, Any]) -> None:
    assert render_html(facts(**changed)) == render_html(facts(**changed))
    assert render_pdf(facts(**changed)) == render_pdf(facts(**changed))


def test_the_active_language_changes_nothing() -> None:
    from django.utils import translation

    with translation.override("en"):
        english = render_html(facts())
    with translation.override("zh-hans"):
        assert render_html(facts()) == english


# ── the PDF ──────────────────────────────────────────────────────────────────
def test_pdf_embeds_its_fonts() -> None:
    pdf = render_pdf(facts())
    assert set(re.findall(rb"/FontName /[A-Z]{6}\+(NotoSansSC-\w+)", pdf)) == {
        b"NotoSansSC-Regular",
        b"NotoSansSC-Bold",
    }
    assert b"/FontFile2" in pdf
    assert b"/ToUnicode" in pdf  # can be searched, copied and read aloud
    assert pdf_pages(pdf) == 4
    assert len(pdf) < 300_000


def test_a_long_term_runs_over_pages() -> None:
    long = for_terms(
        TERMS,
        principal=AMOUNT,
        annual_rate=RATE,
        term_months=60,
        method="equal_principal",
        start=START,
    )
    pdf = render_pdf(facts("equal_principal", schedule=long, term_months=60))
    assert pdf_pages(pdf) >= 5


def test_fonts_hold_every_character_of_our_texts() -> None:
    register_fonts()
    content = compose(facts())
    bold = [texts_zh.TITLE, texts_zh.NOTHING_ELSE, *texts_zh.SHEET_COLUMNS]
    bold += [text for clause in content.clauses for text in (clause.heading, *clause.paragraphs)]
    assert [text for text in bold if face(text, bold=True) != BOLD] == []
    assert face("䶮", bold=True) == REGULAR  # a rare name is set in the larger face
    glyphs = pdfmetrics.getFont(REGULAR).face.charToGlyph
    common = [
        bytes([high, low]).decode("gb2312")
        for high in range(0xB0, 0xF8)
        for low in range(0xA1, 0xFF)
        if not (high == 0xD7 and low > 0xF9)
    ]
    assert len(common) == 6763
    rare_names = "䶮㛃㙦垚赟翀奡犇嫄旻昇祎翯珺婧晳"
    assert [c for c in [*common, *rare_names] if ord(c) not in glyphs] == []


def test_lines_break_between_words_never_in_a_figure() -> None:
    register_fonts()
    text = "借款人民币12,000.00元，年利率为7.20%（单利），见第3条。" * 3
    lines = break_lines(text, REGULAR, 10, 150)
    assert "".join(lines) == text
    assert all(pdfmetrics.stringWidth(line, REGULAR, 10) <= 150 for line in lines)
    assert not any(line[0] in "，。（）%" and line[0] != "（" for line in lines)
    assert "12,000.00" in "\n".join(lines)
    long = break_lines("a" * 100, REGULAR, 10, 50)
    assert "".join(long) == "a" * 100


# ── the cost sheet ───────────────────────────────────────────────────────────
def test_cost_sheet_lists_what_the_rule_asks_for() -> None:
    sheet = facts().cost_sheet
    assert sheet.total_cost == facts().schedule.total_interest
    assert sheet.total_repaid == AMOUNT + sheet.total_cost
    assert [item.code for item in sheet.items] == ["interest"]
    assert [item.code for item in sheet.contingent] == ["penalty", "compound"]
    assert sheet.contingent[0].rate == Decimal("0.108")
    for item in (*sheet.items, *sheet.contingent):
        for language in ("zh", "en"):
            for field in ("name", "method", "collector"):
                assert item.text(field, language)
    assert sheet.statement("zh") == texts_zh.NOTHING_ELSE


def test_cost_sheet_reads_back_equal() -> None:
    sheet = facts().cost_sheet
    assert cost_sheet.CostSheet.from_dict(sheet.as_dict()) == sheet
    free = replace(sheet, items=())
    assert cost_sheet.CostSheet.from_dict(free.as_dict()) == free


# ── wording ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("1.05", "壹元零伍分"),
        ("10", "壹拾元整"),
        ("12000.50", "壹万贰仟元伍角整"),
        ("100000", "壹拾万元整"),
        ("100001", "壹拾万零壹元整"),
        ("1010.10", "壹仟零壹拾元壹角整"),
        ("20300", "贰万零叁佰元整"),
        ("100000000", "壹亿元整"),
        ("100010001.01", "壹亿零壹万零壹元零壹分"),
        ("999999999.99", "玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_capitals(amount: str, written: str) -> None:
    assert capitals(Decimal(amount)) == written


def test_rates_and_clean_lines() -> None:
    assert percent(Decimal("0.0435")) == "4.35%"
    assert percent(Decimal("0.094822")) == "9.4822%"
    assert percent(Decimal("0.5"), least=0) == "50%"
    assert annual_cost(Decimal("0.075492")) == "7.55%"
    assert clean(" a\u200b\n b\x07 ") == "a b"
    assert clean("x" * 500) == "x" * 120
