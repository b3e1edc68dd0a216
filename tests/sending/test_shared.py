"""Several processes that share one token, on one database: never too fast together, and hardly slower than that."""

import asyncio
import bisect
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import Engine

from bot.rules.sending import Lane
from bot.rules.slots import HOLD, SECOND, WINDOW, Ask, Grant, Slot
from bot.sending.limiter import Limiter
from bot.sending.shared import Offset, SharedSlots
from bot.store import slots
from bot.store.engine import connect, create

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Process:
    """Sends as the sender does: when the slots say so, and again when they say that something changed."""

    def __init__(self, engine: Engine, name: str, per_second: int, apart: float = 0.0) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._engine = engine
        self.asks = 0
        self.fired: list[float] = []
        is_ours = engine.dialect.name == "sqlite"
        self.slots = SharedSlots(
            per_second, lambda ask: self._take(ask, per_second), name, is_our_clock=is_ours,
            clock=lambda: time.monotonic() + (0.0 if is_ours else apart),
        )  # fmt: skip
        self.limiter = Limiter(per_second, shared=self.slots)
        self._changed = asyncio.Event()

    async def _take(self, ask: Ask, per_second: int) -> Grant:
        self.asks += 1

        def work() -> Grant:
            with self._engine.begin() as connection:
                return slots.take(connection, ask, per_second)

        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def send(self, lane: Lane) -> float:
        """Send one message as soon as may be; how long that took."""
        asked = time.monotonic()
        while (wait := max(self.limiter.gate(), self.slots.wait(lane))) > 0:
            self._changed.clear()
            try:
                async with asyncio.timeout(wait):
                    await self._changed.wait()
            except TimeoutError:
                pass
        self.slots.take(lane)
        self.fired.append(time.monotonic())
        return self.fired[-1] - asked

    async def broadcast(self, until: float) -> None:
        while time.monotonic() < until:
            await self.send("broadcast")

    async def start(self) -> None:
        await self.limiter.start(self._changed.set)

    async def stop(self) -> None:
        await self.limiter.stop()
        self._thread.shutdown()


@asynccontextmanager
async def at_work(url: str, names: str, per_second: int) -> AsyncIterator[list[Process]]:
    """Processes that know of each other; on PostgreSQL their clocks are seconds apart."""
    engines = [connect(url)[0] for _ in names]
    create(engines[0])
    crowd = [
        Process(engine, name, per_second, 7.0 * number)
        for number, (engine, name) in enumerate(zip(engines, names, strict=True))
    ]
    for one in crowd:
        await one.start()
    await asyncio.sleep(0.05)
    try:
        yield crowd
    finally:
        for one in crowd:
            await one.stop()
        for engine in engines:
            engine.dispose()


def most_in_a_window(times: list[float]) -> int:
    times = sorted(times)
    width = WINDOW / SECOND - 1e-6
    return max(bisect.bisect_right(times, start + width) - at for at, start in enumerate(times))


async def test_three_that_broadcast_use_nearly_all_there_is_and_a_reply_hardly_waits(
    new_url: Callable[[], str],
) -> None:
    async with at_work(new_url(), "abcd", 100) as crowd:
        *loud, quiet = crowd
        await asyncio.sleep(WINDOW / SECOND)  # the first window is a slow one
        until = time.monotonic() + 2.6
        sending = [asyncio.create_task(one.broadcast(until)) for one in loud]
        waits = []
        while time.monotonic() < until - 0.3:
            await asyncio.sleep(0.1)
            waits.append(await quiet.send("replies"))
        await asyncio.gather(*sending)
        fired = [at for one in crowd for at in one.fired]
    assert most_in_a_window(fired) <= 100
    assert sum(until - WINDOW / SECOND <= at <= until for at in fired) >= 85
    assert sorted(waits)[len(waits) // 2] < 0.25
    assert min(len(one.fired) for one in loud) >= 10, "nobody goes without"


async def test_one_that_is_alone_asks_the_database_hardly_ever(sqlite_url: Callable[[], str]) -> None:
    async with at_work(sqlite_url(), "a", 1000) as (one,):
        for _ in range(200):
            await one.send("replies")
        assert one.asks <= 3


async def test_one_that_comes_later_gets_places_from_the_one_that_was_alone(
    sqlite_url: Callable[[], str],
) -> None:
    url = sqlite_url()
    async with at_work(url, "a", 50) as (first,):
        await first.send("replies")
        async with at_work(url, "b", 50) as (second,):
            sending = asyncio.create_task(first.broadcast(time.monotonic() + 1.5))
            assert await second.send("replies") < HOLD / SECOND
            assert max([await second.send("replies") for _ in range(5)]) < 0.4
            await sending
            assert most_in_a_window(first.fired + second.fired) <= 50


async def test_a_429_to_one_pauses_all(sqlite_url: Callable[[], str]) -> None:
    async with at_work(sqlite_url(), "ab", 100) as (refused, other):
        await asyncio.gather(refused.send("replies"), other.send("replies"))
        refused.limiter.refused(None, 0.8)
        paused = time.monotonic()
        await asyncio.sleep(0.3)
        await asyncio.gather(other.send("replies"), refused.send("replies"))
        assert min(other.fired[-1], refused.fired[-1]) >= paused + 0.8 - 0.01


async def test_a_database_that_is_away_lets_nothing_out_and_all_of_it_later() -> None:
    asked = []

    async def ask(said: Ask) -> Grant:
        asked.append(said)
        if len(asked) < 3:
            raise OSError
        now = int(time.monotonic() * SECOND)
        return Grant(now, 0, (Slot(now, now + SECOND, now + SECOND + WINDOW),))

    shared, changed = SharedSlots(10, ask, "a", is_our_clock=True), asyncio.Event()
    shared.on_change = changed.set
    await shared.start()
    while (wait := shared.wait("replies")) > 0:
        changed.clear()
        try:
            async with asyncio.timeout(wait):
                await changed.wait()
        except TimeoutError:
            pass
    await shared.stop()
    assert len(asked) == 4


def test_another_clock_is_known_within_the_time_that_an_answer_took() -> None:
    offset = Offset(is_ours=False)
    offset.note(10.0, 500 * SECOND, 10.4)
    offset.note(11.0, 501 * SECOND + 5_000, 11.01)
    assert offset.surely_before(502 * SECOND) == pytest.approx(12.0)
    assert offset.surely_after(502 * SECOND) == pytest.approx(12.005)
    assert offset.at_most(12.0) >= 502 * SECOND
    offset.note(12.0, 900 * SECOND, 12.1)  # somebody set it
    assert offset.surely_before(900 * SECOND) == pytest.approx(12.0)
