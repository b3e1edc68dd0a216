"""The pinned card: which message of a chat it is, and the calls that pin it and take it down.

There is no table of cards: the outbox knows what was sent under this screen, and keeps it
(`keeping.rules`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select

from bot.rules.people import Learner
from bot.rules.sending import CARD, Posting
from bot.store import ids, rows
from bot.store.among import among, farther
from bot.store.engine import alone
from bot.store.outbox import owe_all, owed_row
from bot.store.tables import learners, outbox

DAILY = "card"
TAKER = 0x6672_6175_6463_6172
"""PostgreSQL advisory lock: these calls have no key of their own, so one process at a time owes them."""
LOOK = 1_000
"""People looked through in one transaction for those who left."""
_o = outbox.c
_down = outbox.alias("down")


@dataclass(frozen=True, slots=True)
class Card:
    """What stands in a chat: the message, and the call that made it what it is, as long as that is kept."""

    message_id: int
    params: Mapping[str, Any]


def shown(connection: Connection, learner_id: int, chat_id: int) -> Card | None:
    """The card in this chat; None where there is none, or its person deleted it."""
    through = _o.state.in_(("sent", "refused")) & _o.method.in_(("sendMessage", "editMessageText"))
    query = (
        select(_o.state, _o.message_id, _o.params)
        .where(_o.learner_id == learner_id, _o.screen == CARD, _o.chat_id == chat_id, through)
        .order_by(_o.id.desc())
        .limit(1)
    )
    found = connection.execute(query).first()
    if found is None or found.state == "refused" or found.message_id is None:
        return None
    return Card(found.message_id, json.loads(found.params) if found.params else {})


def to_pin(connection: Connection, arrived: Sequence[int], now: datetime) -> None:
    """Owe the pins of cards that have just arrived, silently."""
    if not arrived:
        return
    query = select(_o.learner_id, _o.chat_id, _o.message_id).where(_o.id.in_(arrived))
    _owe(connection, [
        (row.learner_id, row.chat_id, "pinChatMessage",
         {"chat_id": row.chat_id, "message_id": row.message_id, "disable_notification": True})
        for row in connection.execute(query)
    ], now)  # fmt: skip


def take_down(connection: Connection, now: datetime, after: int = 0) -> tuple[int, int]:
    """Owe that the card of those who left is taken off the top of their chat, once, of the next people by id.

    (how many, the last one looked at, to go on after; 0 at the end)
    """
    if not alone(connection, TAKER):
        return 0, 0
    upto = farther(connection, after, LOOK)
    here = and_(
        learners.c.id > after, learners.c.id <= (upto or ids.LARGEST), learners.c.left_on.is_not(None)
    )
    left = list(connection.execute(select(learners.c.id).where(here)).scalars())
    if not left:
        return 0, upto or 0
    taken = and_(
        _down.c.learner_id == _o.learner_id, _down.c.screen == CARD, _down.c.method == "unpinChatMessage",
        _down.c.id > _o.id,
    )  # fmt: skip
    query = (
        select(_o.learner_id, _o.chat_id, func.max(_o.message_id).label("message_id"))
        .where(among(_o.learner_id, left), _o.screen == CARD, _o.message_id.is_not(None))
        .where(~select(_down.c.id).where(taken).exists())
        .group_by(_o.learner_id, _o.chat_id)
    )
    calls = [
        (
            row.learner_id,
            row.chat_id,
            "unpinChatMessage",
            {"chat_id": row.chat_id, "message_id": row.message_id},
        )
        for row in connection.execute(query)
    ]
    _owe(connection, calls, now)
    return len(calls), upto or 0


def _owe(connection: Connection, calls: Sequence[tuple[int, int, str, rows.Values]], now: datetime) -> None:
    owe_all(connection, [
        owed_row(
            Posting(ids.new(), learner_id, chat_id, "broadcast", "resend", 0, method, params, None, {}, now), now,
            assignment_id=None, slot=None, screen=CARD,
        )
        for learner_id, chat_id, method, params in calls
    ])  # fmt: skip


def is_for(learner: Learner) -> bool:
    """Cards are for staff: what business owners learn has no due days."""
    return learner.audience == "employee"
