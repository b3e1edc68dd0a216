"""A group of turns: one load, one write, one commit, whatever their number.

Alone in a SAVEPOINT a turn costs 1.8 ms of CPU, in a group 0.5 ms, its journey included (`docs/performance.md`).
So journeys only collect; if a write of the group fails or touches fewer rows than it should, the
group is rolled back and its turns run again one by one, each in a SAVEPOINT of its own.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import BindParameter, Connection, Insert, Table, Update, bindparam, select, text, update
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from bot.rules.sending import Posting
from bot.store import bulk, rows, tables
from bot.store.engine import is_sqlite
from bot.store.loaded import Dialogue, Loaded
from bot.store.turn import TurnStore
from bot.store.writes import all_writes

log = structlog.get_logger()
UNAVAILABLE = (OperationalError, InterfaceError)


class Stale(Exception):
    """A row changed since it was read; the turn has to be decided again."""


class CannotBeWritten(Exception):
    """What a journey collected does not fit the tables, or its rows keep changing."""


@dataclass(frozen=True, slots=True)
class Handled:
    """A committed turn: what is to be sent now and what the journey gave back."""

    postings: Sequence[Posting] = ()
    result: Any = None
    owes: bool = False
    """Whether a message is due now that some sender has to claim."""
    repeated: bool = False
    """The update had been handled before; nothing was done."""
    failure: Mapping[str, str] | None = None
    """Of a journey that raised and has its dead letter now: what to say of it, once."""


@dataclass(slots=True)
class TurnJob:
    """A turn waiting for the writer."""

    account_id: int
    update_id: int
    now: datetime
    attempt_id: int
    """The row that a tap named, or 0."""
    journey: Callable[[TurnStore], Any]
    """Decides and collects; may run more than once, so it keeps nothing between runs."""
    apology: Callable[[TurnStore, Exception], Any]
    """What is collected instead when the journey raised."""
    shape: str
    """What kind of update it is, for a dead letter; none of its words."""
    done: Future[Handled] = field(default_factory=Future)


def key_of(learner_id: int, account_id: int | None) -> int:
    """What on PostgreSQL everybody locks who is about to change somebody's rows: turns, orders and plans.

    The account, since turns know no more; of somebody who has not come in, whom no turn is about,
    their record.
    """
    return learner_id if account_id is None else account_id


def lock(connection: Connection, jobs: Sequence[TurnJob]) -> set[int]:
    """The accounts of these jobs that this transaction may change now, in ascending order.

    Without the order, three replicas on PostgreSQL spend their time in deadlocks (37 turns/s
    against 1,400). SQLite has one writer, so there is nothing to lock.
    """
    accounts = sorted({job.account_id for job in jobs})
    if is_sqlite(connection):
        return set(accounts)
    found = connection.execute(
        text(
            "SELECT account, pg_try_advisory_xact_lock(account) FROM unnest(CAST(:a AS bigint[])) AS t(account)"
        ),
        {"a": accounts},
    )
    return {account for account, taken in found if taken}


def fresh(connection: Connection, jobs: Sequence[TurnJob]) -> set[int]:
    """Note the ids of these updates and tell which were not known before."""
    ids = [job.update_id for job in jobs]
    day = {"day": jobs[0].now.date().isoformat()}
    if is_sqlite(connection):
        query = 'INSERT INTO updates (id, "on") SELECT value, :day FROM json_each(:ids) WHERE true'
        day["ids"] = rows.dump(ids)
        found = connection.execute(text(query + " ON CONFLICT DO NOTHING RETURNING id"), day)
    else:
        query = 'INSERT INTO updates (id, "on") SELECT unnest(CAST(:ids AS bigint[])), CAST(:day AS date)'
        found = connection.execute(text(query + " ON CONFLICT DO NOTHING RETURNING id"), {**day, "ids": ids})
    return {row.id for row in found}


_by_account = rows.LEARNERS.where(tables.learners.c.account_id.in_(bindparam("accounts", expanding=True)))
_of: BindParameter[list[int]] = bindparam("learners", expanding=True)
_dialogues = select(tables.dialogues).where(tables.dialogues.c.learner_id.in_(_of))
_a = tables.attempts.c
_attempts = select(tables.attempts).where(
    _a.learner_id.in_(_of),
    (_a.finished_at.is_(None) & ~_a.closed) | _a.id.in_(bindparam("named", expanding=True)),
)
_assignments = select(tables.assignments).where(tables.assignments.c.learner_id.in_(_of))


def load(connection: Connection, jobs: Sequence[TurnJob]) -> dict[int, Loaded]:
    """What these turns start from, by account, with one SELECT a table."""
    loaded = {job.account_id: Loaded() for job in jobs}
    by_learner: dict[int, Loaded] = {}
    for row in connection.execute(_by_account, {"accounts": list(loaded)}):
        learner = rows.learner_of(row)
        by_learner[learner.id] = found = loaded[row.account_id]
        found.learner = learner
    if not by_learner:
        return loaded
    of = {"learners": list(by_learner)}
    for row in connection.execute(_dialogues, of):
        by_learner[row.learner_id].dialogue = Dialogue(row.awaits, row.args, row.version)
    for row in connection.execute(_attempts, {**of, "named": [job.attempt_id for job in jobs]}):
        by_learner[row.learner_id].attempts[row.id] = rows.attempt_of(row)
    for row in connection.execute(_assignments, of):
        by_learner[row.learner_id].assignments.append(rows.assignment_of(row))
    return loaded


def _versioned(table: Table, key: str = "id") -> Update:
    """An update of a row as it was read: none when its version moved on."""
    columns: dict[str, BindParameter[Any]] = {
        c.name: bindparam(f"v_{c.name}") for c in table.c if c.name not in (key, "version")
    }
    return (
        update(table)
        .where(table.c[key] == bindparam(f"v_{key}"), table.c.version == bindparam("v_version"))
        .values(**columns, version=bindparam("v_version") + 1)
    )


_unchanged = (
    update(tables.learners)
    .where(tables.learners.c.id == bindparam("v_id"), tables.learners.c.version == bindparam("v_version"))
    .values(version=tables.learners.c.version)
)
"""Changes nothing, and waits for whoever is changing this row: none when they did."""
_still_manage = rows.LEARNERS.where(tables.learners.c.id.in_(bindparam("managers", expanding=True)))

INSERTS: dict[str, Insert] = {table.name: table.insert() for table in tables.ORDER}
UPDATES: dict[str, Update] = {
    "learners": _versioned(tables.learners),
    "attempts": _versioned(tables.attempts),
    "assignments": _versioned(tables.assignments),
    "enrolments": update(tables.enrolments)
    .where(tables.enrolments.c.id == bindparam("v_id"))
    .values(started_on=bindparam("v_started_on"), ended_on=bindparam("v_ended_on")),
    "memories": _versioned(tables.memories),
    "dialogues": _versioned(tables.dialogues, "learner_id"),
    "wakes": update(tables.wakes)
    .where(tables.wakes.c.learner_id == bindparam("v_learner_id"))
    .values(at=bindparam("v_at")),
    "outbox": update(tables.outbox)
    .where(tables.outbox.c.id == bindparam("v_id"), tables.outbox.c.state == "owed")
    .values(due_at=bindparam("v_due_at")),
    "previews": _versioned(tables.previews, "learner_id"),
    "feedback": update(tables.feedback)
    .where(tables.feedback.c.id == bindparam("v_id"), tables.feedback.c.taken_back_at.is_(None))
    .values(words=bindparam("v_words"), taken_back_at=bindparam("v_taken_back_at")),
    "invitations": update(tables.invitations)
    .where(tables.invitations.c.id == bindparam("v_id"), tables.invitations.c.used_at.is_(None))
    .values(used_at=bindparam("v_used_at")),
}


def write(connection: Connection, stores: Sequence[TurnStore]) -> None:
    """Write what the turns collected, one statement a table; raise `Stale` when a row had moved on.

    Updates go before inserts of the same table, so that an account leaves one record before
    another takes it.
    """
    batches: dict[tuple[str, str], list[rows.Values]] = defaultdict(list)
    for name, op, values in all_writes(stores):
        batches[name, op].append(values)
    for table in tables.ORDER:
        changed = batches.get((table.name, "update"))
        if changed and bulk.run(connection, UPDATES[table.name], changed) != len(changed):
            raise Stale(table.name)
        if added := batches.get((table.name, "insert")):
            bulk.run(connection, INSERTS[table.name], added)


def check_held(connection: Connection, stores: Sequence[TurnStore]) -> None:
    """Raise `Stale` when somebody whose right a turn used lost it, or left, since the turn was read.

    A granted right is a column of their own row, so its version tells, and the row is held to the
    commit. A manager's right follows from others' rows: it is read once more, as committed now.
    """
    held = [store.held for store in stores if store.held is not None]
    if not held:
        return
    own = {
        v["id"] for store in stores for name, op, v in store.writes if (name, op) == ("learners", "update")
    }
    params = [{"v_id": one.id, "v_version": one.version} for one in held if one.id not in own]
    if params and connection.execute(_unchanged, params).rowcount != len(params):
        raise Stale("learners")
    managers = [one.id for one in held if "manager" in one.rights]
    if managers:
        still = connection.execute(_still_manage, {"managers": managers})
        if sum(row.manages for row in still) != len(managers):
            raise Stale("learners")


def run(
    connection: Connection, jobs: Sequence[TurnJob], claimant: str
) -> tuple[list[tuple[TurnJob, Handled]], list[TurnJob]]:
    """Decide and write these turns in the open transaction.

    Gives back what to tell each caller after the commit, and the jobs whose learner is busy in
    another process. A journey that raised has written nothing: a dead letter stands in its place.
    """
    mine = lock(connection, jobs)
    here = [job for job in jobs if job.account_id in mine]
    busy = [job for job in jobs if job.account_id not in mine]
    if not here:
        return [], busy
    new = fresh(connection, here)
    handled = [(job, Handled(repeated=True)) for job in here if job.update_id not in new]
    todo = [job for job in here if job.update_id in new]
    if todo:
        loaded = load(connection, todo)
        decided = [(job, *decide(connection, job, loaded[job.account_id], claimant)) for job in todo]
        stores = [store for _, store, _ in decided]
        write(connection, stores)
        check_held(connection, stores)
        handled += [
            (job, Handled(store.postings, result, store.owes, failure=store.failure))
            for job, store, result in decided
        ]
    return handled, busy


def decide(connection: Connection, job: TurnJob, loaded: Loaded, claimant: str) -> tuple[TurnStore, Any]:
    """Run one journey on what was loaded; on an error collect its dead letter and an apology."""
    learner, dialogue = loaded.learner, loaded.dialogue
    attempts, assignments = dict(loaded.attempts), list(loaded.assignments)
    store = TurnStore(loaded, connection, claimant, job.now)
    try:
        return store, job.journey(store)
    except (Stale, *UNAVAILABLE):
        raise
    except Exception as error:
        before = Loaded(learner, dialogue, attempts, assignments)
        return _instead(TurnStore(before, connection, claimant, job.now), job, error)


def _instead(store: TurnStore, job: TurnJob, error: Exception) -> tuple[TurnStore, Any]:
    """A dead letter and the apology, or the dead letter alone where nobody can be told."""
    cause = error.__cause__ if isinstance(error, CannotBeWritten) and error.__cause__ else error
    store.failure = {
        "event": "journey_failed" if cause is error else "turn_not_written",
        "error": type(cause).__name__,
        "at": str(cause) if isinstance(cause, Stale) else _place(cause),
    }
    store.dead_letter(job.update_id, _said(error), job.shape)
    letter, result = list(store.writes), None
    try:
        result = job.apology(store, error)
    except (Stale, *UNAVAILABLE):
        raise
    except Exception as again:
        log.error("apology_failed", shape=job.shape, error=type(again).__name__, at=_place(again))
        store.writes, store.postings = letter, []
    return store, result


def put_aside(connection: Connection, job: TurnJob, error: Exception) -> None:
    """Leave a dead letter and touch nothing else: the rows this turn starts from cannot even be read."""
    if fresh(connection, [job]):
        connection.execute(
            tables.dead_letters.insert(),
            rows.dead_letter_values(job.now, job.update_id, _said(error), job.shape),
        )


def _said(error: Exception) -> str:
    return f"{type(error).__name__} at {_place(error)}"


def _place(error: BaseException) -> str:
    """File and line where it was raised; never the message, which may hold somebody's words."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else "?"


def is_unavailable(error: BaseException) -> bool:
    """Whether the database itself is away or locked, so that waiting helps and nothing is to blame."""
    return isinstance(error, UNAVAILABLE) or (isinstance(error, DBAPIError) and error.connection_invalidated)
