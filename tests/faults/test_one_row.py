"""A hundred readings, additions and writings of one row at once: a hundred, and nobody is told of a lock.

Through what the app itself uses: `engine.connect`, and turns through a `Writer`, several of them as in replicas.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, Engine, select, update

from bot.rules.attempt import Attempt
from bot.store import engine as database
from bot.store.group import Handled, TurnJob
from bot.store.rows import attempt_values, learner_values
from bot.store.tables import attempts, learners
from bot.store.turn import TurnStore
from bot.store.writer import Writer
from tests.faults.table import Seen
from tests.store.conftest import somebody

pytestmark = pytest.mark.slow
ROW = 77
ACCOUNT = 1
NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
WRITERS = 3
ATTEMPT = Attempt(ROW, 1, "lesson", "slug", "v1", NOW, "question", queue=("item-01",), orders=("ab",))


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """The engine that writes, as the app opens it."""
    writing, reading = database.connect(url)
    database.open_schema(writing, upgrade=True)
    yield writing
    writing.dispose()
    reading.dispose()


def made(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(learners.insert(), learner_values(somebody(ACCOUNT)))
        connection.execute(attempts.insert(), attempt_values(ATTEMPT))


def asked(connection: Connection) -> int:
    return int(connection.execute(select(attempts.c.asked).where(attempts.c.id == ROW)).scalar_one())


def add_one(store: TurnStore) -> int:
    """Read, add one, write: what loses updates where nobody looks at versions."""
    attempt = store.attempt(ROW)
    assert attempt is not None
    return store.save_attempt(replace(attempt, asked=attempt.asked + 1)).asked


def job(update_id: int, journey: Callable[[TurnStore], int]) -> TurnJob:
    return TurnJob(ACCOUNT, update_id, NOW, ROW, journey, lambda _store, _error: None, "tap")


@pytest.mark.fault(26, small=100, full=1_000)
def test_of_turns_at_once_on_one_row_none_is_lost(database_url: str, size: int, seen: Seen) -> None:
    with opened(database_url) as engine:
        made(engine)
        others = [database.connect(database_url)[0] for _ in range(WRITERS - 1)]
        writers = [Writer(each, f"w{n}") for n, each in enumerate([engine, *others])]
        futures: list[Future[Handled]] = [
            writers[number % WRITERS].turn(job(number, add_one)) for number in range(size)
        ]
        for writer in writers:
            writer.start()
        errors = [type(error).__name__ for error in (it.exception(60) for it in futures) if error]
        for writer in writers:
            writer.stop()
        with engine.begin() as connection:
            counted = asked(connection)
        for each in others:
            each.dispose()
    seen.says(lost=size - counted, note=f"{len(errors)} errors, {WRITERS} writers")
    assert errors == []
    assert counted == size
    assert sorted(it.result().result for it in futures) == list(range(1, size + 1))


@pytest.mark.fault(26, small=100, full=1_000)
def test_of_transactions_at_once_on_one_row_none_is_lost_on_sqlite(
    sqlite_url: Callable[[], str], size: int, seen: Seen
) -> None:
    with opened(sqlite_url()) as engine:
        made(engine)

        def add(_number: int) -> None:
            with engine.begin() as connection:
                found = asked(connection)
                connection.execute(update(attempts).where(attempts.c.id == ROW).values(asked=found + 1))

        with ThreadPoolExecutor(100) as pool:
            errors = [it.exception() for it in [pool.submit(add, number) for number in range(size)]]
        with engine.begin() as connection:
            counted = asked(connection)
    wrong = [type(error).__name__ for error in errors if error]
    seen.says(lost=size - counted, note=f"{len(wrong)} errors, 100 threads")
    assert wrong == []
    assert counted == size
