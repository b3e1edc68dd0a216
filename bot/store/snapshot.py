"""What a message made later is made from: one person and what is theirs, as they stand."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Row, Table, func, select

from bot.rules.attempt import Attempt
from bot.rules.delivery import Assignment
from bot.rules.memory import Memory
from bot.rules.people import Learner
from bot.rules.watching import Coverage, Group, Signs, Standing
from bot.store import escalations, reporting, rows, tables, watching
from bot.store.completions import Completions, Scope
from bot.store.engine import is_sqlite

T = TypeVar("T")
MINE = ("enrolments", "assignments", "attempts", "answers", "memories", "dialogues", "wakes", "events",
    "ratings", "feedback", "feedback_done", "previews")  # fmt: skip
"""Tables that hold rows of a learner, besides the learner's own."""

LISTS = ("queue", "orders", "path", "payload")
"""Columns that hold lists and objects as text; in a copy for people they are what they are."""


class Snapshot:
    """Reads of one moment; what is written meanwhile does not show."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def learner(self, learner_id: int) -> Learner | None:
        found = self._connection.execute(rows.LEARNERS.where(tables.learners.c.id == learner_id)).first()
        return rows.learner_of(found) if found is not None else None

    def ask(self, read: Callable[[Connection], T]) -> T:
        """A read of another module, of the same moment."""
        return read(self._connection)

    def above(self, person_id: int) -> tuple[int, ...]:
        """The managers over this person, the nearest first."""
        return reporting.above(self._connection, person_id)

    def manages(self, person_id: int) -> bool:
        """Whether somebody who works here reports to this person."""
        person = tables.learners.c
        below = select(person.id).where(person.manager_id == person_id, person.left_on.is_(None)).limit(1)
        return self._connection.execute(below).first() is not None

    def by_account(self, account_id: int) -> Learner | None:
        found = self._connection.execute(
            rows.LEARNERS.where(tables.learners.c.account_id == account_id)
        ).first()
        return rows.learner_of(found) if found is not None else None

    def attempt(self, attempt_id: int) -> Attempt | None:
        found = self._connection.execute(
            select(tables.attempts).where(tables.attempts.c.id == attempt_id)
        ).first()
        return rows.attempt_of(found) if found is not None else None

    def next_wake(self, now: datetime) -> datetime | None:
        """The next instant after now at which somebody's hour strikes, a message falls due or a day brings a unit."""
        wakes, again, o = tables.wakes.c.at, tables.plans.c.again_at, tables.outbox.c
        strikes = self._connection.execute(select(func.min(wakes)).where(wakes > now)).scalar()
        brings = self._connection.execute(select(func.min(again)).where(again > now)).scalar()
        due = self._connection.execute(
            select(func.min(o.due_at)).where(o.state == "owed", o.due_at > now)
        ).scalar()
        return min((at for at in (strikes, due, brings) if at is not None), default=None)

    def falls_due(self, after: datetime, until: datetime) -> bool:
        """Whether a message waits that fell due after one instant and by another."""
        o = tables.outbox.c
        due = select(o.id).where(o.state == "owed", o.due_at > after, o.due_at <= until).limit(1)
        return self._connection.execute(due).first() is not None

    def stands(self) -> tuple[Any, ...]:
        """Something that is another whenever a turn, a tick or a command has changed what is planned."""
        o, person = tables.outbox.c, tables.learners.c
        waiting = select(func.count()).where(o.state.in_(("owed", "claimed"))).scalar_subquery()
        newest = [
            select(func.max(t.c.id)).scalar_subquery() for t in (tables.outbox, tables.events, tables.orders)
        ]
        people = select(func.sum(person.version + 1)).scalar_subquery()
        return tuple(self._connection.execute(select(waiting, people, *newest)).one())

    def assignments(self, learner_id: int) -> list[Assignment]:
        a = tables.assignments
        found = self._connection.execute(select(a).where(a.c.learner_id == learner_id))
        return [rows.assignment_of(row) for row in found]

    def open_attempts(self, learner_id: int) -> list[Attempt]:
        """What stands open, the newest first."""
        a = tables.attempts
        query = select(a).where(a.c.learner_id == learner_id, a.c.finished_at.is_(None), ~a.c.closed)
        return [rows.attempt_of(row) for row in self._connection.execute(query.order_by(a.c.id.desc()))]

    def memories(self, learner_id: int) -> list[Memory]:
        """What this learner keeps of each lesson completed so far."""
        m = tables.memories
        found = self._connection.execute(select(m).where(m.c.learner_id == learner_id).order_by(m.c.id))
        return [rows.memory_of(row) for row in found]

    def late_below(self, manager_id: int) -> tuple[int, date | None]:
        """(how many, the earliest due day) of what this manager's own people still owe after the ladder."""
        return escalations.open_below(self._connection, manager_id)

    def spoke_since(self, learner_id: int, row_id: int) -> bool:
        """Whether this person was answered after a message was owed."""
        o = tables.outbox.c
        query = select(o.id).where(o.learner_id == learner_id, o.lane == 0, o.id > row_id).limit(1)
        return self._connection.execute(query).first() is not None

    def completions(self, scope: Scope, organisation: str, zone: str, now: datetime) -> Completions:
        return Completions(self._connection, scope, organisation, zone, now)

    def standing(self, now: datetime, today: datetime, new: int = 0) -> Standing:
        return watching.standing(self._connection, now, today, new)

    def coverage(self, now: datetime, today: datetime) -> Coverage:
        return watching.coverage(self._connection, now, today)

    def who(self, group: Group, page: int, now: datetime, today: datetime) -> list[Learner]:
        return watching.who(self._connection, group, page, now, today)

    def alarm(self) -> datetime | None:
        return watching.alarm(self._connection)

    def signs(self, now: datetime) -> Signs:
        return watching.signs(self._connection, now)

    def own_data(self, learner: Learner) -> dict[str, Any]:
        """Everything that is kept about one learner, readable, times in UTC."""
        own: dict[str, Any] = {"learner": _plain(rows.learner_values(learner))}
        for name in MINE:
            table = tables.metadata.tables[name]
            found = self._connection.execute(select(table).where(table.c.learner_id == learner.id))
            own[name] = [_plain(dict(row._mapping)) for row in found]
        own["messages"] = [_message(row) for row in self._mine(tables.outbox, learner)]
        named = f"learner:{learner.id}"
        about = (tables.audit.c.actor == named) | tables.audit.c.object.endswith(named)
        found = self._connection.execute(select(tables.audit).where(about).order_by(tables.audit.c.id))
        own["audit"] = [{"at": _text(row.at), "action": row.action} for row in found]
        return own

    def _mine(self, table: Table, learner: Learner) -> Sequence[Row[Any]]:
        query = select(table).where(table.c.learner_id == learner.id).order_by(table.c.id)
        return self._connection.execute(query).all()

    def owed(self, now: datetime) -> tuple[int, Any, int]:
        """(messages due and not sent, since when the oldest, dead letters)."""
        o = tables.outbox.c
        due = o.state.in_(("owed", "claimed")) & (o.due_at <= now)
        owed, oldest = self._connection.execute(select(func.count(), func.min(o.due_at)).where(due)).one()
        dead = self._connection.execute(select(func.count()).select_from(tables.dead_letters)).scalar_one()
        return owed, oldest, dead


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Values as JSON holds them; ids as text, for they are longer than JavaScript counts."""
    return {
        name: json.loads(value)
        if name in LISTS
        else str(value)
        if name == "id" or name.endswith("_id")
        else _text(value)
        for name, value in values.items()
        if name != "version" and value is not None
    }


def _text(value: Any) -> Any:
    """Dates as ISO 8601."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def _message(row: Row[Any]) -> dict[str, Any]:
    """A message to somebody: when, what became of it, and its words as long as they are kept."""
    params = json.loads(row.params) if row.params else {}
    said = params.get("text") or params.get("caption")
    told = {
        "made_at": row.made_at,
        "sent_at": row.sent_at,
        "state": row.state,
        "reason": row.reason,
        "text": said,
    }
    return {
        name: _text(value) if name != "text" else value for name, value in told.items() if value is not None
    }


@contextmanager
def snapshot(reading: Engine) -> Iterator[Snapshot]:
    """Reads of one moment; on PostgreSQL that has to be asked for, on SQLite each transaction is so."""
    if not is_sqlite(reading):
        reading = reading.execution_options(isolation_level="REPEATABLE READ")
    with reading.connect() as connection:
        yield Snapshot(connection)
