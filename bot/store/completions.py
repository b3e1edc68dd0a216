"""The completion export, a lot of people at a time from a read snapshot."""

import json
from array import array
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import groupby, islice
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    CursorResult,
    FromClause,
    Select,
    String,
    TableValuedAlias,
    bindparam,
    case,
    cast,
    column,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from bot.store import reporting, wall
from bot.store.engine import is_sqlite
from bot.store.tables import EPOCH, assignments, learners

COLUMNS = (
    "organisation", "learner_id", "staff_number", "name", "audience", "department", "manager", "track", "unit",
    "unit_kind", "status", "assigned_on", "due_on", "started_at", "completed_at", "score_percent", "passed",
    "attempts", "content_version",
)  # fmt: skip
"""`design.md` 4; their order is part of what others read."""
PEOPLE, LOT = 250, 1000
"""As many people, or rows, are taken together as make no difference to memory."""
Cell = Callable[[object], str]
"""How a file writes a value."""
Lines = Callable[[Sequence[Sequence[object]]], bytes]
"""How it writes rows of them."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose completions: a manager's own and of everybody below, one department by name, one track, a span of days; None: all."""

    manager_id: int | None = None
    department: str | None = None
    track: str | None = None
    since: date | None = None
    until: date | None = None


class Completions:
    """The completions of a scope: row by row as values, or many times faster as the lines of a CSV file.

    One row an assignment, by name and then in track order; instants are texts with the
    organisation's offset. A unit that stands in two tracks has two rows, one for each track that is
    to be accounted for; what people see counts it once (`rules.assignment.distinct`, `store.team`).
    """

    def __init__(
        self, connection: Connection, scope: Scope, organisation: str, zone: str, now: datetime
    ) -> None:
        self._connection = connection
        self._scope = scope
        self._organisation = organisation
        self._zone = ZoneInfo(zone)
        self._today = now.astimezone(self._zone).date()
        self._sqlite = is_sqlite(connection)

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        query = self._query(self._organisation, some=True)
        everybody = self._people()
        for first in range(0, len(everybody), PEOPLE):
            yield from map(tuple, self._of(query, everybody[first : first + PEOPLE]))

    def csv(self, cell: Cell, lines: Lines) -> Iterator[tuple[int, bytes]]:
        """(how many rows, their lines) of one lot after another, each text as `cell` writes it.

        Nearly everybody's texts are such as `cell` leaves as they are, and such rows are written by
        loops in C. Who has others is *odd*.
        """
        return self._by_lots(cell, lines) if self._sqlite else self._copied(cell)

    def _by_lots(self, cell: Cell, lines: Lines) -> Iterator[tuple[int, bytes]]:
        """Rows as SQLite hands them out, by a thousand; an odd person's value by value.

        Sorting all of them at once would take half as long again, and a file beside the database.
        """
        plain = self._query(cell(self._organisation), some=True)
        ready = self._query(cell(self._organisation), some=True, ready=True)
        for people, are_odd in _lots(self._people(), self._odd(cell)):
            found = self._of(plain if are_odd else ready, people)
            rows = [[cell(value) for value in row] for row in found] if are_odd else found.cursor.fetchall()
            yield len(rows), lines(rows)

    def _copied(self, cell: Cell) -> Iterator[tuple[int, bytes]]:
        """Rows as PostgreSQL writes CSV, which is as `csv` does but for the ends of lines; odd texts are handed in."""
        odd = self._odd(cell)
        compiled = self._query(cell(self._organisation), ready=True, odd=odd).compile(self._connection)
        driver: Any = self._connection.connection.driver_connection
        self._connection.exec_driver_sql("SET LOCAL datestyle TO ISO")
        words = f"COPY ({compiled}) TO STDOUT (FORMAT csv)"
        with driver.cursor() as cursor, cursor.copy(words, compiled.construct_params()) as copy:
            coming = (bytes(line)[:-1] for line in copy)
            while lot := list(islice(coming, LOT)):
                yield len(lot), b"\r\n".join([*lot, b""])

    def _odd(self, cell: Cell) -> dict[int, list[str]]:
        """Staff number, name, department and manager as `cell` writes them, of those of whom it changes any."""
        boss, person = learners.alias("boss"), learners.c
        query = select(
            person.id, person.staff_number, person.name, person.department, boss.c.name.label("boss")
        )
        found = {}
        for who, *texts in map(tuple, self._ordered(query.outerjoin(boss, boss.c.id == person.manager_id))):
            ready = [cell(text) for text in texts]
            if ready != [text or "" for text in texts]:
                found[who] = ready
        return found

    def _people(self) -> Sequence[int]:
        """Everybody of the scope by name; eight bytes each, so that a million are no burden."""
        return array("q", self._ordered(select(learners.c.id)).scalars())

    def _ordered(self, query: Select[Any]) -> CursorResult[Any]:
        ordered = query.where(*_whose(self._scope)).order_by(learners.c.name, learners.c.id)
        return self._connection.execute(ordered, execution_options={"yield_per": 1000})

    def _of(self, query: Select[Any], people: Sequence[int]) -> CursorResult[Any]:
        return self._connection.execute(query, {"v_people": self._named(people)})

    def _named(self, people: Sequence[int]) -> Any:
        return json.dumps(list(people)) if self._sqlite else list(people)

    def _query(
        self,
        organisation: str,
        *,
        some: bool = False,
        ready: bool = False,
        odd: Mapping[int, Sequence[str]] = {},
    ) -> Select[Any]:
        """The rows of the scope, or of `some` of its people; `ready`: each value as its text stands in a file."""
        boss = learners.alias("boss")
        a, person = assignments.c, learners.c
        texts: list[ColumnElement[Any]] = [person.staff_number, person.name, person.department, boss.c.name]
        whence: FromClause = learners
        whose = _whose(self._scope)
        order: list[ColumnElement[Any]] = [person.name, person.id]
        if some:
            given = self._given()
            whence, whose = given.join(learners, person.id == given.c.value), []
            order = [given.c.key]  # names are compared once, when people are put in order
        whence = whence.join(assignments, person.id == a.learner_id)
        whence = whence.outerjoin(boss, boss.c.id == person.manager_id)
        if odd:
            handed = _handed_in(odd)
            whence = whence.outerjoin(handed, handed.c.id == person.id)
            texts = [
                case((handed.c.id.is_(None), text), else_=handed.c[f"text_{place}"])
                for place, text in enumerate(texts)
            ]
        staff_number, name, department, manager = texts
        columns: list[ColumnElement[Any]] = [
            literal(organisation, String), a.learner_id if ready else cast(a.learner_id, String), staff_number, name, person.audience, department,
            manager, a.track, a.unit, a.unit_kind, self._status(), a.assigned_on, a.due_on, self._local(a.started_at),
            self._local(a.completed_at), a.score_percent, self._passed(ready), a.attempts, a.content_version,
        ]  # fmt: skip
        if ready and not self._sqlite:
            # COPY writes an empty text as "" and only NULL as nothing
            columns = [func.nullif(one, "") if isinstance(one.type, String) else one for one in columns]
        query = select(*(one.label(name) for one, name in zip(columns, COLUMNS, strict=True)))
        query = query.select_from(whence).where(*whose, *_which(self._scope))
        return query.order_by(*order, a.track, a.position)

    def _given(self) -> TableValuedAlias:
        """The people that are handed in as `v_people`, as a table: `value` in the order of `key`."""
        if self._sqlite:
            return func.json_each(bindparam("v_people", type_=String)).table_valued(
                "key", "value", name="given"
            )
        handed = func.unnest(bindparam("v_people", type_=ARRAY(BigInteger)))
        return handed.table_valued("value", with_ordinality="key", name="given").render_derived()

    def _passed(self, ready: bool) -> ColumnElement[Any]:
        """`Assignment.passed`, or its text."""
        a = assignments.c
        passed = (a.unit_kind == "test") & a.score_percent.is_not(None)
        words: tuple[object, object] = ("true", "false") if ready else (true(), false())
        return case((passed & a.completed_at.is_not(None), words[0]), (passed, words[1]))

    def _status(self) -> ColumnElement[str]:
        """`rules.delivery.status`, said to the database; a test holds the two together."""
        a, person = assignments.c, learners.c
        return case(
            (a.completed_at.is_not(None), "completed"),
            (a.exempt, "exempt"),
            (func.coalesce(person.unreachable, "") != "", "unreachable"),
            (a.due_on < self._today, "overdue"),
            (a.started_at.is_not(None), "in_progress"),
            else_="assigned",
        )

    def _local(self, column: ColumnElement[datetime]) -> ColumnElement[str]:
        return wall.written(column, self._offsets, sqlite=self._sqlite)

    @cached_property
    def _offsets(self) -> list[wall.Stretch]:
        a = assignments.c
        found = self._connection.execute(
            select(
                func.min(a.started_at),
                func.min(a.completed_at),
                func.max(a.started_at),
                func.max(a.completed_at),
            )
        ).one()
        known = [at for at in found if at is not None] or [EPOCH]
        return wall.stretches(self._zone, min(known), max(known))


def _lots(everybody: Sequence[int], odd: Container[int]) -> Iterator[tuple[Sequence[int], bool]]:
    """All people in their order, as many at a time as go together, and whether they are odd."""
    for are_odd, some in groupby(everybody, odd.__contains__):
        while lot := list(islice(some, PEOPLE)):
            yield lot, are_odd


def _handed_in(odd: Mapping[int, Sequence[str]]) -> TableValuedAlias:
    """People's texts as a table of the statement: `id` and `text_0` to `text_3`."""
    columns: list[tuple[str, Any, list[Any]]] = [("id", BigInteger, list(odd))]
    columns += [
        (f"text_{place}", String, list(texts)) for place, texts in enumerate(zip(*odd.values(), strict=True))
    ]
    arrays = [bindparam(f"v_{name}", values, type_=ARRAY(kind)) for name, kind, values in columns]
    return (
        func.unnest(*arrays)
        .table_valued(*(column(name, kind) for name, kind, _ in columns), name="odd")
        .render_derived()
    )


def _whose(scope: Scope) -> list[ColumnElement[bool]]:
    """The conditions of a scope on people."""
    person, found = learners.c, []
    if scope.manager_id is not None:
        found.append(or_(person.id == scope.manager_id, person.id.in_(reporting.below(scope.manager_id))))
    if scope.department is not None:
        found.append(person.department == scope.department)
    return found


def _which(scope: Scope) -> list[ColumnElement[bool]]:
    """The conditions of a scope on assignments."""
    a, found = assignments.c, []
    if scope.track is not None:
        found.append(a.track == scope.track)
    if scope.since is not None:
        found.append(a.assigned_on >= scope.since)
    if scope.until is not None:
        found.append(a.assigned_on <= scope.until)
    return found


def size(connection: Connection, scope: Scope) -> tuple[int, int]:
    """(people, assignments) that an export of this scope would tell of."""
    query = (
        select(func.count(assignments.c.learner_id.distinct()).label("people"), func.count().label("owed"))
        .select_from(assignments.join(learners))
        .where(*_whose(scope), *_which(scope))
    )
    found = connection.execute(query).one()
    return found.people, found.owed
