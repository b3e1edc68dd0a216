"""Rights granted by name, and new invitations, as administrators ask for them in the chat."""

from sqlalchemy import Connection, select

from bot.rules.orders import Declined, Order
from bot.rules.people import GRANTED, Learner
from bot.store import rows
from bot.store.hand import Hand
from bot.store.outbox import wished
from bot.store.people import is_last_administrator, open_link, write_rights
from bot.store.tables import learners, outbox

ALREADY_SO = "already so"
THE_LAST_ONE = "the last administrator"
HAS_LEFT = "has left"


def grant(hand: Hand, order: Order, person: Learner) -> str:
    """Give a right; somebody who has left gets none."""
    if person.left_on is not None:
        raise Declined(HAS_LEFT)
    return _set(hand.connection, order, person, holds=True)


def revoke(hand: Hand, order: Order, person: Learner) -> str:
    """Take a right away; the last administrator keeps theirs, or nobody could ever grant one again."""
    if order.args["right"] == "administrator" and is_last_administrator(hand.connection, person.id):
        raise Declined(THE_LAST_ONE)
    return _set(hand.connection, order, person, holds=False)


def _set(connection: Connection, order: Order, person: Learner, *, holds: bool) -> str:
    right = next((one for one in GRANTED if one == order.args["right"]), None)
    if right is None:
        raise Declined("no such right")
    if (right in person.rights) == holds:
        raise Declined(ALREADY_SO)
    write_rights(connection, person.id, person.rights | {right} if holds else person.rights - {right})
    _tell(connection, order, person, right)
    return right


def _tell(connection: Connection, order: Order, person: Learner, right: str) -> None:
    """Owe the person a word about it."""
    if person.account_id is None or person.id == order.by_id:
        return
    args = {"right": right, "gives": order.kind == "grant"}
    posting = wished(person, "right_changed", args, order.made_at, "desk")
    connection.execute(outbox.insert(), rows.outbox_values(posting, order.made_at))


def invite(hand: Hand, order: Order, person: Learner) -> str:
    """Make the link that was shown open; any earlier unused one stops opening."""
    if person.left_on is not None:
        raise Declined(HAS_LEFT)
    hashed = bytes.fromhex(order.args["hash"])
    open_link(hand.connection, person.id, hashed, made_at=order.made_at, now=hand.now)
    return ""


def holders(connection: Connection) -> list[Learner]:
    """Everybody who holds a right granted by name, by name."""
    query = rows.LEARNERS.where(learners.c.rights != "", learners.c.left_on.is_(None))
    return [
        rows.learner_of(row) for row in connection.execute(query.order_by(learners.c.name, learners.c.id))
    ]


def by_number(connection: Connection, staff_number: str) -> Learner | None:
    """The person with exactly this staff number."""
    found = connection.execute(rows.LEARNERS.where(learners.c.staff_number == staff_number)).first()
    return rows.learner_of(found) if found is not None else None


def teams(connection: Connection) -> int:
    """How many people somebody reports to."""
    boss = select(learners.c.manager_id).where(
        learners.c.manager_id.is_not(None), learners.c.left_on.is_(None)
    )
    return len(connection.execute(boss.distinct()).all())
