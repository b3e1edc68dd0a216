"""What was tried of one quiz or test, and the reminder that waits for its next set."""

from sqlalchemy import Connection, bindparam, select

from bot.rules.attempt import Attempt
from bot.store import rows
from bot.store.tables import attempts, outbox

WISH = "retake"
_a = attempts.c
_finished = (
    select(attempts)
    .where(
        _a.learner_id == bindparam("learner_id"), _a.kind == bindparam("kind"), _a.unit == bindparam("unit")
    )
    .where(_a.finished_at.is_not(None))
    .order_by(_a.finished_at, _a.id)
)


def finished(connection: Connection, learner_id: int, kind: str, unit: str) -> list[Attempt]:
    """Attempts that came to their end, the earliest first."""
    found = connection.execute(_finished, {"learner_id": learner_id, "kind": kind, "unit": unit})
    return [rows.attempt_of(row) for row in found]


def screen_of(attempt_id: int) -> str:
    """What a reminder of the set after this attempt is called among the messages."""
    return f"retake:{attempt_id}"


def is_owed(connection: Connection, learner_id: int, attempt_id: int) -> bool:
    """Whether a reminder after this attempt was asked for already."""
    o = outbox.c
    query = select(o.id).where(o.learner_id == learner_id, o.screen == screen_of(attempt_id), o.wish == WISH)
    return connection.execute(query.limit(1)).first() is not None
