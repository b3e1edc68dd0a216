"""What one turn wants written: collected here, and written with all others when their group ends."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal, TypeVar

from sqlalchemy import Connection, Row, Select, select

from bot.rules.delivery import Assignment
from bot.rules.orders import Order
from bot.rules.people import Learner
from bot.rules.sending import Care, Lane, Posting
from bot.store import ids, rows, tables
from bot.store.outbox import wished
from bot.store.rows import Values

Op = Literal["insert", "update"]
Seal = Callable[[Values, int], Values]
"""From a call's parameters and the id of its row to what is stored in their place."""
T = TypeVar("T")


class Writes:
    """Rows to be written, and the messages among them; the store's reads that only a few need."""

    def __init__(self, connection: Connection, claimant: str, now: datetime) -> None:
        self._connection = connection
        self._claimant = claimant
        self._now = now
        self.writes: list[tuple[str, Op, Values]] = []
        self.postings: list[Posting] = []
        self.owes = False
        """Whether something is owed that a sender has to be woken for."""
        self.only: frozenset[str] | None = None
        """The tables that this turn may write, when it is one that leaves no trace elsewhere."""

    def rows(self, query: Select[Any], given: Values | None = None) -> Sequence[Row[Any]]:
        """A read inside the group's own transaction, for what few journeys need."""
        return self._connection.execute(query, given).all()

    def ask(self, read: Callable[[Connection], T]) -> T:
        """A small read of another module inside the group's own transaction."""
        return read(self._connection)

    def _write(self, table: str, op: Op, values: Values) -> None:
        """Collect one write; a change of a row that this turn adds is part of adding it."""
        if self.only is not None and table not in self.only:
            return
        if op == "update":
            key = "learner_id" if table in ("dialogues", "wakes", "previews") else "id"
            for known, added, row in self.writes:
                if known == table and added == "insert" and row[key] == values[key]:
                    row.update(values)
                    return
        self.writes.append((table, op, values))

    def add(self, table: str, values: Values) -> None:
        """Add a row to one of the tables that few journeys know."""
        self._write(table, "insert", values)

    def change(self, table: str, values: Values) -> None:
        """Change a row, as `group.UPDATES` says for its table."""
        self._write(table, "update", values)

    def order(self, kind: str, by_id: int, learner_id: int, /, **args: Any) -> Order:
        """Ask for a change of somebody else's record; a tick carries it out, if the right still stands then."""
        order = Order(ids.new(), kind, by_id, learner_id, args, self._now)
        self._write("orders", "insert", rows.order_values(order))
        return order

    def event(self, learner_id: int, kind: str, content_version: str = "", /, **payload: Any) -> None:
        """Add to the log from which everything else can be rebuilt."""
        self._write(
            "events", "insert", rows.event_values(self._now, learner_id, kind, payload, content_version)
        )

    def audit(self, actor: str, action: str, thing: str) -> None:
        self._write("audit", "insert", rows.audit_values(self._now, actor, action, thing))

    def dead_letter(self, update_id: int, error: str, shape: str) -> None:
        self._write("dead_letters", "insert", rows.dead_letter_values(self._now, update_id, error, shape))

    def reply(
        self, chat_id: int, method: str, params: Values, *, learner_id: int | None, screen: str | None = None,
        care: Care = "resend", seal: Seal | None = None,
    ) -> None:  # fmt: skip
        """Owe a call that is sent by this process as soon as the group has committed.

        With `seal` its words are never written in the open, and are not kept once they are sent.
        """
        posting = Posting(
            ids.new(), learner_id, chat_id, "replies", care, 0, method, params, None, {}, self._now,
            sealed=seal is not None,
        )  # fmt: skip
        stored = posting if seal is None else replace(posting, params=seal(params, posting.id))
        values = rows.outbox_values(stored, self._now, screen=screen, claimed_by=self._claimant)
        self._write("outbox", "insert", values)
        self.postings.append(posting)

    def owe(
        self, chat_id: int, wish: str, args: Values, *, learner_id: int, due_at: datetime, lane: Lane = "replies",
        care: Care = "resend", screen: str | None = None,
    ) -> None:  # fmt: skip
        """Owe a message that is made when a sender claims it: pictures, files, later words."""
        posting = Posting(ids.new(), learner_id, chat_id, lane, care, 0, None, {}, wish, args, due_at)
        self.owes = self.owes or due_at <= self._now
        self._write("outbox", "insert", rows.outbox_values(posting, self._now, screen=screen))

    def put_off(
        self, learner: Learner, assignment: Assignment, until: datetime, together: Sequence[int] = ()
    ) -> None:
        """Owe the announcement of something due, and of what came with it, once more at one later hour."""
        if learner.account_id is None:
            return
        waiting = self._comes_back(learner, assignment)
        if waiting is not None:
            self._write("outbox", "update", {"id": waiting, "due_at": until})
            return
        args: Values = {"assignment_id": assignment.id, "asked": True}
        if len(together) > 1:
            args["set"] = list(together)
        posting = wished(learner, "lesson_due", args, until)
        slot = f"later-{posting.id}"
        self._write("outbox", "insert", rows.outbox_values(
            posting, self._now, screen=f"due:{assignment.id}", assignment_id=assignment.id, slot=slot
        ))  # fmt: skip

    def _comes_back(self, learner: Learner, assignment: Assignment) -> int | None:
        """The row of something put off before that has not come back yet."""
        o = tables.outbox.c
        query = select(o.id).where(
            o.learner_id == learner.id, o.assignment_id == assignment.id, o.state == "owed", o.slot.like("later-%")
        )  # fmt: skip
        return next((row.id for row in self.rows(query)), None)


def all_writes(stores: Sequence[Writes]) -> Iterator[tuple[str, Op, Values]]:
    for store in stores:
        yield from store.writes
