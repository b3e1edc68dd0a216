"""Bringing a database to the newest schema, forward only, a migration at a time in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from bot.store.engine import is_sqlite, one_at_a_time


class BrokenReferences(RuntimeError):
    """A migration left rows that refer to rows which are not there; nothing of it was kept."""


def scripts() -> ScriptDirectory:
    """Every migration that this release knows."""
    return ScriptDirectory(str(Path(__file__).parent))


def upgrade(engine: Engine, to: str = "head") -> None:
    """Run what a database lacks, all or nothing; one that stands there already is left as it is."""
    known = scripts()
    with engine.connect() as connection, _references_later(connection), connection.begin():
        one_at_a_time(connection)
        context = MigrationContext.configure(connection, opts={"render_as_batch": True})
        missing = list(known.iterate_revisions(to, context.get_current_revision() or "base"))
        with Operations.context(context):
            for script in reversed(missing):
                script.module.upgrade()
                context.stamp(known, script.revision)
        _check_references(connection)


@contextmanager
def _references_later(connection: Connection) -> Iterator[None]:
    """Let SQLite copy a table it cannot alter, though others refer to it; this can be said outside a transaction only."""
    if not is_sqlite(connection):
        yield
        return
    raw = connection.connection.dbapi_connection
    assert raw is not None
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def _check_references(connection: Connection) -> None:
    if is_sqlite(connection):
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise BrokenReferences(str(broken[0]))
