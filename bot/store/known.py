"""What one batch of learners is decided from: what is owed, what was said of it, and what is taken."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from bot.rules import daily, delivery
from bot.rules.daily import Rung, Said
from bot.rules.days import Spell
from bot.rules.delivery import Assignment
from bot.rules.people import Learner
from bot.store import rows
from bot.store.tables import assignments, events, outbox

UNSAID = ("owed", "claimed", "unreachable", "refused")
"""States of a row whose words nobody has read."""
LEAVES = ("leave", "leave ended")


@dataclass(slots=True)
class Known:
    """What one batch of learners is decided from."""

    owed: dict[int, list[Assignment]] = field(default_factory=lambda: defaultdict(list))
    said: dict[int, dict[int, Said]] = field(default_factory=lambda: defaultdict(dict))
    taken: set[tuple[int, date, str]] = field(default_factory=set)
    """(learner, day, kind) that has its row already."""
    later: set[tuple[int, date]] = field(default_factory=set)
    """(learner, day) on which something put off comes back."""
    past: dict[int, list[Spell]] = field(default_factory=dict)


def slot_of(step: Rung, one: Assignment) -> str:
    """A step's place in the outbox: once for each due date, so that a moved one counts anew."""
    name = step if step in ("escalation", "note", "desk") else f"reminder-{step}"
    return f"{name}@{one.due_on}" if one.due_on else name


_open = (assignments.c.completed_at.is_(None), ~assignments.c.exempt)
_o = outbox.c
_said_of = select(_o.learner_id, _o.assignment_id, _o.slot, _o.on, _o.daily, _o.state, _o.due_at)


def look(connection: Connection, people: Sequence[Learner], now: datetime) -> Known:
    """Read it all for these people, a query a table; most have nothing open, and are read no further."""
    known = Known()
    open_ones = (assignments.c.learner_id.in_([one.id for one in people]), *_open)
    for row in connection.execute(select(assignments).where(*open_ones)):
        known.owed[row.learner_id].append(rows.assignment_of(row))
    if not known.owed:
        return known
    busy, recent = _o.learner_id.in_(list(known.owed)), (now - timedelta(days=2)).date()
    for row in connection.execute(_said_of.where(busy, _o.on >= recent, _o.daily.is_not(None))):
        known.taken.add((row.learner_id, row.on, row.daily))
    mine = select(assignments.c.id).where(*open_ones)
    found = connection.execute(_said_of.where(busy, _o.assignment_id.in_(mine), _o.slot.is_not(None)))
    _note_said(known, found.all(), {one.id: one.time_zone for one in people})
    late = [number for number in known.owed if _is_late(known.said[number])]
    known.past = spells(connection, late + [one.id for one in people if not one.reminders])
    return known


def _note_said(known: Known, found: Sequence[Any], zones: Mapping[int, str]) -> None:
    """What was said of each open assignment, and what comes back on which day."""
    slots: dict[int, list[Any]] = defaultdict(list)
    for row in found:
        slots[row.assignment_id].append(row)
        if row.slot.startswith("later-") and row.state in ("owed", "claimed", "sent"):
            back = delivery.local(row.due_at, zones[row.learner_id]).date()
            known.later.add((row.learner_id, back))
    for learner_id, owed in known.owed.items():
        for one in owed:
            known.said[learner_id][one.id] = _said(one, slots.get(one.id, ()), zones[learner_id])


def _is_late(said: Mapping[int, Said]) -> bool:
    """Whether a step is counted from the one before, so that days of pause and leave matter."""
    return any("late-2" in one.rungs or "escalation" in one.rungs for one in said.values())


def _said(one: Assignment, found: Iterable[Any], zone: str) -> Said:
    announced, rungs, waiting = None, dict[Rung, date](), set[Rung]()
    steps: dict[str, Rung] = {
        slot_of(step, one): step for step in (*daily.LADDER, "escalation", "desk", "still-here")
    }
    for row in found:
        if row.slot == "lesson":
            announced = row.on or delivery.local(row.due_at, zone).date()
        elif step := steps.get(row.slot):
            rungs[step] = row.on
            if row.state in UNSAID:
                waiting.add(step)
        elif row.slot.startswith("later-") and one.due_on:
            back = delivery.local(row.due_at, zone).date()
            if back > one.due_on and row.state != "skipped":
                rungs.setdefault("late-1", back)
    if announced is None and one.started_at is not None:
        announced = delivery.local(one.started_at, zone).date()
    return Said(announced, rungs, frozenset(waiting))


def spells(
    connection: Connection, of: Collection[int], kinds: Collection[str] = daily.SPELLS
) -> dict[int, list[Spell]]:
    """Pauses and leaves of these people, over or not, from the log."""
    if not of:
        return {}
    logged: dict[int, list[tuple[str, Any]]] = defaultdict(list)
    query = select(events).where(events.c.learner_id.in_(of), events.c.kind.in_(kinds)).order_by(events.c.id)
    for row in connection.execute(query):
        logged[row.learner_id].append((row.kind, rows.loads(row.payload)))
    return {learner_id: daily.spells(found) for learner_id, found in logged.items()}
