"""Keeping everybody level with their tracks: a tick that looks only at those for whom something changed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, time
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.rules import delivery, tracks
from bot.rules.attempt import OF_UNITS
from bot.rules.curriculum import Content
from bot.rules.people import Learner
from bot.rules.tracks import DayCount, Plan, Standing
from bot.store import ids, rows
from bot.store.among import farther
from bot.store.engine import is_sqlite
from bot.store.group import UPDATES, Stale, key_of
from bot.store.tables import assignments, attempts, enrolments, events, learners, marks, plans

BATCH = 50
"""Learners in one transaction: some 30 ms of work, so that taps go on between them."""
LOOK = 5_000
"""Learners looked through in one transaction for those: some 20 ms, however many there are in all."""
MARK = "curriculum"
Territory = Callable[[str], str | None]
"""Of a time zone."""


def version_of(content: Content) -> str:
    """Hash over all that a plan is made from; a mended sentence in a lesson plans nobody anew."""
    taught = sorted((slug, unit.kind) for slug, unit in content.units.items())
    return sha256(repr((sorted(content.tracks.items()), taught)).encode()).hexdigest()[:16]


def days_of(learner: Learner, content: Content, territory: Territory) -> DayCount:
    """How days count for this learner, by the calendar of their place."""
    return DayCount.of(learner, content.calendar, learner.place or territory(learner.time_zone))


def take_charge(connection: Connection, content: Content, now: datetime) -> int:
    """Say that plans are made from these tracks now.

    While one process after another is restarted with new content, the older ones stop planning:
    else they would take turns in ending and beginning the tracks in which the two differ.
    """
    values = {"at": now, "note": version_of(content)}
    insert = (sqlite.insert if is_sqlite(connection) else postgresql.insert)(marks).values(
        name=MARK, **values
    )
    connection.execute(insert.on_conflict_do_update(index_elements=[marks.c.name], set_=values))
    return 1


def is_in_charge(connection: Connection, content: Content) -> bool:
    note = connection.execute(select(marks.c.note).where(marks.c.name == MARK)).scalar()
    return note == version_of(content)


def enrol(
    connection: Connection, content: Content, territory: Territory, now: datetime, after: int = 0
) -> int:
    """Bring the next few learners level with their tracks; the last one's id, to go on after, or 0 at the end.

    Safe in every replica: who is busy elsewhere is left for the next tick, and what changed meanwhile
    undoes the whole step (`Stale`).
    """
    version = version_of(content)
    upto = farther(connection, after, LOOK)
    found = connection.execute(_candidates(version, now, after, upto)).all()
    if found and (mine := _locked(connection, [(row.id, row.account_id) for row in found])):
        _level(connection, mine, content, version, territory, now)
    return int(found[-1].id) if found else upto or 0


def _candidates(version: str, now: datetime, after: int, upto: int | None) -> Any:
    """Those whose record, team or tracks changed since they were planned, or whose day has come."""
    some = rows.LEARNERS.with_only_columns(learners.c.id, learners.c.account_id)
    changed = or_(
        plans.c.learner_id.is_(None),
        plans.c.version != learners.c.version,
        plans.c.curriculum != version,
        plans.c.again_at <= now,
        plans.c.manages != rows.MANAGES,
    )
    joined = some.select_from(learners.outerjoin(plans, plans.c.learner_id == learners.c.id))
    here = joined.where(learners.c.id > after, learners.c.id <= (upto or ids.LARGEST), changed)
    return here.order_by(learners.c.id).limit(BATCH)


def _locked(connection: Connection, people: Sequence[tuple[int, int | None]]) -> dict[int, int]:
    """By what those are held, until the transaction ends, whom no turn and no other tick is about to change."""
    keys = {number: key_of(number, account) for number, account in people}
    if is_sqlite(connection):
        return keys
    query = text("SELECT pg_try_advisory_xact_lock(:key)")
    return {number: key for number, key in keys.items() if connection.execute(query, {"key": key}).scalar()}


def _level(
    connection: Connection, held: Mapping[int, int], content: Content, version: str, territory: Territory, now: datetime
) -> None:  # fmt: skip
    found = connection.execute(rows.LEARNERS.where(learners.c.id.in_(list(held))).order_by(learners.c.id))
    people = [one for one in map(rows.learner_of, found) if key_of(one.id, one.account_id) == held[one.id]]
    mine = [one.id for one in people]
    standing = _standing(connection, mine)
    known = set(connection.execute(select(plans.c.learner_id).where(plans.c.learner_id.in_(mine))).scalars())
    made = []
    for learner in people:
        today = delivery.local(now, learner.time_zone).date()
        days = days_of(learner, content, territory)
        made.append((learner, tracks.level(content, learner, standing[learner.id], days, today, ids.new)))
    write(connection, made, now)
    fresh = [_plan_values(learner, plan, version) for learner, plan in made]
    if added := [values for values in fresh if values["learner_id"] not in known]:
        connection.execute(plans.insert(), added)
    if changed := [values for values in fresh if values["learner_id"] in known]:
        connection.execute(_renew, [{f"v_{name}": value for name, value in one.items()} for one in changed])


_renew = (
    update(plans)
    .where(plans.c.learner_id == bindparam("v_learner_id"))
    .values({c.name: bindparam(f"v_{c.name}") for c in plans.c if c.name != "learner_id"})
)


def _plan_values(learner: Learner, plan: Plan, version: str) -> rows.Values:
    again = delivery.instant(plan.again_on, time(), learner.time_zone) if plan.again_on else None
    return {
        "learner_id": learner.id, "version": learner.version, "manages": "manager" in learner.rights,
        "curriculum": version, "again_at": again,
    }  # fmt: skip


def _standing(connection: Connection, mine: Sequence[int]) -> Mapping[int, Standing]:
    on: dict[int, list[Any]] = defaultdict(list)
    owed: dict[int, list[Any]] = defaultdict(list)
    tried: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(select(enrolments).where(enrolments.c.learner_id.in_(mine))):
        on[row.learner_id].append(rows.enrolment_of(row))
    for row in connection.execute(select(assignments).where(assignments.c.learner_id.in_(mine))):
        owed[row.learner_id].append(rows.assignment_of(row))
    a = attempts.c
    for row in connection.execute(
        select(attempts).where(a.learner_id.in_(mine), a.kind.in_(OF_UNITS)).order_by(a.id)
    ):
        tried[row.learner_id].append(rows.attempt_of(row))
    return {number: Standing(on[number], owed[number], tried[number]) for number in mine}


def write(connection: Connection, made: Iterable[tuple[Learner, Plan]], now: datetime) -> None:
    """Write what has to change, each row as it was read, and every line of the log."""
    made = list(made)
    _insert(connection, enrolments, [rows.enrolment_values(one) for _, plan in made for one in plan.enrolled])
    _update(
        connection, "enrolments", [rows.enrolment_values(one) for _, plan in made for one in plan.enrolments]
    )
    _insert(
        connection, assignments, [rows.assignment_values(one) for _, plan in made for one in plan.assigned]
    )
    _update(
        connection, "assignments", [rows.assignment_values(one) for _, plan in made for one in plan.changed]
    )
    _insert(connection, events, [
        rows.event_values(now, learner.id, note.kind, note.payload, note.content_version)
        for learner, plan in made for note in plan.notes
    ])  # fmt: skip


def _insert(connection: Connection, table: Any, values: list[rows.Values]) -> None:
    if values:
        connection.execute(table.insert(), values)


def _update(connection: Connection, table: str, values: list[rows.Values]) -> None:
    params = [{f"v_{name}": value for name, value in one.items()} for one in values]
    if params and connection.execute(UPDATES[table], params).rowcount != len(params):
        raise Stale(table)
