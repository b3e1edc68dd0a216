"""The audit log's chain: each row's MAC covers the row before it, so no row can be changed or taken out unseen."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from bot.store import rows
from bot.store.engine import alone
from bot.store.tables import audit

LINKER = 0x6672_6175_6477_6973
"""PostgreSQL advisory lock: one linker at a time."""
START = b"\0" * 32
BATCH = 500


def link(connection: Connection, key: bytes) -> int:
    """Number and chain the rows that are not yet; how many. Journeys only insert them."""
    if not alone(connection, LINKER):
        return 0
    new = connection.execute(
        select(audit).where(audit.c.number.is_(None)).order_by(audit.c.id).limit(BATCH)
    ).all()
    if not new:
        return 0
    last = connection.execute(
        select(audit.c.number, audit.c.mac)
        .where(audit.c.number.is_not(None))
        .order_by(audit.c.number.desc())
        .limit(1)
    ).first()
    number, mac = (last.number, last.mac) if last else (0, START)
    for row in new:
        number += 1
        mac = mac_of(key, mac, number, row.at, (row.actor, row.action, row.object))
        connection.execute(update(audit).where(audit.c.id == row.id).values(number=number, mac=mac))
    return len(new)


def mac_of(key: bytes, before: bytes, number: int, at: datetime, said: Sequence[str]) -> bytes:
    """The MAC of one row, over everything in it and the MAC of the row before."""
    body = rows.dump([number, at.isoformat(), *said]).encode()
    return hmac.digest(key, before + body, hashlib.sha256)


def verify(connection: Connection, keys: Sequence[bytes]) -> tuple[int | None, int]:
    """(number of the first row that does not fit, or None; how many rows are not linked yet)."""
    before = START
    linked = connection.execute(select(audit).where(audit.c.number.is_not(None)).order_by(audit.c.number))
    for expected, row in enumerate(linked, start=1):
        said = (row.actor, row.action, row.object)
        fits = any(
            hmac.compare_digest(row.mac, mac_of(key, before, row.number, row.at, said)) for key in keys
        )
        if row.number != expected or not fits:
            return expected, 0
        before = row.mac
    unlinked = connection.execute(select(audit.c.id).where(audit.c.number.is_(None))).all()
    return None, len(unlinked)
