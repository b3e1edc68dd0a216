"""What a tick does: look at the learners whose hour has struck, and owe each at most a lesson and a reminder,
or questions to look at again on a day that has neither.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from bot.rules import daily, delivery
from bot.rules.curriculum import Track
from bot.rules.days import Days
from bot.rules.delivery import Assignment
from bot.rules.people import Learner
from bot.store import escalations, newcomers, notes, reviews, rows
from bot.store.known import look
from bot.store.mornings import Away, Morning
from bot.store.outbox import owe_all
from bot.store.tables import attempts, learners, outbox, wakes

BATCH = 100
"""Learners in one transaction: about a tenth of a second, so that taps go on when thousands have one hour."""
LONG = timedelta(minutes=10)
"""A gap that people notice: lessons come within ten minutes of their hour."""
SKEW = timedelta(minutes=1)
"""What is said to be made later than this was made before the clock was set back: nobody knows how long ago."""
IN_A_LESSON = "in a lesson until the quiet hour"
NO_TRACKS: Mapping[str, Track] = {}


def strike(
    connection: Connection, now: datetime, days: Days | None = None, away: Away | None = None,
    tracks: Mapping[str, Track] = NO_TRACKS,
) -> int:  # fmt: skip
    """Owe what is due at this instant and set each learner's next hour; the number of messages owed.

    Every replica may run this at once: each holds the learners it looks at, and a row that exists already
    is left out by its unique keys.
    Whoever's hour fell into `away` gets one message that says so, in place of the day's lesson. What
    stands in one set of its track is announced together.
    """
    owed, more = 0, True
    while more:
        count, more = step(connection, now, days, away, tracks)
        owed += count
    return owed


def step(
    connection: Connection, now: datetime, days: Days | None = None, away: Away | None = None,
    tracks: Mapping[str, Track] = NO_TRACKS,
) -> tuple[int, bool]:  # fmt: skip
    """As `strike` for the next few learners, and whether there are more: a transaction that taps can wait for.

    Each replica takes learners whom no other one holds. Both would find the same hour struck; the second would then
    read what the first has owed by now, decide otherwise, and owe it under another key.
    """
    struck = connection.execute(
        select(wakes.c.learner_id, wakes.c.at)
        .where(wakes.c.at <= now)
        .order_by(wakes.c.at, wakes.c.learner_id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    if not struck:
        return 0, False
    owed = _owe(connection, {row.learner_id: row.at for row in struck}, now, days or Days(), away, tracks)
    return owed, len(struck) == BATCH


def _owe(
    connection: Connection, struck: Mapping[int, datetime], now: datetime, days: Days, away: Away | None,
    tracks: Mapping[str, Track],
) -> int:  # fmt: skip
    found = connection.execute(rows.LEARNERS.where(learners.c.id.in_(list(struck))).order_by(learners.c.id))
    people = [rows.learner_of(row) for row in found]
    known = look(connection, people, now)
    waiting = reviews.look(connection, people, now)
    busy = [one.id for one in people if known.owed[one.id] or one.id in waiting]
    inside = _inside(connection, busy, now)
    owed: list[dict[str, Any]] = []
    heard: list[escalations.Heard] = []
    noted: list[tuple[Learner, Assignment]] = []
    next_hours = []
    for learner in people:
        at = delivery.next_wake(learner, now)
        if learner.id in busy and not learner.left_on:
            morning = Morning(learner, known, days, now, tracks)
            if learner.id in inside and not morning.is_shut and not morning.has_nothing:
                soon = now + daily.AGAIN_IN
                if delivery.is_quiet(delivery.local(soon, learner.time_zone)):
                    owed += morning.skipped(IN_A_LESSON)
                else:
                    at = min(at, soon)
            else:
                missed = away is not None and away.since < struck[learner.id] <= now - LONG
                owed += morning.digest(away) if away is not None and missed else morning.rows()
                heard += morning.escalated()
                noted += morning.noted()
                if not missed and learner.id not in inside:
                    owed += reviews.push(morning, waiting.get(learner.id))
        next_hours.append({"v_id": learner.id, "v_was": struck[learner.id], "v_at": at})
    connection.execute(_next_hour, next_hours)
    new = newcomers.look(connection, people, days, now)
    owed += newcomers.tell(connection, new, heard, days, now)
    for learner, one in noted:
        owed += notes.messages(connection, learner, one, now)
    return owe_all(connection, owed)


_next_hour = (
    update(wakes)
    .where(wakes.c.learner_id == bindparam("v_id"), wakes.c.at == bindparam("v_was"))
    .values(at=bindparam("v_at"))
)


def _inside(connection: Connection, of: Sequence[int], now: datetime) -> set[int]:
    """Those who are in the middle of something: an attempt is open, and they were answered lately."""
    if not of:
        return set()
    a, o = attempts.c, outbox.c
    query = select(a.id, a.learner_id).where(a.learner_id.in_(of), a.finished_at.is_(None), ~a.closed)
    screens = {f"attempt:{row.id}": row.learner_id for row in connection.execute(query)}
    if not screens:
        return set()
    touched = (
        select(o.learner_id)
        .where(o.learner_id.in_(set(screens.values())), o.screen.in_(list(screens)))
        .where(o.made_at > now - daily.INSIDE, o.made_at <= now + SKEW)
        .group_by(o.learner_id)
    )
    return set(connection.execute(touched).scalars())
