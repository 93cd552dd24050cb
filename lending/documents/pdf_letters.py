"""The bank's letters as A4 pages: one head, one foot. Same letter, same bytes: no clock, no chance."""

from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, SimpleDocTemplate, Spacer, TableStyle
from reportlab.platypus import Table as Grid

from lending.documents.contract_pdf import NumberedPages
from lending.documents.pdf_tables import MARGIN, WIDTH
from lending.documents.pdf_type import GREEN, INK_SOFT, REGULAR, register_fonts, set_text

_FRAME = 6.0  # points reportlab pads its page frame with


def printed(
    story: list[Flowable], *, title: str, author: str, foot_lines: tuple[str, str]
) -> bytes:
    """PDF bytes; ``foot_lines`` and page numbers stand at every foot."""
    register_fonts()
    out = BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN - _FRAME,
        rightMargin=MARGIN - _FRAME,
        topMargin=18 * mm,
        bottomMargin=22 * mm,
        title=title,
        author=author,
        lang="zh-CN",
        invariant=1,
    )

    class Pages(NumberedPages):
        foot = foot_lines
        page_words = "第 {page} / {pages} 页"

    document.build(story, canvasmaker=Pages)
    return out.getvalue()


def letterhead(lender: tuple[str, str], title: tuple[str, str]) -> list[Flowable]:
    """Who writes and what it is, each in Chinese and English, above a green bar."""
    bar = Grid([[""]], colWidths=[WIDTH], rowHeights=[3])
    bar.setStyle(
        TableStyle([("BACKGROUND", (0, 0), (-1, -1), GREEN), ("FONTNAME", (0, 0), (-1, -1), REGULAR)])
    )
    return [
        set_text(f"{lender[0]}  {lender[1]}", WIDTH, size=11, bold=True, colour=GREEN),
        set_text(title[0], WIDTH, size=20, bold=True, space_after=2),
        set_text(title[1], WIDTH, size=11, colour=INK_SOFT, space_after=6),
        bar,
        Spacer(0, 10),
    ]
