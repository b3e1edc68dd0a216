"""The note to the compliance desk: on its way after ten working days, and opened by a person."""

from typing import Any

from sqlalchemy import Connection, or_, select

from bot.rules.delivery import Assignment
from bot.rules.orders import Declined, Order
from bot.rules.people import Learner
from bot.store import rows
from bot.store.hand import Hand
from bot.store.outbox import owe_all, owed_row, skipped_row, wished
from bot.store.tables import assignments, learners, outbox
from bot.store.turn import TurnStore

SENT = "note sent to the desk"
KIND = "desk"


def send(hand: Hand, order: Order, person: Learner) -> str:
    """Send the note the learner has read; what was done meanwhile is not told of."""
    found = hand.connection.execute(
        select(assignments).where(
            assignments.c.id == int(order.args["assignment"]), assignments.c.learner_id == person.id
        )
    ).first()
    one = rows.assignment_of(found) if found is not None else None
    if one is None or not one.is_open:
        raise Declined("done meanwhile")
    if not owe_all(hand.connection, messages(hand.connection, person, one, hand.now)):
        raise Declined("sent already, or nobody to read it")
    return f"assignment:{one.id}"


def messages(connection: Connection, learner: Learner, one: Assignment, now: Any) -> list[dict[str, Any]]:
    """A mark, so that it goes once, and a neutral notice to everybody at the desk; none where it went already."""
    slot = f"{KIND}@{one.due_on}"
    o = outbox.c
    gone = select(o.id).where(o.learner_id == learner.id, o.assignment_id == one.id, o.slot == slot)
    if connection.execute(gone).first() is not None:
        return []
    args = {"assignment_id": one.id}
    mark = wished(learner, KIND, args, now, "desk")
    row = skipped_row(mark, now, SENT, assignment_id=one.id, slot=slot, on=now.date())
    return [row, *(_notice(reader, one, now) for reader in _desk(connection))]


def _desk(connection: Connection) -> list[Learner]:
    """Triagers; where there is none, administrators."""
    query = rows.LEARNERS.where(
        learners.c.account_id.is_not(None), learners.c.left_on.is_(None),
        or_(learners.c.rights.contains("triager"), learners.c.rights.contains("administrator")),
    ).order_by(learners.c.id)  # fmt: skip
    people = [rows.learner_of(row) for row in connection.execute(query)]
    return [one for one in people if "triager" in one.rights] or people


def _notice(reader: Learner, one: Assignment, now: Any) -> dict[str, Any]:
    args = {"assignment_id": one.id}
    posting = wished(reader, "notice", args, now, "desk")
    return owed_row(posting, now, assignment_id=None, slot=None, screen=f"note:{one.id}")


def read(store: TurnStore, assignment_id: int) -> tuple[Learner, Assignment] | None:
    """Whom a note is about, when it went; nobody else's assignment opens by its number."""
    o = outbox.c
    went = select(o.id).where(o.assignment_id == assignments.c.id, o.slot.like(f"{KIND}@%")).exists()
    found = store.rows(select(assignments).where(assignments.c.id == assignment_id, went))
    person = store.learner_by_id(found[0].learner_id) if found else None
    return (person, rows.assignment_of(found[0])) if person is not None else None
