"""What a replay found, by parts that add up."""

from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any

_DIFFERENT_SHOWN = 20
_EXAMPLES_A_MOVE = 5


@dataclass
class ReplayReport:
    """``different`` counts same-version replays that are not the same; it must stay 0.

    A record made by another engine version, or replayed under another strategy version, is no
    promise of equal bytes: it is counted in ``other``, with the moves of its outcome, the reasons
    that came and went, and the segments people moved in (``segments``: "segment|move").
    ``in_columns`` and ``one_by_one`` tell which evaluator compared them.
    """

    count: int = 0
    equal: int = 0
    different: int = 0
    other: int = 0
    in_columns: int = 0
    one_by_one: int = 0
    moves: Counter[str] = field(default_factory=Counter)
    reasons_added: Counter[str] = field(default_factory=Counter)
    reasons_removed: Counter[str] = field(default_factory=Counter)
    segments: Counter[str] = field(default_factory=Counter)
    limits: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    moved: dict[str, list[str]] = field(default_factory=dict)

    def add_different(self, decision_id: str) -> None:
        self.different += 1
        self.examples.append(decision_id)
        self._trim()

    def add_moved(self, move: str, decision_ids: list[str]) -> None:
        """Decisions as examples of a move."""
        kept = [*self.moved.get(move, ()), *decision_ids]
        self.moved[move] = sorted(kept)[:_EXAMPLES_A_MOVE]

    def merge(self, part: "ReplayReport") -> None:
        """Add another part's findings; the order of parts does not matter."""
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(part, one.name)
            if isinstance(mine, int):
                setattr(self, one.name, mine + theirs)
            elif isinstance(mine, Counter):
                mine.update(theirs)
        self.examples += part.examples
        self._trim()
        for move, ids in part.moved.items():
            self.add_moved(move, ids)

    def _trim(self) -> None:
        self.examples = sorted(self.examples)[:_DIFFERENT_SHOWN]

    def as_dict(self) -> dict[str, Any]:
        """JSON-safe, rows largest first."""
        found: dict[str, Any] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            found[one.name] = dict(_sorted(value)) if isinstance(value, Counter) else value
        return found

    def as_text(self) -> str:
        """For a terminal: totals, then what moves under another version."""
        lines = [
            f"count {self.count}  equal {self.equal}  different {self.different}"
            f"  other version {self.other}"
        ]
        lines += [f"  {move}: {n}" for move, n in sorted(self.moves.items())]
        for title, counter in (
            ("reasons added", self.reasons_added), ("reasons removed", self.reasons_removed),
            ("limits", self.limits),
        ):  # fmt: skip
            lines += [f"{title}:", *(f"  {key}: {n}" for key, n in _sorted(counter))] if counter else []
        if self.segments:
            lines.append("by segment:")
            rows = (key.rpartition("|") for key, _ in _sorted(self.segments))
            lines += [f"  {s or '–'}  {move}: {self.segments[f'{s}|{move}']}" for s, _, move in rows]
        if self.moved:
            lines.append("examples:")
            lines += [f"  {move}: {', '.join(ids)}" for move, ids in sorted(self.moved.items())]
        return "\n".join(lines)


def _sorted(counter: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counter.items(), key=lambda row: (-row[1], row[0]))
