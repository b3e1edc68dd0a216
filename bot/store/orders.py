"""Orders: what a turn asks of somebody else's record is a row, and a tick carries it out.

The right is asked again then: an order that was made before its right was taken away changes nothing.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, Row, select, text, update

from bot.rules import access
from bot.rules.curriculum import Content
from bot.rules.days import Days
from bot.rules.orders import Declined, Order
from bot.rules.people import Learner
from bot.store import asking, coaching, notes, reporting, rights, rows
from bot.store.engine import alone, is_sqlite
from bot.store.group import UNAVAILABLE, key_of
from bot.store.hand import Hand
from bot.store.tables import audit, learners, orders

log = structlog.get_logger()
CARRIER = 0x6672_6175_646F_7264
"""PostgreSQL advisory lock: one process at a time carries orders out, so they keep their sequence."""
BATCH = 20
"""Orders in one transaction: a few milliseconds, so that taps go on between them."""
DONE, NOT_ALLOWED, NOBODY, UNKNOWN = "done", "not allowed", "nobody there", "unknown kind"


@dataclass(frozen=True, slots=True)
class Kind:
    """How orders of one kind are carried out."""

    act: str
    """The command whose right it takes, in the table of rights."""
    said: str
    """The action as the audit log names it."""
    do: Callable[[Hand, Order, Learner], str]
    """Changes the person's record; gives back what the audit log names beside the person, if anything.

    Raises `Declined` where nothing is to be changed.
    """


KINDS: dict[str, Kind] = {
    "grant": Kind("roles", "right granted", rights.grant),
    "revoke": Kind("roles", "right revoked", rights.revoke),
    "invite": Kind("invite", "invited", rights.invite),
    "remind": Kind("remind", "reminded", asking.remind),
    "assign": Kind("assign", "unit assigned", asking.assign),
    "exempt": Kind("exempt", "exempted", asking.exempt),
    "end exemption": Kind("exempt", "exemption ended", asking.end_exemption),
    coaching.KIND: Kind("learn", "talk asked for", coaching.ask),
    "note": Kind("learn", "note sent", notes.send),
}
"""Every kind there is; another takes a line here and a function that changes the record."""

_open = select(orders).where(orders.c.done_at.is_(None)).order_by(orders.c.id).limit(BATCH)


def carry_out(connection: Connection, now: datetime, content: Content, days: Days | None = None) -> int:
    """Carry out what is open, in the order in which it was asked; how many. Called again until none is left.

    A person whose own turn is under way elsewhere waits for the next tick, and what else is asked
    about them waits behind it.
    """
    if not alone(connection, CARRIER):
        return 0
    waiting: set[int] = set()
    done = 0
    for row in connection.execute(_open).all():
        order = _order_of(row)
        if order.learner_id in waiting:
            continue
        person = _locked(connection, order.learner_id)
        if person is None:
            waiting.add(order.learner_id)
            continue
        outcome = _one(Hand(connection, now, content, days or Days()), order, person)
        _close(connection, order, outcome, now)
        done += 1
    return done


def _order_of(row: Row[Any]) -> Order:
    return Order(row.id, row.kind, row.by_id, row.learner_id, json.loads(row.args), row.made_at)


def _learner(connection: Connection, learner_id: int) -> Learner:
    return rows.learner_of(connection.execute(rows.LEARNERS.where(learners.c.id == learner_id)).one())


def _locked(connection: Connection, learner_id: int) -> Learner | None:
    """The person, held as a turn of theirs would hold them; None while one is under way elsewhere."""
    person = _learner(connection, learner_id)
    if is_sqlite(connection):
        return person
    key = key_of(person.id, person.account_id)
    if not connection.execute(text("SELECT pg_try_advisory_xact_lock(:k)"), {"k": key}).scalar():
        return None
    person = _learner(connection, learner_id)
    return person if key_of(person.id, person.account_id) == key else None


def _one(hand: Hand, order: Order, person: Learner) -> str:
    kind = KINDS.get(order.kind)
    if kind is None:
        return UNKNOWN
    connection = hand.connection
    by = _learner(connection, order.by_id)
    if not access.may_act(by, kind.act, person.id, reporting.above(connection, person.id)):
        return NOT_ALLOWED
    try:
        with connection.begin_nested():
            thing = kind.do(hand, order, person)
    except Declined as why:
        return str(why)
    except UNAVAILABLE:
        raise
    except Exception as error:
        log.error("order_failed", kind=order.kind, error=type(error).__name__)
        return f"failed: {type(error).__name__}"
    _write_down(connection, order, kind.said, thing, hand.now)
    return DONE


def _close(connection: Connection, order: Order, outcome: str, now: datetime) -> None:
    connection.execute(
        update(orders).where(orders.c.id == order.id).values(done_at=now, outcome=outcome[:200])
    )
    if outcome == NOT_ALLOWED:
        _write_down(connection, order, "order refused", order.kind, now)


def _write_down(connection: Connection, order: Order, said: str, thing: str, now: datetime) -> None:
    about = f"{thing} learner:{order.learner_id}".strip()
    connection.execute(audit.insert(), rows.audit_values(now, f"learner:{order.by_id}", said, about[:120]))
