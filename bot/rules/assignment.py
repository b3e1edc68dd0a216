"""What somebody owes: one unit of one track in one round."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

ExemptReason = Literal["leave", "other role", "done elsewhere", "other"]


@dataclass(frozen=True, slots=True)
class Assignment:
    """One unit owed to one learner by one track, and how far it has come."""

    id: int
    learner_id: int
    track: str
    unit: str
    unit_kind: Literal["lesson", "case", "test"]
    position: int
    assigned_on: date
    due_on: date | None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    score_percent: int | None = None
    attempts: int = 0
    content_version: str = ""
    exempt: bool = False
    version: int = 0
    round: int = 0
    """0 the first time, then one more with each renewal."""
    exempt_reason: ExemptReason | None = None
    exempt_note: str | None = None
    exempt_by: int | None = None
    excuse: str | None = None
    """The learner's own reason for being late, in their words."""

    @property
    def is_open(self) -> bool:
        return self.completed_at is None and not self.exempt

    def due(self, day: date) -> "Assignment":
        """The same, due on another day."""
        return replace(self, due_on=day)

    def excused(self, words: str) -> "Assignment":
        """With the learner's own reason for being late."""
        return replace(self, excuse=words)

    def begun(self, now: datetime) -> "Assignment":
        """One more try was begun; the first one's instant stays."""
        return replace(self, started_at=self.started_at or now, attempts=self.attempts + 1)

    def done(self, now: datetime, score_percent: int | None, content_version: str) -> "Assignment":
        return replace(self, completed_at=now, score_percent=score_percent, content_version=content_version)

    def tested(self, now: datetime, score_percent: int, passed: bool, content_version: str) -> "Assignment":
        """One more result of a test: the best score counts, and the first pass completes it."""
        best = max(score_percent, self.score_percent or 0)
        if passed and self.completed_at is None:
            return self.done(now, best, content_version)
        return replace(self, score_percent=best)

    @property
    def passed(self) -> bool | None:
        """Whether a test is passed; None of anything else, and of a test without a result."""
        if self.unit_kind != "test" or self.score_percent is None:
            return None
        return self.completed_at is not None


def latest(assignments: Iterable[Assignment], unit: str) -> list[Assignment]:
    """What learning this unit counts for: of every track that has it, the newest round."""
    found: dict[str, Assignment] = {}
    for one in assignments:
        if one.unit == unit and (one.track not in found or found[one.track].round < one.round):
            found[one.track] = one
    return list(found.values())


def distinct(assignments: Iterable[Assignment]) -> list[Assignment]:
    """Open ones as people see them: a unit that two tracks owe stands there once, by its earlier due date."""
    found: dict[str, Assignment] = {}
    for one in sorted(assignments, key=lambda a: (a.due_on or date.max, a.assigned_on, a.position, a.id)):
        if one.is_open:
            found.setdefault(one.unit, one)
    return list(found.values())
