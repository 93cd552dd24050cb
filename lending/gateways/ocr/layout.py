"""Where recognised lines stand on the card: straightened, turned upright, joined into rows. Pure geometry."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import atan2, cos, degrees, radians, sin
from statistics import mean, median

#: Lines whose middles differ by less than this part of the smaller one's height stand in one row.
_SAME_ROW = 0.6
_FRAGMENT = 0.7
#: Boxes that share more than this part of a height have cut one character in two …
_SHARED = 0.3
#: … and a word less sure than this has read its half as something else.
_SURE = 0.95


@dataclass(frozen=True)
class Word:
    """A recognised line: text without spaces, confidence 0–1, middle, length along the line and height
    in pixels, angle in degrees (clockwise, as pixels count downwards)."""

    text: str
    confidence: float
    x: float
    y: float
    length: float
    height: float
    angle: float = 0.0


@dataclass(frozen=True)
class Upright:
    """Words as on a card held straight, in the order they came.

    ``turn``: the degrees, clockwise, by which they were turned.
    """

    words: list[Word]
    turn: float

    @property
    def quarters(self) -> int:
        """The quarters of a circle, clockwise, that turn the picture nearly upright."""
        return round(self.turn / 90) % 4


@dataclass(frozen=True)
class Row:
    """Words side by side, left to right."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words)


def upright(words: Sequence[Word], order: Sequence[Sequence[str]]) -> Upright:
    """The words as they stand on a card held straight.

    ``order``: texts from the top of a card to its bottom, as groups of alternatives. The recogniser reads
    turned lines rightly but reports where they are in the picture; only this order tells which way is up.
    """
    if not words:
        return Upright(words=[], turn=0.0)
    turn = -_skew(words)
    straight = [_rotated(word, turn) for word in words]
    if _descents(straight, order) < 0:
        turn += 180.0
        straight = [_rotated(word, 180.0) for word in straight]
    return Upright(words=straight, turn=turn)


def is_fragment(word: Word, words: Sequence[Word]) -> bool:
    """Whether a lone character is much lower than the lines around it: a part of one, such as 口 of 回."""
    return len(word.text) == 1 and word.height < _FRAGMENT * median(other.height for other in words)


def followed(word: Word, words: Sequence[Word], reach: float) -> bool:
    """Whether another word begins within ``reach`` heights to the right, in the same row."""
    end = word.x + word.length / 2
    return any(
        abs(other.y - word.y) < _SAME_ROW * word.height
        and -word.height < other.x - other.length / 2 - end < reach * word.height
        for other in words
        if other is not word
    )


def rows(words: Sequence[Word]) -> list[Row]:
    """Words of a straight card as rows, from top to bottom."""
    found: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word.y):
        last = found[-1] if found else []
        near = last and abs(word.y - mean(w.y for w in last)) < _SAME_ROW * min(
            word.height, *(w.height for w in last)
        )
        if near:
            last.append(word)
        else:
            found.append([word])
    return [Row(words=_each_character_once(sorted(row, key=lambda word: word.x))) for row in found]


def _each_character_once(words: list[Word]) -> tuple[Word, ...]:
    """A character that two boxes share is left to the box on its right when the left one is unsure."""
    kept = []
    for left, right in zip(words, [*words[1:], None], strict=True):
        if right is not None and left.confidence < min(_SURE, right.confidence):
            shared = (left.x + left.length / 2) - (right.x - right.length / 2)
            if shared > _SHARED * left.height:
                left = replace(left, text=left.text[:-1])
        kept.append(left)
    return tuple(kept)


def _skew(words: Sequence[Word]) -> float:
    """The common direction of the lines in degrees, −90 to 90: long lines count more than short ones."""
    doubled = [(radians(2 * word.angle), word.length) for word in words]
    across = sum(length * cos(angle) for angle, length in doubled)
    down = sum(length * sin(angle) for angle, length in doubled)
    return degrees(atan2(down, across)) / 2


def _rotated(word: Word, angle: float) -> Word:
    turn = radians(angle)
    return replace(
        word,
        x=word.x * cos(turn) - word.y * sin(turn),
        y=word.x * sin(turn) + word.y * cos(turn),
        angle=word.angle + angle,
    )


def _descents(words: Sequence[Word], order: Sequence[Sequence[str]]) -> int:
    """Pairs of known texts in the right order from top to bottom, less those in the wrong order."""
    heights = [
        next((word.y for word in words if any(text in word.text for text in group)), None)
        for group in order
    ]
    known = [y for y in heights if y is not None]
    return sum(
        1 if upper < lower else -1 for n, upper in enumerate(known) for lower in known[n + 1 :]
    )
