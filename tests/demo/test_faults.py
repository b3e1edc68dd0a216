"""Faults that a test scripts, and the rates that are off unless asked for."""

import asyncio
import time

import pytest

from bot.demo.telegram import Cut, Fault, Rates, SmallTelegram
from tests.demo.conftest import MEI, STRANGER, TOKEN, Bot, Clock, last


def test_a_scripted_429_names_the_seconds_and_has_no_effect(bot: Bot, telegram: SmallTelegram) -> None:
    telegram.fault(Fault("refuse", method="sendMessage", retry_after=3))
    status, answer = bot.call("sendMessage", chat_id=MEI, text="a")

    assert (status, answer["parameters"]) == (429, {"retry_after": 3})
    assert answer["description"] == "Too Many Requests: retry after 3"
    assert (telegram.ledger[-1].fault, telegram.ledger[-1].effect) == ("429", False)
    assert last(telegram).text == "/start"
    assert bot.say()


def test_a_fault_strikes_its_method_and_chat_as_often_as_told(bot: Bot, telegram: SmallTelegram) -> None:
    telegram.start(STRANGER)
    telegram.fault(
        Fault("refuse", method="sendMessage", chat_id=MEI, count=2, status=403, description="Forbidden: x")
    )

    assert bot.ask("sendMessage", chat_id=STRANGER, text="a")
    assert bot.ask("sendChatAction", chat_id=MEI, action="typing")
    assert [bot.call("sendMessage", chat_id=MEI, text="a")[0] for _ in range(3)] == [403, 403, 200]


def test_a_fault_may_wait_and_may_last(bot: Bot, telegram: SmallTelegram) -> None:
    telegram.fault(Fault("refuse", status=502, skip=1, count=None))
    assert [bot.call("getMe")[0] for _ in range(4)] == [200, 502, 502, 502]
    telegram.faults.clear()
    assert bot.ask("getMe")


def test_a_scripted_migration_names_the_new_chat(bot: Bot, telegram: SmallTelegram) -> None:
    telegram.fault(Fault("refuse", status=400, description="Bad Request: upgraded", migrate_to_chat_id=-1009))

    assert bot.call("sendMessage", chat_id=MEI, text="a")[1]["parameters"] == {"migrate_to_chat_id": -1009}


def test_a_cut_call_takes_effect_and_nobody_is_told(bot: Bot, telegram: SmallTelegram) -> None:
    telegram.fault(Fault("cut"))
    with pytest.raises(Cut):
        bot.say("arrived")

    call = telegram.ledger[-1]
    assert last(telegram).text == "arrived"
    assert (call.status, call.ok, call.effect, call.fault) == (0, False, True, "cut")
    assert call.message_id == last(telegram).message_id


def test_a_hanging_call_has_no_effect(bot: Bot, telegram: SmallTelegram) -> None:
    telegram.fault(Fault("hang", seconds=0.01))
    with pytest.raises(Cut):
        bot.say("lost")

    assert last(telegram).text == "/start"
    assert (telegram.ledger[-1].status, telegram.ledger[-1].effect) == (0, False)


def test_a_slow_call_takes_effect_in_the_end(bot: Bot, telegram: SmallTelegram) -> None:
    telegram.fault(Fault("slow", seconds=0.05))
    begun = time.monotonic()

    assert bot.say("late")
    assert time.monotonic() - begun >= 0.05


def test_a_caller_who_gives_up_on_a_hang_is_in_the_ledger(telegram: SmallTelegram) -> None:
    telegram.fault(Fault("hang", seconds=60))

    async def give_up() -> None:
        async with asyncio.timeout(0.01):
            await telegram.call("sendMessage", {"chat_id": MEI, "text": "a"}, {})

    with pytest.raises(TimeoutError):
        asyncio.run(give_up())
    assert (telegram.ledger[-1].fault, telegram.ledger[-1].status) == ("hang", 0)


@pytest.fixture
def limited(clock: Clock) -> SmallTelegram:
    small = SmallTelegram(token=TOKEN, now=clock, rates=Rates())
    for number in range(100, 140):
        small.add_person(number, "N", language_code="en", started=True)
    small.add_person(MEI, "Mei", language_code="en", started=True)
    return small


def test_without_rates_nobody_is_slowed_down(bot: Bot) -> None:
    assert all(bot.say(str(number)) for number in range(50))


def test_thirty_a_second_over_all_chats(limited: SmallTelegram, clock: Clock) -> None:
    bot = Bot(limited)

    def send(chats: range) -> list[int]:
        return [bot.call("sendMessage", chat_id=chat, text="a")[0] for chat in chats]

    assert send(range(100, 132)) == [200] * 30 + [429] * 2
    clock.move(seconds=0.99)
    assert send(range(132, 133)) == [429]
    clock.move(seconds=0.01)
    assert send(range(132, 140)) == [200] * 8


def test_one_a_second_into_one_chat_after_a_short_burst(limited: SmallTelegram, clock: Clock) -> None:
    bot = Bot(limited)

    def send() -> int:
        return bot.call("sendMessage", chat_id=MEI, text="a")[0]

    assert [send() for _ in range(5)] == [200, 200, 200, 429, 429]
    clock.move(seconds=0.9)
    assert send() == 429
    clock.move(seconds=0.1)
    assert [send(), send()] == [200, 429]
    clock.move(seconds=1)
    assert bot.call("sendMessage", chat_id=100, text="a")[0] == 200
    assert bot.call("sendChatAction", chat_id=MEI, action="typing")[0] == 200


def test_a_refusal_names_the_seconds_to_wait(limited: SmallTelegram) -> None:
    bot = Bot(limited)
    for _ in range(3):
        bot.ask("sendMessage", chat_id=MEI, text="a")

    assert bot.call("sendMessage", chat_id=MEI, text="a")[1]["parameters"] == {"retry_after": 1}


def test_twenty_a_minute_into_a_group(limited: SmallTelegram, clock: Clock) -> None:
    bot = Bot(limited)
    limited.add_to_group(MEI, -40, "Branch")

    def send() -> int:
        clock.move(seconds=1)
        return bot.call("sendMessage", chat_id=-40, text="a")[0]

    assert [send() for _ in range(21)] == [200] * 20 + [429]
    clock.move(seconds=40)
    assert send() == 200
