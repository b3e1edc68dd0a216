"""How long what is kept: rows that have served are thinned out, a little at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, or_, select, tuple_, update

from bot.rules.sending import CARD
from bot.store.engine import alone
from bot.store.tables import dead_letters, guesses, orders, outbox, roster_batches, roster_lines, updates

SWEEPER = 0x6672_6175_6473_7765
"""PostgreSQL advisory lock: two processes would wait for each other's rows and find them gone."""
STEP = 1_000
"""Rows in one transaction: a few hundredths of a second, so that taps go on."""
LOOK = 2_000
"""Messages looked through in one transaction, however many there are in all."""
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
    """What may be deleted at this instant, messages apart."""
    among = select(updates.c.id).order_by(updates.c.id).limit(STEP).subquery()
    lowest = select(func.max(among.c.id)).scalar_subquery()
    """Telegram counts up, and where it begins anew the rest has time."""
    abandoned = and_(roster_batches.c.applied_at.is_(None), roster_batches.c.made_at < now - STAGED)
    in_since_long = roster_batches.c.applied_at < now - STAGED
    staged = select(roster_lines.c.batch_id).where(roster_lines.c.batch_id == roster_batches.c.id).exists()
    return (
        Rule(updates, and_(updates.c.id <= lowest, updates.c.on < (now - UPDATES).date())),
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
    """Delete at most `STEP` rows, none of them messages; how many. Called again until there is nothing left to do."""
    if not alone(connection, SWEEPER):
        return 0
    for rule in rules(now):
        keys = list(rule.table.primary_key.columns)
        old = select(*keys).where(rule.which).limit(STEP)
        gone = connection.execute(delete(rule.table).where(tuple_(*keys).in_(old))).rowcount
        if gone:
            return gone
    return 0


def sweep(connection: Connection, now: datetime, after: int = 0) -> tuple[int, int]:
    """Delete or empty what may go of the next messages by id.

    (how many, the last one looked at, to go on after; 0 at the end or where all are young). All of them at once
    would take a second a million.
    """
    if not alone(connection, SWEEPER):
        return 0, 0
    o = outbox.c
    window = select(o.id, o.made_at).where(o.id > after).order_by(o.id).limit(LOOK).subquery()
    found = select(func.count(), func.max(window.c.id), func.min(window.c.made_at))
    count, last, oldest = connection.execute(found).one()
    if not count or oldest > now - WORDS:
        return 0, 0
    here = and_(o.id > after, o.id <= last, o.state.not_in(("owed", "claimed")))
    gone = connection.execute(delete(outbox).where(here, _may_go(now))).rowcount
    old = update(outbox).where(here, o.made_at < now - WORDS, o.params.is_not(None))
    emptied = connection.execute(old.values(params=None, wish_args=None, files=None)).rowcount
    return gone + emptied, last if count == LOOK else 0


def _may_go(now: datetime) -> ColumnElement[bool]:
    """Messages that are through and have served."""
    o = outbox.c
    is_card = o.screen.is_not_distinct_from(CARD)
    """It is edited for as long as it stands in the chat, and found by its rows."""
    announced = or_(o.assignment_id.is_not(None), o.state == "skipped")
    return or_(
        and_(~announced, ~is_card, o.made_at < now - REPLIES), and_(announced, o.made_at < now - MESSAGES)
    )
