"""The row that says who fetches updates: one process writes it at a time, and it tells whether that one still runs."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from bot.store import leading
from bot.store.leading import Lead
from tests.store.conftest import NOW, Store

SEVERAL = 8


def test_of_several_who_take_it_at_once_one_has_it(store: Store) -> None:
    barrier = Barrier(SEVERAL)

    def take(number: int, after: Lead | None) -> bool:
        barrier.wait()
        mine = Lead(f"p{number}", after.beat + 1 if after else 1)
        return bool(store.do(lambda connection: leading.take(connection, after, mine, NOW)))

    with ThreadPoolExecutor(SEVERAL) as racing:
        assert sum(racing.map(take, range(SEVERAL), [None] * SEVERAL)) == 1
        first = store.do(leading.standing)
        assert first is not None
        assert sum(racing.map(take, range(SEVERAL), [first] * SEVERAL)) == 1
    second = store.do(leading.standing)
    assert second is not None
    assert second.beat == first.beat + 1


def test_whoever_lost_it_takes_nothing_and_gives_nothing_back(store: Store) -> None:
    mine, theirs = Lead("me", 1), Lead("them", 2)
    assert store.do(lambda connection: leading.take(connection, None, mine, NOW))
    assert store.do(lambda connection: leading.take(connection, mine, theirs, NOW))
    assert not store.do(lambda connection: leading.take(connection, mine, mine.renewed("me"), NOW))
    store.do(lambda connection: leading.give_back(connection, mine))
    assert store.do(leading.standing) == theirs
    store.do(lambda connection: leading.give_back(connection, theirs))
    assert store.do(leading.standing) is None


def test_a_process_of_this_machine_is_known_to_have_ended_and_no_other() -> None:
    machine, _, started, _ = leading.this_process().split("/")
    assert not leading.has_ended(leading.this_process())
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        its_start = leading.started(other.pid)
        running = f"{machine}/{other.pid}/{its_start}/00"
        assert not leading.has_ended(running)
    assert leading.has_ended(running)
    assert leading.has_ended(f"{machine}/{os.getpid()}/{started}0/00"), "the number is ours by now"
    assert not leading.has_ended(f"another-{running}")
