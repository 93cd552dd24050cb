"""Ruled tables of the printed papers: one width, one padding, figures to the right."""

from collections.abc import Sequence
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, TableStyle
from reportlab.platypus import Table as Grid

from lending.documents.contract_content import Table
from lending.documents.pdf_type import GREEN, GREEN_PALE, LINE, set_text

MARGIN = 20 * mm
WIDTH = A4[0] - 2 * MARGIN
PAD = 6.0  # points left and right in a cell


def ruled(*more: tuple[Any, ...]) -> TableStyle:
    return TableStyle(
        [
            ("LEFTPADDING", (0, 0), (-1, -1), PAD),
            ("RIGHTPADDING", (0, 0), (-1, -1), PAD),
            ("TOPPADDING", (0, 0), (-1, -1), 5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
            *more,
        ]
    )


def grid(table: Table, shares: Sequence[float], *, figures_from: int = 99) -> Flowable:
    """A table with a repeated head; columns from ``figures_from`` on are set to the right."""
    widths = [WIDTH * share for share in shares]

    def row(cells: Sequence[str], *, bold: bool = False) -> list[Flowable]:
        return [
            set_text(
                cell,
                width - 2 * PAD,
                size=9,
                bold=bold,
                align="right" if column >= figures_from else "left",
            )
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]

    rows = [row(table.columns, bold=True), *(row(cells) for cells in table.rows)]
    more: list[tuple[Any, ...]] = [("BACKGROUND", (0, 0), (-1, 0), GREEN_PALE)]
    if table.total:
        rows.append(_total_row(table.total, widths, figures_from))
        more += [("LINEABOVE", (0, -1), (-1, -1), 1, GREEN), *_total_span(table.total)]
    grid = Grid(rows, colWidths=widths, repeatRows=1)
    grid.setStyle(ruled(*more))
    return grid


def _total_span(total: Sequence[str]) -> list[tuple[Any, ...]]:
    empty = next((n for n, cell in enumerate(total[1:]) if cell), len(total) - 1)
    return [("SPAN", (0, -1), (empty, -1))] if empty else []


def _total_row(total: Sequence[str], widths: Sequence[float], figures_from: int) -> list[Flowable]:
    spanned = _total_span(total)
    first = sum(widths[: spanned[0][2][0] + 1]) if spanned else widths[0]
    return [
        set_text(
            cell,
            (first if column == 0 else width) - 2 * PAD,
            size=9,
            bold=True,
            align="right" if column >= figures_from else "left",
        )
        for column, (cell, width) in enumerate(zip(total, widths, strict=True))
    ]
