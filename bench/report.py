"""One measured line, and how lines are shown."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """``ours`` against ``must``, same unit; ``lower_is_better`` says which way."""

    job: str
    unit: str
    ours: float
    must: float
    reference: float | None = None
    lower_is_better: bool = True
    note: str = ""

    @property
    def holds(self) -> bool:
        return self.ours <= self.must if self.lower_is_better else self.ours >= self.must

    def as_dict(self) -> dict[str, Any]:
        ratio = round(self.ours / self.reference, 3) if self.reference else None
        return {
            "ours": round(self.ours, 4),
            "reference": self.reference,
            "ratio": ratio,
            "must": self.must,
            "holds": self.holds,
            "unit": self.unit,
            "note": self.note,
        }


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` (0–1) of ``values`` lie; 0.0 for none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def as_text(rows: list[Row]) -> str:
    """A table: job, ours, bound, verdict."""
    lines = [f"{'job':<52}{'ours':>12}  {'must':>12}  "]
    for row in rows:
        sign = "≤" if row.lower_is_better else "≥"
        verdict = "holds" if row.holds else "BROKEN"
        lines.append(
            f"{row.job:<52}{row.ours:>12,.3f}  {sign} {row.must:>10,.2f}  {row.unit:<10} {verdict}"
            + (f"  ({row.note})" if row.note else "")
        )
    return "\n".join(lines)
