"""Updates by webhook, against a receiver that listens on a real port."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.demo.telegram import Pace, SmallTelegram
from tests.demo.conftest import MEI, STRANGER, TOKEN, Bot, Clock, keyboard, tap

Reply = tuple[int, dict[str, str], bytes]
OK: Reply = (200, {}, b"")


@dataclass
class Receiver:
    """A bot's webhook: keeps what arrives and answers as told."""

    answer: Callable[[dict[str, Any]], Awaitable[Reply]]
    got: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    async def hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().split("\r\n")[1:-2]
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
                update = json.loads(await reader.readexactly(int(headers["content-length"])))
                self.got.append(update)
                self.headers.append(headers)
                status, extra, body = await self.answer(update)
                extra = {"Content-Length": str(len(body)), **extra}
                told = "".join(f"{name}: {value}\r\n" for name, value in extra.items())
                writer.write(f"HTTP/1.1 {status} X\r\n{told}\r\n".encode() + body)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    @property
    def numbers(self) -> list[int]:
        return [each["update_id"] - 100_000_001 for each in self.got]


async def until(is_true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_true():
            await asyncio.sleep(0.002)


def play(
    telegram: SmallTelegram,
    answer: Callable[[dict[str, Any]], Awaitable[Reply]],
    scene: Callable[[Receiver], Awaitable[None]],
    **params: Any,
) -> Receiver:
    """Set the webhook, play the scene, take everything down."""

    async def whole() -> Receiver:
        receiver = Receiver(answer)
        server = await asyncio.start_server(receiver.hear, "127.0.0.1", 0)
        receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
        try:
            status, answer_ = await telegram.call("setWebhook", {"url": receiver.url, **params}, {})
            assert status == 200, answer_
            await scene(receiver)
        finally:
            await telegram.close()
            server.close()
        return receiver

    return asyncio.run(whole())


async def take(_: dict[str, Any]) -> Reply:
    return OK


@pytest.fixture
def telegram(clock: Clock) -> SmallTelegram:
    small = SmallTelegram(token=TOKEN, now=clock, pace=Pace(0.01, 0.04, 0.3))
    small.add_person(MEI, "Mei", language_code="en")
    small.add_person(STRANGER, "Omar", language_code="zh-hans")
    small.start(MEI)
    return small


def test_waiting_and_new_updates_are_posted_with_the_secret(telegram: SmallTelegram) -> None:
    async def scene(receiver: Receiver) -> None:
        await until(lambda: receiver.numbers == [0])
        telegram.write(MEI, "news")
        await until(lambda: len(receiver.got) == 2)
        await until(lambda: len(telegram.world.updates) == 0)

    receiver = play(telegram, take, scene, secret_token="s3_cr-et")

    assert receiver.got[1]["message"]["text"] == "news"
    assert receiver.headers[1]["x-telegram-bot-api-secret-token"] == "s3_cr-et"
    assert receiver.headers[1]["content-type"] == "application/json"


def test_without_a_secret_there_is_no_header(telegram: SmallTelegram) -> None:
    receiver = play(telegram, take, lambda receiver: until(lambda: bool(receiver.got)))

    assert "x-telegram-bot-api-secret-token" not in receiver.headers[0]


def test_a_chat_is_posted_in_order_and_its_head_is_tried_again(telegram: SmallTelegram) -> None:
    fails = iter([500, 503, 404, 302])

    async def stumble(update: dict[str, Any]) -> Reply:
        if update["update_id"] == 100_000_002:
            return next(fails, 200), {}, b""
        return OK

    for number in range(3):
        telegram.write(MEI, str(number))
    receiver = play(telegram, stumble, lambda receiver: until(lambda: len(telegram.world.updates) == 0))

    assert receiver.numbers == [0, 1, 1, 1, 1, 1, 2, 3]


def test_queues_do_not_wait_for_each_other(bot: Bot, telegram: SmallTelegram) -> None:
    """Messages queue by chat, taps by person: a stuck message of Mei holds neither her tap nor Omar."""

    async def stuck(update: dict[str, Any]) -> Reply:
        is_meis = update.get("message", {}).get("chat", {}).get("id") == MEI
        return (500, {}, b"") if is_meis else OK

    number = asyncio.run(telegram.call("sendMessage", {"chat_id": MEI, "text": "a",
                         "reply_markup": keyboard([tap("Next", "n")])}, {}))[1]["result"]["message_id"]  # fmt: skip
    telegram.write(MEI, "stuck too")
    telegram.tap(MEI, number, "n")
    telegram.tap(MEI, number, "n")
    telegram.start(STRANGER)

    async def scene(receiver: Receiver) -> None:
        await until(lambda: {2, 3, 4} <= set(receiver.numbers) and receiver.numbers.count(0) > 1)

    receiver = play(telegram, stuck, scene)

    assert 1 not in receiver.numbers
    assert receiver.numbers.index(2) < receiver.numbers.index(3)


def test_several_are_posted_at_once_up_to_max_connections(telegram: SmallTelegram) -> None:
    under_way, most = 0, 0

    async def slow(_: dict[str, Any]) -> Reply:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.01)
        under_way -= 1
        return OK

    for number in range(20):
        telegram.add_person(100 + number, str(number), language_code="en")
        telegram.start(100 + number)
    play(telegram, slow, lambda _: until(lambda: len(telegram.world.updates) == 0), max_connections=3)

    assert most == 3


def test_retry_after_is_honoured_and_silence_tried_again(telegram: SmallTelegram) -> None:
    loop_times: list[float] = []
    replies = iter([(503, {"Retry-After": "1"}, b""), None, OK])

    async def answer(_: dict[str, Any]) -> Reply:
        loop_times.append(asyncio.get_running_loop().time())
        reply = next(replies)
        if reply is None:
            await asyncio.sleep(0.5)
            raise ConnectionError
        return reply

    play(telegram, answer, lambda _: until(lambda: len(telegram.world.updates) == 0))

    assert loop_times[1] - loop_times[0] >= 0.99
    assert loop_times[2] - loop_times[1] >= 0.3


def test_a_method_in_the_answer_is_called(bot: Bot, telegram: SmallTelegram) -> None:
    number = asyncio.run(telegram.call("sendMessage", {"chat_id": MEI, "text": "a",
                         "reply_markup": keyboard([tap("Next", "n")])}, {}))[1]["result"]["message_id"]  # fmt: skip
    query = telegram.tap(MEI, number, "n")

    async def answer(update: dict[str, Any]) -> Reply:
        if "callback_query" not in update:
            form = f"method=sendMessage&chat_id={MEI}&text=Hello".encode()
            return 200, {"Content-Type": "application/x-www-form-urlencoded"}, form
        call = {"method": "answerCallbackQuery", "callback_query_id": query, "text": "Saved"}
        return 200, {"Content-Type": "application/json"}, json.dumps(call).encode()

    play(telegram, answer, lambda _: until(lambda: len(telegram.ledger) == 4))

    answered = telegram.answer(query)
    assert answered is not None
    assert answered.text == "Saved"
    assert {(call.method, call.via) for call in telegram.ledger[2:]} == {
        ("answerCallbackQuery", "webhook"),
        ("sendMessage", "webhook"),
    }


def test_an_answer_cannot_move_the_webhook(telegram: SmallTelegram) -> None:
    async def answer(_: dict[str, Any]) -> Reply:
        return 200, {"Content-Type": "application/json"}, b'{"method": "deleteWebhook"}'

    play(telegram, answer, lambda _: until(lambda: len(telegram.world.updates) == 0))

    assert [call.method for call in telegram.ledger] == ["setWebhook"]


def test_taps_too_old_are_never_posted(telegram: SmallTelegram, clock: Clock) -> None:
    number = asyncio.run(telegram.call("sendMessage", {"chat_id": MEI, "text": "a",
                         "reply_markup": keyboard([tap("Next", "n")])}, {}))[1]["result"]["message_id"]  # fmt: skip
    is_up = False

    async def answer(_: dict[str, Any]) -> Reply:
        return OK if is_up else (503, {}, b"")

    async def scene(receiver: Receiver) -> None:
        nonlocal is_up
        telegram.tap(MEI, number, "n")
        await until(lambda: 1 in receiver.numbers)
        clock.move(seconds=150)
        telegram.press(MEI, "Next")
        is_up = True
        await until(lambda: len(telegram.world.updates) == 0)

    receiver = play(telegram, answer, scene)

    assert receiver.numbers[-1] in (0, 2)
    assert [each.update_id for each in telegram.world.updates.expired] == [100_000_002]


def test_pending_updates_can_be_dropped(telegram: SmallTelegram) -> None:
    async def scene(receiver: Receiver) -> None:
        telegram.write(MEI, "news")
        await until(lambda: bool(receiver.got))

    assert play(telegram, take, scene, drop_pending_updates=True).numbers == [1]


def test_only_wanted_kinds_are_posted(telegram: SmallTelegram) -> None:
    async def scene(receiver: Receiver) -> None:
        telegram.write(MEI, "unheard")
        telegram.block(MEI)
        await until(lambda: len(receiver.got) == 2)

    receiver = play(telegram, take, scene, allowed_updates=["my_chat_member"])

    assert [list(each)[1] for each in receiver.got] == ["message", "my_chat_member"]


def test_the_info_tells_what_went_wrong(telegram: SmallTelegram) -> None:
    info: dict[str, Any] = {}

    async def answer(_: dict[str, Any]) -> Reply:
        return 500, {}, b""

    async def scene(receiver: Receiver) -> None:
        await until(lambda: len(receiver.got) == 2)
        info.update((await telegram.call("getWebhookInfo", {}, {}))[1]["result"])

    receiver = play(telegram, answer, scene, max_connections=7)

    assert info["url"] == receiver.url
    assert (info["pending_update_count"], info["max_connections"]) == (1, 7)
    assert info["last_error_message"] == "Wrong response from the webhook: 500 X"


@pytest.mark.parametrize(
    ("params", "fault"),
    [
        ({"url": "http://bot.example/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            {"url": "https://bot.example:8080/"},
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        ({"url": "https:///"}, "invalid webhook URL specified"),
        (
            {"url": "https://bot.example/", "secret_token": "a b"},
            "secret token contains unallowed characters",
        ),
        (
            {"url": "https://bot.example/", "secret_token": "x" * 257},
            "secret token contains unallowed characters",
        ),
    ],
)
def test_a_webhook_telegram_would_not_take_is_refused(bot: Bot, params: dict[str, Any], fault: str) -> None:
    assert bot.refused("setWebhook", **params) == f"Bad Request: {fault}"
    assert bot.ask("getWebhookInfo")["url"] == ""


def test_a_webhook_telegram_would_take_is_set(telegram: SmallTelegram) -> None:
    async def whole() -> Any:
        await telegram.call("deleteWebhook", {"drop_pending_updates": True}, {})
        url = "https://bot.example:8443/hook"
        await telegram.call("setWebhook", {"url": url, "secret_token": "x" * 256}, {})
        info = await telegram.call("getWebhookInfo", {}, {})
        await telegram.close()
        return info[1]["result"]["url"]

    assert asyncio.run(whole()) == "https://bot.example:8443/hook"


def test_a_thousand_updates_of_a_hundred_people_arrive_once_each_in_order(clock: Clock) -> None:
    in_no_hurry = Pace(0.01, 0.04, 20.0)
    telegram = SmallTelegram(token=TOKEN, now=clock, pace=in_no_hurry)
    for number in range(100):
        telegram.add_person(100 + number, str(number), language_code="en")
    for turn in range(10):
        for number in range(100):
            telegram.write(100 + number, str(turn))
    receiver = play(telegram, take, lambda _: until(lambda: len(telegram.world.updates) == 0))

    told = [(each["message"]["chat"]["id"], each["message"]["text"]) for each in receiver.got]
    assert len(told) == len(set(told)) == 1000
    for number in range(100):
        assert [text for chat, text in told if chat == 100 + number] == [str(turn) for turn in range(10)]
