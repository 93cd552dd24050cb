"""The contract as A4 pages. Same content, same bytes: no clock, no chance, fonts embedded."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    KeepTogether,
    PageBreak,
    SimpleDocTemplate,
    Spacer,
    TableStyle,
)
from reportlab.platypus import Table as Grid

from lending.documents.contract_content import Clause, Content, Line
from lending.documents.pdf_tables import MARGIN, PAD, WIDTH, grid, ruled
from lending.documents.pdf_type import (
    AMBER,
    AMBER_PALE,
    GREEN,
    GREEN_PALE,
    INK_SOFT,
    LINE,
    REGULAR,
    register_fonts,
    set_text,
)

_FRAME = 6.0  # points reportlab pads its page frame with
_FIGURES = (0.08, 0.18, 0.19, 0.19, 0.17, 0.19)
_COSTS = (0.14, 0.32, 0.18, 0.15, 0.21)
_NO_HELVETICA = ("FONTNAME", (0, 0), (-1, -1), REGULAR)  # empty cells too
_CONTINGENT = (0.15, 0.44, 0.19, 0.22)


def render(content: Content, html_sha256: str) -> bytes:
    """PDF bytes; ``html_sha256`` and page numbers stand at the foot of every page."""
    register_fonts()
    out = BytesIO()
    words = content.words
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN - _FRAME,
        rightMargin=MARGIN - _FRAME,
        topMargin=18 * mm,
        bottomMargin=22 * mm,
        title=f"{words.TITLE} {content.head[0].value}",
        author=content.lender,
        lang="zh-CN" if content.language == "zh" else "en",
        invariant=1,
    )
    number = content.head[0].value

    class Pages(NumberedPages):
        foot = (number, f"{words.FINGERPRINT} {html_sha256}")
        page_words = words.PAGE

    document.build(_story(content), canvasmaker=Pages)
    return out.getvalue()


class NumberedPages(Canvas):
    """Holds every page back until their number is known, then draws the feet."""

    foot: tuple[str, str] = ("", "")
    page_words = "{page}/{pages}"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "initialFontName": REGULAR})
        self._held: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802  (reportlab's name)
        self._held.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for page, state in enumerate(self._held, 1):
            self.__dict__.update(state)
            self._draw_foot(page, len(self._held))
            super().showPage()
        super().save()

    def _draw_foot(self, page: int, pages: int) -> None:
        right, base = A4[0] - MARGIN, 12 * mm
        self.setStrokeColor(LINE)
        self.line(MARGIN, base + 12, right, base + 12)
        self.setFillColor(INK_SOFT)
        self.setFont(REGULAR, 7.5)
        self.drawString(MARGIN, base, self.foot[0])
        self.drawRightString(right, base, self.page_words.format(page=page, pages=pages))
        self.setFont(REGULAR, 6.5)
        self.drawString(MARGIN, base - 9, self.foot[1])


def _story(content: Content) -> list[Flowable]:
    words = content.words
    return [
        *_head(content),
        _heroes(content.heroes),
        *_section(words.KEY_TERMS, _lines(content.key_terms)),
        *_section(words.PARTIES, _lines(content.parties)),
        *_title(words.CLAUSES_TITLE),
        set_text(words.WEIGHTY_NOTE, WIDTH, size=8.5, colour=INK_SOFT, space_after=4),
        *(_clause(clause) for clause in content.clauses),
        *_title(content.schedule.title),
        grid(content.schedule, _FIGURES, figures_from=2),
        Spacer(0, 4),
        set_text(content.schedule.note, WIDTH, size=8.5, colour=INK_SOFT),
        PageBreak(),
        *_sheet(content),
        *_signatures(content),
    ]


def _head(content: Content) -> list[Flowable]:
    meta = "  ·  ".join(f"{line.label} {line.value}" for line in content.head)
    bar = Grid([[""]], colWidths=[WIDTH], rowHeights=[3])
    bar.setStyle(TableStyle([("BACKGROUND", (0, 0), (-1, -1), GREEN), _NO_HELVETICA]))
    return [
        set_text(content.lender, WIDTH, size=11, bold=True, colour=GREEN),
        set_text(content.words.TITLE, WIDTH, size=22, bold=True, space_after=4),
        set_text(content.subtitle, WIDTH, size=10, colour=INK_SOFT),
        set_text(meta, WIDTH, size=9, colour=INK_SOFT, space_after=6),
        bar,
        Spacer(0, 10),
    ]


def _heroes(heroes: Sequence[Line]) -> Flowable:
    gap = 10.0
    wide = (WIDTH - gap) / 2
    inner = wide - 28
    cells = [
        [
            set_text(line.label, inner, size=10, colour=INK_SOFT),
            set_text(line.value, inner, size=24, bold=True, colour=GREEN),
            set_text(line.note, inner, size=8.5, colour=INK_SOFT),
        ]
        for line in heroes
    ]
    boxes = []
    for cell in cells:
        box = Grid([[cell]], colWidths=[wide], cornerRadii=[8, 8, 8, 8])
        box.setStyle(
            TableStyle(
                [
                    ("BACKGROUND", (0, 0), (-1, -1), GREEN_PALE),
                    ("LEFTPADDING", (0, 0), (-1, -1), 14),
                    ("RIGHTPADDING", (0, 0), (-1, -1), 14),
                    ("TOPPADDING", (0, 0), (-1, -1), 10),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 12),
                ]
            )
        )
        boxes.append(box)
    row = Grid([[boxes[0], "", boxes[1]]], colWidths=[wide, gap, wide])
    row.setStyle(
        TableStyle(
            [
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                _NO_HELVETICA,
            ]
        )
    )
    return row


def _title(text: str) -> list[Flowable]:
    return [
        CondPageBreak(40 * mm),
        Spacer(0, 12),
        set_text(text, WIDTH, size=13, bold=True, colour=GREEN, space_after=4),
    ]


def _section(title: str, *flowables: Flowable) -> list[Flowable]:
    return [KeepTogether([*_title(title)[1:], *flowables])]


def _lines(lines: Sequence[Line], *, bold: bool = False) -> Flowable:
    left, right = WIDTH * 0.3, WIDTH * 0.7
    rows = []
    for line in lines:
        value: list[Flowable] = [set_text(line.value, right - 2 * PAD, bold=bold)]
        if line.note:
            value.append(set_text(line.note, right - 2 * PAD, size=8.5, colour=INK_SOFT))
        rows.append([set_text(line.label, left - 2 * PAD, colour=INK_SOFT), value])
    grid = Grid(rows, colWidths=[left, right])
    grid.setStyle(ruled())
    return grid


def _clause(clause: Clause) -> Flowable:
    weighty = clause.is_weighty
    wide = WIDTH - 20 if weighty else WIDTH
    parts: list[Flowable] = [
        set_text(f"{clause.number}. {clause.heading}", wide, size=10.5, bold=True, space_after=2),
        *(set_text(text, wide, bold=weighty, space_after=2) for text in clause.paragraphs),
    ]
    if not weighty:
        return KeepTogether([Spacer(0, 6), *parts, Spacer(0, 4)])
    return KeepTogether([Spacer(0, 4), _boxed(parts), Spacer(0, 4)])


def _boxed(parts: list[Flowable]) -> Flowable:
    box = Grid([[parts]], colWidths=[WIDTH])
    box.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), AMBER_PALE),
                ("LINEBEFORE", (0, 0), (0, -1), 3, AMBER),
                ("LEFTPADDING", (0, 0), (-1, -1), 12),
                ("RIGHTPADDING", (0, 0), (-1, -1), 8),
                ("TOPPADDING", (0, 0), (-1, -1), 7),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
            ]
        )
    )
    return box


def _sheet(content: Content) -> list[Flowable]:
    words = content.words
    top = (
        Line(words.AMOUNT, content.heroes[0].value),
        Line(words.SHEET_APR, content.sheet_apr, words.APR_NOTE),
    )
    return [
        set_text(words.SHEET_TITLE, WIDTH, size=16, bold=True, colour=GREEN, space_after=6),
        _lines(top, bold=True),
        *_section(content.costs.title, grid(content.costs, _COSTS)),
        *_section(content.contingent.title, grid(content.contingent, _CONTINGENT)),
        *_section(
            words.SHEET_STATEMENT, _boxed([set_text(content.statement, WIDTH - 20, bold=True)])
        ),
    ]


def _signatures(content: Content) -> list[Flowable]:
    words = content.words
    state = words.SIGNED if content.signature else words.UNSIGNED
    lines = (
        Line(words.LENDER_SEAL, content.lender),
        Line(words.BORROWER_SIGNATURE, content.borrower, state),
        *content.signature,
    )
    return _section(words.SIGNATURES, _lines(lines))
