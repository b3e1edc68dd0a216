"""The poller acknowledges what was committed and nothing else."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import structlog

from bot.chat.poller import MANY, Poller
from bot.chat.transport import AiohttpRequest, Endpoint, Transport
from bot.rules.answers import Answer, Conflict, Flooded, Sent, TryLater, Unreadable
from bot.rules.busy import Busy
from tests.chat.far import far_end, ok

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Taken:
    """A receipt."""

    answer: Mapping[str, Any] | None = None
    is_shed: bool = False


@dataclass
class Queue:
    """Telegram's side of polling: updates stay until a higher offset is asked for."""

    updates: list[Any] = field(default_factory=list)
    asked: list[tuple[float, int | None, int]] = field(default_factory=list)
    """When, offset, how long."""
    answers: list[Answer] = field(default_factory=list)
    """Given before anything else."""
    methods: list[str] = field(default_factory=list)
    more: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, *ids: int) -> None:
        self.updates += [{"update_id": update_id, "message": {}} for update_id in ids]
        self.more.set()

    async def post(
        self, method: str, params: Mapping[str, Any], files: Any = None, *, timeout: timedelta | None = None
    ) -> Answer:
        self.methods.append(method)
        if method != "getUpdates":
            return Sent()
        offset, long = params.get("offset"), params["timeout"]
        assert timeout is not None and timeout.total_seconds() > long
        self.asked.append((asyncio.get_running_loop().time(), offset, long))
        if self.answers:
            return self.answers.pop(0)
        if offset is not None:
            self.updates = [u for u in self.updates if not is_update(u) or u["update_id"] >= offset]
        if not self.updates and long:
            self.more.clear()
            await self.more.wait()
        return Sent(list(self.updates[: params["limit"]]))


def is_update(update: Any) -> bool:
    return isinstance(update, dict) and isinstance(update.get("update_id"), int)


class Desk:
    """Takes updates in when it is told to."""

    def __init__(self) -> None:
        self.began: list[int] = []
        self.gates: dict[int, asyncio.Event] = {}
        self.committed: list[int] = []
        self.answers: dict[int, Mapping[str, Any]] = {}
        self.raises: dict[int, list[Exception]] = {}
        self.holds: set[int] = set()

    async def receive(self, update: dict[str, Any]) -> Taken:
        update_id = update["update_id"]
        self.began.append(update_id)
        if self.raises.get(update_id):
            raise self.raises[update_id].pop(0)
        if update_id in self.holds:
            await self.gates.setdefault(update_id, asyncio.Event()).wait()
        self.committed.append(update_id)
        return Taken(self.answers.get(update_id))

    def commit(self, update_id: int) -> None:
        self.gates[update_id].set()


@dataclass
class Stand:
    queue: Queue
    desk: Desk
    poller: Poller
    answered: list[Mapping[str, Any]]
    seen: list[str]


@asynccontextmanager
async def polling(*ids: int, holds: set[int] | None = None, **before: Any) -> AsyncIterator[Stand]:
    queue, desk = Queue(), Desk()
    answered: list[Mapping[str, Any]] = []
    queue.add(*ids)
    queue.answers = before.get("answers", [])
    desk.holds = holds or set()
    desk.raises = before.get("raises", {})
    seen: list[str] = []
    poller = Poller(queue.post, desk.receive, answered.append, lambda outcome, seconds: seen.append(outcome))
    await poller.start()
    try:
        yield Stand(queue, desk, poller, answered, seen)
    finally:
        await poller.stop(timeout=0.2)


async def until(true: Any, seconds: float = 3.0) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.003)


async def test_an_idle_poller_waits_long_and_pending_updates_are_kept() -> None:
    async with polling() as it:
        await until(lambda: it.queue.asked)
        assert it.queue.methods[0] == "deleteWebhook"
        assert [(offset, long) for _, offset, long in it.queue.asked] == [(None, 25)]
        assert it.poller.registered


async def test_the_offset_is_the_lowest_update_not_yet_committed() -> None:
    async with polling(7, 8, 9, holds={7, 8}) as it:
        await until(lambda: it.desk.committed == [9])
        assert it.poller.offset == 7
        it.desk.commit(8)
        await until(lambda: 8 in it.desk.committed)
        await asyncio.sleep(0.02)
        assert it.poller.offset == 7
        assert {offset for _, offset, _ in it.queue.asked} == {None, 7}
        it.desk.commit(7)
        await until(lambda: it.queue.asked[-1][1:] == (10, 25))
        assert it.queue.updates == []
    assert it.desk.began == [7, 8, 9], "what is in flight or committed is not handed in again"


async def test_with_some_in_flight_it_asks_again_at_the_next_commit_or_soon() -> None:
    async with polling(1, 2, holds={1, 2}) as it:
        await until(lambda: len(it.queue.asked) >= 3)
        assert it.queue.asked[2][0] - it.queue.asked[1][0] >= 0.19
        assert it.queue.asked[2][2] == 0, "and does not wait long"


async def test_a_commit_makes_it_ask_at_once() -> None:
    ids = list(range(1, 9))
    async with polling(*ids, holds=set(ids)) as it:
        await until(lambda: it.desk.began == ids)
        for update_id in ids[:-1]:
            it.desk.commit(update_id)
            await until(lambda update_id=update_id: it.queue.asked[-1][1] == update_id + 1)
        gaps = [later[0] - earlier[0] for earlier, later in pairwise(it.queue.asked)]
        assert min(gaps[1:]) < 0.1, "sooner than it would have asked by itself"


async def test_with_many_in_flight_it_waits_for_a_commit() -> None:
    ids = range(1, MANY + 1)
    async with polling(*ids, holds=set(ids)) as it:
        await until(lambda: len(it.desk.began) == MANY)
        before = len(it.queue.asked)
        await asyncio.sleep(0.3)
        assert len(it.queue.asked) == before
        it.desk.commit(30)
        await until(lambda: len(it.queue.asked) > before)
        assert it.queue.asked[before][1] == 1


async def test_new_updates_are_handed_in_while_an_old_one_takes_long() -> None:
    async with polling(1, holds={1}) as it:
        await until(lambda: it.desk.began == [1])
        it.queue.add(2, 3)
        await until(lambda: it.desk.committed == [2, 3])
        assert it.poller.offset == 1


async def test_taps_are_answered_after_the_commit() -> None:
    async with polling(1, holds={1}) as it:
        it.desk.answers[1] = {"method": "answerCallbackQuery", "callback_query_id": "5"}
        await until(lambda: it.desk.began == [1])
        assert it.answered == []
        it.desk.commit(1)
        await until(lambda: it.answered == [{"method": "answerCallbackQuery", "callback_query_id": "5"}])


class SoonBusy(Busy):
    retry_after = timedelta(seconds=0.1)


async def test_what_the_database_cannot_take_keeps_the_offset_and_its_order() -> None:
    raises: dict[int, list[Exception]] = {4: [SoonBusy(), SoonBusy()], 5: [SoonBusy()]}
    async with polling(4, 5, raises=raises) as it:
        await until(lambda: len(it.desk.began) == 2)
        assert it.poller.offset == 4
        it.queue.add(6)
        await until(lambda: len(it.desk.committed) == 3)
        assert it.poller.offset == 7
    assert it.desk.committed == [4, 5, 6]
    assert it.desk.began == [4, 5, 4, 4, 5, 6], "the lowest finds out whether the database is back"


async def test_updates_that_come_while_the_database_is_away_wait_behind_the_others() -> None:
    raises: dict[int, list[Exception]] = {4: [SoonBusy()]}
    async with polling(4, raises=raises) as it:
        await until(lambda: it.desk.began == [4])
        it.queue.add(5)
        await until(lambda: len(it.desk.committed) == 2)
    assert it.desk.committed == [4, 5]


async def test_an_update_that_always_fails_blocks_none_behind_it() -> None:
    async with polling(1, 2, raises={1: [ValueError()] * 9}) as it:
        await until(lambda: it.desk.committed == [2])
        await until(lambda: it.poller.offset == 3, seconds=5)
    assert it.desk.began == [1, 2, 1, 1]
    assert Counter(it.seen) == {"failed": 3, "committed": 1}


async def test_what_is_no_update_blocks_nothing() -> None:
    async with polling() as it:
        await until(lambda: it.queue.asked)
        it.queue.updates += ["what", {"message": {}}, {"update_id": "8"}]
        it.queue.add(3)
        await until(lambda: it.desk.committed == [3])
        before = len(it.queue.asked)
        await asyncio.sleep(0.5)
        assert len(it.queue.asked) - before <= 4, "and does not make it ask without end"


async def test_an_answer_that_cannot_be_read_is_narrowed_down_to_one_update() -> None:
    answers: list[Answer] = [Unreadable((11, 12, 13)), Unreadable((11,))]
    async with polling(12, 13, answers=answers) as it:
        await until(lambda: it.desk.committed == [11, 12, 13])
        assert it.queue.asked[-1][1] == 12 or it.queue.asked[2][1] in (11, 12)


async def test_a_second_poller_says_one_sentence_and_waits() -> None:
    with structlog.testing.capture_logs() as said:
        answers: list[Answer] = [Conflict("Conflict: terminated by other getUpdates request")] * 3
        async with polling(answers=answers) as it:
            await until(lambda: it.queue.asked)
            await asyncio.sleep(0.3)
            assert len(it.queue.asked) == 1
            assert not it.poller.registered
    assert [line["say"] for line in said] == [
        "Another process fetches updates with this bot token; stop one of the two."
    ]


async def test_while_telegram_is_away_it_asks_less_and_less() -> None:
    with structlog.testing.capture_logs() as said:
        async with polling(1, answers=[TryLater("No connection", everybody=True)] * 2) as it:
            await until(lambda: it.desk.committed == [1])
            times = [at for at, _, _ in it.queue.asked]
    assert times[1] - times[0] >= 0.5 and times[2] - times[1] >= 1.0
    assert len(said) == 1


async def test_being_asked_to_wait_is_obeyed() -> None:
    async with polling(1, answers=[Flooded(timedelta(seconds=0.3))]) as it:
        await until(lambda: it.desk.committed == [1])
        assert it.queue.asked[1][0] - it.queue.asked[0][0] >= 0.3


async def test_a_clean_stop_finishes_what_is_in_flight_and_confirms_it() -> None:
    async with polling(1, 2, holds={2}) as it:
        await until(lambda: it.desk.began == [1, 2])
        stopping = asyncio.create_task(it.poller.stop(timeout=2))
        await asyncio.sleep(0.02)
        it.desk.commit(2)
        await stopping
        assert it.desk.committed == [1, 2]
        assert it.queue.asked[-1][1:] == (3, 0)
        assert it.queue.updates == []


async def test_a_stop_that_cannot_wait_confirms_only_what_was_committed() -> None:
    async with polling(1, 2, 3, holds={2}) as it:
        await until(lambda: it.desk.committed == [1, 3])
        await it.poller.stop(timeout=0.05)
        assert it.queue.asked[-1][1:] == (2, 0)
        assert [u["update_id"] for u in it.queue.updates] == [2, 3]


async def test_over_http_updates_come_in_and_are_confirmed() -> None:
    pending = [{"update_id": n, "message": {"text": f"{n}"}} for n in range(5, 10)]
    async with far_end() as far:

        def script(method: str, params: dict[str, Any]) -> Any:
            if method != "getUpdates":
                return ok()
            left = [update for update in pending if update["update_id"] >= params.get("offset", 0)]
            return ok(left) if left or not params["timeout"] else "hang"

        far.script = script
        transport = Transport(AiohttpRequest(), Endpoint(far.base, far.base, "1:token"))
        await transport.start()
        desk = Desk()
        poller = Poller(transport.post, desk.receive, lambda call: None)
        await poller.start()
        await until(lambda: far.calls and far.calls[-1][1].get("offset") == 10)
        await poller.stop()
        await transport.stop()
    assert desk.committed == [5, 6, 7, 8, 9]
    assert far.calls[-1][1]["timeout"] == 0 and far.calls[-1][1]["offset"] == 10
    assert far.calls[0][0] == "deleteWebhook"
