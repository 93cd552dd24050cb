"""The letter of a refusal as A4 pages. Same letter, same bytes: no clock, no chance, fonts embedded."""

from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, SimpleDocTemplate, Spacer, TableStyle
from reportlab.platypus import Table as Grid

from lending.documents.adverse_action import Letter, Pair, Section
from lending.documents.contract_pdf import NumberedPages
from lending.documents.pdf_tables import MARGIN, WIDTH
from lending.documents.pdf_type import GREEN, INK_SOFT, REGULAR, register_fonts, set_text

_FRAME = 6.0  # points reportlab pads its page frame with


def render(letter: Letter) -> bytes:
    """PDF bytes; the hash of what the letter says and page numbers stand at every foot."""
    register_fonts()
    out = BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN - _FRAME,
        rightMargin=MARGIN - _FRAME,
        topMargin=18 * mm,
        bottomMargin=22 * mm,
        title=f"{letter.title[0]} {letter.number}",
        author=letter.lender[0],
        lang="zh-CN",
        invariant=1,
    )

    class Pages(NumberedPages):
        foot = (letter.number, f"校验码 verification SHA-256 {letter.sha256}")
        page_words = "第 {page} / {pages} 页"

    document.build(_story(letter), canvasmaker=Pages)
    return out.getvalue()


def _story(letter: Letter) -> list[Flowable]:
    bar = Grid([[""]], colWidths=[WIDTH], rowHeights=[3])
    bar.setStyle(
        TableStyle([("BACKGROUND", (0, 0), (-1, -1), GREEN), ("FONTNAME", (0, 0), (-1, -1), REGULAR)])
    )
    return [
        set_text(f"{letter.lender[0]}  {letter.lender[1]}", WIDTH, size=11, bold=True, colour=GREEN),
        set_text(letter.title[0], WIDTH, size=20, bold=True, space_after=2),
        set_text(letter.title[1], WIDTH, size=11, colour=INK_SOFT, space_after=6),
        bar,
        Spacer(0, 10),
        *_pair(letter.greeting, bold=True),
        *_pair(letter.opening),
        *(KeepTogether(_section(section)) for section in letter.sections),
        Spacer(0, 16),
        *_pair(letter.closing, bold=True),
    ]


def _section(section: Section) -> list[Flowable]:
    title = f"{section.title[0]}  {section.title[1]}"
    return [
        Spacer(0, 8),
        set_text(title, WIDTH, size=12, bold=True, colour=GREEN, space_after=3),
        *(flowable for pair in section.paragraphs for flowable in _pair(pair, mark="· ")),
    ]


def _pair(pair: Pair, *, bold: bool = False, mark: str = "") -> list[Flowable]:
    return [
        set_text(mark + pair[0], WIDTH, size=10, bold=bold),
        set_text("  " * len(mark[:1]) + pair[1], WIDTH, size=8.5, colour=INK_SOFT, space_after=5),
    ]
