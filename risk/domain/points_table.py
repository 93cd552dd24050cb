"""Scoring with a trained points table: plain lookups, microseconds, with the breakdown."""

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

_NUMBER_MAX = 1e300


def score_row(
    table: Mapping[str, Any], row: Mapping[str, Any]
) -> tuple[int, list[tuple[str, int]]]:
    """Score and points by feature for one row of raw values.

    ``None``, an empty word, NaN or a value of the wrong kind goes to the feature's bin for gaps; a
    word never seen in training to its bin for others.
    """
    parts = [
        (feature["name"], _points(feature, row.get(feature["name"])))
        for feature in table["features"]
    ]
    return table["base_points"] + sum(points for _, points in parts), parts


def _points(feature: Mapping[str, Any], value: Any) -> int:
    bins = feature["bins"]
    points: int = bins[_bin(feature, value, len(bins) - 1)]["points"]
    return points


def _bin(feature: Mapping[str, Any], value: Any, gap: int) -> int:
    if feature["type"] == "number":
        if isinstance(value, bool) or not isinstance(value, int | float):
            return gap
        if not -_NUMBER_MAX <= value <= _NUMBER_MAX:  # also what is not a number
            return gap
        return bisect_right(feature["edges"], value)
    if not isinstance(value, str) or not value:
        return gap
    other: int = feature["other"]
    return next((i for i, group in enumerate(feature["groups"]) if value in group), other)
