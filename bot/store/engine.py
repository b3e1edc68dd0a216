"""Opening the database: SQLite embedded by default, PostgreSQL when one machine is not enough."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    create_engine,
    event,
    inspect,
    text,
)
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.pool import StaticPool

from bot.store.tables import metadata

SCHEMA = "0006"
"""The newest migration."""
BUSY_MS = 1500
"""How long SQLite waits for another writer; a webhook must be told “later” within 2 s."""
PATIENT_MS = 30_000
"""The same while the tables are made, when nobody is served yet."""


PATIENT_FOR = {
    "connect_timeout": 2, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}  # fmt: skip
"""What libpq is told unless the URL says otherwise: a server that vanished without a word is given up after some 11 s,
not after the two hours that TCP would wait (libpq-connect, "Parameter Key Words")."""
READ_ONLY = "25006"
"""SQLSTATE read_only_sql_transaction: a primary that became a standby."""

Outlives = Literal["power cut", "kill"]
SYNCHRONOUS: dict[Outlives, str] = {"power cut": "FULL", "kill": "NORMAL"}
"""https://www.sqlite.org/pragma.html#pragma_synchronous, for WAL."""


SCHEMA_LOCK = 0x6672_6175_6473_6368
"""PostgreSQL advisory lock: one process at a time changes the schema."""
VERSION = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""As Alembic makes it."""


class WrongSchema(RuntimeError):
    """The database does not stand where this release needs it; the message says what to do."""


class OlderSchema(WrongSchema):
    """The database was made by an older release and has to be upgraded first."""

    def __init__(self) -> None:
        super().__init__("The database was made by an older release. Run `fraudwise db upgrade` first.")


class NewerSchema(WrongSchema):
    """The database was made by a newer release, which alone knows what is in it."""

    def __init__(self) -> None:
        super().__init__("The database was made by a newer release; run that one.")


def connect(url: str, *, outlives: Outlives = "power cut") -> tuple[Engine, Engine]:
    """A writing and a reading engine on the same database.

    On SQLite a transaction of the writing engine takes the write lock at once
    (``BEGIN IMMEDIATE``): with the default ``BEGIN`` two writers read the same row and one of the
    updates is lost without an error. What was committed there outlives a power cut (an fsync a
    commit), or with `outlives="kill"` only the death of the process, which is enough for a demo.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(url, "BEGIN IMMEDIATE", outlives), _sqlite(url, "BEGIN", outlives)
    if parsed.get_driver_name() != "psycopg":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return _postgresql(parsed, 2), _postgresql(parsed, 4)


def _postgresql(url: URL, connections: int) -> Engine:
    """Connections that notice when the server is gone, or is no longer the one that may be written to."""
    how: dict[str, Any] = {name: value for name, value in PATIENT_FOR.items() if name not in url.query}
    if "prepare_threshold" in url.query:
        asked = str(url.query["prepare_threshold"])
        how["prepare_threshold"] = int(asked) if asked.isdigit() else None
        url = url.difference_update_query(["prepare_threshold"])
    engine = create_engine(url, pool_size=connections, pool_pre_ping=True, connect_args=how)

    @event.listens_for(engine, "handle_error")
    def failed(context: ExceptionContext) -> None:
        if getattr(context.original_exception, "sqlstate", None) == READ_ONLY:
            context.is_disconnect = (
                True  # the server stood back for another: connect again, and find that one
            )

    return engine


def _sqlite(url: str, begin: str, outlives: Outlives) -> Engine:
    engine = create_engine(url, connect_args={"check_same_thread": False})
    _begins_with(begin, engine)

    @event.listens_for(engine, "connect")
    def opened(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        _write_ahead(connection)
        connection.execute(f"PRAGMA synchronous={SYNCHRONOUS[outlives]}")
        connection.execute("PRAGMA foreign_keys=ON")

    return engine


def _begins_with(begin: str, engine: Engine) -> None:
    @event.listens_for(engine, "begin")
    def began(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def in_memory(engine: Engine) -> Engine:
    """An SQLite database as it stands, in memory: what is done to the copy happens nowhere."""
    kept = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    source = engine.raw_connection()
    try:
        assert isinstance(source.driver_connection, sqlite3.Connection)
        source.driver_connection.backup(kept)
    finally:
        source.close()
    copy = create_engine("sqlite://", creator=lambda: kept, poolclass=StaticPool)
    _begins_with("BEGIN", copy)
    return copy


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch a new file to WAL; where several connect to it at once SQLite refuses that without waiting."""
    until = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)


def is_sqlite(connection: Connection | Engine) -> bool:
    return connection.dialect.name == "sqlite"


def schema_of(engine: Engine) -> str | None:
    """The migration the database stands at, or None when it is empty."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def one_at_a_time(connection: Connection) -> None:
    """Wait until no other process changes the schema; SQLite's write lock is held already."""
    if not is_sqlite(connection):
        connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": SCHEMA_LOCK})


def alone(connection: Connection, key: int) -> bool:
    """Whether no other process is at this piece of work, which is then ours to the commit; SQLite has one writer."""
    if is_sqlite(connection):
        return True
    taken = connection.execute(text("SELECT pg_try_advisory_xact_lock(:k)"), {"k": key}).scalar()
    return bool(taken)


@contextmanager
def _patient(engine: Engine) -> Iterator[Connection]:
    """A connection that waits for whoever makes the tables just now, which takes longer than any turn."""
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        if not is_sqlite(connection) or raw is None:
            yield connection
            return
        raw.execute(f"PRAGMA busy_timeout={PATIENT_MS}")
        try:
            yield connection
        finally:
            raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")


def create(engine: Engine) -> None:
    """Create every table as the newest migration would leave it, unless another process was first."""
    with _patient(engine) as connection, connection.begin():
        one_at_a_time(connection)
        if inspect(connection).has_table(VERSION.name):
            return
        metadata.create_all(connection)
        VERSION.create(connection)
        connection.execute(VERSION.insert(), {"version_num": SCHEMA})


def open_schema(engine: Engine, *, upgrade: bool) -> None:
    """Create an empty database; upgrade an older one when allowed, else raise `WrongSchema`."""
    stands = schema_of(engine)
    if stands is None:
        create(engine)
    elif stands > SCHEMA:
        raise NewerSchema
    elif stands != SCHEMA:
        if not upgrade and not is_sqlite(engine):
            raise OlderSchema
        from bot.store.migrations import upgrade as migrate

        migrate(engine)
