"""What a tick does: look at the learners whose hour has struck, and owe each at most a lesson and a reminder."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from bot.rules import daily, delivery
from bot.rules.curriculum import Track
from bot.rules.daily import Rung, Said, Today
from bot.rules.days import Days, Spell
from bot.rules.delivery import Assignment
from bot.rules.people import Learner
from bot.rules.sending import Posting
from bot.rules.tracks import push_group
from bot.store import escalations, newcomers, notes, rows
from bot.store.outbox import owe_all, owed_row, wished
from bot.store.tables import assignments, attempts, events, learners, outbox, wakes

BATCH = 100
"""Learners in one transaction: about a tenth of a second, so that taps go on when thousands have one hour."""
LONG = timedelta(minutes=10)
"""A gap that people notice: lessons come within ten minutes of their hour."""
TOLD_WITH = "told with another"
"""Why something has no message of its own: it was part of one."""
ONE_IS_ENOUGH = "one reminder a day"
IN_A_LESSON = "in a lesson until the quiet hour"
NO_TRACKS: Mapping[str, Track] = {}
UNSAID = ("owed", "claimed", "unreachable", "refused")
"""States of a row whose words nobody has read."""
SPELLS = ("paused", "pause ended", "leave", "leave ended")


@dataclass(frozen=True, slots=True)
class Away:
    """A time in which nothing went out, and it was on our side."""

    since: datetime
    until: datetime


@dataclass(slots=True)
class Known:
    """What one batch of learners is decided from."""

    owed: dict[int, list[Assignment]] = field(default_factory=lambda: defaultdict(list))
    said: dict[int, dict[int, Said]] = field(default_factory=lambda: defaultdict(dict))
    taken: set[tuple[int, date, str]] = field(default_factory=set)
    """(learner, day, kind) that has its row already."""
    later: set[tuple[int, date]] = field(default_factory=set)
    """(learner, day) on which something put off comes back."""
    past: dict[int, list[Spell]] = field(default_factory=dict)


def strike(
    connection: Connection, now: datetime, days: Days | None = None, away: Away | None = None,
    tracks: Mapping[str, Track] = NO_TRACKS,
) -> int:  # fmt: skip
    """Owe what is due at this instant and set each learner's next hour; the number of messages owed.

    Every replica may run this at once: a row that exists already is left out by its unique keys,
    and all go through the learners in one order, so that none waits for another in a circle.
    Whoever's hour fell into `away` gets one message that says so, in place of the day's lesson. What
    stands in one set of its track is announced together.
    """
    owed, more = 0, True
    while more:
        count, more = step(connection, now, days, away, tracks)
        owed += count
    return owed


def step(
    connection: Connection, now: datetime, days: Days | None = None, away: Away | None = None,
    tracks: Mapping[str, Track] = NO_TRACKS,
) -> tuple[int, bool]:  # fmt: skip
    """As `strike` for the next few learners, and whether there are more: a transaction that taps can wait for."""
    struck = connection.execute(
        select(wakes.c.learner_id, wakes.c.at)
        .where(wakes.c.at <= now)
        .order_by(wakes.c.at, wakes.c.learner_id)
        .limit(BATCH)
    ).all()
    if not struck:
        return 0, False
    owed = _owe(connection, {row.learner_id: row.at for row in struck}, now, days or Days(), away, tracks)
    return owed, len(struck) == BATCH


def _owe(
    connection: Connection, struck: Mapping[int, datetime], now: datetime, days: Days, away: Away | None,
    tracks: Mapping[str, Track],
) -> int:  # fmt: skip
    found = connection.execute(rows.LEARNERS.where(learners.c.id.in_(list(struck))).order_by(learners.c.id))
    people = [rows.learner_of(row) for row in found]
    known = _known(connection, people, now)
    inside = _inside(connection, [one.id for one in people if known.owed[one.id]], now)
    owed: list[dict[str, Any]] = []
    heard: list[escalations.Heard] = []
    noted: list[tuple[Learner, Assignment]] = []
    next_hours = []
    for learner in people:
        at = delivery.next_wake(learner, now)
        if known.owed[learner.id] and not learner.left_on:
            morning = _Morning(learner, known, days, now, tracks)
            if learner.id in inside and not morning.is_shut and not morning.has_nothing:
                soon = now + daily.AGAIN_IN
                if delivery.is_quiet(delivery.local(soon, learner.time_zone)):
                    owed += morning.skipped(IN_A_LESSON)
                else:
                    at = min(at, soon)
            else:
                missed = away is not None and away.since < struck[learner.id] <= now - LONG
                owed += morning.digest(away) if away is not None and missed else morning.rows()
                heard += morning.escalated()
                noted += morning.noted()
        next_hours.append({"v_id": learner.id, "v_was": struck[learner.id], "v_at": at})
    connection.execute(_next_hour, next_hours)
    new = newcomers.look(connection, people, days, now)
    owed += newcomers.tell(connection, new, heard, days, now)
    for learner, one in noted:
        owed += notes.messages(connection, learner, one, now)
    return owe_all(connection, owed)


_next_hour = (
    update(wakes)
    .where(wakes.c.learner_id == bindparam("v_id"), wakes.c.at == bindparam("v_was"))
    .values(at=bindparam("v_at"))
)


class _Morning:
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

    def rows(self) -> list[dict[str, Any]]:
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
        return found

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
        row = owed_row(
            self._posting(wish, {"assignment_id": one.id if one else None}), self.now, assignment_id=None, slot=None,
            on=self.today, daily=kind,
        )  # fmt: skip
        return row | {"state": "skipped", "reason": why}

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
        row = owed_row(posting, self.now, assignment_id=one.id, slot="lesson", on=self.today)
        return row | {"state": "skipped", "reason": TOLD_WITH}

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
        row = owed_row(posting, self.now, assignment_id=one.id, slot=slot_of(step, one), on=self.today)
        return row | {"state": "skipped", "reason": why}

    def _posting(self, wish: str, args: dict[str, Any], at: datetime | None = None) -> Posting:
        return wished(self.learner, wish, args, at or self.now)


def slot_of(step: Rung, one: Assignment) -> str:
    """A step's place in the outbox: once for each due date, so that a moved one counts anew."""
    name = step if step in ("escalation", "note", "desk") else f"reminder-{step}"
    return f"{name}@{one.due_on}" if one.due_on else name


def _known(connection: Connection, people: Sequence[Learner], now: datetime) -> Known:
    known = Known()
    of = [one.id for one in people]
    zones = {one.id: one.time_zone for one in people}
    open_ones = (
        assignments.c.learner_id.in_(of),
        assignments.c.completed_at.is_(None),
        ~assignments.c.exempt,
    )
    for row in connection.execute(select(assignments).where(*open_ones)):
        known.owed[row.learner_id].append(rows.assignment_of(row))
    if not known.owed:
        return known
    o = outbox.c
    columns = select(o.learner_id, o.assignment_id, o.slot, o.on, o.daily, o.state, o.due_at)
    busy = list(known.owed)
    recent = (now - timedelta(days=2)).date()
    for row in connection.execute(
        columns.where(o.learner_id.in_(busy), o.on >= recent, o.daily.is_not(None))
    ):
        known.taken.add((row.learner_id, row.on, row.daily))
    mine = select(assignments.c.id).where(*open_ones)
    slots: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(
        columns.where(o.learner_id.in_(busy), o.assignment_id.in_(mine), o.slot.is_not(None))
    ):
        slots[row.assignment_id].append(row)
    for learner_id in busy:
        for one in known.owed[learner_id]:
            known.said[learner_id][one.id] = _said(one, slots.get(one.id, ()), zones[learner_id])
    known.later = {
        (row.learner_id, delivery.local(row.due_at, zones[row.learner_id]).date())
        for found in slots.values() for row in found
        if row.slot.startswith("later-") and row.state in ("owed", "claimed", "sent")
    }  # fmt: skip
    late = [
        n
        for n in busy
        if any("late-2" in one.rungs or "escalation" in one.rungs for one in known.said[n].values())
    ]
    known.past = _spells(connection, late + [one.id for one in people if not one.reminders])
    return known


def _said(one: Assignment, found: Iterable[Any], zone: str) -> Said:
    announced, rungs, waiting = None, dict[Rung, date](), set[Rung]()
    steps: dict[str, Rung] = {
        slot_of(step, one): step for step in (*daily.LADDER, "escalation", "desk", "still-here")
    }
    for row in found:
        if row.slot == "lesson":
            announced = row.on or delivery.local(row.due_at, zone).date()
        elif step := steps.get(row.slot):
            rungs[step] = row.on
            if row.state in UNSAID:
                waiting.add(step)
        elif row.slot.startswith("later-") and one.due_on:
            back = delivery.local(row.due_at, zone).date()
            if back > one.due_on and row.state != "skipped":
                rungs.setdefault("late-1", back)
    if announced is None and one.started_at is not None:
        announced = delivery.local(one.started_at, zone).date()
    return Said(announced, rungs, frozenset(waiting))


def _spells(connection: Connection, of: Sequence[int]) -> dict[int, list[Spell]]:
    """Pauses and leaves of those whose count could have stood still; few."""
    if not of:
        return {}
    logged: dict[int, list[tuple[str, Any]]] = defaultdict(list)
    query = select(events).where(events.c.learner_id.in_(of), events.c.kind.in_(SPELLS)).order_by(events.c.id)
    for row in connection.execute(query):
        logged[row.learner_id].append((row.kind, rows.loads(row.payload)))
    return {learner_id: daily.spells(found) for learner_id, found in logged.items()}


def _inside(connection: Connection, of: Sequence[int], now: datetime) -> set[int]:
    """Those who are in the middle of something: an attempt is open, and they were answered lately."""
    if not of:
        return set()
    a, o = attempts.c, outbox.c
    query = select(a.id, a.learner_id).where(a.learner_id.in_(of), a.finished_at.is_(None), ~a.closed)
    screens = {f"attempt:{row.id}": row.learner_id for row in connection.execute(query)}
    if not screens:
        return set()
    touched = (
        select(o.learner_id)
        .where(o.learner_id.in_(set(screens.values())), o.screen.in_(list(screens)))
        .where(o.made_at > now - daily.INSIDE)
        .group_by(o.learner_id)
    )
    return set(connection.execute(touched).scalars())
