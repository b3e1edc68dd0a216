"""One line of the table: what was measured beside what, and whether the goal is reached."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of one run; a ratio wherever there is something to compare with."""

    what: str
    against: str
    """What stands beside it, or "–" where the figure is one of its own."""
    unit: str
    """"×" for a ratio, else "ms", "µs", "MB", "%"."""
    values: tuple[float, ...]
    """One a repeat, neighbours in time compared with each other."""
    goal: float
    sense: Literal["at least", "at most"]
    note: str = ""
    """Counts behind it and what else has to hold, in a few words."""
    holds: bool = True
    """Whether what else has to hold does: nothing lost, no 429."""
    raw: Mapping[str, Any] = field(default_factory=dict)
    """What the values were made from, every repeat; for the file alone."""

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def is_met(self) -> bool:
        """Whether the median reaches the goal and the rest holds."""
        reached = self.median >= self.goal if self.sense == "at least" else self.median <= self.goal
        return reached and self.holds

    def as_json(self) -> dict[str, Any]:
        """Everything, for the file."""
        return {
            "what": self.what, "against": self.against, "unit": self.unit, "median": self.median,
            "least": min(self.values), "most": max(self.values), "values": list(self.values),
            "goal": self.goal, "sense": self.sense, "met": self.is_met, "holds": self.holds, "note": self.note,
            "raw": dict(self.raw),
        }  # fmt: skip


Part = Callable[[int], Sequence[Line]]
"""A family of measurements: how many repeats → its lines."""


HEAD = "| what | beside | median (least–most) | goal | met | |\n|---|---|---|---|---|---|"


def table(lines: Sequence[Line]) -> str:
    """For people, and for docs/performance.md."""
    return "\n".join([HEAD, *map(row, lines)])


def row(line: Line) -> str:
    """One line of the table."""
    sign = "≥" if line.sense == "at least" else "≤"
    spread = f"{_said(min(line.values))}–{_said(max(line.values))}"
    return (
        f"| {line.what} | {line.against} | **{_said(line.median)} {line.unit}** ({spread}) "
        f"| {sign} {line.goal:g} {line.unit} | {'yes' if line.is_met else 'NO'} | {line.note} |"
    )


def _said(value: float) -> str:
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3g}"
