"""What a database holds after its process was killed, beside what the far end saw answered."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg


class NotStored(AssertionError):
    """A tap was answered that the database does not hold, or it holds one that nobody made."""


Learners = Sequence[tuple[int, int, int]]
"""(account, taps made, taps answered)."""


def check(file: Path, learners: Learners) -> int:
    """Compare a SQLite file with the taps of these learners, and see that it is whole; the taps stored."""
    with closing(sqlite3.connect(f"file:{file}?mode=rw", uri=True)) as connection:
        whole = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if whole != "ok":
            raise NotStored(whole)
        return compare(connection, learners)


def check_server(url: str, learners: Learners) -> int:
    """The same of a PostgreSQL."""
    with closing(psycopg.connect(url.replace("+psycopg", ""))) as connection:
        return compare(connection, learners)


def compare(connection: Any, learners: Learners) -> int:
    """Compare each learner's stored steps with their taps; the steps stored.

    Each tap of a quiz steps its attempt's version by one, so a learner's versions add up to the
    taps that were committed: at least those that were answered, at most those that were made.
    """
    steps = dict(connection.execute(
        "SELECT l.account_id, coalesce(sum(a.version), 0) FROM learners l "
        "LEFT JOIN attempts a ON a.learner_id = l.id AND a.kind = 'quiz' GROUP BY l.account_id"
    ).fetchall())  # fmt: skip
    numbers, answers, events = (
        connection.execute(query).fetchone()[0]
        for query in (
            "SELECT coalesce(sum(number), 0) FROM attempts",
            "SELECT count(*) FROM answers",
            "SELECT count(*) FROM events WHERE kind = 'answered'",
        )
    )
    for account, tapped, answered in learners:
        if not answered <= steps.get(account, 0) <= tapped:
            raise NotStored(
                f"account {account}: {answered} answered, {steps.get(account, 0)} stored, {tapped} made"
            )
    if not numbers == answers == events:
        raise NotStored(f"{numbers} steps past an item, {answers} answers, {events} in the log")
    return int(sum(steps.values()))
