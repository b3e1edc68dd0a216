"""Every version of a unit that was ever served, kept as text."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.engine import is_sqlite
from bot.store.tables import content_versions


def keep(connection: Connection, bodies: Iterable[tuple[str, str, str]], now: datetime) -> None:
    """Keep (version, slug, body) of what is served from now on, before anybody is served it."""
    found = [
        {"version": version, "slug": slug, "body": body, "served_at": now} for version, slug, body in bodies
    ]
    if found:
        insert = (sqlite.insert if is_sqlite(connection) else postgresql.insert)(content_versions)
        connection.execute(insert.on_conflict_do_nothing(), found)


def body(reading: Engine, version: str) -> str | None:
    """The text of one version, or None when it never was served here."""
    with reading.connect() as connection:
        query = select(content_versions.c.body).where(content_versions.c.version == version)
        return connection.execute(query).scalar()
