"""Where the people of a two-hop graph stand: the person in the middle, two rings around. Pure."""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 520
_MIDDLE = (WIDTH / 2, HEIGHT / 2)
_NEAR, _FAR, _ALONE = 130.0, 225.0, 190.0


@dataclass(frozen=True)
class Spot:
    """A point of the drawing, whole units."""

    x: int
    y: int


def spots(near: Sequence[Hashable], far: Mapping[Hashable, Hashable]) -> dict[Hashable, Spot]:
    """``near``: who stands one hop away, in order; ``far``: who is further → through whom.

    The far ones stand in their neighbour's direction, spread over the sector they have in common.
    """
    placed: dict[Hashable, Spot] = {}
    slot = 2 * math.pi / max(len(near), 1)
    for order, person in enumerate(near):
        angle = slot * order - math.pi / 2
        placed[person] = _at(angle, _NEAR if far else _ALONE)
        behind = [one for one, via in far.items() if via == person]
        for place, one in enumerate(behind):
            spread = slot * ((place + 0.5) / len(behind) - 0.5) if len(behind) > 1 else 0.0
            placed[one] = _at(angle + spread, _FAR)
    return placed


def middle() -> Spot:
    return Spot(round(_MIDDLE[0]), round(_MIDDLE[1]))


def _at(angle: float, radius: float) -> Spot:
    return Spot(
        round(_MIDDLE[0] + radius * 1.35 * math.cos(angle)),
        round(_MIDDLE[1] + radius * math.sin(angle)),
    )
