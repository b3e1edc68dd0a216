"""Bringing a database to the newest schema, forward only, a migration at a time in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

LOCK = 0x6672_6175_6473_6368
"""PostgreSQL advisory lock: one process at a time changes the schema."""


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


def one_at_a_time(connection: Connection) -> None:
    """Wait until no other process changes the schema; SQLite's write lock is held already."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": LOCK})


@contextmanager
def _references_later(connection: Connection) -> Iterator[None]:
    """Let SQLite copy a table it cannot alter, though others refer to it; this can be said outside a transaction only."""
    if connection.dialect.name != "sqlite":
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
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise BrokenReferences(str(broken[0]))
