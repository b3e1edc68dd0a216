"""One learner's morning, made into rows of the outbox: what comes, and why something does not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.rules import daily, delivery
from bot.rules.curriculum import Track
from bot.rules.daily import Rung, Today
from bot.rules.days import Days
from bot.rules.delivery import Assignment
from bot.rules.people import Learner
from bot.rules.sending import CARD, Posting
from bot.rules.tracks import push_group
from bot.store import cards, escalations
from bot.store.known import Known, slot_of
from bot.store.outbox import owed_row, skipped_row, wished

TOLD_WITH = "told with another"
"""Why something has no message of its own: it was part of one."""
ONE_IS_ENOUGH = "one reminder a day"


@dataclass(frozen=True, slots=True)
class Away:
    """A time in which nothing went out, and it was on our side."""

    since: datetime
    until: datetime


class Morning:
    """One learner's day, made into rows."""

    def __init__(
        self, learner: Learner, known: Known, days: Days, now: datetime, tracks: Mapping[str, Track]
    ) -> None:
        self.learner, self.days, self.now, self._tracks = learner, days, now, tracks
        self.here = delivery.local(now, learner.time_zone)
        self.today = self.here.date()
        self._known = known
        self._owed = known.owed[learner.id]
        self._said = known.said[learner.id]
        self._why = days.why_not(learner, self.today)
        past = known.past.get(learner.id, ())
        self.plan = daily.today_for(learner, self._owed, self._said, self.today, days, past)
        struck = delivery.instant(self.today, learner.lesson_at, learner.time_zone) <= now
        self.is_shut = self._why is not None or not struck or delivery.is_quiet(self.here)

    @property
    def has_nothing(self) -> bool:
        return self.plan.is_empty

    @property
    def brings_something(self) -> bool:
        """Whether a lesson, a reminder or what was put off comes today, or is to be heard by somebody else."""
        return not self.plan.is_empty or (self.learner.id, self.today) in self._known.later

    def rows(self) -> list[dict[str, Any]]:
        """What is owed this morning, or why it is not."""
        if self._why is not None:
            return self.skipped(self._why)
        if self.is_shut:
            return []
        lesson = self.plan.lesson if not self._is_taken("lesson") else None
        plan = self.plan if lesson or not self.plan.is_folded else Today()
        card = self._card()  # made first, so that it comes first
        found = self._passed_over(plan)
        if lesson is not None:
            found += self._lesson(lesson, plan)
        if plan.rung is not None and not self._is_taken("reminder") and not self._comes_back():
            found += self._told(plan) if plan.is_folded else self._reminder(plan)
        return [*card, *found] if any(row["state"] == "owed" for row in found) else found

    def _card(self) -> list[dict[str, Any]]:
        """The pinned card, brought level on each morning that brings something."""
        if not cards.is_for(self.learner):
            return []
        posting = self._posting(CARD, {})
        return [owed_row(
            posting, self.now, assignment_id=None, slot=None, on=self.today, daily=cards.DAILY, screen=CARD
        )]  # fmt: skip

    def escalated(self) -> list[escalations.Heard]:
        if self.is_shut:
            return []
        return [escalations.Heard(self.learner, one, self.today) for one in self.plan.escalated]

    def noted(self) -> list[tuple[Learner, Assignment]]:
        return [] if self.is_shut else [(self.learner, one) for one in self.plan.noted]

    def digest(self, away: Away) -> list[dict[str, Any]]:
        """One message for all that was missed, now or after the night or the weekend.

        Whoever wanted quiet missed nothing.
        """
        if not self._waits() or self._why not in (None, "rest day"):
            return self.rows()
        at = self.days.opens(self.learner, self.now)
        on = delivery.local(at, self.learner.time_zone).date()
        one = self.plan.lesson
        args = {"since": away.since.isoformat(), "until": away.until.isoformat()}
        posting = self._posting("digest", args, at)
        return [owed_row(
            posting, self.now, assignment_id=one.id if one else None, slot="lesson" if one else None, on=on,
            daily="lesson" if one else "digest", screen="digest",
        )]  # fmt: skip

    def _waits(self) -> bool:
        return any(one.is_open and one.assigned_on <= self.today for one in self._owed)

    def skipped(self, why: str) -> list[dict[str, Any]]:
        """One row a day and kind for what would have come."""
        found = []
        if self.plan.lesson is not None and not self._is_taken("lesson"):
            found.append(self._not_sent("lesson_due", why, "lesson"))
        if (self.plan.rung is not None or self.plan.escalated) and not self._is_taken("reminder"):
            found.append(self._not_sent("reminder", why, "reminder"))
        return found

    def _not_sent(self, wish: str, why: str, kind: str) -> dict[str, Any]:
        one = (
            self.plan.lesson if kind == "lesson" else next(iter((*self.plan.reminded, *self.plan.escalated)))
        )
        posting = self._posting(wish, {"assignment_id": one.id if one else None})
        return skipped_row(posting, self.now, why, assignment_id=None, slot=None, on=self.today, daily=kind)

    def _is_taken(self, kind: str) -> bool:
        return (self.learner.id, self.today, kind) in self._known.taken

    def _comes_back(self) -> bool:
        """Whether something put off comes back today anyway, and no more than that is to be said."""
        return self.plan.rung in daily.NUDGES and (self.learner.id, self.today) in self._known.later

    def _lesson(self, lesson: Assignment, plan: Today) -> list[dict[str, Any]]:
        args: dict[str, Any] = {"assignment_id": lesson.id}
        if plan.is_folded and not self._comes_back() and not self._is_taken("reminder"):
            args |= {"rung": plan.rung, "reminded": [one.id for one in plan.reminded]}
        group = push_group(lesson, self._owed, self._tracks.get(lesson.track), self.today)
        others = [one for one in group if one.id != lesson.id]
        if others:
            args["set"] = [one.id for one in group]
        row = owed_row(
            self._posting("lesson_due", args), self.now, assignment_id=lesson.id, slot="lesson", on=self.today,
            daily="lesson", screen=f"due:{lesson.id}",
        )  # fmt: skip
        return [row, *(self._announced_with(one) for one in others)]

    def _announced_with(self, one: Assignment) -> dict[str, Any]:
        posting = self._posting("lesson_due", {"assignment_id": one.id})
        return skipped_row(posting, self.now, TOLD_WITH, assignment_id=one.id, slot="lesson", on=self.today)

    def _reminder(self, plan: Today) -> list[dict[str, Any]]:
        assert plan.rung is not None
        first, *others = plan.reminded
        args = {"assignment_id": first.id, "rung": plan.rung, "others": [one.id for one in others]}
        row = owed_row(
            self._posting("reminder", args), self.now, assignment_id=first.id, slot=slot_of(plan.rung, first),
            on=self.today, daily="reminder", screen=f"due:{first.id}",
        )  # fmt: skip
        return [row, *(self._told_row(one, plan.rung, TOLD_WITH) for one in others)]

    def _told(self, plan: Today) -> list[dict[str, Any]]:
        assert plan.rung is not None
        first, *others = (self._told_row(one, plan.rung, TOLD_WITH) for one in plan.reminded)
        return [first | {"daily": "reminder"}, *others]

    def _passed_over(self, plan: Today) -> list[dict[str, Any]]:
        return [self._told_row(one, step, ONE_IS_ENOUGH) for one, step in plan.passed_over]

    def _told_row(self, one: Assignment, step: Rung, why: str) -> dict[str, Any]:
        posting = self._posting("reminder", {"assignment_id": one.id, "rung": step})
        return skipped_row(
            posting, self.now, why, assignment_id=one.id, slot=slot_of(step, one), on=self.today
        )

    def _posting(self, wish: str, args: dict[str, Any], at: datetime | None = None) -> Posting:
        return wished(self.learner, wish, args, at or self.now)
