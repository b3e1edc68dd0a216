"""A morning made into rows of the outbox: what comes, and why something does not.

It is decided once for each situation, however many learners are in it: an hour at which a hundred
thousand are due has some hundreds of them. So what a row says is a `Line`, whose numbers are filled in for each.
"""

import json
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from bot.rules import daily, delivery
from bot.rules.calendar import DAY
from bot.rules.curriculum import Track
from bot.rules.daily import Rung, Today
from bot.rules.days import Days, Spell
from bot.rules.delivery import Assignment, local
from bot.rules.sending import CARD
from bot.rules.tracks import push_group
from bot.store import cards, digests, ids
from bot.store.known import Key, Situation, slot_of
from bot.store.owing import Row
from bot.store.tables import micro

TOLD_WITH = "told with another"
"""Why something has no message of its own: it was part of one."""
ONE_IS_ENOUGH = "one reminder a day"
NONE = timedelta()
DUE = "due:%d"
"""The screen of a message about an assignment."""
MOST = 20_000
"""Situations kept at once, some 3 kB each; beyond them they are decided anew."""


@dataclass(frozen=True, slots=True)
class Away:
    """A time in which nothing went out, and it was on our side."""

    since: datetime
    until: datetime


class Line(NamedTuple):
    """A row that a morning brings to everybody in one situation."""

    wish: str
    args: str
    """JSON, with `%d` for the id of each assignment that is named."""
    named: tuple[int, ...]
    """Numbers of these assignments, in their order."""
    on: str
    daily: str | None
    slot: str | None = None
    of: int | None = None
    """Number of the assignment whose slot it takes, or whose screen it is."""
    screen: str | None = None
    why: str | None = None
    """Of a row that nobody sends."""
    at: datetime | None = None
    """When it is due; None: now."""

    def row(self, learner_id: int, chat_id: int, numbers: Sequence[int], now: int) -> Row:
        """The row for one of them, whose assignments have these ids."""
        args = self.args % tuple([numbers[n] for n in self.named]) if self.named else self.args
        of = None if self.of is None else numbers[self.of]
        return (
            ids.new(), learner_id, chat_id, "skipped" if self.why else "owed", self.why, self.wish, args,
            DUE % of if self.screen is DUE else self.screen, of if self.slot else None, self.slot, self.on, self.daily,
            now, now if self.at is None else micro(self.at),
        )  # fmt: skip


class Morning:
    """What a day brings to everybody in one situation."""

    def __init__(
        self, here: Situation, days: Days, tracks: Mapping[str, Track], past: Sequence[Spell] = ()
    ) -> None:
        self.learner, self.wall, self.today, self._here, self._tracks, self._days = (
            here.learner, here.wall, here.wall.today, here, tracks, days
        )  # fmt: skip
        self._why = days.why_not(self.learner, self.today)
        self.plan = daily.today_for(self.learner, here.owed, here.said, self.today, days, past)
        self._at = self._by_day()
        is_night = self.wall.part != "open" and self._at is None
        self.is_shut = self._why is not None or not self.wall.has_struck or is_night

    def _by_day(self) -> datetime | None:
        """Where their own hour lies in the night: when that is over."""
        at = delivery.by_day(self.learner.lesson_at)
        if self.wall.part == "open" or at == self.learner.lesson_at:
            return None
        day = self._days.next_day(self.learner, self.today + (DAY if self.wall.part == "after" else NONE))
        return delivery.instant(day, at, self.learner.time_zone)

    @property
    def brings_something(self) -> bool:
        """Whether a lesson, a reminder or what was put off comes today, or is to be heard by somebody else."""
        return not self.plan.is_empty or self._here.comes_back

    @cached_property
    def opens_the_week(self) -> bool:
        """Whether it is the first working day of their week, and something may come at this hour."""
        return (
            not self.is_shut and digests.first_working_day(self.learner, self.today, self._days) == self.today
        )

    @cached_property
    def lines(self) -> list[Line]:
        """What is owed this morning, or why it is not."""
        if self._why is not None:
            return self.skipped(self._why)
        if self.is_shut:
            return []
        lesson = self.plan.lesson if not self._is_taken("lesson") else None
        plan = self.plan if lesson or not self.plan.is_folded else Today()
        found = self._passed_over(plan)
        if lesson is not None:
            found += self._lesson(lesson, plan)
        if plan.rung is not None and not self._is_taken("reminder") and not self._comes_back():
            found += self._told(plan) if plan.is_folded else self._reminder(plan)
        if all(line.why for line in found):
            return found
        return [*self._card(), *found]  # made first, so that it comes first

    def _card(self) -> list[Line]:
        """The pinned card, brought level on each morning that brings something."""
        if not cards.is_for(self.learner):
            return []
        return [self._line(CARD, {}, cards.DAILY)._replace(screen=CARD)]

    @property
    def escalated(self) -> Sequence[Assignment]:
        return () if self.is_shut else self.plan.escalated

    @property
    def noted(self) -> Sequence[Assignment]:
        return () if self.is_shut else self.plan.noted

    def digest(self, away: Away, now: datetime) -> list[Line]:
        """One message for all that was missed, now or after the night or the weekend.

        Whoever wanted quiet missed nothing.
        """
        waits = any(one.is_open and one.assigned_on <= self.today for one in self._here.owed)
        if not waits or self._why not in (None, "rest day"):
            return self.lines
        at = self._days.opens(self.learner, now)
        args = {"since": away.since.isoformat(), "until": away.until.isoformat()}
        one = self.plan.lesson
        line = self._line("digest", args, "digest")._replace(
            on=local(at, self.learner.time_zone).date().isoformat(), screen="digest", at=at
        )
        return [line if one is None else line._replace(of=one.id, slot="lesson", daily="lesson")]

    def skipped(self, why: str) -> list[Line]:
        """One row a day and kind for what would have come."""
        plan, found = self.plan, []
        if plan.lesson is not None and not self._is_taken("lesson"):
            found.append(self._line("lesson_due", {"assignment_id": plan.lesson}, "lesson", why=why))
        said = (*plan.reminded, *plan.escalated)
        if (plan.rung is not None or plan.escalated) and not self._is_taken("reminder"):
            found.append(self._line("reminder", {"assignment_id": said[0]}, "reminder", why=why))
        return found

    def _is_taken(self, kind: str) -> bool:
        return kind in self._here.taken

    def _comes_back(self) -> bool:
        """Whether something put off comes back today anyway, and no more than that is to be said."""
        return self.plan.rung in daily.NUDGES and self._here.comes_back

    def _lesson(self, lesson: Assignment, plan: Today) -> Iterator[Line]:
        args: dict[str, Any] = {"assignment_id": lesson}
        if plan.is_folded and not self._comes_back() and not self._is_taken("reminder"):
            args |= {"rung": plan.rung, "reminded": plan.reminded}
        group = push_group(lesson, self._here.owed, self._tracks.get(lesson.track), self.today)
        others = [one for one in group if one.id != lesson.id]
        if others:
            args["set"] = group
        yield self._line("lesson_due", args, "lesson", "lesson", lesson)._replace(screen=DUE)
        for one in others:
            yield self._line("lesson_due", {"assignment_id": one}, None, "lesson", one, TOLD_WITH)

    def _reminder(self, plan: Today) -> Iterator[Line]:
        assert plan.rung is not None
        first, *others = plan.reminded
        args = {"assignment_id": first, "rung": plan.rung, "others": others}
        yield self._line("reminder", args, "reminder", slot_of(plan.rung, first), first)._replace(screen=DUE)
        for one in others:
            yield self._told_line(one, plan.rung, TOLD_WITH)

    def _told(self, plan: Today) -> Iterator[Line]:
        assert plan.rung is not None
        first, *others = plan.reminded
        yield self._told_line(first, plan.rung, TOLD_WITH)._replace(daily="reminder")
        for one in others:
            yield self._told_line(one, plan.rung, TOLD_WITH)

    def _passed_over(self, plan: Today) -> list[Line]:
        return [self._told_line(one, step, ONE_IS_ENOUGH) for one, step in plan.passed_over]

    def _told_line(self, one: Assignment, step: Rung, why: str) -> Line:
        return self._line(
            "reminder", {"assignment_id": one, "rung": step}, None, slot_of(step, one), one, why
        )

    def _line(
        self, wish: str, args: Mapping[str, Any], kind: str | None, slot: str | None = None,
        of: Assignment | None = None, why: str | None = None,
    ) -> Line:  # fmt: skip
        words, named = _filled_later(args)
        return Line(
            wish,
            words,
            named,
            self.today.isoformat(),
            kind,
            slot,
            None if of is None else of.id,
            why=why,
            at=self._at,
        )


def _filled_later(args: Mapping[str, Any]) -> tuple[str, tuple[int, ...]]:
    """JSON with a place for the id of each assignment in it, and their numbers."""
    named: list[int] = []

    def number(one: Assignment) -> str:
        named.append(one.id)
        return "%d"

    words = json.dumps(args, ensure_ascii=False, separators=(",", ":"), default=number)
    return words.replace('"%d"', "%d"), tuple(named)


class Deciding:
    """The mornings of one strike: what is common to many is decided once."""

    def __init__(self, days: Days, tracks: Mapping[str, Track]) -> None:
        self.days = days
        self._tracks = tracks
        self._seen: dict[Hashable, Situation] = {}
        self._mornings: dict[Hashable, Morning] = {}

    def situation(self, key: Key) -> Situation:
        found = self._seen.get(key)
        if found is None:
            if len(self._seen) > MOST:
                self._seen.clear()
                self._mornings.clear()
            found = self._seen[key] = Situation(key)
        return found

    def morning(self, here: Situation, past: Sequence[Spell] = ()) -> Morning:
        key = (here, tuple(past))
        found = self._mornings.get(key)
        if found is None:
            found = self._mornings[key] = Morning(here, self.days, self._tracks, past)
        return found
