"""How long what is kept: rows that have served are thinned out, a little at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, or_, select, tuple_, update

from bot.rules.sending import CARD
from bot.store.engine import alone
from bot.store.tables import dead_letters, guesses, orders, outbox, roster_batches, roster_lines, updates

SWEEPER = 0x6672_6175_6473_7765
"""PostgreSQL advisory lock: two processes would wait for each other's rows and find them gone."""
STEP = 1_000
"""Rows in one transaction: a few hundredths of a second, so that taps go on."""
UPDATES = timedelta(days=3)
"""Telegram offers an update again for 24 hours at most."""
WORDS = timedelta(days=30)
"""After so long a sent message keeps who, when and what became of it, and loses its words."""
MESSAGES = timedelta(days=400)
"""A year's record of what was announced, or why nothing came, and a month to ask about it."""
REPLIES = timedelta(days=90)
DEAD_LETTERS = timedelta(days=90)
ORDERS = timedelta(days=400)
"""As long as the messages that came of them; the audit log says for ever who did what."""
BATCHES = timedelta(days=400)
STAGED = timedelta(days=1)
"""An import takes minutes; lines and a batch that are older and never came in are of one that was killed."""
GUESSES = timedelta(days=1)
"""Links that opened nothing count for an hour (`chat/commands/start.py`)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of one table that may go."""

    table: Table
    which: ColumnElement[bool]


def rules(now: datetime) -> Sequence[Rule]:
    """What may be deleted at this instant."""
    o = outbox.c
    through = o.state.not_in(("owed", "claimed"))
    is_card = o.screen.is_not_distinct_from(CARD)
    """It is edited for as long as it stands in the chat, and found by its rows."""
    announced = or_(o.assignment_id.is_not(None), o.state == "skipped")
    abandoned = and_(roster_batches.c.applied_at.is_(None), roster_batches.c.made_at < now - STAGED)
    in_since_long = roster_batches.c.applied_at < now - STAGED
    staged = select(roster_lines.c.batch_id).where(roster_lines.c.batch_id == roster_batches.c.id).exists()
    return (
        Rule(updates, updates.c.on < (now - UPDATES).date()),
        Rule(outbox, and_(through, ~announced, ~is_card, o.made_at < now - REPLIES)),
        Rule(outbox, and_(through, announced, o.made_at < now - MESSAGES)),
        Rule(orders, orders.c.done_at < now - ORDERS),
        Rule(
            roster_lines,
            roster_lines.c.batch_id.in_(select(roster_batches.c.id).where(or_(abandoned, in_since_long))),
        ),
        Rule(roster_batches, and_(or_(abandoned, roster_batches.c.applied_at < now - BATCHES), ~staged)),
        Rule(guesses, guesses.c.at < now - GUESSES),
        Rule(dead_letters, dead_letters.c.at < now - DEAD_LETTERS),
    )


def thin_out(connection: Connection, now: datetime) -> int:
    """Delete or empty at most `STEP` rows; how many. Called again until there is nothing left to do."""
    if not alone(connection, SWEEPER):
        return 0
    for rule in rules(now):
        keys = list(rule.table.primary_key.columns)
        old = select(*keys).where(rule.which).limit(STEP)
        gone = connection.execute(delete(rule.table).where(tuple_(*keys).in_(old))).rowcount
        if gone:
            return gone
    return _empty(connection, now)


def _empty(connection: Connection, now: datetime) -> int:
    """Take the words out of messages that are long through."""
    o = outbox.c
    old = (
        select(o.id)
        .where(o.state.not_in(("owed", "claimed")), o.made_at < now - WORDS, o.params.is_not(None))
        .limit(STEP)
    )
    emptied = (
        update(outbox).where(o.id.in_(old.scalar_subquery())).values(params=None, wish_args=None, files=None)
    )
    return connection.execute(emptied).rowcount
