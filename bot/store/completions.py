"""The completion export, row by row from a read snapshot."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select

from bot.rules import delivery
from bot.store import reporting, rows
from bot.store.tables import assignments, learners

COLUMNS = (
    "organisation", "learner_id", "staff_number", "name", "audience", "department", "manager", "track", "unit",
    "unit_kind", "status", "assigned_on", "due_on", "started_at", "completed_at", "score_percent", "passed",
    "attempts", "content_version",
)  # fmt: skip
"""`design.md` 4; their order is part of what others read."""
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose completions: a manager's own and of everybody below, one department by name, one track, a span of days; None: all."""

    manager_id: int | None = None
    department: str | None = None
    track: str | None = None
    since: date | None = None
    until: date | None = None


def completions(
    connection: Connection, scope: Scope, organisation: str, zone: str, now: datetime
) -> Iterator[tuple[object, ...]]:
    """One row an assignment, by name and then in track order; instants carry the organisation's offset.

    A unit that stands in two tracks has two rows, one for each track that is to be accounted for;
    what people see counts it once (`rules.assignment.distinct`, `store.team`).
    """
    boss = learners.alias("boss")
    a, person = assignments.c, learners.c
    query = (
        select(
            assignments,
            *[person[c.name].label(f"p_{c.name}") for c in learners.c],
            boss.c.name.label("manager"),
        )
        .join(learners, person.id == a.learner_id)
        .outerjoin(boss, boss.c.id == person.manager_id)
        .order_by(person.name, person.id, a.track, a.position)
    )
    query = query.where(*_within(scope))
    found = connection.execution_options(yield_per=BATCH).execute(query)
    today = now.astimezone(ZoneInfo(zone)).date()
    for row in found:
        yield _line(row, organisation, ZoneInfo(zone), today)


def _within(scope: Scope) -> list[ColumnElement[bool]]:
    """The conditions of a scope, on learners and assignments."""
    a, person, found = assignments.c, learners.c, []
    if scope.manager_id is not None:
        found.append(or_(person.id == scope.manager_id, person.id.in_(reporting.below(scope.manager_id))))
    if scope.department is not None:
        found.append(person.department == scope.department)
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
        .where(*_within(scope))
    )
    found = connection.execute(query).one()
    return found.people, found.owed


def _line(row: Row[Any], organisation: str, zone: ZoneInfo, today: date) -> tuple[object, ...]:
    assignment = delivery.Assignment(**{name: getattr(row, name) for name in delivery.Assignment.__slots__})
    learner = rows.learner_of(_Person(row))  # type: ignore[arg-type]
    return (
        organisation, str(row.learner_id), row.p_staff_number, row.p_name, row.p_audience, row.p_department, row.manager,
        row.track, row.unit, row.unit_kind, delivery.status(assignment, learner, today), row.assigned_on, row.due_on,
        _local(row.started_at, zone), _local(row.completed_at, zone), row.score_percent, assignment.passed, row.attempts,
        row.content_version,
    )  # fmt: skip


def _local(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if at is None else at.astimezone(zone)


class _Person:
    """The learner's columns of a joined row, under their own names."""

    manages = False

    def __init__(self, row: Row[Any]) -> None:
        self._row = row

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, f"p_{name}")
