"""A loan paper as A4 pages. Same paper, same bytes: no clock, no chance, fonts embedded."""

from reportlab.platypus import Flowable, Spacer
from reportlab.platypus import Table as Grid

from lending.documents.contract_content import Table
from lending.documents.loan_papers import Paper
from lending.documents.pdf_letters import letterhead, printed
from lending.documents.pdf_tables import WIDTH, grid, ruled
from lending.documents.pdf_type import INK_SOFT, REGULAR, set_text

_SHARES = (0.12, 0.24, 0.14, 0.13, 0.12, 0.11, 0.14)


def render(paper: Paper, *, check_at: str) -> bytes:
    """PDF bytes. ``check_at``: the public address where the code is checked; it stands at every foot."""
    return printed(
        _story(paper, check_at),
        title=f"{paper.title[0]} {paper.number}",
        author=paper.lender[0],
        foot_lines=(
            f"{paper.number}  验真码 verification code {paper.code}  {check_at}",
            f"SHA-256 {paper.sha256}",
        ),
    )


def _story(paper: Paper, check_at: str) -> list[Flowable]:
    story: list[Flowable] = [
        *letterhead(paper.lender, paper.title),
        _facts(paper),
        Spacer(0, 12),
    ]
    for zh, en in paper.paragraphs:
        story.append(set_text(zh, WIDTH, size=10.5))
        story.append(set_text(en, WIDTH, size=8.5, colour=INK_SOFT, space_after=8))
    if paper.table is not None:
        shown = Table(
            title="", columns=tuple(paper.table.columns), rows=tuple(map(tuple, paper.table.rows))
        )
        story += [Spacer(0, 4), grid(shown, _SHARES, figures_from=2)]
    story += [
        Spacer(0, 14),
        set_text(
            f"本证明可在 {check_at} 输入验真码 {paper.code} 核验。", WIDTH, size=9, colour=INK_SOFT
        ),
        set_text(
            f"To check this paper, enter its code {paper.code} at {check_at}.",
            WIDTH, size=8.5, colour=INK_SOFT,
        ),
    ]
    return story


def _facts(paper: Paper) -> Flowable:
    rows = [
        [
            set_text(f"{zh} {en}", WIDTH * 0.34 - 12, size=9, colour=INK_SOFT),
            set_text(value, WIDTH * 0.66 - 12, size=9.5),
        ]
        for (zh, en), value in paper.facts
    ]
    table = Grid(rows, colWidths=[WIDTH * 0.34, WIDTH * 0.66])
    table.setStyle(ruled(("FONTNAME", (0, 0), (-1, -1), REGULAR)))
    return table
