"""Times in which nobody ticked: found by the mark of the last tick, and made up for once.

With thousands of people that takes seconds, and SQLite has one writer; so it is done in steps, each
a transaction of its own, and a mark says until the last one that it is going on. Whoever is killed
in between is taken over by the next process that ticks, from what stands in the tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select, update

from bot.rules import daily, delivery
from bot.rules.days import Days
from bot.rules.people import Learner
from bot.store import deliveries, rows, watching
from bot.store.deliveries import LONG
from bot.store.mornings import Away, Deciding
from bot.store.outbox import owe_all, owed_row, wished
from bot.store.tables import attempts, learners, marks, outbox, wakes

OUTAGE, DIGEST = "making up", "digest"
BATCH = 100
"""Learners in one transaction, as in `deliveries`."""
TAPS_ARE_LOST = timedelta(seconds=150)
"""So long Telegram keeps a tap; after a shorter gap all come in by themselves."""


@dataclass(frozen=True, slots=True)
class Outage:
    """What is being made up for."""

    away: Away
    told_from: datetime
    """Since when somebody tells people of it; earlier than its end where a second outage cut the telling off."""


def notice(connection: Connection, now: datetime) -> bool:
    """Set the mark where nobody has ticked for so long that taps were lost; whether this process was the one to find it.

    Of several processes that come back at once the first one finds the old tick, the others a fresh one.
    """
    last = connection.execute(select(marks.c.at).where(marks.c.name == watching.TICK)).scalar()
    if last is None or now - last < TAPS_ARE_LOST or not _mine(connection, last, now):
        return False
    cut_off = going_on(connection)
    since, told_from = (cut_off.away.since, cut_off.told_from) if cut_off is not None else (last, now)
    connection.execute(delete(marks).where(marks.c.name == OUTAGE))
    return watching.mark(connection, OUTAGE, now, f"{since.isoformat()} {told_from.isoformat()}")


def _mine(connection: Connection, last: datetime, now: datetime) -> bool:
    taken = update(marks).where(marks.c.name == watching.TICK, marks.c.at == last).values(at=now)
    return connection.execute(taken).rowcount == 1


def going_on(connection: Connection) -> Outage | None:
    """The outage that is not made up for yet."""
    found = connection.execute(select(marks.c.at, marks.c.note).where(marks.c.name == OUTAGE)).first()
    if found is None:
        return None
    since, told_from = (datetime.fromisoformat(part) for part in found.note.split())
    return Outage(Away(since, found.at), told_from)


def step(connection: Connection, now: datetime, deciding: Deciding) -> tuple[int, bool]:
    """As `deliveries.step`; while an outage is made up for, those who missed their hour are told of it."""
    outage = going_on(connection)
    return deliveries.step(connection, now, deciding, outage.away if outage is not None else None)


def offer_again(connection: Connection, now: datetime, days: Days, after: int = 0) -> tuple[int, int]:
    """Tell those whose question stood open when the outage began: a tap meanwhile never reached us.

    (messages owed, the last learner looked at, to go on after). With the last one the mark goes, unless another
    process is still at those who missed their hour, and could be killed; (0, 0) is the answer where there is none.
    """
    outage = going_on(connection)
    if outage is None:
        return 0, 0
    a = attempts.c
    standing = connection.execute(
        select(a.learner_id)
        .where(a.learner_id > after, a.finished_at.is_(None), ~a.closed)
        .group_by(a.learner_id)
        .order_by(a.learner_id)
        .limit(BATCH)
    )
    some = list(standing.scalars())
    owed = [_digest(one, outage.away, days, now) for one in _cut_off(connection, some, outage)]
    if len(some) < BATCH:
        missing = select(wakes.c.learner_id).where(wakes.c.at <= outage.away.until - LONG).exists()
        over = delete(marks).where(marks.c.name == OUTAGE, marks.c.at == outage.away.until)
        connection.execute(over.where(~missing))
        return owe_all(connection, owed), 0
    return owe_all(connection, owed), some[-1]


def _cut_off(connection: Connection, some: Sequence[int], outage: Outage) -> list[Learner]:
    """Those of them who were answered shortly before or during it, can be reached, and were not told yet."""
    a, o, away = attempts.c, outbox.c, outage.away
    query = select(a.id).where(a.learner_id.in_(some), a.finished_at.is_(None), ~a.closed)
    screens = [f"attempt:{number}" for number in connection.execute(query).scalars()]
    touched = (
        select(o.learner_id)
        .where(o.learner_id.in_(some), o.screen.in_(screens))
        .where(o.made_at > away.since - daily.INSIDE, o.made_at <= away.until)
    )
    told = select(o.learner_id).where(
        o.learner_id.in_(some), o.screen == DIGEST, o.made_at >= outage.told_from
    )
    wanted = set(connection.execute(touched).scalars()) - set(connection.execute(told).scalars())
    found = connection.execute(rows.LEARNERS.where(learners.c.id.in_(wanted)).order_by(learners.c.id))
    return [one for one in map(rows.learner_of, found) if one.can_be_told]


def _digest(learner: Learner, away: Away, days: Days, now: datetime) -> dict[str, Any]:
    at = days.opens(learner, now)
    args = {"since": away.since.isoformat(), "until": away.until.isoformat()}
    posting = wished(learner, DIGEST, args, at)
    on = delivery.local(at, learner.time_zone).date()
    key = f"{DIGEST}-{away.until:%H%M}"  # each outage of a day may have cost a tap
    return owed_row(posting, now, assignment_id=None, slot=None, on=on, daily=key, screen=DIGEST)
