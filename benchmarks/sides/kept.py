"""The database of the sides that store: the tables, indexes and settings that ours has."""

import sqlite3
from pathlib import Path

from bot.store import engine

FILE = "fraudwise.sqlite"


def made(folder: str) -> Path:
    """A new database in this folder."""
    file = Path(folder) / FILE
    writing, reading = engine.connect(f"sqlite:///{file}")
    engine.open_schema(writing, upgrade=False)
    writing.dispose()
    reading.dispose()
    return file


def opened(folder: str) -> sqlite3.Connection:
    """A connection that says BEGIN and COMMIT itself; a commit is an fsync, as ours is."""
    connection = sqlite3.connect(made(folder), isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection
