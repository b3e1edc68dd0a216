"""The week's first words to a manager: owed once, at their hour, on the first working day of their week."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, select

from bot.rules import delivery
from bot.rules.days import Days
from bot.rules.people import Learner
from bot.store import rows
from bot.store.outbox import owe_all, owed_row, wished
from bot.store.tables import learners, outbox

DAILY = "team"
"""What takes a manager's one place a day for it."""
WEEK = timedelta(days=7)
BATCH = 200
"""Managers in one transaction: a tenth of a second at most, so that taps go on."""
_o = outbox.c


def step(connection: Connection, now: datetime, days: Days, after: int = 0) -> tuple[int, int]:
    """Owe the digest to the next managers whose hour on the first working day of the week has come.

    (messages owed, the last manager looked at, to go on after; 0 at the end). Whoever had theirs in
    the last days is not looked at, so an ordinary tick reads no one but on that morning. On leave or
    in a pause the week goes without.
    """
    today = now.date()
    had = select(_o.id).where(
        _o.learner_id == learners.c.id, _o.daily == DAILY, _o.on > today - WEEK + timedelta(days=2)
    )
    reached = and_(
        learners.c.account_id.is_not(None), learners.c.left_on.is_(None), learners.c.unreachable.is_(None)
    )
    here = rows.LEARNERS.where(learners.c.id > after, rows.MANAGES, ~had.exists(), reached)
    some = [rows.learner_of(row) for row in connection.execute(here.order_by(learners.c.id).limit(BATCH))]
    owed = [row for row in (_row(one, now, days) for one in some) if row is not None]
    return owe_all(connection, owed), some[-1].id if len(some) == BATCH else 0


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
