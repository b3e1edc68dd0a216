"""Ten minutes with a manager: asked for by whoever did not pass twice, told with the topic and no answer."""

import json

from sqlalchemy import Connection, select

from bot.rules.orders import Declined, Order
from bot.rules.people import Learner
from bot.store import rows
from bot.store.hand import Hand
from bot.store.outbox import owe_all, owed_row, wished
from bot.store.tables import learners, orders

KIND, WISH = "coach", "coach_wanted"


def ask(hand: Hand, order: Order, person: Learner) -> str:
    """Owe the manager one message at an hour at which a colleague would ring."""
    query = rows.LEARNERS.where(learners.c.id == person.manager_id)
    found = hand.connection.execute(query).first() if person.manager_id else None
    manager = rows.learner_of(found) if found is not None else None
    if manager is None or not manager.can_be_told:
        raise Declined("nobody to ask")
    args = {"person": person.id, "topic": order.args["topic"]}
    posting = wished(manager, WISH, args, hand.days.opens(manager, hand.now))
    owe_all(hand.connection, [owed_row(posting, hand.now, assignment_id=None, slot=None)])
    return f"learner:{manager.id}"


def is_asked(connection: Connection, learner_id: int, attempt_id: int) -> bool:
    """Whether this person asked after this attempt already."""
    o = orders.c
    query = select(o.args).where(o.by_id == learner_id, o.learner_id == learner_id, o.kind == KIND)
    return any(json.loads(row.args)["attempt"] == attempt_id for row in connection.execute(query))
