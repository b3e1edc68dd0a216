"""Which lessons are looked at again today, and how a pile of them is spread over the days to come."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.rules import memory as memories
from bot.rules.curriculum import Item, Lesson
from bot.rules.memory import Memory

CAP = 4
"""Questions a day, whatever has piled up: about a minute on the bus. One that is answered in a
minute is opened again tomorrow; twenty after a holiday are opened once."""
DAY = timedelta(days=1)


def waiting(found: Sequence[Memory], today: date) -> list[Memory]:
    """All that is due by this day, what is nearest to being forgotten first."""
    due = [one for one in found if one.due_on <= today]
    return sorted(due, key=lambda one: (round(memories.known(one, today), 2), one.due_on, one.lesson))


def looked_at(found: Sequence[Memory], today: date) -> int:
    """How many were looked at again today."""
    return sum(one.looks > 0 and one.looked_on == today for one in found)


def for_today(found: Sequence[Memory], today: date, cap: int = CAP) -> list[Memory]:
    """What is asked today: never more than the cap allows, counting what was asked already."""
    return waiting(found, today)[: max(cap - looked_at(found, today), 0)]


def count_today(found: Sequence[Memory], today: date, cap: int = CAP) -> int:
    """How many are asked today, for whoever need not know which."""
    return min(sum(one.due_on <= today for one in found), max(cap - looked_at(found, today), 0))


@dataclass(frozen=True, slots=True)
class Coming:
    """The next day that brings something to look at, and how much of it."""

    on: date
    count: int


def coming(found: Sequence[Memory], today: date, cap: int = CAP) -> Coming | None:
    """What the next day with something to look at brings, if all that is asked today is answered."""
    left = waiting(found, today)[len(for_today(found, today, cap)) :]
    if left:
        return Coming(today + DAY, min(cap, len(left) + sum(one.due_on == today + DAY for one in found)))
    later = sorted(one.due_on for one in found if one.due_on > today)
    return Coming(later[0], min(cap, later.count(later[0]))) if later else None


def another(lesson: Lesson, asked_at: Mapping[str, datetime], taken: Collection[str] = ()) -> Item | None:
    """The question of this lesson that was asked longest ago; one never asked comes before all others."""
    fresh = [item for item in lesson.items if item.id not in taken]
    never = [item for item in fresh if item.id not in asked_at]
    return never[0] if never else min(fresh, key=lambda item: asked_at[item.id], default=None)
