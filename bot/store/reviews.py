"""The gentle push on days without a lesson: whose questions wait, and the row that is owed for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, bindparam, func, or_, select

from bot.rules import daily
from bot.rules.memory import Memory
from bot.rules.people import Learner
from bot.store import rows
from bot.store.among import among
from bot.store.known import FARTHEST
from bot.store.mornings import Line, Morning
from bot.store.tables import assignments, memories, outbox

ELSE = ("lesson", "reminder", "review")
"""Kinds of a day's message: where one came, a review does not."""


@dataclass(slots=True)
class Waiting:
    """What one learner keeps of their lessons, and what a day's row was last owed for."""

    memories: list[Memory]
    last: date | None = None
    """The day of the last push."""
    told_on: frozenset[date] = frozenset()
    """Days lately that had a message of any kind of `ELSE`."""


def look(connection: Connection, people: Mapping[int, Learner], now: datetime) -> dict[int, Waiting]:
    """Those of these people with enough to look at again; most have nothing due, and are read no further."""
    wanted = [number for number, one in people.items() if one.reminders and not one.left_on]
    if not wanted:
        return {}
    latest = (now + FARTHEST).date()
    of = list(connection.execute(_many, {"of": wanted, "latest": latest}).scalars())
    guests = {number for number in of if people[number].audience == "borrower"}
    if guests:
        joined = connection.execute(_joined, {"of": guests})
        guests -= set(joined.scalars())  # whoever only looked around has asked for no messages
        of = [number for number in of if number not in guests]
    found = {number: Waiting([]) for number in of}
    if not found:
        return found
    for row in connection.execute(_memories, {"of": of}):
        found[row.learner_id].memories.append(rows.memory_of(row))
    since = latest - max(daily.REVIEW_SILENCE.values()) - timedelta(days=2)
    for row in connection.execute(_said, {"of": of, "since": since}):
        one = found[row.learner_id]
        one.told_on |= {row.on}
        one.last = row.on if row.daily == "review" else one.last
    return found


_m, _o, _a = memories.c, outbox.c, assignments.c
_many = (
    select(_m.learner_id)
    .where(among(_m.learner_id, "of"), _m.due_on <= bindparam("latest"))
    .group_by(_m.learner_id)
    .having(func.count() >= min(daily.REVIEW_FROM.values()))
)
_joined = select(_a.learner_id).where(among(_a.learner_id, "of")).distinct()
_memories = select(memories).where(among(_m.learner_id, "of")).order_by(_m.id)
_said = (
    select(_o.learner_id, _o.on, _o.daily)
    .where(among(_o.learner_id, "of"), or_(_o.daily.in_(ELSE), _o.screen == "digest"))
    .where(_o.on >= bindparam("since"), _o.state != "skipped")
    .order_by(_o.on)
)


def push(morning: Morning, waiting: Waiting) -> list[Line]:
    """The line of today's push, where this morning brings nothing else."""
    if morning.is_shut or morning.brings_something or morning.today in waiting.told_on:
        return []
    if not daily.may_push_review(morning.learner, waiting.memories, waiting.last, morning.today):
        return []
    return [Line("review_due", "{}", (), morning.today.isoformat(), "review", screen="review")]
