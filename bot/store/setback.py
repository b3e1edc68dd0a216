"""After the clock was set back: what was due by then must not wait until the clock comes there again.

The mark of the last tick tells: it lies ahead of now. So whichever process ticks first finds it, also
one that was not there when it happened.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import BigInteger, ColumnElement, Connection, Select, literal, select, type_coerce, update

from bot.store import watching
from bot.store.rows import LEASE
from bot.store.tables import EPOCH, MICROSECOND, marks, outbox, wakes

SLACK = timedelta(minutes=1)
"""What two machines' clocks may differ by, and what anything may wait."""
FARTHEST = timedelta(hours=25)
"""An hour strikes every day, one of them 25 hours long."""
DAY = timedelta(days=1)
BATCH = 1_000
"""Rows in one transaction: some hundredths of a second."""
log = structlog.get_logger()
_o, _w = outbox.c, wakes.c


def step(connection: Connection, now: datetime) -> int:
    """Put right the next rows that a clock ahead of this one left in the future; how many, 0 at the end.

    Messages that were due by the old clock are due now. Claims last from now, so that nobody's are
    waited for who is gone. Hours that lie days ahead strike on their next day: what a day has
    brought already its keys keep from coming again. The mark of the tick moves last.
    """
    last = connection.execute(select(marks.c.at).where(marks.c.name == watching.TICK)).scalar()
    if last is None or last - now < SLACK:
        return 0
    due = _o.id.in_(_some(_o.id, _o.state == "owed", _o.due_at > now, _o.due_at <= last + SLACK))
    moved = connection.execute(update(outbox).where(due).values(due_at=now)).rowcount
    far = _w.learner_id.in_(_some(_w.learner_id, _w.at > now + FARTHEST))
    moved += connection.execute(update(wakes).where(far).values(at=_within_a_day(now))).rowcount
    if moved:
        return moved
    claimed = (_o.state == "claimed", _o.claimed_until > now + LEASE)
    connection.execute(update(outbox).where(*claimed).values(claimed_until=now + LEASE))
    connection.execute(update(marks).where(marks.c.at > now).values(at=now))
    log.warning("clock_was_set_back", seconds=round((last - now).total_seconds()))
    return 0


def _some(key: ColumnElement[int], *which: ColumnElement[bool]) -> Select[int]:
    return select(key).where(*which).order_by(key).limit(BATCH).with_for_update(skip_locked=True)


def _within_a_day(now: datetime) -> ColumnElement[int]:
    """The same hour by the same offset, less than a day from now."""
    at, day = type_coerce(_w.at, BigInteger), literal(DAY // MICROSECOND, BigInteger)
    return at - (at - literal((now - EPOCH) // MICROSECOND, BigInteger)) // day * day
