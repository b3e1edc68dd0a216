"""A store with its schema, on SQLite and then on PostgreSQL, and writers that work on it."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Select, select

from bot.rules.people import Learner
from bot.store import tables
from bot.store.engine import connect, create
from bot.store.group import Handled, TurnJob
from bot.store.rows import learner_values
from bot.store.turn import TurnStore
from bot.store.writer import Writer
from tests.cast import MONDAY, ZONE

NOW = MONDAY
PATIENCE = 30.0


class Store:
    """One database, seen by a reader, and as many writers as there are replicas."""

    def __init__(self, url: str) -> None:
        self.writing, self.reading = connect(url)
        self.url = url
        self._writers: list[Writer] = []
        self._updates = 0

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    def writer(self, *, started: bool = True) -> Writer:
        """One more replica, with connections of its own."""
        engine = connect(self.url)[0] if self._writers else self.writing
        writer = Writer(engine, f"writer-{len(self._writers)}")
        self._writers.append(writer)
        if started:
            writer.start()
        return writer

    def close(self) -> None:
        for writer in self._writers:
            if not writer._thread.is_alive():
                writer.start()
            writer.stop()
            writer._engine.dispose()
        self.writing.dispose()
        self.reading.dispose()

    def job(
        self, journey: Callable[[TurnStore], Any], account: int = 1, update: int | None = None, attempt: int = 0,
        now: datetime = NOW,
    ) -> TurnJob:  # fmt: skip
        """A turn; each is an update of its own unless told which."""
        self._updates += 1
        number = self._updates if update is None else update
        return TurnJob(account, number, now, attempt, journey, _sorry, "words")

    def add(self, *learners: Learner) -> None:
        """Commit these people."""
        with self.writing.begin() as connection:
            connection.execute(tables.learners.insert(), [values_of(learner) for learner in learners])

    def insert(self, table: str, *values: dict[str, Any]) -> None:
        with self.writing.begin() as connection:
            connection.execute(tables.metadata.tables[table].insert(), list(values))

    def read(self, query: Select[Any]) -> Sequence[Any]:
        with self.reading.connect() as connection:
            return connection.execute(query).all()

    def all_of(self, table: str) -> list[dict[str, Any]]:
        t = tables.metadata.tables[table]
        return [dict(row._mapping) for row in self.read(select(t).order_by(*t.primary_key.columns))]

    def do(self, work: Callable[[Connection], Any]) -> Any:
        """Run and commit a piece of work in this thread."""
        with self.writing.begin() as connection:
            return work(connection)


def _sorry(store: TurnStore, error: Exception) -> str:
    store.reply(1, "sendMessage", {"chat_id": 1, "text": "sorry"}, learner_id=None)
    return "sorry"


def values_of(learner: Learner) -> dict[str, Any]:
    return learner_values(learner)


def somebody(number: int, **changes: Any) -> Learner:
    """A business owner whose id and account are this number."""
    return Learner(number, "borrower", "en", ZONE, account_id=number, joined_at=NOW).with_(**changes)


def results(futures: Sequence[Future[Handled]]) -> list[Handled]:
    return [future.result(PATIENCE) for future in futures]


def prepared(url: str) -> None:
    """Give a database its schema."""
    writing, reading = connect(url)
    create(writing)
    writing.dispose()
    reading.dispose()


@pytest.fixture
def store(copy_of: Callable[[Callable[[str], None]], str]) -> Iterator[Store]:
    with closing(Store(copy_of(prepared))) as it:
        yield it
