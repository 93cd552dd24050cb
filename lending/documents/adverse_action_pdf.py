"""The letter of a refusal as A4 pages. Same letter, same bytes: no clock, no chance, fonts embedded."""

from reportlab.platypus import Flowable, KeepTogether, Spacer

from lending.documents.adverse_action import Letter, Pair, Section
from lending.documents.pdf_letters import letterhead, printed
from lending.documents.pdf_tables import WIDTH
from lending.documents.pdf_type import GREEN, INK_SOFT, set_text


def render(letter: Letter) -> bytes:
    """PDF bytes; the hash of what the letter says and page numbers stand at every foot."""
    return printed(
        _story(letter),
        title=f"{letter.title[0]} {letter.number}",
        author=letter.lender[0],
        foot_lines=(letter.number, f"校验码 verification SHA-256 {letter.sha256}"),
    )


def _story(letter: Letter) -> list[Flowable]:
    return [
        *letterhead(letter.lender, letter.title),
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
