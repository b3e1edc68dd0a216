"""The database is away: locked by somebody else (SQLite), refusing connections (PostgreSQL).

The webhook answers 503 with Retry-After within two seconds, the poller does not confirm what it could not save,
and all of it is handled once after the database is back. Of taps that Telegram gave up meanwhile the question is
offered again, once.
"""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg import sql

from tests.faults.crowd import Waiting, at_a_question, each_answered_once, people, sent
from tests.faults.door import post, words
from tests.faults.table import Seen
from tests.processes.stage import Bot, Stage
from tests.processes.waiting import until

pytestmark = pytest.mark.slow
CROWD = 10
TOLD_WITHIN = 2.0
HANDLED_WITHIN = 10.0
TICK = 20.0
"""Seconds; the mark that tells of an outage is looked at so often."""


@contextmanager
def away(stage: Stage, seconds: float) -> Iterator[float]:
    """Until so many seconds are over nobody can write; answers when that will be."""
    back_at = time.monotonic() + seconds
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


def bots(stage: Stage, zone: str = "Asia/Shanghai") -> list[Bot]:
    """One on SQLite, three behind a dealer on PostgreSQL."""
    if stage.is_sqlite:
        return [stage.bot(webhook=True, ORGANISATION_TIME_ZONE=zone).ready()]
    return stage.replicas(3, ORGANISATION_TIME_ZONE=zone)


def where_it_is_noon() -> str:
    """A time zone in which it is day now: at night nothing comes by itself."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}"  # POSIX: what lies east of Greenwich has a minus


def ask(bots: list[Bot], waiting: list[Waiting], of: int = 0) -> list[tuple[int, dict[str, str], float]]:
    """Post a word of everybody at once: status, headers and the seconds until they were there."""

    def say(numbered: tuple[int, Waiting]) -> tuple[int, dict[str, str], float]:
        number, each = numbered
        began = time.monotonic()
        status, headers, _ = post(bots[number % len(bots)], words(of + number, each.person.id, "Hello?"))
        return status, headers, time.monotonic() - began

    with ThreadPoolExecutor(len(waiting)) as posting:
        return list(posting.map(say, enumerate(waiting)))


def all_once(stage: Stage, seen: Seen, back: float, note: str = "") -> None:
    """All is handled within ten seconds, nothing is lost, counted or sent twice, and nothing buried."""
    stage.settle(60)
    seconds = time.monotonic() - back
    arrived = sent(stage)
    seen.says(lost=len(arrived.lost), doubled=arrived.repeats, worst_delay=seconds, note=note)
    assert stage.handled() == stage.telegram.acts
    each_answered_once(stage, CROWD)
    assert not arrived.lost
    assert arrived.repeats == 0
    assert stage.one("SELECT count(*) FROM dead_letters") == 0
    assert seconds < HANDLED_WITHIN


@pytest.mark.fault(9, small=5, full=60)
def test_a_webhook_is_told_to_come_back_and_all_is_handled_once(stage: Stage, size: int, seen: Seen) -> None:
    them = bots(stage)
    waiting = at_a_question(stage, people(stage, CROWD))
    slowest = 0.0
    with away(stage, size) as back_at:
        for each in waiting:
            each.answer()
        while time.monotonic() < back_at - 3:
            for status, headers, seconds in ask(them, waiting):
                assert (status, int(headers["retry-after"]) >= 1) == (503, True)
                slowest = max(slowest, seconds)
            assert them[0].get("/livez")[0] == 200
    back = time.monotonic()
    all_once(stage, seen, back, f"503 within {slowest:.1f} s")
    assert 0 < slowest <= TOLD_WITHIN
    assert {status for status, _, _ in ask(them, waiting)} == {200}
    stage.settle()
    assert stage.posted() == CROWD


@pytest.mark.fault(9, small=5, full=60)
def test_a_poller_confirms_nothing_that_it_could_not_save(stage: Stage, size: int, seen: Seen) -> None:
    stage.bot().ready()
    waiting = at_a_question(stage, people(stage, CROWD))
    until(lambda: not stage.telegram.ask("pending"), "Telegram knows that all are handled")
    with away(stage, size) as back_at:
        for each in waiting:
            each.answer_and_more()
        while time.monotonic() < back_at - 0.2:
            assert len(stage.telegram.ask("pending")) == 3 * CROWD
            time.sleep(0.1)
    all_once(stage, seen, time.monotonic())
    until(lambda: not stage.telegram.ask("pending"), "Telegram knows that all are handled")


@pytest.mark.fault(9, small=0, full=180)
@pytest.mark.parametrize("way", ["webhook", "polling"])
def test_taps_that_telegram_gave_up_are_asked_for_again_once(
    stage: Stage, size: int, seen: Seen, way: str
) -> None:
    zone = where_it_is_noon()
    if way == "webhook":
        bots(stage, zone)
    else:
        stage.bot(ORGANISATION_TIME_ZONE=zone).ready()
    until(lambda: stage.one("SELECT count(*) FROM marks WHERE name = 'tick'"), "a first tick", TICK + 10)
    waiting = at_a_question(stage, people(stage, CROWD))
    with away(stage, size):
        for each in waiting:
            each.answer()
    back = time.monotonic()
    is_in_hand = way == "polling"
    """A poller has fetched the taps before they grow too old, and handles them when it can."""
    if not is_in_hand:
        until(lambda: len(stage.telegram.ask("expired")) == 2 * CROWD, "every tap grew too old", 30)
    until(lambda: offers(stage, waiting) == [1] * CROWD, "every question is offered again", TICK + 10)
    if not is_in_hand:
        stage.telegram.acts -= 2 * CROWD
    for each in waiting:
        each.person.press("r")
    stage.settle(60)
    for each in [] if is_in_hand else waiting:
        (data, message), is_answer = each.person.next_tap()
        assert is_answer, "it stands where it stood"
        each.person.tap(message, data)
    time.sleep(TICK + 2)  # the next tick has nothing more to say
    stage.settle(60)
    arrived = sent(stage)
    offered = offers(stage, waiting)
    seen.says(
        lost=len(arrived.lost) + offered.count(0),
        doubled=arrived.repeats + sum(max(0, times - 1) for times in offered),
        worst_delay=time.monotonic() - back,
        note=f"{2 * CROWD} taps {'in hand' if is_in_hand else 'expired'}; each question offered {max(offered)} ×",
    )
    assert offered == [1] * CROWD
    assert stage.handled() == stage.telegram.acts
    each_answered_once(stage, CROWD)
    assert not arrived.lost
    assert arrived.repeats == 0


def offers(stage: Stage, waiting: list[Waiting]) -> list[int]:
    """How often each was told that we were away."""
    return [
        sum(
            "I was away from" in str(call["params"].get("text"))
            for call in stage.telegram.calls("sendMessage", each.person.id)
        )
        for each in waiting
    ]
