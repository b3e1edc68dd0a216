"""A new hire's first ten working days: on which of them somebody else hears how they stand."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Literal

from bot.rules.calendar import DAY
from bot.rules.days import Days, Spell, is_away
from bot.rules.delivery import Assignment
from bot.rules.people import Learner

TRACK = "new-hire"
Step = Literal["day-5", "day-10", "over"]
"""Half way · the last day · the ten days are over, and something is still open."""
HALF, LAST = 5, 10
"""Working days, the first one counted as 1."""
TOO_LATE = 5
"""Working days after the last in which what was missed is still worth saying."""
PAST = LAST + TOO_LATE + 1
"""A working day on which nothing more is said."""
LONGEST = timedelta(days=120)
"""Calendar days after the start in which anybody is looked at; ten working days and a long leave fit in."""
SETTLED_IN = timedelta(days=60)
"""Whoever was hired so long before their days began is no new hire: the track met them as it did everybody."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One new hire, as far as somebody else hears of it."""

    started_on: date
    first_set: int
    """Units of the first day that are open."""
    open: int
    """Units given by today that are open, those of the first day among them."""


def is_new(learner: Learner, started_on: date) -> bool:
    """Whether somebody on the track is a new hire; without a hire date, everybody who began is."""
    return learner.hired_on is None or started_on - learner.hired_on <= SETTLED_IN


def standing(owed: Sequence[Assignment], started_on: date, today: date) -> Standing:
    """How somebody stands on the track: what is owed by today; what was given on its first day is the first set."""
    mine = [one for one in owed if one.track == TRACK and not one.exempt and one.round == 0]
    first = min((one.assigned_on for one in mine), default=started_on)
    still = [one for one in mine if one.is_open and one.assigned_on <= today]
    return Standing(started_on, sum(one.assigned_on == first for one in still), len(still))


def working_day(
    learner: Learner, started_on: date, today: date, days: Days, leaves: Sequence[Spell] = ()
) -> int:
    """Which of their working days this is, the first is 1: by the calendar of their place, leave left out.

    Counted as far as anything is said: a later one is `PAST`.
    """
    place = days.place(learner)
    span = (started_on + DAY * n for n in range((today - started_on).days + 1))
    counted = (
        day
        for day in span
        if days.calendar.is_working_day(day, place)
        and not is_away(learner, day)
        and not any(first <= day < end for first, end in leaves)
    )
    return sum(1 for _ in islice(counted, PAST))


def step(number: int, still_open: int, said: Collection[Step]) -> Step | None:
    """What is to be said on this working day, if anything: each once, and nothing of what is long past.

    On the fifth day only of what is open; on the tenth of both, for a manager who heard half way
    hears how it ended; after it only administrators hear, of what is open.
    """
    if number >= PAST:
        return None
    if number >= LAST and "day-10" not in said:
        return "day-10"
    if number > LAST and still_open and "over" not in said:
        return "over"
    return "day-5" if HALF <= number < LAST and still_open and "day-5" not in said else None
