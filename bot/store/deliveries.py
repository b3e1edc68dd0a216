"""What a tick does: look at the learners whose hour has struck, and owe each at most one lesson."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from bot.rules import delivery
from bot.rules.people import Learner
from bot.rules.sending import Posting
from bot.store import ids, rows
from bot.store.outbox import owe_all, owed_row
from bot.store.tables import assignments, learners, outbox, wakes

BATCH = 500


def strike(connection: Connection, now: datetime) -> int:
    """Owe what is due at this instant and set each learner's next hour; the number of rows owed.

    Every replica may run this at once: a row that exists already is left out by its unique keys,
    and all go through the learners in one order, so that none waits for another in a circle.
    """
    owed = 0
    while True:
        struck = connection.execute(
            select(wakes.c.learner_id, wakes.c.at)
            .where(wakes.c.at <= now)
            .order_by(wakes.c.at, wakes.c.learner_id)
            .limit(BATCH)
        ).all()
        if not struck:
            return owed
        owed += _owe(connection, {row.learner_id: row.at for row in struck}, now)


def _owe(connection: Connection, struck: Mapping[int, datetime], now: datetime) -> int:
    people = [
        rows.learner_of(row)
        for row in connection.execute(
            rows.LEARNERS.where(learners.c.id.in_(list(struck))).order_by(learners.c.id)
        )
    ]
    plans: dict[int, list[delivery.Assignment]] = defaultdict(list)
    open_ones = assignments.c.completed_at.is_(None) & ~assignments.c.exempt
    for row in connection.execute(
        select(assignments).where(assignments.c.learner_id.in_(list(struck)), open_ones)
    ):
        plans[row.learner_id].append(rows.assignment_of(row))
    pushed = frozenset(
        connection.execute(
            select(outbox.c.assignment_id).where(
                outbox.c.learner_id.in_(list(struck)), outbox.c.slot == "lesson"
            )
        ).scalars()
    )
    owed = []
    for learner in people:
        here = delivery.local(now, learner.time_zone)
        today = here.date()
        push = delivery.to_push(learner, plans[learner.id], pushed, today)
        has_struck = delivery.instant(today, learner.lesson_at, learner.time_zone) <= now
        if push is not None and has_struck and not delivery.is_quiet(here):
            owed.append(_row(learner, push, now, today))
        connection.execute(
            update(wakes)
            .where(wakes.c.learner_id == learner.id, wakes.c.at == struck[learner.id])
            .values(at=delivery.next_wake(learner, now))
        )
    return owe_all(connection, owed)


def _row(learner: Learner, push: delivery.Assignment, now: datetime, today: Any) -> dict[str, Any]:
    assert learner.account_id is not None
    posting = Posting(
        ids.new(), learner.id, learner.account_id, "lessons", "resend", 0, None, {}, "lesson_due",
        {"assignment_id": push.id}, now,
    )  # fmt: skip
    return owed_row(
        posting, now, assignment_id=push.id, slot="lesson", on=today, daily="lesson", screen=f"due:{push.id}"
    )
