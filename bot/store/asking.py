"""What managers ask of others' records, carried out: remind, assign, exempt, and end an exemption."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, select, update

from bot.rules import delivery
from bot.rules.days import is_away, is_paused
from bot.rules.delivery import Assignment
from bot.rules.orders import Declined, Order
from bot.rules.people import Learner
from bot.store import ids, rows
from bot.store.hand import Hand
from bot.store.outbox import owe_all, owed_row, wished
from bot.store.tables import assignments, events

BY_HAND = "by-hand"
"""The track of what a manager assigned: in none of the curriculum's."""
HAS_LEFT, NOT_JOINED, UNREACHABLE, AWAY, PAUSED = (
    "has left",
    "not joined",
    "unreachable",
    "on leave",
    "paused",
)
NOTHING_OPEN, ALREADY, NO_SUCH = "nothing open", "already so", "no such unit"
GRACE = 5
"""Working days for what was due while it was off the list."""


def remind(hand: Hand, order: Order, person: Learner) -> str:
    """Owe one kind message about what is open, at an hour at which a colleague would ring; once a day."""
    at = hand.days.opens(person, hand.now)
    today, on = (delivery.local(when, person.time_zone).date() for when in (hand.now, at))
    _declined(_why_not(person, on))
    ready = delivery.ready(_of(hand.connection, person.id), today)
    if not ready:
        raise Declined(NOTHING_OPEN)
    args = {"assignment_id": ready[0].id, "by": order.by_id}
    posting = wished(person, "asked", args, at)
    row = owed_row(
        posting,
        hand.now,
        assignment_id=ready[0].id,
        slot=f"asked-{on}",
        on=on,
        daily="asked",
        screen=f"due:{ready[0].id}",
    )
    if not owe_all(hand.connection, [row]):
        raise Declined(ALREADY)
    _event(hand, person, "reminded", by=order.by_id, assignment=ready[0].id, at=at.isoformat())
    return ""


def assign(hand: Hand, order: Order, person: Learner) -> str:
    """Put one unit on somebody's list and tell them; one that is there or done already stays as it is."""
    unit = hand.content.units.get(str(order.args["unit"]))
    if unit is None:
        raise Declined(NO_SUCH)
    if person.account_id is None:
        raise Declined(NOT_JOINED)
    today = delivery.local(hand.now, person.time_zone).date()
    theirs = [a for a in _of(hand.connection, person.id) if a.unit == unit.slug and a.assigned_on <= today]
    if any(not a.exempt for a in theirs):
        raise Declined(ALREADY)
    days = order.args["days"]
    begins = max(today, person.away_until or today)
    due = (
        None
        if days is None
        else hand.days.calendar.add_working_days(begins, int(days), hand.days.place(person))
    )
    made = Assignment(
        ids.new(), person.id, BY_HAND, unit.slug, unit.kind, 0, today, due,
        round=1 + max((a.round for a in theirs if a.track == BY_HAND), default=-1),
    )  # fmt: skip
    why = {"why": order.args.get("why", ""), "reason": order.args.get("reason", "")}
    hand.connection.execute(assignments.insert(), rows.assignment_values(made))
    _event(
        hand, person, "assigned", unit.version, assignment=made.id, track=BY_HAND, unit=unit.slug, by=order.by_id,
        round=made.round, since=hand.now.isoformat(), assigned_on=today.isoformat(),
        due_on=due.isoformat() if due else None, **why,
    )  # fmt: skip
    told = {"assignment_id": made.id, "by": order.by_id, **why}
    _tell(hand, person, "given", told, made.id, "lesson")
    return unit.slug


def exempt(hand: Hand, order: Order, person: Learner) -> str:
    """Take open units off somebody's list, with the reason; they are told, and the record stays."""
    wanted = _wanted(hand.connection, order, person)
    for one in wanted:
        _save(hand.connection, replace(
            one, exempt=True, exempt_reason=order.args["reason"], exempt_note=order.args.get("note") or None,
            exempt_by=order.by_id,
        ))  # fmt: skip
        _event(
            hand, person, "exempted", assignment=one.id, unit=one.unit, reason=order.args["reason"],
            note=order.args.get("note") or "", by=order.by_id,
        )  # fmt: skip
    told = {"assignments": [one.id for one in wanted], "by": order.by_id}
    _tell(hand, person, "exempted", told, wanted[0].id, f"exempted-{order.id}")
    return f"{order.args['reason']} {len(wanted)}"


def end_exemption(hand: Hand, order: Order, person: Learner) -> str:
    """Put a unit back on somebody's list; what was due meanwhile gets a few days."""
    found = [a for a in _of(hand.connection, person.id) if a.id == order.args["assignment"] and a.exempt]
    if not found:
        raise Declined(ALREADY)
    today = delivery.local(hand.now, person.time_zone).date()
    due = found[0].due_on
    if due is not None and due <= today:
        due = hand.days.calendar.add_working_days(today, GRACE, hand.days.place(person))
    back = replace(found[0], exempt=False, exempt_reason=None, exempt_note=None, exempt_by=None, due_on=due)
    _save(hand.connection, back)
    _event(
        hand, person, "exemption_ended", assignment=back.id, unit=back.unit, by=order.by_id,
        due_on=due.isoformat() if due else None,
    )  # fmt: skip
    _tell(
        hand, person, "unexempted", {"assignment_id": back.id, "by": order.by_id}, back.id, f"back-{order.id}"
    )
    return ""


def _why_not(person: Learner, on: date) -> str | None:
    if person.left_on is not None:
        return HAS_LEFT
    if person.account_id is None or (person.hired_on and on < person.hired_on):
        return NOT_JOINED
    if person.unreachable:
        return UNREACHABLE
    if is_away(person, on):
        return AWAY
    return PAUSED if is_paused(person, on) else None


def _declined(why: str | None) -> None:
    if why is not None:
        raise Declined(why)


def _wanted(connection: Connection, order: Order, person: Learner) -> list[Assignment]:
    """The open assignment that was named, or all that are open."""
    named = order.args.get("assignment")
    found = [a for a in _of(connection, person.id) if a.is_open and named in (None, a.id)]
    if not found:
        raise Declined(ALREADY)
    return found


def _of(connection: Connection, person_id: int) -> list[Assignment]:
    found = connection.execute(select(assignments).where(assignments.c.learner_id == person_id))
    return [rows.assignment_of(row) for row in found]


def _save(connection: Connection, changed: Assignment) -> None:
    values = rows.assignment_values(changed) | {"version": changed.version + 1}
    connection.execute(update(assignments).where(assignments.c.id == changed.id).values(values))


def _tell(
    hand: Hand, person: Learner, wish: str, args: Mapping[str, Any], assignment_id: int, slot: str
) -> None:
    """One message at their next kind hour; whoever cannot be reached finds it in their list all the same."""
    if person.account_id is None or person.left_on is not None:
        return
    posting = wished(person, wish, args, hand.days.opens(person, hand.now))
    screen = f"due:{assignment_id}" if wish in ("given", "unexempted") else None
    owe_all(
        hand.connection, [owed_row(posting, hand.now, assignment_id=assignment_id, slot=slot, screen=screen)]
    )


def _event(hand: Hand, person: Learner, kind: str, content_version: str = "", **payload: Any) -> None:
    values = rows.event_values(hand.now, person.id, kind, payload, content_version)
    hand.connection.execute(events.insert(), values)
