"""The primary is killed under load and its synchronous standby promoted: no turn that was acknowledged is lost.

Three replicas behind a webhook that goes round, their URL naming both servers. Not one of the forty faults; its
number is the next.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.faults.broadcasting import IN_FLIGHT
from tests.faults.crowd import at_a_question, each_answered_once, people, sent
from tests.faults.table import Seen
from tests.processes.far_end import Person
from tests.processes.stage import Stage
from tests.processes.standby import synchronous_pair
from tests.processes.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.postgresql]
BACK_WITHIN = 30.0
AWAY = 5.0
"""Seconds until somebody has noticed and promotes the standby."""
PATIENT = ("--longest-delay", "2")
"""Of the small Telegram: how long it waits at most before it posts again."""


@contextmanager
def writing(crowd: list[Person]) -> Iterator[Callable[[], int]]:
    """These people write one after another, some fifty times a second, until the block ends; how often so far."""
    written = 0
    over = threading.Event()

    def write() -> None:
        nonlocal written
        while not over.wait(0.02):
            crowd[written % len(crowd)].write("/help")
            written += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield lambda: written
    finally:
        over.set()
        thread.join()


@pytest.mark.fault(41, small=0, full=150)
def test_a_primary_killed_under_load_loses_no_acknowledged_turn(
    stages: Callable[..., Stage], size: int, seen: Seen
) -> None:
    with synchronous_pair() as pair:
        pair.primary.run("CREATE DATABASE fraudwise")
        stage = stages(pair.url("fraudwise"), *PATIENT)
        bots = stage.replicas(3)
        waiting = at_a_question(stage, people(stage, size))
        others = people(stage, 20, first=9001)
        with writing(others) as written:
            before = stage.handled()
            for each in waiting[: size // 2]:
                each.answer_and_more()
            until(lambda: stage.handled() >= before + size // 4, "it is under load", every=0.001)
            pair.primary.kill()
            killed_at = time.monotonic()
            for each in waiting[size // 2 :]:
                each.answer_and_more()
            time.sleep(max(0.0, killed_at + AWAY - time.monotonic()))
            told = stage.telegram.acts - len(stage.telegram.ask("pending"))
            promoted_at = pair.promote()
            kept = until(lambda: handled_again(stage), "the standby may be read", within=BACK_WITHIN)
            until(lambda: handled_again(stage) > kept, "turns are taken in again", within=BACK_WITHIN)
            back = time.monotonic() - promoted_at
            until(
                lambda: stage.telegram.acts - len(stage.telegram.ask("pending")) > told, "Telegram is told so"
            )
        stage.settle(120)
        until(lambda: not stage.telegram.ask("pending"), "Telegram knows that all are handled", within=60)
        caught_up = time.monotonic() - promoted_at
        assert all(bot.get("/readyz")[0] == 200 for bot in bots)
        arrived = sent(stage)
        unhandled = stage.telegram.acts - stage.handled()
        seen.says(
            lost=unhandled + max(0, told - kept) + len(arrived.lost), doubled=arrived.repeats,
            allowed=IN_FLIGHT * len(bots), worst_delay=back,
            note=f"{told} acknowledged before the promotion, all of {stage.telegram.acts} after {caught_up:.0f} s, "
            f"{written()} of them written meanwhile",
        )  # fmt: skip
        assert kept >= told, "what was acknowledged before the kill is on the standby"
        assert unhandled == 0
        assert back < BACK_WITHIN
        each_answered_once(stage, size)
        assert not arrived.lost
        assert arrived.repeats <= IN_FLIGHT * len(bots)
        assert stage.one("SELECT count(*) FROM dead_letters") == 0


def handled_again(stage: Stage) -> int:
    """Updates handled, as the promoted standby has them; 0 while there is none."""
    with suppress(Exception):
        return stage.handled()
    return 0
