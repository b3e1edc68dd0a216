"""Whole databases, copied while they are in use: backup, restore, and the move to PostgreSQL."""

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Engine, Table, bindparam, func, select, update

from bot.store import engine as database
from bot.store import rows
from bot.store.tables import learners, metadata

BATCH = 2_000
SAMPLE = 200
"""Rows of each table that are compared one by one after a copy."""
Progress = Callable[[str, int, int], None]
"""Table, rows copied so far, rows in all."""


class NotEmpty(RuntimeError):
    """The target holds people already; nothing was copied over them."""


class NoBackup(ValueError):
    """The file is no backup of ours."""


class NotTheSame(RuntimeError):
    """The copy does not hold what the original holds; the table is named."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied, by table."""

    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def copy(source: Engine, target: Engine, progress: Progress = lambda _table, _done, _all: None) -> Copied:
    """Copy every table from one moment of `source` into an empty `target`, then compare counts and a sample.

    The source may be in use: what is written meanwhile is not in the copy. The target is written in
    one transaction, so it holds all or nothing. Raises `NotEmpty` or `NotTheSame`.
    """
    database.open_schema(target, upgrade=True)
    counts: dict[str, int] = {}
    with snapshot(source) as from_, target.begin() as into:
        if any(_count(into, table) for table in metadata.sorted_tables):
            raise NotEmpty
        for table in metadata.sorted_tables:
            total = _count(from_, table)
            for done, batch in _batches(from_, table):
                _insert(into, table, batch)
                progress(table.name, done, total)
            if table is learners:
                _set_managers(from_, into)
            counts[table.name] = total
        for table in metadata.sorted_tables:
            if _count(into, table) != counts[table.name] or _sample(into, table) != _sample(from_, table):
                raise NotTheSame(table.name)
    return Copied(counts)


def backup(source: Engine, file: Path, progress: Progress = lambda _table, _done, _all: None) -> Copied:
    """Copy a running database into one SQLite file, whatever it runs on; the file appears when it is whole."""
    beside = file.with_name(f".{file.name}.part")
    beside.unlink(missing_ok=True)
    target, reading = database.connect(f"sqlite:///{beside}")
    try:
        copied = copy(source, target, progress)
    finally:
        target.dispose()  # the last connection to go writes the log into the file
        reading.dispose()
        for ending in ("-wal", "-shm"):
            beside.with_name(beside.name + ending).unlink(missing_ok=True)
    beside.chmod(0o600)
    beside.replace(file)
    return copied


def restore(file: Path, target: Engine, progress: Progress = lambda _table, _done, _all: None) -> Copied:
    """Fill an empty database from a backup; an older backup is brought to this release's schema first, in a copy."""
    with TemporaryDirectory() as folder:
        own = Path(folder) / "backup.sqlite"
        shutil.copyfile(file, own)
        writing, reading = database.connect(f"sqlite:///{own}")
        try:
            if database.schema_of(writing) is None:
                raise NoBackup
            database.open_schema(writing, upgrade=True)
            return copy(reading, target, progress)
        finally:
            writing.dispose()
            reading.dispose()


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """One moment of a database in use."""
    with engine.connect() as plain:
        connection = (
            plain
            if database.is_sqlite(engine)
            else plain.execution_options(isolation_level="REPEATABLE READ")
        )
        with connection.begin():
            yield connection


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _batches(connection: Connection, table: Table) -> Iterator[tuple[int, Sequence[dict[str, Any]]]]:
    done = 0
    found = connection.execution_options(yield_per=BATCH).execute(
        select(table).order_by(*table.primary_key.columns)
    )
    for part in found.mappings().partitions():
        batch = [dict(row) for row in part]
        done += len(batch)
        yield done, batch


def _insert(connection: Connection, table: Table, batch: Sequence[dict[str, Any]]) -> None:
    """Insert rows; whom somebody reports to is set when everybody is there."""
    if table is learners:
        batch = [{**row, "manager_id": None} for row in batch]
    connection.execute(table.insert(), batch)


def _set_managers(from_: Connection, into: Connection) -> None:
    query = select(learners.c.id, learners.c.manager_id).where(learners.c.manager_id.is_not(None))
    managed = [{"b_id": row.id, "b_manager": row.manager_id} for row in from_.execute(query)]
    if managed:
        set_ = (
            update(learners)
            .where(learners.c.id == bindparam("b_id"))
            .values(manager_id=bindparam("b_manager"))
        )
        into.execute(set_, managed)


def _sample(connection: Connection, table: Table) -> str:
    """A digest of the newest rows, the same in both databases when the rows are."""
    newest = select(table).order_by(*(column.desc() for column in table.primary_key.columns)).limit(SAMPLE)
    digest = hashlib.sha256()
    for row in connection.execute(newest):
        digest.update(rows.dump([_plain(value) for value in row]).encode())
    return digest.hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value.isoformat() if hasattr(value, "isoformat") else value
