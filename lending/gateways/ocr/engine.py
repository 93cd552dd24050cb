"""The recogniser: one per process, loaded when first needed.

Everything heavy is imported inside functions: a web process that merely imports the card reader
must not pay for models it never runs.
"""

import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

#: More threads than this slow the other workers of a two-core machine.
_THREADS = 2
#: Longest side given to the models: what the sandbox's and real phones' cards need, and no more.
_SIDE_MAX = 1_280
#: Variance of the Laplacian below this: the picture is too blurred to trust.
SHARPNESS_MIN = 25.0

_lock = threading.Lock()


@dataclass(frozen=True)
class Word:
    """A recognised line: its text, confidence 0–1, and the middle of its box in pixels."""

    text: str
    confidence: float
    x: float
    y: float
    height: float
    width: float = 0.0


@lru_cache(maxsize=1)
def _recogniser() -> Any:
    from rapidocr_onnxruntime import RapidOCR

    return RapidOCR(intra_op_num_threads=_THREADS, inter_op_num_threads=1)


def decode(picture: bytes) -> Any:
    """Pixels (BGR array) of an encoded picture, or None."""
    import cv2
    import numpy as np

    if not picture:
        return None
    pixels = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None or min(pixels.shape[:2]) < 32:
        return None
    scale = _SIDE_MAX / max(pixels.shape[:2])
    if scale < 1:
        pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return pixels


def sharpness(pixels: Any) -> float:
    """Variance of the Laplacian at a common width: higher is sharper."""
    import cv2

    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    scale = 800 / max(grey.shape)
    grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())


def upside_down(pixels: Any) -> Any:
    import cv2

    return cv2.rotate(pixels, cv2.ROTATE_180)


def words(pixels: Any) -> list[Word]:
    """Recognised lines from top to bottom, left to right."""
    with _lock:  # one picture at a time: the models share their memory
        found, _ = _recogniser()(pixels)
    lines = []
    for box, text, confidence in found or []:
        xs, ys = [point[0] for point in box], [point[1] for point in box]
        lines.append(
            Word(
                text=str(text).strip(), confidence=float(confidence), x=sum(xs) / 4, y=sum(ys) / 4,
                height=max(ys) - min(ys), width=max(xs) - min(xs),
            )
        )
    return sorted(lines, key=lambda word: (word.y, word.x))
