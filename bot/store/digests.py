"""The week's first words to a manager: owed once, at their hour, on the first working day of their week."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, select

from bot.rules import delivery
from bot.rules.days import Days
from bot.rules.people import Learner
from bot.store import ids, rows
from bot.store.among import among, farther
from bot.store.outbox import owe_all, owed_row, wished
from bot.store.tables import learners, outbox

DAILY = "team"
"""What takes a manager's one place a day for it."""
WEEK = timedelta(days=7)
LOOK = 5_000
"""People looked through in one transaction for managers: some 10 ms."""
BATCH = 200
"""Managers in one transaction: a tenth of a second at most, so that taps go on."""
_o = outbox.c


def at_their_hour(
    connection: Connection, of: Sequence[int], now: datetime, days: Days
) -> list[dict[str, Any]]:
    """What is owed to the managers among these, whose hour strikes on their first working day of the week."""
    if not of:
        return []
    return _rows(connection, _without(now.date()).where(among(learners.c.id, of)), now, days)[0]


def step(connection: Connection, now: datetime, days: Days, after: int = 0) -> tuple[int, int]:
    """The same for the next managers by id: for whoever came to manage, or to be reached, after their hour.

    (messages owed, the last one looked at, to go on after; 0 at the end). On leave or in a pause the
    week goes without.
    """
    upto = farther(connection, after, LOOK)
    some = _without(now.date()).where(learners.c.id > after, learners.c.id <= (upto or ids.LARGEST))
    owed, last = _rows(connection, some.order_by(learners.c.id).limit(BATCH), now, days)
    return owe_all(connection, owed), last or upto or 0


def _without(today: date) -> Select[Any]:
    """Managers who can be reached and had none in the last days."""
    had = select(_o.id).where(
        _o.learner_id == learners.c.id, _o.daily == DAILY, _o.on > today - WEEK + timedelta(days=2)
    )
    reached = and_(
        learners.c.account_id.is_not(None), learners.c.left_on.is_(None), learners.c.unreachable.is_(None)
    )
    return rows.LEARNERS.where(rows.MANAGES, ~had.exists(), reached)


def _rows(
    connection: Connection, query: Select[Any], now: datetime, days: Days
) -> tuple[list[dict[str, Any]], int]:
    """Their rows, and the last one's id where there may be more."""
    some = [rows.learner_of(row) for row in connection.execute(query)]
    owed = [row for row in (_row(one, now, days) for one in some) if row is not None]
    return owed, some[-1].id if len(some) == BATCH else 0


def _row(manager: Learner, now: datetime, days: Days) -> dict[str, Any] | None:
    """The owed row, or None where it is not the day, not yet the hour, or quiet is wanted."""
    here = delivery.local(now, manager.time_zone)
    today = here.date()
    if today != first_working_day(manager, today, days) or days.why_not(manager, today) is not None:
        return None
    if here.time() < manager.lesson_at or delivery.is_quiet(here):
        return None
    posting = wished(manager, "team_digest", {}, now)
    return owed_row(posting, now, assignment_id=None, slot=None, on=today, daily=DAILY, screen="team digest")


def first_working_day(manager: Learner, today: date, days: Days) -> date | None:
    """The first day of this week that is none of rest to them; a week of rest has none."""
    monday = today - timedelta(days=today.weekday())
    week = (monday + timedelta(days=n) for n in range(7))
    return next((day for day in week if not days.is_rest_day(manager, day)), None)


def just_after(manager: Learner, now: datetime) -> datetime:
    """A minute after a manager's own hour of this day, or now when that has gone by.

    By then the tick of that hour has owed the digest and found everybody of whom one message tells.
    """
    today = delivery.local(now, manager.time_zone).date()
    return max(now, delivery.instant(today, manager.lesson_at, manager.time_zone) + timedelta(minutes=1))


def is_of_today(connection: Connection, manager_id: int, today: date) -> bool:
    """Whether a digest of this day is on its way to this manager, or arrived."""
    query = select(_o.id).where(
        _o.learner_id == manager_id,
        _o.daily == DAILY,
        _o.on == today,
        _o.state.in_(("owed", "claimed", "sent")),
    )
    return connection.execute(query).first() is not None


def has_had_one(connection: Connection, manager_id: int, since: date) -> bool:
    """Whether a digest reached this manager since that day."""
    query = (
        select(_o.id)
        .where(_o.learner_id == manager_id, _o.daily == DAILY, _o.state == "sent", _o.on >= since)
        .limit(1)
    )
    return connection.execute(query).first() is not None
