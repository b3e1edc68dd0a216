"""A roster on its way in: laid beside the tables in short transactions, then taken over in one, or not at all.

Ten thousand lines are too many for one insert by insert: SQLite has one writer, and everybody who
taps meanwhile would wait for it. So lines are staged a few hundred at a time, where nobody looks,
and the last transaction is a handful of statements about all of them at once.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import (
    Connection,
    Date,
    Engine,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.exc import OperationalError

from bot.rules.people import GRANTED, LESSON_AT, Learner
from bot.rules.roster import Answers, Differences, Person, RosterLine, differences
from bot.store import ids, rows
from bot.store.engine import is_sqlite
from bot.store.rows import Values
from bot.store.tables import audit, events, invitations, learners, outbox, roster_batches, roster_lines

STEP = 500
"""Lines in one transaction."""
PAUSE = 0.03
"""Seconds between two: SQLite hands its writer to whoever asks at the right moment, so we step back."""
TRIES = 20
"""A busy crowd may keep SQLite's writer for a while; each try waits for it on its own too."""
T = TypeVar("T")
Progress = Callable[[int, int], None]
"""Lines laid beside the tables so far, lines in all."""


class Overtaken(RuntimeError):
    """Another roster came in meanwhile, or a right was taken away: what was compared is not what stands now."""


@dataclass(frozen=True, slots=True)
class Known:
    """Everybody with a staff number, at one moment, and the last roster that came in before it."""

    people: list[Learner]
    last: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A roster compared and ready to be written."""

    lines: list[Values]
    found: Differences
    last: int | None
    actor: str
    source: str
    now: datetime
    today: date
    is_whole: bool = True
    """Whether those who are missing leave."""


def known(connection: Connection) -> Known:
    """Read in one statement each, inside one snapshot where the connection has one."""
    last = connection.execute(_LAST).scalar()
    people = connection.execute(rows.LEARNERS.where(learners.c.staff_number.is_not(None)))
    return Known([rows.learner_of(row) for row in people], last)


_LAST = (
    select(roster_batches.c.id)
    .where(roster_batches.c.applied_at.is_not(None))
    .order_by(roster_batches.c.applied_at.desc(), roster_batches.c.id.desc())
    .limit(1)
)


def planned(
    lines: Sequence[RosterLine], before: Known, found: Differences, *, actor: str, source: str, now: datetime,
    today: date, is_whole: bool = True,
) -> Plan:  # fmt: skip
    """Give every line its learner and its manager; somebody new gets an id here."""
    ids_of = {p.staff_number: p.id for p in before.people if p.id not in found.former}
    for line in lines:
        if line.staff_number not in ids_of:
            ids_of[line.staff_number] = ids.new()
    staged = [
        {
            "number": number, "learner_id": ids_of[line.staff_number],
            "manager_id": ids_of.get(line.manager_staff_number) if line.manager_staff_number else None,
            "staff_number": line.staff_number, "name": line.name, "department": line.department, "job": line.job,
            "hired_on": line.hired_on, "language": line.language, "time_zone": line.time_zone,
        }
        for number, line in enumerate(lines)
    ]  # fmt: skip
    return Plan(staged, found, before.last, actor, source, now, today, is_whole)


def bring_in(
    engine: Engine, plan: Plan, progress: Progress = lambda _done, _all: None,
    pause: Callable[[float], None] = time.sleep,
) -> None:  # fmt: skip
    """Stage and take over while the service runs; raises `Overtaken` when another roster was quicker.

    Killed anywhere before the last commit, nothing of it shows, and the next one that comes in clears it
    away. Not before: what stands there may belong to one that is on its way in, and two that cleared
    each other's lines away would begin again and again.
    """
    steps = _Steps(engine, pause)
    batch = steps.do(lambda c: begin(c, plan))
    in_steps(engine, plan.lines, lambda c, some: stage(c, batch, some), progress, pause)
    steps.do(lambda c: take_over(c, plan, batch))
    while steps.do(lambda c: clear(c, batch)):
        pass


def in_steps(
    engine: Engine, things: Sequence[T], work: Callable[[Connection, Sequence[T]], None],
    progress: Progress = lambda _done, _all: None, pause: Callable[[float], None] = time.sleep,
) -> None:  # fmt: skip
    """Do the same with many things, some in each of many short transactions."""
    steps = _Steps(engine, pause)
    for start in range(0, len(things), STEP):
        some = things[start : start + STEP]
        steps.do(partial(_with, work, some))
        progress(start + len(some), len(things))


def _with(work: Callable[[Connection, T], None], some: T, connection: Connection) -> None:
    work(connection, some)


class _Steps:
    """Short transactions with a pause after each; one that met somebody else's lock is done again."""

    def __init__(self, engine: Engine, pause: Callable[[float], None]) -> None:
        self._engine = engine
        self._pause = pause

    def do(self, work: Callable[[Connection], T]) -> T:
        for again in range(TRIES):
            try:
                with self._engine.begin() as connection:
                    done = work(connection)
            except OperationalError:  # SQLite's writer was busy, or PostgreSQL undid one of two that waited
                if again == TRIES - 1:
                    raise
                self._pause(PAUSE * (again + 1))
            else:
                self._pause(PAUSE)
                return done
        raise AssertionError("the last try returns or raises")


def clear(connection: Connection, batch: int) -> int:
    """Delete some lines that serve nobody once this batch is in: its own, and those of every earlier one.

    Earlier ones have come in, were killed, or are still on their way and can only be overtaken.
    """
    l = roster_lines.c  # noqa: E741
    some = select(l.batch_id, l.number).where(l.batch_id <= batch).order_by(l.batch_id, l.number).limit(STEP)
    found = connection.execute(some).all()
    if found:
        last = found[-1]
        gone = delete(roster_lines).where(
            or_(l.batch_id < last.batch_id, and_(l.batch_id == last.batch_id, l.number <= last.number))
        )
        connection.execute(gone)
    return len(found)


def begin(connection: Connection, plan: Plan) -> int:
    """A batch that nobody takes notice of yet."""
    batch = ids.new()
    connection.execute(insert(roster_batches), {
        "id": batch, "made_at": plan.now, "actor": plan.actor, "source": plan.source, "lines": len(plan.lines),
        "applied_at": None,
    })  # fmt: skip
    return batch


def stage(connection: Connection, batch: int, some: Iterable[Values]) -> None:
    connection.execute(_STAGE, [{**line, "batch_id": batch} for line in some])


_STAGE = insert(roster_lines)


def take_over(connection: Connection, plan: Plan, batch: int) -> None:
    """Make the staged roster the one that counts: a few statements about all lines at once.

    Only columns of the roster change, each under a new version, so that a turn which began from an
    older one is decided anew and loses nothing.
    """
    if not is_sqlite(
        connection
    ):  # taken first, so that a turn that changes a learner waits and never meets us halfway
        connection.execute(text("LOCK TABLE learners IN SHARE ROW EXCLUSIVE MODE"))
    staged = select(func.count()).where(roster_lines.c.batch_id == batch)
    if connection.execute(_LAST).scalar() != plan.last or connection.execute(staged).scalar() != len(
        plan.lines
    ):
        raise Overtaken
    values = {"v_batch": batch, "v_now": plan.now, "v_today": plan.today}
    if plan.found.former:
        former = [{"v_id": id_, "v_number": number, **values} for id_, number in plan.found.former.items()]
        connection.execute(_RENUMBER, former)
    connection.execute(_ADD, values)
    connection.execute(_CHANGE, values)
    if plan.is_whole:
        connection.execute(_LEAVE, values)
    if (
        plan.found.administrators
        and not plan.found.last_administrators
        and not connection.execute(_ADMINISTRATOR).first()
    ):
        raise Overtaken  # the one who would have stayed lost the right since
    if plan.found.left:
        connection.execute(_CLOSE_LINKS, values)
        connection.execute(_OWE_NOTHING, values)
    if noted := list(_events(plan)):
        connection.execute(insert(events), noted)
    connection.execute(insert(audit), list(_audited(plan, batch)))
    connection.execute(update(roster_batches).where(roster_batches.c.id == batch).values(applied_at=plan.now))


_r = roster_lines.c
_mine = _r.batch_id == bindparam("v_batch")


def _newcomers() -> Select[tuple[object, ...]]:
    """The staged lines whose learner is not there yet, as rows of learners."""
    return select(
        _r.learner_id, literal("employee"), _r.language, _r.time_zone, _r.name, _r.staff_number, _r.department, _r.job,
        _r.manager_id, _r.hired_on, literal(LESSON_AT.isoformat("minutes")), literal(""), literal(0), true(),
    ).where(_mine, _r.learner_id.not_in(select(learners.c.id)))  # fmt: skip


_ADD = insert(learners).from_select(
    ["id", "audience", "language", "time_zone", "name", "staff_number", "department", "job", "manager_id", "hired_on",
     "lesson_at", "rights", "version", "reminders"],
    _newcomers(),
)  # fmt: skip
_not_in = learners.c.joined_at.is_(None)
_CHANGE = (
    update(learners)
    .where(
        _mine,
        learners.c.id == _r.learner_id,
        or_(
            learners.c.left_on.is_not(None),
            *(
                learners.c[name].is_distinct_from(_r[name])
                for name in ("name", "department", "job", "manager_id", "hired_on")
            ),
            and_(_not_in, or_(learners.c.language != _r.language, learners.c.time_zone != _r.time_zone)),
        ),
    )
    .values(
        name=_r.name, department=_r.department, job=_r.job, manager_id=_r.manager_id, hired_on=_r.hired_on,
        language=case((_not_in, _r.language), else_=learners.c.language),
        time_zone=case((_not_in, _r.time_zone), else_=learners.c.time_zone),
        left_on=None, version=learners.c.version + 1,
    )
)  # fmt: skip
_go = {"left_on": bindparam("v_today"), "rights": "", "version": learners.c.version + 1}
_LEAVE = (
    update(learners)
    .where(
        learners.c.staff_number.is_not(None),
        learners.c.left_on.is_(None),
        learners.c.id.not_in(select(_r.learner_id).where(_mine)),
    )
    .values(_go)
)
_RENUMBER = (
    update(learners)
    .where(learners.c.id == bindparam("v_id"))
    .values(
        {
            **_go,
            "staff_number": bindparam("v_number"),
            "left_on": func.coalesce(learners.c.left_on, bindparam("v_today", type_=Date)),
        }
    )
)
_gone = select(learners.c.id).where(learners.c.left_on.is_not(None))
_ADMINISTRATOR = select(learners.c.id).where(
    learners.c.rights.contains("administrator"), learners.c.left_on.is_(None)
)
_CLOSE_LINKS = (
    update(invitations)
    .where(
        invitations.c.learner_id.in_(_gone),
        invitations.c.used_at.is_(None),
        invitations.c.expires_at > bindparam("v_now"),
    )
    .values(expires_at=bindparam("v_now"))
)
_OWE_NOTHING = (
    update(outbox)
    .where(outbox.c.learner_id.in_(_gone), outbox.c.state == "owed")
    .values(state="skipped", reason="they left")
)


def _events(plan: Plan) -> Iterable[Values]:
    """What others look for: who left, who is back, whose job or manager is another one."""
    found = plan.found
    for person in found.left:
        yield _event(plan, "left", person, {})
    for person in found.back:
        yield _event(plan, "back", person, {})
    for person in (*found.moved, *found.changed, *found.back):
        changes = {column: [before, after] for column, before, after in person.fields if column in NOTED}
        if changes:
            yield _event(plan, "roster_changed", person, changes)


NOTED = ("job", "department", "manager_staff_number", "hire_date")
"""Columns whose change stands in the log; names and clocks do not."""


def _event(plan: Plan, kind: str, person: Person, payload: Values) -> Values:
    return {
        "id": ids.new(), "learner_id": person.learner_id, "kind": kind, "at": plan.now,
        "payload": rows.dump(payload), "content_version": "",
    }  # fmt: skip


def _audited(plan: Plan, batch: int) -> Iterable[Values]:
    found = plan.found
    counts = (
        f"{len(found.new)} new, {len(found.changed)} changed, {len(found.moved)} moved, {len(found.left)} left, "
        f"{len(found.back)} back"
    )
    yield rows.audit_values(plan.now, plan.actor, "roster imported", f"batch:{batch} {counts}"[:120])
    for person in found.left:
        for right in person.rights:
            if right in GRANTED:
                thing = f"{right} learner:{person.learner_id}"
                yield rows.audit_values(plan.now, plan.actor, "right revoked", thing)


def import_at_once(
    connection: Connection, lines: Sequence[RosterLine], now: datetime, today: date, *, is_whole: bool = False
) -> Differences:
    """A small roster, all in the open transaction; who is missing stays unless it is the whole one."""
    before = known(connection)
    found = differences(lines, before.people, today, Answers(), is_whole=is_whole)
    plan = planned(
        lines, before, found, actor="command line", source="", now=now, today=today, is_whole=is_whole
    )
    batch = begin(connection, plan)
    if plan.lines:
        stage(connection, batch, plan.lines)
    take_over(connection, plan, batch)
    connection.execute(delete(roster_lines).where(_r.batch_id == batch))
    return found
