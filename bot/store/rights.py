"""Rights granted by name, and new invitations, as administrators ask for them in the chat."""

from collections.abc import Callable

from sqlalchemy import Connection, select, update

from bot.rules.orders import Declined, Order
from bot.rules.people import GRANTED, Learner
from bot.store import ids, rows
from bot.store.hand import Hand
from bot.store.outbox import wished
from bot.store.people import INVITATION_LASTS, is_last_administrator
from bot.store.tables import invitations, learners, outbox

ALREADY_SO = "already so"
THE_LAST_ONE = "the last administrator"
HAS_LEFT = "has left"


def grant(hand: Hand, order: Order, person: Learner) -> str:
    """Give a right; somebody who has left gets none."""
    if person.left_on is not None:
        raise Declined(HAS_LEFT)
    return _set(hand.connection, order, person, lambda held, right: held | {right})


def revoke(hand: Hand, order: Order, person: Learner) -> str:
    """Take a right away; the last administrator keeps theirs, or nobody could ever grant one again."""
    if order.args["right"] == "administrator" and is_last_administrator(hand.connection, person.id):
        raise Declined(THE_LAST_ONE)
    return _set(hand.connection, order, person, lambda held, right: held - {right})


def _set(
    connection: Connection, order: Order, person: Learner, change: Callable[[set[str], str], set[str]]
) -> str:
    right = str(order.args["right"])
    if right not in GRANTED:
        raise Declined("no such right")
    held = {str(one) for one in GRANTED if one in person.rights}
    after = change(held, right)
    if after == held:
        raise Declined(ALREADY_SO)
    connection.execute(
        update(learners)
        .where(learners.c.id == person.id)
        .values(rights=",".join(one for one in GRANTED if one in after), version=learners.c.version + 1)
    )
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
    i, connection = invitations.c, hand.connection
    connection.execute(
        update(invitations).where(i.learner_id == person.id, i.used_at.is_(None)).values(expires_at=hand.now)
    )
    connection.execute(invitations.insert(), {
        "id": ids.new(), "token_hash": bytes.fromhex(order.args["hash"]), "learner_id": person.id,
        "made_at": order.made_at, "expires_at": order.made_at + INVITATION_LASTS, "used_at": None,
    })  # fmt: skip
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
