"""One of several processes fetches updates; the next takes over when it ends, stands still or gives it back."""

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from bot.chat.leading import EVERY, MARGIN, PATIENCE, Leader
from bot.chat.poller import Poller
from bot.rules.answers import Answer, Sent
from bot.rules.busy import Busy
from bot.store import leading
from bot.store.engine import connect, create
from bot.store.leading import Lead

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Machines:
    """Several processes on one database, and the seconds that pass for all of them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.seconds = 0.0
        self.is_away = False
        self.ended: set[str] = set()

    def process(self, name: str) -> Leader:
        return Leader(self, name, self.ended.__contains__, clock=lambda: self.seconds)

    async def standing(self) -> Lead | None:
        found: Lead | None = self._do(leading.standing)
        return found

    async def take(self, after: Lead | None, mine: Lead) -> bool:
        return bool(self._do(lambda connection: leading.take(connection, after, mine, NOW)))

    async def give_back(self, mine: Lead) -> None:
        self._do(lambda connection: leading.give_back(connection, mine))

    def _do(self, work: Any) -> Any:
        if self.is_away:
            raise Busy
        with self._engine.begin() as connection:
            return work(connection)


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    writing, reading = connect(f"sqlite:///{tmp_path / 'it.sqlite'}")
    create(writing)
    yield Machines(writing)
    writing.dispose()
    reading.dispose()


async def pass_by(machines: Machines, seconds: float, *looking: Leader) -> list[tuple[bool, ...]]:
    """Let time pass with a look every three seconds; who led after each."""
    led = []
    for _ in range(int(seconds / EVERY)):
        machines.seconds += EVERY
        for one in looking:
            with contextlib.suppress(Busy):
                await one.look()
        led.append(tuple(one.leads() for one in looking))
    return led


async def test_the_first_leads_and_the_others_stand_by(machines: Machines) -> None:
    one, two, three = (machines.process(name) for name in "abc")
    assert set(await pass_by(machines, 60, one, two, three)) == {(True, False, False)}
    assert [it.is_another_leading for it in (one, two, three)] == [False, True, True]


async def test_whoever_cannot_renew_stops_before_another_begins(machines: Machines) -> None:
    one, two = machines.process("a"), machines.process("b")
    await pass_by(machines, 9, one, two)
    began = machines.seconds
    while not two.leads():  # the first one is cut off, and its time goes on
        machines.seconds += 0.5
        await two.look()
        assert not (one.leads() and two.leads())
        if machines.seconds - began >= PATIENCE - MARGIN:
            assert not one.leads()
    assert PATIENCE <= machines.seconds - began <= PATIENCE + EVERY
    assert set(await pass_by(machines, 60, one, two)) == {(False, True)}, "and it does not come back for it"


async def test_of_a_process_that_ended_nobody_waits(machines: Machines) -> None:
    one, two = machines.process("a"), machines.process("b")
    await pass_by(machines, 9, one, two)
    machines.ended.add("a")
    assert await pass_by(machines, EVERY, two) == [(True,)]


async def test_a_clean_stop_gives_it_back(machines: Machines) -> None:
    one, two = machines.process("a"), machines.process("b")
    await pass_by(machines, 9, one, two)
    await one.stop()
    assert not one.leads()
    assert await pass_by(machines, EVERY, two) == [(True,)]


async def test_while_the_database_is_away_nobody_leads_and_the_same_one_goes_on(machines: Machines) -> None:
    one, two = machines.process("a"), machines.process("b")
    await pass_by(machines, 9, one, two)
    machines.is_away = True
    assert (await pass_by(machines, 60, one, two))[-1] == (False, False)
    machines.is_away = False
    assert sorted((await pass_by(machines, EVERY, one, two))[0]) == [False, True]


async def test_a_commit_whose_answer_was_lost_is_still_ours(machines: Machines) -> None:
    one, two = machines.process("a"), machines.process("b")
    await pass_by(machines, 9, one, two)
    stands = await machines.standing()
    assert stands is not None
    assert await machines.take(stands, stands.renewed("a"))
    assert await pass_by(machines, 2 * EVERY, one, two) == [(False, False), (True, False)]


async def test_a_poller_asks_while_it_leads_and_hangs_up_when_it_does_not(machines: Machines) -> None:
    asked: list[str] = []
    hung_up = asyncio.Event()

    async def post(method: str, *_: Any, **__: Any) -> Answer:
        asked.append(method)
        if method == "getUpdates":
            try:
                await asyncio.Event().wait()
            finally:
                hung_up.set()
        return Sent()

    async def receive(_update: dict[str, Any]) -> Any:
        raise AssertionError("there are no updates")

    other, mine = machines.process("a"), machines.process("b")
    await other.look()
    poller = Poller(post, receive, lambda _: None, leader=mine)
    await poller.start()
    await asyncio.sleep(0.05)
    assert (asked, poller.is_standing_by, poller.is_alive()) == ([], True, True)

    await other.stop()
    await mine.look()
    await asyncio.sleep(0.05)
    assert (asked, poller.registered, poller.is_standing_by) == (["deleteWebhook", "getUpdates"], True, False)

    machines.seconds += PATIENCE
    async with asyncio.timeout(3):
        await hung_up.wait()
    assert not mine.leads()
    assert asked == ["deleteWebhook", "getUpdates"]
    await poller.stop()
