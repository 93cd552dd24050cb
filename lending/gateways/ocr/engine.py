"""The recogniser: one per process, loaded when first needed. Only here RapidOCR and OpenCV are known.

Everything heavy is imported inside functions: a web process that merely imports the card reader
must not pay for models it never runs.
"""

import threading
from functools import lru_cache
from math import atan2, cos, degrees, hypot, radians, sin
from typing import Any

from lending.gateways.ocr.layout import Word

#: One thread reads a card in under a second; more would take the core of the workers that move money.
_THREADS = 1
#: Longest side given to the models: what the cards of real phones need, and no more.
_SIDE_MAX, _SIDE_MIN = 1_280, 32
#: The sharpest edges of a picture, as a part of its contrast: below this it is blurred.
_EDGES_MIN = 0.15
#: Grey levels between its darkest and brightest parts: below this there is nothing to see in it.
_CONTRAST_MIN = 20
#: A box this much taller than wide holds a line that runs down the picture (RapidOCR's own limit).
_SIDEWAYS_RATIO = 1.5

_lock = threading.Lock()


@lru_cache(maxsize=1)
def _recogniser() -> Any:
    import cv2
    from rapidocr_onnxruntime import RapidOCR

    cv2.setNumThreads(_THREADS)
    # lines one by one: a batch is padded to its longest line, which costs more than it saves on a CPU
    return RapidOCR(intra_op_num_threads=_THREADS, inter_op_num_threads=1, rec_batch_num=1)


def decode(picture: bytes) -> Any:
    """Pixels (BGR array) of an encoded picture, or None."""
    import cv2
    import numpy as np

    if not picture:
        return None
    pixels = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None or min(pixels.shape[:2]) < _SIDE_MIN:
        return None
    scale = _SIDE_MAX / max(pixels.shape[:2])
    if scale < 1:
        pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return pixels


def is_blurred(pixels: Any) -> bool:
    """Whether even the sharpest edges are soft, judged at a common size of 800 pixels."""
    import cv2
    import numpy as np

    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    scale = 800 / max(grey.shape)
    grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    darkest, brightest = np.percentile(grey, (1, 99))
    edges = np.percentile(np.abs(cv2.Laplacian(grey, cv2.CV_64F)), 99.9)
    contrast = float(brightest - darkest)
    return contrast >= _CONTRAST_MIN and float(edges) < _EDGES_MIN * contrast


def turned(pixels: Any, quarters: int) -> Any:
    """The picture turned by quarters of a circle, clockwise."""
    import cv2

    turns = {1: cv2.ROTATE_90_CLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_COUNTERCLOCKWISE}
    return cv2.rotate(pixels, turns[quarters % 4]) if quarters % 4 else pixels


def words(pixels: Any) -> list[Word]:
    """Recognised lines in the recogniser's order, placed in pixels of the picture."""
    with _lock:  # one picture at a time: the models share their memory
        found, _ = _recogniser()(pixels)
    return [_word(box, str(text), float(confidence)) for box, text, confidence in found or []]


def reading_on(pixels: Any, word: Word, direction: float, reach: float) -> tuple[str, float]:
    """Text and confidence of the word read again with what stands up to ``reach`` heights behind it.

    ``direction``: degrees of the reading direction in the picture. For single characters, which the text
    detector overlooks.
    """
    import cv2

    height, length = word.height * 1.3, word.length + (reach + 0.3) * word.height
    ahead, shift = radians(direction), (reach - 0.3) * word.height / 2
    middle = word.x + cos(ahead) * shift, word.y + sin(ahead) * shift
    matrix = cv2.getRotationMatrix2D(middle, direction, 1.0)
    matrix[0, 2] += length / 2 - middle[0]
    matrix[1, 2] += height / 2 - middle[1]
    line = cv2.warpAffine(
        pixels,
        matrix,
        (round(length), round(height)),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    with _lock:
        found, _ = _recogniser()(line, use_det=False, use_cls=False, use_rec=True)
    if not found:
        return word.text, word.confidence
    text, confidence = found[0][:2]
    return "".join(str(text).split()), float(confidence)


def _word(box: list[list[float]], text: str, confidence: float) -> Word:
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = box
    across, down = hypot(bx - ax, by - ay), hypot(dx - ax, dy - ay)
    sideways = down > across * _SIDEWAYS_RATIO
    angle = atan2(cy - by, cx - bx) if sideways else atan2(by - ay, bx - ax)
    return Word(
        text="".join(text.split()),
        confidence=confidence,
        x=(ax + bx + cx + dx) / 4,
        y=(ay + by + cy + dy) / 4,
        length=max(across, down) if sideways else across,
        height=across if sideways else down,
        angle=degrees(angle),
    )
