"""One learner's day: which lesson is announced, which reminder is due, and what a leave moves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from bot.rules import delivery, reviewing
from bot.rules.assignment import distinct
from bot.rules.calendar import DAY
from bot.rules.curriculum import Audience
from bot.rules.days import Days, Spell
from bot.rules.delivery import Assignment
from bot.rules.memory import Memory
from bot.rules.people import Learner

Rung = Literal["early", "due", "late-1", "late-2", "escalation", "note", "desk", "still-here"]
"""Of the ladder (`ux.md` 3.14): two working days before, the day itself, one and two after; then the
manager hears; on the tenth they read a note, which a day later goes to the desk. The last one is all that a business owner ever gets."""
NUDGES: tuple[Rung, ...] = ("early", "due", "late-1")
"""Those that only remind; they ride in the day's lesson when there is one."""
LADDER: tuple[Rung, ...] = (*NUDGES, "late-2", "note")
EARLY = 2
NOTE_AFTER = 7
"""Working days from the third, when the manager hears, to the tenth."""
STILL_HERE_AFTER = timedelta(days=3)
INSIDE = timedelta(minutes=30)
"""An attempt touched so lately is one that somebody is in the middle of."""
AGAIN_IN = timedelta(minutes=15)
REVIEW_FROM: Mapping[Audience, int] = {"employee": 2, "borrower": 2}
"""Questions that have to wait before a message of its own says so; one alone waits for a second."""
REVIEW_EVERY: Mapping[Audience, timedelta] = {"employee": DAY, "borrower": timedelta(days=7)}
REVIEW_SILENCE: Mapping[Audience, timedelta] = {"employee": timedelta(days=3), "borrower": timedelta(days=7)}
"""After a push that nobody took up the next one comes so much later. A week for staff cost the weakest
tenth more than it spared them (`docs/learning.md`)."""


SPELLS = ("paused", "pause ended", "leave", "leave ended")
"""Events that say when nothing was expected of somebody, and counts stood still."""


def spells(events: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Spell]:
    """Past and present pauses and leaves from the log's events (kind, payload), in the order they happened."""
    found: dict[str, list[Spell]] = {"paused": [], "leave": []}
    for kind, payload in events:
        name = "leave" if kind.startswith("leave") else "paused"
        if kind.endswith("ended"):
            on = date.fromisoformat(payload["on"])
            found[name] = [(a, min(b, on)) for a, b in found[name]]
        else:
            first, last = date.fromisoformat(payload["from"]), date.fromisoformat(payload["until"])
            found[name] = [(a, min(b, first)) for a, b in found[name]] + [(first, last)]
    return [(a, b) for a, b in (*found["paused"], *found["leave"]) if a < b]


@dataclass(frozen=True, slots=True)
class Said:
    """What was said about one assignment so far."""

    announced_on: date | None = None
    rungs: Mapping[Rung, date] = field(default_factory=dict)
    """Of the present due date: the local day on which each was said."""
    waiting: frozenset[Rung] = frozenset()
    """Owed and not sent yet."""


NOTHING = Said()


def rung(
    learner: Learner, one: Assignment, said: Said, today: date, days: Days, past: Sequence[Spell] = ()
) -> Rung | None:
    """The step of the ladder that is to be said today about this assignment, if any.

    Each is said once for a due date, none is skipped on the way to somebody else hearing of it, and
    nothing is said about what was not announced on an earlier day.
    """
    if not one.is_open or said.announced_on is None or said.announced_on >= today:
        return None
    if learner.audience == "borrower":
        return _still_here(one, said, today)
    if one.due_on is None:
        return None
    if today > one.due_on:
        return _late(learner, one.due_on, said, today, days, past)
    if not learner.reminders:
        return None
    left = days.counted(learner, today, one.due_on)
    if left == 0:
        return None if "due" in said.rungs else "due"
    is_early = left == EARLY or (left < EARLY and days.counted(learner, said.announced_on, today) >= EARLY)
    return "early" if is_early and "early" not in said.rungs else None


def _late(
    learner: Learner, due_on: date, said: Said, today: date, days: Days, past: Sequence[Spell]
) -> Rung | None:
    """After the due day: each step on a later day than the one before, so that a warning stays a warning."""
    rungs, late = said.rungs, days.counted(learner, due_on, today, past)

    def before_today(step: Rung) -> bool:
        return step in rungs and rungs[step] < today and step not in said.waiting

    if "late-1" not in rungs and "late-2" not in rungs and learner.reminders:
        return "late-1"
    if "late-2" not in rungs:
        warned = before_today("late-1") or not learner.reminders
        return "late-2" if late >= EARLY and warned else None
    if "escalation" not in rungs:
        return "escalation" if before_today("late-2") else None
    if "note" not in rungs:
        since = days.counted(learner, rungs["escalation"], today, past)
        return "note" if since >= NOTE_AFTER else None
    return "desk" if "desk" not in rungs and before_today("note") else None


def _still_here(one: Assignment, said: Said, today: date) -> Rung | None:
    assert said.announced_on is not None
    waited = today - said.announced_on >= STILL_HERE_AFTER
    return "still-here" if waited and one.started_at is None and "still-here" not in said.rungs else None


@dataclass(frozen=True, slots=True)
class Today:
    """What one learner is to be told today: at most one lesson and one reminder."""

    lesson: Assignment | None = None
    rung: Rung | None = None
    reminded: tuple[Assignment, ...] = ()
    """The first is named, the others are counted."""
    passed_over: tuple[tuple[Assignment, Rung], ...] = ()
    """Smaller reminders of the same day; one is enough."""
    escalated: tuple[Assignment, ...] = ()
    """Of these the manager hears."""
    noted: tuple[Assignment, ...] = ()
    """Of these the note goes to the desk, read and not stopped by being done."""

    @property
    def is_folded(self) -> bool:
        """Whether the reminder rides in the lesson's message.

        A nudge does, so that a morning has one message. The one before somebody else hears of it
        comes alone: it is about that and nothing else, and has buttons of its own.
        """
        return self.lesson is not None and self.rung in NUDGES

    @property
    def is_empty(self) -> bool:
        return self.lesson is None and self.rung is None and not self.escalated and not self.noted


def today_for(
    learner: Learner, owed: Sequence[Assignment], said: Mapping[int, Said], today: date, days: Days,
    past: Sequence[Spell] = (),
) -> Today:  # fmt: skip
    """The lesson to announce and the reminder to give, whatever kind of day it is.

    What a later day brings plays no part, unless it was begun or spoken of already.
    """
    announced = frozenset(number for number, one in said.items() if one.announced_on is not None)
    lesson = delivery.to_push(owed, announced, today)
    here = (one for one in owed if one.assigned_on <= today or one.started_at or one.id in announced)
    steps = [
        (one, step)
        for one in distinct(here)
        if (step := rung(learner, one, said.get(one.id, NOTHING), today, days, past))
    ]
    escalated = tuple(one for one, step in steps if step == "escalation")
    noted = tuple(one for one, step in steps if step == "desk")
    nudged = [(one, step) for one, step in steps if step not in ("escalation", "desk")]
    if learner.audience == "borrower":
        nudged = nudged[:1] if _is_listening(owed, said) and lesson is None else []
    if not nudged:
        return Today(lesson, escalated=escalated, noted=noted)
    first = max((step for _, step in nudged), key=lambda step: LADDER.index(step) if step in LADDER else 0)
    same = [one for one, step in nudged if step == first]
    same.sort(key=lambda one: (one.due_on or date.max, one.position))
    kept = same[:1] if first == "note" else same
    over = tuple((one, step) for one, step in nudged if step != first and step in ("early", "due"))
    return Today(lesson, first, tuple(kept), over, escalated, noted)


def may_push_review(learner: Learner, memories: Sequence[Memory], last: date | None, today: date) -> bool:
    """Whether questions to look at again are worth a message today, on a day that brings nothing else.

    Never to whoever turned reminders off; to business owners once a week at most; and whoever let
    the last one lie is left alone for some days.
    """
    waits = reviewing.count_today(memories, today)
    if not learner.reminders or waits < REVIEW_FROM[learner.audience]:
        return False
    if last is None:
        return True
    taken_up = any(one.looks and one.looked_on >= last for one in memories)
    return today - last >= (REVIEW_EVERY if taken_up else REVIEW_SILENCE)[learner.audience]


def _is_listening(owed: Sequence[Assignment], said: Mapping[int, Said]) -> bool:
    """Whether a business owner has begun anything since the last friendly line; else it is quiet."""
    last = max((one.rungs["still-here"] for one in said.values() if "still-here" in one.rungs), default=None)
    return last is None or any(one.started_at is not None and one.started_at.date() >= last for one in owed)


@dataclass(frozen=True, slots=True)
class Moved:
    """A due date before and after."""

    assignment_id: int
    was: date
    now: date


def moved_by_leave(
    learner: Learner, owed: Sequence[Assignment], away_from: date, away_until: date, days: Days
) -> list[Moved]:
    """Due dates behind the return: each that falls on the leave or after it, later by its working days."""
    place = days.place(learner)
    rested = learner.with_(away_from=None, away_until=None, paused_until=None)
    span = (away_from + DAY * n for n in range((away_until - away_from).days))
    length = sum(not days.is_rest_day(rested, day) for day in span)
    return [
        Moved(one.id, one.due_on, days.calendar.add_working_days(one.due_on, length, place))
        for one in owed
        if length and one.is_open and one.due_on and one.due_on >= away_from and one.assigned_on < away_until
    ]
