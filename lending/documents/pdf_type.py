"""Type for printed papers: the embedded fonts, and line breaking for Chinese mixed with figures."""

import re
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

REGULAR, BOLD = "NotoSansSC", "NotoSansSC-Bold"
GREEN, GREEN_PALE = HexColor(0x1C6145), HexColor(0xEFF8F2)
AMBER, AMBER_PALE = HexColor(0xB86A00), HexColor(0xFDF0D5)
INK, INK_SOFT, LINE = HexColor(0x17211C), HexColor(0x3C4842), HexColor(0xDFE3DC)

_FONTS = Path(__file__).resolve().parents[2] / "static" / "fonts"
_FILES = {REGULAR: "NotoSansSC-Regular.ttf", BOLD: "NotoSansSC-Bold.ttf"}
_PIECE = re.compile(r"[A-Za-z0-9.,%¥*+:/_÷'’-]+| +|.", re.DOTALL)  # what must stay on one line
_NEVER_FIRST = frozenset("，。、；：？！）》」』】〕”’％%,.;:?!)]}…—＝÷")
_NEVER_LAST = frozenset("（《「『【〔“‘([{¥")


@cache
def register_fonts() -> None:
    """Make both faces known to reportlab, once per process (about 0.1 s)."""
    for name, file in _FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(_FONTS / file)))


def face(text: str, *, bold: bool) -> str:
    """Bold only where that smaller face has every character; a rare name falls back to regular."""
    register_fonts()
    if not bold:
        return REGULAR
    glyphs = pdfmetrics.getFont(BOLD).face.charToGlyph
    return BOLD if all(ord(character) in glyphs for character in text) else REGULAR


def break_lines(text: str, font: str, size: float, width: float) -> list[str]:
    """Lines of at most ``width`` points: numbers and words whole, no punctuation at a line's start.

    A piece wider than a line is cut where it must be.
    """
    measure = pdfmetrics.stringWidth
    lines, line, used = [], "", 0.0
    for piece in _unbreakable(text):
        wide = measure(piece, font, size)
        if used + wide <= width:
            line, used = line + piece, used + wide
            continue
        if line.strip():
            lines.append(line.rstrip())
            line, used = "", 0.0
        for character in piece.lstrip() if wide > width else [piece.lstrip()]:
            step = measure(character, font, size)
            if line and used + step > width:
                lines.append(line)
                line, used = "", 0.0
            line, used = line + character, used + step
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _unbreakable(text: str) -> list[str]:
    """Pieces between which a line may end."""
    pieces: list[str] = []
    for piece in _PIECE.findall(text):
        glued = pieces and (piece[0] in _NEVER_FIRST or pieces[-1][-1] in _NEVER_LAST)
        if glued:
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


def set_text(
    text: str,
    width: float,
    *,
    size: float = 9.5,
    bold: bool = False,
    colour: Any = INK,
    align: str = "left",
    space_after: float = 0.0,
) -> Paragraph:
    """``text`` (unescaped) as a block of broken lines ``width`` points wide."""
    font = face(text, bold=bold)
    style = ParagraphStyle(
        "text",
        fontName=font,
        fontSize=size,
        leading=size * 1.6,
        textColor=colour,
        alignment={"left": 0, "centre": 1, "right": 2}[align],
        spaceAfter=space_after,
    )
    # A hair of slack: the paragraph must never find its own place to break.
    lines = break_lines(text, font, size, width - 0.5)
    return Paragraph("<br/>".join(escape(line) for line in lines) or "&nbsp;", style)
