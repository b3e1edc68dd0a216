"""Of what a manager hears, and of what nobody does: one message a day for all their people."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select

from bot.rules import delivery
from bot.rules.calendar import DAY
from bot.rules.days import Days
from bot.rules.delivery import Assignment
from bot.rules.people import Learner
from bot.store import digests, rows
from bot.store.outbox import owed_row, skipped_row, wished
from bot.store.tables import assignments, learners, outbox

SAID = "said to the manager"
NOBODY = "nobody to tell"
MARK = "escalation@%"
KIND = "escalation"


@dataclass(frozen=True, slots=True)
class Heard:
    """Something of which this learner's manager is to hear today."""

    learner: Learner
    assignment: Assignment
    on: date
    slot: str = ""
    """Its place among what is said of this assignment; empty: that it is late."""


def messages(
    connection: Connection, heard: Sequence[Heard], days: Days, now: datetime
) -> list[dict[str, Any]]:
    """A mark on each thing, so that it is said once, and a message to each manager who can be told."""
    if not heard:
        return []
    wanted = {one.learner.manager_id for one in heard if one.learner.manager_id is not None}
    found = connection.execute(rows.LEARNERS.where(learners.c.id.in_(wanted)).order_by(learners.c.id))
    managers = {row.id: rows.learner_of(row) for row in found}
    told = {number: one for number, one in managers.items() if one.can_be_told}
    marks = [_mark(one, SAID if one.learner.manager_id in told else NOBODY, now) for one in heard]
    late = {one.learner.manager_id for one in heard if not one.slot}
    soon = [one for number, one in told.items() if number in late]
    rest = [one for number, one in told.items() if number not in late]
    return marks + _messages(connection, soon, days, now, (KIND,)) + _messages(
        connection, rest, days, now, (KIND, digests.DAILY)
    )  # fmt: skip


def _messages(
    connection: Connection, of: Sequence[Learner], days: Days, now: datetime, kinds: Sequence[str]
) -> list[dict[str, Any]]:
    """One message to each; with the week's figures among the kinds these say it where they come the same morning."""
    sent = _sent(connection, {one.id: one for one in of}, now, kinds)
    found = []
    for one in of:
        at = digests.just_after(one, now) if digests.DAILY in kinds else now
        found += _message(one, sent[one.id], days, now, at)
    return found


def _mark(one: Heard, why: str, now: datetime) -> dict[str, Any]:
    args = {"assignment_id": one.assignment.id}
    posting = wished(one.learner, KIND, args, now)
    slot = one.slot or f"{KIND}@{one.assignment.due_on}"
    return skipped_row(posting, now, why, assignment_id=one.assignment.id, slot=slot, on=one.on)


def _sent(
    connection: Connection, of: Mapping[int, Learner], now: datetime, kinds: Sequence[str]
) -> dict[int, dict[date, str]]:
    """Of each manager the days on which a message is owed or was sent, with its state.

    One that was late, after an outage, counts on the day on which it was read.
    """
    o, found = outbox.c, defaultdict[int, dict[date, str]](dict)
    query = select(o.learner_id, o.on, o.state, o.sent_at).where(
        o.learner_id.in_(list(of)), o.daily.in_(kinds), o.on >= now.date() - 7 * DAY
    )
    for row in connection.execute(query) if of else ():
        found[row.learner_id][row.on] = row.state
        if row.sent_at is not None:
            found[row.learner_id][delivery.local(row.sent_at, of[row.learner_id].time_zone).date()] = (
                row.state
            )
    return found


def _message(
    manager: Learner, sent: dict[date, str], days: Days, now: datetime, not_before: datetime
) -> list[dict[str, Any]]:
    """One message, at the next hour that is not one of rest; none where one waits that will count all."""
    free = next_free(manager, sent, days, max(now, not_before))
    if free is None:
        return []
    at, on = free
    posting = wished(manager, "team_late", {}, at)
    return [owed_row(posting, now, assignment_id=None, slot=None, on=on, daily=KIND, screen="team late")]


def next_free(
    reader: Learner, sent: Mapping[date, str], days: Days, now: datetime
) -> tuple[datetime, date] | None:
    """When the next of something that comes once a day may come, and their day then.

    `sent` are the days that have one, each with its state; None while one waits, which will tell of all.
    """
    if any(state in ("owed", "claimed") for state in sent.values()):
        return None
    at = days.opens(reader, now)
    if delivery.local(at, reader.time_zone).date() in sent:
        at = days.next_day_at(reader, reader.lesson_at, at)
    return at, delivery.local(at, reader.time_zone).date()


def open_below(connection: Connection, manager_id: int) -> tuple[int, date | None]:
    """(how many, the earliest due day) of what this manager's own people still owe after the ladder.

    Each person's units once, whatever tracks owe them.
    """
    a, o = assignments.c, outbox.c
    marked = (
        select(o.id).where(o.learner_id == a.learner_id, o.assignment_id == a.id, o.slot.like(MARK)).exists()
    )
    query = (
        select(a.learner_id, a.unit, func.min(a.due_on).label("due_on"))
        .select_from(assignments.join(learners))
        .where(learners.c.manager_id == manager_id, learners.c.left_on.is_(None))
        .where(a.completed_at.is_(None), ~a.exempt, marked)
        .group_by(a.learner_id, a.unit)
    )
    found = connection.execute(query).all()
    return len(found), min((row.due_on for row in found if row.due_on is not None), default=None)


_untold = (
    select(assignments.c.learner_id, func.count(func.distinct(assignments.c.id)).label("units"))
    .select_from(outbox.join(assignments, assignments.c.id == outbox.c.assignment_id).join(
        learners, learners.c.id == assignments.c.learner_id
    ))
    .where(outbox.c.slot.like(MARK), outbox.c.reason == NOBODY, learners.c.left_on.is_(None))
    .where(assignments.c.completed_at.is_(None), ~assignments.c.exempt)
    .group_by(assignments.c.learner_id)
)  # fmt: skip


def untold(connection: Connection) -> dict[int, int]:
    """Whose open units ran through the ladder with no manager who could be told, and how many of each."""
    return {row.learner_id: row.units for row in connection.execute(_untold)}
