"""Places to send from, as all processes with one token share them: one row, in transactions of its own."""

import time
from array import array

from sqlalchemy import Connection, bindparam, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.rules.slots import Ask, Grant, Places, hand_out, opened
from bot.store.engine import is_sqlite
from bot.store.tables import slots

LOCK = 0x6672_6175_6473_6C74
"""PostgreSQL advisory lock: one process at a time takes places."""
ONLY = 1
"""The id of the only row."""
_known = select(slots).where(slots.c.id == ONLY)
_keep = update(slots).where(slots.c.id == bindparam("v_id"))


def take(connection: Connection, ask: Ask, per_second: int) -> Grant:
    """Tell and take; nothing else belongs into this transaction, for everybody who sends waits for it."""
    now = _begin(connection)
    row = connection.execute(_known).one_or_none()
    before = opened(per_second, now) if row is None else Places(
        tuple(array("q", row.free_at)), row.even_at, row.paused_until, row.seen_at, row.last, row.mixed_at, row.holder
    )  # fmt: skip
    after, grant = hand_out(before, ask, per_second, now)
    values = {
        "free_at": array("q", after.free_at).tobytes(), "even_at": after.even_at,
        "paused_until": after.paused_until, "seen_at": after.seen_at, "last": after.last,
        "mixed_at": after.mixed_at, "holder": after.holder,
    }  # fmt: skip
    if row is None:
        insert = (sqlite.insert if is_sqlite(connection) else postgresql.insert)(slots)
        connection.execute(insert, {"id": ONLY, **values})
    else:
        connection.execute(_keep.values(**values), {"v_id": ONLY})
    return grant


def _begin(connection: Connection) -> int:
    """Lock, then read the clock that all share.

    On SQLite all are on one machine, whose monotonic clock nobody sets; the write lock is held already. On
    PostgreSQL it is the database's, and the commit need not reach the disk: after a crash of the server
    its places are long free.
    """
    if is_sqlite(connection):
        return time.monotonic_ns() // 1000
    connection.execute(text("SET LOCAL synchronous_commit = off"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    clock = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
    return int(connection.execute(text(clock)).scalar_one())
