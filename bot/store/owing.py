"""Rows that a tick owes by the thousand: one statement, with only the columns that differ."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection

from bot.rules.sending import LANES
from bot.store.engine import is_sqlite

Row = tuple[
    int, int, int, str, str | None, str, str, str | None, int | None, str | None, str, str | None, int, int
]  # fmt: skip
"""As `COLUMNS` says; instants as the tables keep them, the day as ISO text."""
COLUMNS = {
    "id": "bigint", "learner_id": "bigint", "chat_id": "bigint", "state": "text", "reason": "text", "wish": "text",
    "wish_args": "text", "screen": "text", "assignment_id": "bigint", "slot": "text", "on": "date", "daily": "text",
    "made_at": "bigint", "due_at": "bigint",
}  # fmt: skip
_into = ", ".join(f'"{name}"' for name in (*COLUMNS, "lane", "care", "sealed", "sends"))
_same = f"{LANES.index('lessons')}, 'resend', false, 0"
_typed = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS.items())
_ONE = (
    f"INSERT INTO outbox ({_into}) VALUES ({', '.join('?' * len(COLUMNS))}, {_same}) ON CONFLICT DO NOTHING"
)
_ALL = (
    f"INSERT INTO outbox ({_into}) SELECT row.*, {_same} FROM json_to_recordset(%s) AS row({_typed}) "
    "ON CONFLICT DO NOTHING"
)


def owe(connection: Connection, owed: Sequence[Row]) -> int:
    """Insert these rows; how many are new and to be sent. One that takes a place that is taken is left out."""
    to_send = [row for row in owed if row[3] == "owed"]
    _insert(connection, [row for row in owed if row[3] != "owed"])
    return _insert(connection, to_send)


def _insert(connection: Connection, found: Sequence[Row]) -> int:
    if not found:
        return 0
    if is_sqlite(connection):
        return connection.exec_driver_sql(_ONE, list(found)).rowcount
    # Measured: an executemany of psycopg costs the client three times what one JSON does.
    return connection.exec_driver_sql(
        _ALL, (json.dumps([dict(zip(COLUMNS, row, strict=True)) for row in found]),)
    ).rowcount
