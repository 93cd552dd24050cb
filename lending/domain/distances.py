"""Places to a hundredth of a degree (about a kilometre) and how far apart they are. Pure."""

import math
from typing import Any

EARTH_KM = 6371.0
Place = tuple[float, float]


class NotAPlace(ValueError):
    """Latitude or longitude is not a number of the globe."""


def coarse(lat: Any, lon: Any) -> Place:
    """(latitude, longitude) in degrees, rounded to 0.01; raises ``NotAPlace``."""
    return _degrees(lat, 90), _degrees(lon, 180)


def _degrees(value: Any, limit: int) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotAPlace(f"not a number: {type(value).__name__}")
    if not math.isfinite(value) or abs(value) > limit:
        raise NotAPlace("outside the globe")
    return round(float(value), 2) + 0.0


def kilometres(a: Place, b: Place) -> int:
    """Whole kilometres between two places along the globe (haversine)."""
    lat_a, lon_a, lat_b, lon_b = map(math.radians, (*a, *b))
    half = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    )
    return round(2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half))))
