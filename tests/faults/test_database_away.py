"""The database is away for five seconds: locked by somebody else (SQLite), refusing connections (PostgreSQL).

The webhook answers 503 with Retry-After within two seconds, the poller does not confirm what it could not save,
and all of it is handled once after the database is back.
"""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import psycopg
import pytest
from psycopg import sql

from tests.faults.crowd import at_a_question, each_answered_once, people, sent
from tests.faults.door import post, words
from tests.processes.stage import Stage
from tests.processes.waiting import until

pytestmark = pytest.mark.slow
CROWD = 10
AWAY = 5.0


@contextmanager
def away(stage: Stage) -> Iterator[float]:
    """Until five seconds are over nobody can write; answers when that will be."""
    back_at = time.monotonic() + AWAY
    if stage.is_sqlite:
        file = stage.database_url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(file, isolation_level=None, timeout=10)) as other:
            other.execute("BEGIN EXCLUSIVE")
            yield back_at
            time.sleep(max(0.0, back_at - time.monotonic()))
            other.execute("ROLLBACK")
        return
    server, name = stage.database_url.replace("+psycopg", "").rsplit("/", 1)
    with closing(psycopg.connect(f"{server}/postgres", autocommit=True)) as admin:
        allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        admin.execute(allow.format(sql.Identifier(name), sql.Literal(False)))
        try:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            yield back_at
            time.sleep(max(0.0, back_at - time.monotonic()))
        finally:
            admin.execute(allow.format(sql.Identifier(name), sql.Literal(True)))


def test_a_webhook_is_told_to_come_back_and_all_is_handled_once(stage: Stage) -> None:
    bot = stage.bot(webhook=True).ready()
    waiting = at_a_question(stage, people(stage, CROWD))
    with away(stage):
        for each in waiting:
            each.answer()
        with ThreadPoolExecutor(CROWD) as posting:
            began = time.monotonic()
            answers = posting.map(
                lambda it: post(bot, words(it[0], it[1].person.id, "Hello?")), enumerate(waiting)
            )
            for status, headers, _ in answers:
                assert (status, int(headers["retry-after"]) >= 1) == (503, True)
            assert time.monotonic() - began < 2.5
        assert bot.get("/livez")[0] == 200
    back = time.monotonic()
    stage.settle()
    print(f"all handled {time.monotonic() - back:.1f} s after the database was back")
    for number, each in enumerate(waiting):
        assert post(bot, words(number, each.person.id, "Hello?"))[0] == 200
    stage.settle()
    assert (stage.handled(), stage.posted()) == (stage.telegram.acts, CROWD)
    each_answered_once(stage, CROWD)
    assert not sent(stage).lost
    assert sent(stage).repeats == 0
    assert stage.one("SELECT count(*) FROM dead_letters") == 0


def test_a_poller_confirms_nothing_that_it_could_not_save(stage: Stage) -> None:
    stage.bot().ready()
    waiting = at_a_question(stage, people(stage, CROWD))
    until(lambda: not stage.telegram.ask("pending"), "Telegram knows that all are handled")
    with away(stage) as back_at:
        for each in waiting:
            each.answer_and_more()
        while time.monotonic() < back_at - 0.2:
            assert len(stage.telegram.ask("pending")) == 3 * CROWD
            time.sleep(0.1)
    back = time.monotonic()
    stage.settle()
    seconds = time.monotonic() - back
    print(f"all handled {seconds:.1f} s after the database was back")
    assert seconds < 10
    until(lambda: not stage.telegram.ask("pending"), "Telegram knows that all are handled")
    assert stage.handled() == stage.telegram.acts
    each_answered_once(stage, CROWD)
    assert not sent(stage).lost
    assert sent(stage).repeats == 0
    assert stage.one("SELECT count(*) FROM dead_letters") == 0
