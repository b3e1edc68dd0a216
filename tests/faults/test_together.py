"""Two faults at once: killed or stopped while the database is locked, a repeat while the first is under way in another
replica, and a disk that fills up under the taps. Nothing that was acknowledged is lost, nothing counts twice.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event, text

from bot.rules.busy import Busy
from bot.store import engine as database
from bot.store.group import Handled
from bot.store.writer import Writer
from tests.faults.crowd import at_a_question, each_answered_once, people, sent
from tests.faults.door import post, tapped
from tests.faults.table import Seen
from tests.faults.test_database_away import away
from tests.faults.test_one_row import add_one, asked, job, made
from tests.processes.stage import Stage

pytestmark = pytest.mark.slow
CROWD = 5


@pytest.mark.parametrize(
    "end",
    [
        pytest.param("kill", marks=pytest.mark.fault(9, small=0, full=60)),
        pytest.param("stop", marks=pytest.mark.fault(9, small=3, full=60)),
    ],
)
def test_a_bot_that_ends_while_the_database_is_away_loses_nothing(
    stages: Callable[..., Stage], sqlite_url: Callable[[], str], size: int, seen: Seen, end: str
) -> None:
    stage = stages(sqlite_url())
    bot = stage.bot().ready()
    waiting = at_a_question(stage, people(stage, CROWD))
    with away(stage, size):
        for each in waiting:
            each.answer_and_more()
        time.sleep(1)
        if end == "kill":
            bot.kill()
        else:
            code, seconds = bot.stop()
            assert (code, seconds < 10) == (0, True), bot.log.read_text()
        assert len(stage.telegram.ask("pending")) == 3 * CROWD
    stage.bot().ready()
    stage.settle()
    arrived = sent(stage)
    seen.says(lost=len(arrived.lost), doubled=arrived.repeats, note=f"{end} while it is locked")
    assert stage.handled() == stage.telegram.acts
    each_answered_once(stage, CROWD)
    assert not arrived.lost
    assert arrived.repeats == 0


@contextmanager
def held_up(stage: Stage, account: int) -> Iterator[None]:
    """Until the end somebody else holds what every turn of this account needs."""
    with closing(psycopg.connect(stage.database_url.replace("+psycopg", ""), autocommit=True)) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [account])
        yield


@pytest.mark.fault(7, small=0, full=20)
def test_a_repeat_while_the_first_is_under_way_elsewhere_counts_once(
    stages: Callable[..., Stage], postgresql_url: Callable[[], str], size: int, seen: Seen
) -> None:
    stage = stages(postgresql_url())
    bots = stage.replicas(2)
    waiting = at_a_question(stage, people(stage, size))
    slowest = 0.0
    for number, each in enumerate(waiting):
        update = tapped(number, each.person.id, *each.taps[-1])
        with held_up(stage, each.person.id), ThreadPoolExecutor(len(bots)) as posting:
            began = time.monotonic()
            told = list(posting.map(lambda bot, it=update: post(bot, it), bots))
            slowest = max(slowest, time.monotonic() - began)
            assert [status for status, _, _ in told] == [503] * len(bots)
        assert [post(bot, update)[0] for bot in bots] == [200] * len(bots)
    stage.settle()
    arrived = sent(stage)
    seen.says(lost=len(arrived.lost), doubled=arrived.repeats, note=f"503 within {slowest:.1f} s")
    each_answered_once(stage, size)
    assert stage.posted() == size
    assert not arrived.lost
    assert arrived.repeats == 0
    assert stage.one("SELECT count(*) FROM dead_letters") == 0


@contextmanager
def small_disk(url: str) -> Iterator[tuple[Engine, Callable[[int], None]]]:
    """An engine on a disk with a given number of free pages, and what sets the number."""
    writing, reading = database.connect(url)
    database.open_schema(writing, upgrade=True)
    made(writing)
    free: list[int] = []

    @event.listens_for(writing, "begin", insert=True)
    def limit(connection: Any) -> None:
        if free:
            used = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count={used + free[0] if free[0] else used}")

    yield writing, lambda pages: free.__setitem__(slice(None), [pages])
    writing.dispose()
    reading.dispose()


@pytest.mark.fault(9, small=200, full=2_000)
def test_taps_on_a_full_disk_are_put_off_and_handled_once(
    sqlite_url: Callable[[], str], size: int, seen: Seen
) -> None:
    with small_disk(sqlite_url()) as (engine, leave_free):
        with engine.begin() as connection:  # so that the next rows need new pages
            connection.execute(text("CREATE TABLE filling (words TEXT)"))
        writer = Writer(engine, "w")
        writer.start()

        def hand_in() -> list[Future[Handled]]:
            return [writer.turn(job(number, grows(number))) for number in range(size)]

        leave_free(0)
        put_off = [isinstance(it.exception(60), Busy) for it in hand_in()]
        with engine.begin() as connection:
            before = asked(connection)
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        leave_free(1_000_000)
        again = [it.result(60) for it in hand_in()]
        writer.stop()
        with engine.begin() as connection:
            after = asked(connection)
            letters = connection.execute(text("SELECT count(*) FROM dead_letters")).scalar()
    seen.says(
        lost=size - after, doubled=max(0, after - size), note=f"{sum(put_off)} put off while it was full"
    )
    assert any(put_off), "the disk was full"
    assert before == put_off.count(False) == sum(it.repeated for it in again)
    assert (after, letters) == (size, 0)


def grows(number: int) -> Callable[[Any], int]:
    """Adds one, and a row that takes a page."""

    def journey(store: Any) -> int:
        store.event(1, "answered", "v1", words="x" * 3000, number=number)
        return add_one(store)

    return journey
