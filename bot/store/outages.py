"""Times in which nobody ticked: found by the mark of the last tick, and made up for once."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from bot.rules import daily, delivery
from bot.rules.curriculum import Track
from bot.rules.days import Days
from bot.rules.sending import Posting
from bot.store import deliveries, ids, rows
from bot.store.deliveries import LONG, Away
from bot.store.outbox import owe_all, owed_row
from bot.store.tables import attempts, learners, marks, outbox
from bot.store.watching import TICK

OUTAGE, DIGEST = "outage", "digest"


def come_back(
    connection: Connection, now: datetime, days: Days, tracks: Mapping[str, Track] = deliveries.NO_TRACKS
) -> int:
    """Strike; after an outage those who missed their hour, or were in the middle of something, are told.

    Of several processes that come back at once the first one finds the old mark, the others a fresh one.
    """
    last = connection.execute(select(marks.c.at).where(marks.c.name == TICK)).scalar()
    if last is None or now - last < LONG or not _mine(connection, last, now):
        return deliveries.strike(connection, now, days, tracks=tracks)
    away = Away(last, now)
    note = {"name": OUTAGE, "at": now, "note": last.isoformat()}
    if (
        connection.execute(
            update(marks).where(marks.c.name == OUTAGE).values(at=now, note=note["note"])
        ).rowcount
        == 0
    ):
        connection.execute(insert(marks), note)
    owed = deliveries.strike(connection, now, days, away, tracks)
    return owed + _offer_again(connection, away, days)


def _mine(connection: Connection, last: datetime, now: datetime) -> bool:
    taken = update(marks).where(marks.c.name == TICK, marks.c.at == last).values(at=now)
    return connection.execute(taken).rowcount == 1


def _offer_again(connection: Connection, away: Away, days: Days) -> int:
    """A digest to those whose question stood open when it began: a tap meanwhile never reached us."""
    a, o = attempts.c, outbox.c
    touched = (
        select(o.learner_id)
        .join(attempts, (a.learner_id == o.learner_id) & a.finished_at.is_(None) & ~a.closed)
        .where(o.screen.like("attempt:%"), o.made_at > away.since - daily.INSIDE, o.made_at <= away.until)
        .distinct()
    )
    told = select(o.learner_id).where(o.screen == DIGEST, o.made_at == away.until)
    found = connection.execute(
        rows.LEARNERS.where(learners.c.id.in_(touched), learners.c.id.not_in(told)).order_by(learners.c.id)
    )
    owed = []
    for learner in (rows.learner_of(row) for row in found):
        if learner.account_id is None or learner.left_on or learner.unreachable:
            continue
        at = days.opens(learner, away.until)
        args = {"since": away.since.isoformat(), "until": away.until.isoformat()}
        posting = Posting(
            ids.new(), learner.id, learner.account_id, "lessons", "resend", 0, None, {}, DIGEST, args, at
        )
        on = delivery.local(at, learner.time_zone).date()
        owed.append(
            owed_row(posting, away.until, assignment_id=None, slot=None, on=on, daily=DIGEST, screen=DIGEST)
        )
    return owe_all(connection, owed)
