"""The webhook's statuses as Telegram sees them, over a real connection."""

import asyncio
import io
import json
import logging
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot import observing
from bot.observing import Metrics
from bot.rules.busy import Busy
from bot.web.server import BODY, Door, Health, Server, app_for
from tests.web.logs import logging_to

SECRET = "canary-secret_77"
PATH = "/telegram/hook"
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
class Desk:
    """Takes updates in as a test tells it; what was committed once is a repeat."""

    committed: list[int] = field(default_factory=list)
    began: list[int] = field(default_factory=list)
    raises: Exception | None = None
    takes: float = 0.0
    answer: Mapping[str, Any] | None = None

    async def receive(self, update: dict[str, Any]) -> Taken:
        self.began.append(update["update_id"])
        await asyncio.sleep(self.takes)
        if self.raises is not None:
            raise self.raises
        if update["update_id"] in self.committed:
            return Taken()
        self.committed.append(update["update_id"])
        return Taken(self.answer)


@dataclass
class Site:
    desk: Desk
    door: Door
    port: int
    http: aiohttp.ClientSession
    checks: dict[str, Any]
    server: Server

    def url(self, path: str = PATH) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def post(
        self, body: Any, *, secret: str | None = SECRET, kind: str = "application/json", **more: Any
    ) -> int:
        status, _ = await self.post_and_read(body, secret=secret, kind=kind, **more)
        return status

    async def post_and_read(
        self, body: Any, *, secret: str | None = SECRET, kind: str = "application/json", **more: Any
    ) -> tuple[int, bytes]:
        headers = {"Content-Type": kind} | (
            {"X-Telegram-Bot-Api-Secret-Token": secret} if secret is not None else {}
        )
        content = json.dumps(body).encode() if isinstance(body, dict) else body
        content = io.BytesIO(content) if isinstance(content, bytes) else content
        async with self.http.post(self.url(), data=content, headers=headers, **more) as response:
            self.last = response
            return response.status, await response.read()


@asynccontextmanager
async def site() -> AsyncIterator[Site]:
    desk, metrics = Desk(), Metrics()
    door = Door(desk.receive, SECRET, metrics)
    checks: dict[str, Any] = {}

    async def refresh() -> None:
        metrics.owed.set(3)

    server = Server(app_for(Health(checks, refresh), metrics, door, PATH), "127.0.0.1", 0)
    await server.start()
    async with aiohttp.ClientSession() as http:
        try:
            yield Site(desk, door, server.port, http, checks, server)
        finally:
            await http.close()
            await server.stop()


def update(update_id: int = 1, **more: Any) -> dict[str, Any]:
    return {"update_id": update_id, "message": {"text": "hello"}, **more}


async def test_an_update_is_answered_after_its_commit() -> None:
    async with site() as it:
        it.desk.takes = 0.1
        posting = asyncio.create_task(it.post_and_read(update()))
        await asyncio.sleep(0.05)
        assert not posting.done()
        assert await posting == (200, b"")
        assert it.desk.committed == [1]


async def test_the_body_carries_the_answer_to_a_tap_and_a_repeat_gets_none() -> None:
    async with site() as it:
        it.desk.answer = {"method": "answerCallbackQuery", "callback_query_id": "9", "text": "已保存。"}
        status, body = await it.post_and_read(update())
        assert (status, json.loads(body)) == (200, it.desk.answer)
        assert it.last.headers["content-type"] == "application/json"
        assert await it.post_and_read(update()) == (200, b"")


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", SECRET[:-1], "\u00e9\u00ff"])
async def test_without_the_secret_nothing_is_taken(secret: str | None) -> None:
    async with site() as it:
        assert await it.post(update(), secret=secret) == 403
        assert it.desk.began == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
async def test_another_content_type_is_415(kind: str) -> None:
    async with site() as it:
        assert await it.post(update(), kind=kind) == 415
        assert it.desk.began == []


async def test_a_content_type_may_have_a_charset() -> None:
    async with site() as it:
        assert await it.post(update(), kind="Application/JSON; charset=UTF-8") == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_another_method_is_405(method: str) -> None:
    async with site() as it, it.http.request(method, it.url()) as response:
        assert response.status == 405


async def test_a_body_over_the_cap_is_413_and_one_at_the_cap_is_not() -> None:
    async with site() as it:
        frame = len(json.dumps(update(text="")).encode())
        assert await it.post(update(text="x" * (BODY - frame))) == 200
        assert await it.post(update(text="x" * (BODY - frame + 1))) == 413
        assert await it.post(update(text="x" * 10_000_000)) == 413
        assert it.desk.began == [1]


async def test_a_body_over_the_cap_is_413_when_its_length_was_not_said() -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b'{"update_id": 1, "text": "'
        for _ in range(20):
            yield b"x" * 10_000

    async with site() as it:
        assert await it.post(parts()) == 413
        assert it.desk.began == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"7", b"null", b"\xff\xfe", b'{"message": {}}', b'{"update_id": "1"}', b'{"update_id": true}',
     b'{"update_id": 1, "deep": ' + b"[" * 1000 + b"]" * 999 + b"}",
     b'{"deep": {"update_id": 1, "a": ' + b"[" * 1000 + b"]" * 1000 + b"}}",
     b"[" * 60_000],
)  # fmt: skip
async def test_what_cannot_be_an_update_is_400(body: bytes) -> None:
    async with site() as it:
        assert await it.post(body) == 400
        assert it.desk.began == []


@pytest.mark.parametrize(
    "body",
    [b'{"update_id": 1, "deep": ' + b"[" * 1000 + b"]" * 1000 + b"}",
     b'{"update_id": 1, "deep": ' + b'{"a":' * 70 + b"1" + b"}" * 70 + b"}",
     b'{"deep": ' + b'{"update_id": 7, "a": "}]\\"", "b":' * 1000 + b"1" + b"}" * 1000 + b', "update_id" : 1 }'],
)  # fmt: skip
async def test_of_an_update_that_is_too_deep_the_number_alone_is_handed_in(body: bytes) -> None:
    async with site() as it:
        assert await it.post(body) == 200
        assert it.desk.began == [1]


async def test_many_brackets_side_by_side_are_no_depth() -> None:
    async with site() as it:
        assert await it.post(update(entities=[{"a": [1]}] * 200, text="[[[{{{" * 100)) == 200


async def test_a_busy_database_is_503_with_when_to_come_back() -> None:
    async with site() as it:
        it.desk.raises = Busy()
        assert await it.post(update()) == 503
        assert it.last.headers["retry-after"] == "2"
        it.desk.raises = None
        assert await it.post(update()) == 200


async def test_a_database_that_hangs_is_503_within_two_seconds_and_loses_nothing() -> None:
    async with site() as it:
        it.desk.takes = 2.5
        began = asyncio.get_running_loop().time()
        assert await it.post(update()) == 503
        assert asyncio.get_running_loop().time() - began < 2
        assert it.last.headers["retry-after"]
        assert await it.post(update()) == 200
        assert (it.desk.began, it.desk.committed) == ([1], [1]), "the repeat waited for the first"


async def test_twenty_at_once_are_handled_once_and_all_get_200() -> None:
    async with site() as it:
        it.desk.takes = 0.1
        assert await asyncio.gather(*(it.post(update(5)) for _ in range(20))) == [200] * 20
        assert it.desk.began == [5]


async def test_a_mistake_of_ours_is_500_so_that_telegram_comes_again() -> None:
    async with site() as it:
        it.desk.raises = ZeroDivisionError()
        assert await it.post(update()) == 500
        it.desk.raises = None
        assert await it.post(update()) == 200


async def test_a_caller_who_hangs_up_does_not_undo_the_turn() -> None:
    async with site() as it:
        it.desk.takes = 0.2
        with pytest.raises(TimeoutError):
            await it.post(update(), timeout=aiohttp.ClientTimeout(total=0.1))
        await it.door.closed()
        assert it.desk.committed == [1]


async def test_it_lives_and_says_whether_it_is_ready() -> None:
    async def yes() -> bool:
        return True

    async def raises() -> bool:
        raise OSError

    async def hangs() -> bool:
        await asyncio.sleep(60)
        return True

    async with site() as it:
        async with it.http.get(it.url("/livez")) as response:
            assert response.status == 200
        it.checks |= {"database": yes, "sender": yes}
        async with it.http.get(it.url("/readyz")) as response:
            assert (response.status, await response.json()) == (
                200,
                {"ready": True, "database": True, "sender": True},
            )
        it.checks |= {"database": raises, "sender": hangs}
        async with it.http.get(it.url("/readyz")) as response:
            assert (response.status, await response.json()) == (
                503,
                {"ready": False, "database": False, "sender": False},
            )


async def test_the_numbers_are_there_for_prometheus() -> None:
    async with site() as it:
        await it.post(update())
        await it.post(update(), secret="no")
        async with it.http.get(it.url("/metrics")) as response:
            page = await response.text()
        assert 'fraudwise_updates_total{outcome="committed"} 1.0' in page
        assert 'fraudwise_updates_total{outcome="turned away"} 1.0' in page
        assert "fraudwise_outbox_owed 3.0" in page
        assert "fraudwise_turn_seconds_count 1.0" in page


async def test_a_stop_answers_what_was_asked() -> None:
    async with site() as it:
        it.desk.takes = 0.3
        posting = asyncio.create_task(it.post(update()))
        await asyncio.sleep(0.1)
        await it.server.stop()
        assert await posting == 200


async def test_an_address_that_is_taken_is_an_error_of_its_own() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            await Server(app_for(_no_health(), Metrics()), "127.0.0.1", taken.getsockname()[1]).start()


def _no_health() -> Health:
    async def nothing() -> None: ...

    return Health({}, nothing)


@pytest.mark.parametrize("style", ["console", "json"])
async def test_neither_secret_is_in_any_log(style: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with logging_to("DEBUG", style, [SECRET]):
        logging.getLogger("tests").info("a line")
        async with site() as it:
            for secret in (SECRET, "wrong-canary-value"):
                await it.post(update(), secret=secret)
                await it.post(b"{", secret=secret)
                await it.post(update(text="x" * 200_000), secret=secret)
                it.desk.raises = ValueError(f"bad {SECRET}")
                await it.post(update(2), secret=secret)
        logging.getLogger("tests").warning("the secret is %s", SECRET)
    said = capsys.readouterr()
    assert "a line" in said.err and "the secret is [hidden]" in said.err
    assert SECRET not in said.err + said.out and "wrong-canary-value" not in said.err + said.out
    assert observing.HIDDEN


async def test_busy_says_how_long() -> None:
    class Later(Busy):
        retry_after = timedelta(seconds=7)

    async with site() as it:
        it.desk.raises = Later()
        await it.post(update())
        assert it.last.headers["retry-after"] == "7"


async def test_a_stop_lets_turns_that_were_put_off_come_to_their_end() -> None:
    async with site() as it:
        it.desk.takes = 2.2
        assert await it.post(update()) == 503
        await it.server.stop()
        assert it.desk.committed == [1]
