"""Backup, restore and copy: the whole of it, of one moment, while it is in use."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, update

from bot.rules.people import Learner
from bot.store import copying, health, ids, rows
from bot.store.engine import connect, create, schema_of
from bot.store.tables import learners

Urls = Callable[[], str]


def people(numbers: list[str]) -> list[Learner]:
    """Employees, two thirds of whom report to somebody whose id is now larger, now smaller."""
    made = [Learner(ids.new(), "employee", "en", "UTC", name=f"Person {n}", staff_number=n) for n in numbers]
    return [
        one if not n % 3 else one.with_(manager_id=made[(n * 7 + 1) % len(made)].id)
        for n, one in enumerate(made)
    ]


def add(connection: Connection, them: list[Learner]) -> None:
    alone = [{**rows.learner_values(one), "manager_id": None} for one in them]
    connection.execute(learners.insert(), alone)
    for one in them:
        if one.manager_id not in (None, one.id):
            connection.execute(
                update(learners).where(learners.c.id == one.id).values(manager_id=one.manager_id)
            )


def filled(url: str, many: int = 300) -> str:
    """A database with people in it."""
    writing, reading = connect(url)
    create(writing)
    with writing.begin() as connection:
        add(connection, people([f"{n:04}" for n in range(many)]))
    writing.dispose()
    reading.dispose()
    return url


def people_at(url: str) -> list[tuple[object, ...]]:
    writing, reading = connect(url)
    with reading.connect() as connection:
        found = [tuple(row) for row in connection.execute(select(learners).order_by(learners.c.id))]
    writing.dispose()
    reading.dispose()
    return found


def test_a_backup_restores_to_the_same(new_url: Urls, sqlite_url: Urls, tmp_path: Path) -> None:
    source = filled(new_url())
    writing, reading = connect(source)
    saved = copying.backup(reading, tmp_path / "kept.sqlite")
    assert saved.counts["learners"] == len(people_at(source))
    target = connect(sqlite_url())
    assert copying.restore(tmp_path / "kept.sqlite", target[0]).counts == saved.counts
    assert people_at(str(target[0].url)) == people_at(source)
    assert health.faults(target[0]) == []
    for engine in (writing, reading, *target):
        engine.dispose()


def test_a_copy_to_the_other_database_holds_the_same(sqlite_url: Urls, postgresql_url: Urls) -> None:
    source, url = filled(sqlite_url()), postgresql_url()
    engines = (*connect(source), *connect(url))
    copied = copying.copy(engines[1], engines[2])
    assert copied.total == 300
    assert people_at(url) == people_at(source)
    with pytest.raises(copying.NotEmpty):
        copying.copy(engines[1], engines[2])
    for engine in engines:
        engine.dispose()


def test_a_backup_is_of_one_moment_though_people_go_on(sqlite_url: Urls, tmp_path: Path) -> None:
    """Somebody writes all the while; the backup neither waits for them nor holds half of what they did."""
    source = filled(sqlite_url())
    writing, reading = connect(source)
    stop, written = threading.Event(), 0

    def go_on() -> None:
        nonlocal written
        while not stop.is_set():
            with writing.begin() as connection:
                add(connection, people([f"one-{written}", f"two-{written}"]))
            written += 1

    thread = threading.Thread(target=go_on)
    thread.start()
    while written < 5:
        pass
    saved = copying.backup(reading, tmp_path / "kept.sqlite")
    during = written
    stop.set()
    thread.join()
    assert saved.counts["learners"] % 2 == 0, "one of a pair was taken without the other"
    assert during >= 5
    writing.dispose()
    reading.dispose()


def test_something_else_is_no_backup(sqlite_url: Urls, tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite"
    other.write_bytes(b"")
    target = connect(sqlite_url())
    with pytest.raises(copying.NoBackup):
        copying.restore(other, target[0])
    assert schema_of(target[1]) is None, "nothing was made of it"
    for engine in target:
        engine.dispose()
