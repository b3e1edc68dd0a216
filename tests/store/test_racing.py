"""Three replicas tick at the same instant, on writers of their own: everything is owed once and nothing fails."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from bot.clock.ticks import Clock
from bot.store import watching
from tests.store.conftest import Store, somebody
from tests.store.test_ticks import IN_A_QUESTION, NOW, WITH_A_LESSON, away, clock, told
from tests.web.logs import logging_to

__all__ = ["away"]
REPLICAS = 3


def at_once(store: Store, does: Callable[[Clock], Any], *, late: timedelta = timedelta()) -> list[Any]:
    """What each of three replicas gets from doing this when all have begun."""
    clocks = [clock(store.writer(), NOW + late) for _ in range(REPLICAS)]
    barrier = Barrier(REPLICAS)

    def one(it: Clock) -> Any:
        barrier.wait()
        return does(it)

    with ThreadPoolExecutor(REPLICAS) as racing:
        return list(racing.map(one, clocks))


def test_three_that_come_back_at_once_make_up_for_one_outage_once(
    away: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    with logging_to("INFO", "json", []):
        owed = at_once(away, Clock.tick)
    assert told(away) == Counter([*WITH_A_LESSON, *IN_A_QUESTION])
    assert sum(owed) == len(WITH_A_LESSON) + len(IN_A_QUESTION)
    assert {row["wish"] for row in away.all_of("outbox") if row["wish"]} == {"digest"}
    assert {row["name"] for row in away.all_of("marks")} == {"tick"}
    assert "error" not in capsys.readouterr().err
    assert at_once(away, Clock.tick, late=timedelta(seconds=20)) == [0, 0, 0]


def test_three_that_see_lessons_stop_tell_each_administrator_once_and_once_of_the_end(store: Store) -> None:
    store.add(
        *[somebody(number, audience="employee", rights=frozenset({"administrator"})) for number in (1, 2)]
    )
    store.insert("marks", {"name": "tick", "at": NOW - timedelta(hours=1), "note": ""})
    assert sum(at_once(store, Clock.watch)) == 2
    store.do(lambda connection: watching.beat(connection, NOW + timedelta(minutes=1)))
    assert sum(at_once(store, Clock.watch, late=timedelta(minutes=1))) == 0
    store.do(lambda connection: watching.beat(connection, NOW + timedelta(minutes=7)))
    assert sum(at_once(store, Clock.watch, late=timedelta(minutes=7))) == 2
    wishes = Counter((row["learner_id"], row["wish"]) for row in store.all_of("outbox"))
    assert wishes == Counter({(who, wish): 1 for who in (1, 2) for wish in ("alarm", "all_clear")})


def test_three_that_begin_on_an_empty_database_plan_everybody_once(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    store.add(*[somebody(number, audience="employee") for number in range(1, 121)])
    with logging_to("INFO", "json", []):
        at_once(store, Clock.enrol)
        clock(store.writer()).enrol()
    assert [row["learner_id"] for row in store.all_of("plans")] == list(range(1, 121))
    units = Counter((row["learner_id"], row["unit"]) for row in store.all_of("assignments"))
    assert units
    assert set(units.values()) == {1}
    assert "tick_failed" not in capsys.readouterr().err
