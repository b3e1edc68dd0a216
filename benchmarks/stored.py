"""What a database holds after its process was killed, beside what the far end saw answered."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path


class NotStored(AssertionError):
    """A tap was answered that the database does not hold, or it holds one that nobody made."""


def check(file: Path, learners: Sequence[tuple[int, int, int]]) -> int:
    """Compare each learner's stored steps with their taps (account, tapped, answered); the steps stored.

    Each tap of a quiz steps its attempt's version by one, so a learner's versions add up to the
    taps that were committed: at least those that were answered, at most those that were made.
    """
    with sqlite3.connect(f"file:{file}?mode=rw", uri=True) as connection:
        steps = dict(connection.execute(
            "SELECT l.account_id, coalesce(sum(a.version), 0) FROM learners l "
            "LEFT JOIN attempts a ON a.learner_id = l.id AND a.kind = 'quiz' GROUP BY l.account_id"
        ).fetchall())  # fmt: skip
        numbers, answers, events, whole = (
            connection.execute(query).fetchone()[0]
            for query in (
                "SELECT coalesce(sum(number), 0) FROM attempts",
                "SELECT count(*) FROM answers",
                "SELECT count(*) FROM events WHERE kind = 'answered'",
                "PRAGMA integrity_check",
            )
        )
    connection.close()
    for account, tapped, answered in learners:
        if not answered <= steps.get(account, 0) <= tapped:
            raise NotStored(
                f"account {account}: {answered} answered, {steps.get(account, 0)} stored, {tapped} made"
            )
    if not numbers == answers == events or whole != "ok":
        raise NotStored(f"{numbers} steps past an item, {answers} answers, {events} in the log; {whole}")
    return sum(steps.values())
