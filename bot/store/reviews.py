"""The gentle push on days without a lesson: whose questions wait, and the row that is owed for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from bot.rules import daily
from bot.rules.memory import Memory
from bot.rules.people import Learner
from bot.store import rows
from bot.store.mornings import Morning
from bot.store.outbox import owed_row, wished
from bot.store.tables import assignments, memories, outbox

FARTHEST = timedelta(hours=14)
"""By so much the earliest wall on earth is ahead of UTC."""
ELSE = ("lesson", "reminder", "digest", "review")
"""Kinds of a day's message: where one came, a review does not."""


@dataclass(slots=True)
class Waiting:
    """What one learner keeps of their lessons, and what a day's row was last owed for."""

    memories: list[Memory]
    last: date | None = None
    """The day of the last push."""
    told_on: frozenset[date] = frozenset()
    """Days lately that had a message of any kind of `ELSE`."""


def look(connection: Connection, people: Sequence[Learner], now: datetime) -> dict[int, Waiting]:
    """Those of these people with enough to look at again; most have nothing due, and are read no further."""
    m, o = memories.c, outbox.c
    wanted = [one.id for one in people if one.reminders and not one.left_on]
    latest = (now + FARTHEST).date()
    many = (
        select(m.learner_id)
        .where(m.learner_id.in_(wanted), m.due_on <= latest)
        .group_by(m.learner_id)
        .having(func.count() >= min(daily.REVIEW_FROM.values()))
    )
    of = list(connection.execute(many).scalars())
    guests = {one.id for one in people if one.audience == "borrower" and one.id in of}
    if guests:
        a = assignments.c
        joined = connection.execute(select(a.learner_id).where(a.learner_id.in_(guests)).distinct())
        guests -= set(joined.scalars())  # whoever only looked around has asked for no messages
        of = [learner_id for learner_id in of if learner_id not in guests]
    found = {learner_id: Waiting([]) for learner_id in of}
    if not found:
        return found
    for row in connection.execute(select(memories).where(m.learner_id.in_(of)).order_by(m.id)):
        found[row.learner_id].memories.append(rows.memory_of(row))
    since = latest - max(daily.REVIEW_SILENCE.values()) - timedelta(days=2)
    said = select(o.learner_id, o.on, o.daily).where(
        o.learner_id.in_(of), o.daily.in_(ELSE), o.on >= since, o.state != "skipped"
    )
    for row in connection.execute(said.order_by(o.on)):
        one = found[row.learner_id]
        one.told_on |= {row.on}
        one.last = row.on if row.daily == "review" else one.last
    return found


def push(morning: Morning, waiting: Waiting | None) -> list[dict[str, Any]]:
    """The row of today's push, where this morning brings nothing else."""
    if waiting is None or morning.is_shut or morning.brings_something or morning.today in waiting.told_on:
        return []
    if not daily.may_push_review(morning.learner, waiting.memories, waiting.last, morning.today):
        return []
    posting = wished(morning.learner, "review_due", {}, morning.now)
    return [owed_row(
        posting, morning.now, assignment_id=None, slot=None, on=morning.today, daily="review", screen="review"
    )]  # fmt: skip
