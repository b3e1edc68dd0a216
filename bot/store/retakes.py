"""What was tried of one quiz or test, and the reminder that waits for its next set."""

from sqlalchemy import Connection, select

from bot.rules.attempt import Attempt
from bot.store import rows
from bot.store.tables import attempts, outbox

WISH = "retake"


def finished(connection: Connection, learner_id: int, kind: str, unit: str) -> list[Attempt]:
    """Attempts that came to their end, the earliest first."""
    a = attempts.c
    query = select(attempts).where(a.learner_id == learner_id, a.kind == kind, a.unit == unit)
    found = connection.execute(query.where(a.finished_at.is_not(None)).order_by(a.finished_at, a.id))
    return [rows.attempt_of(row) for row in found]


def screen_of(attempt_id: int) -> str:
    """What a reminder of the set after this attempt is called among the messages."""
    return f"retake:{attempt_id}"


def is_owed(connection: Connection, learner_id: int, attempt_id: int) -> bool:
    """Whether a reminder after this attempt was asked for already."""
    o = outbox.c
    query = select(o.id).where(o.learner_id == learner_id, o.screen == screen_of(attempt_id), o.wish == WISH)
    return connection.execute(query.limit(1)).first() is not None
