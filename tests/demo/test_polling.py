"""getUpdates: kept until confirmed, one poller, nothing older than it may be."""

import asyncio
from typing import Any

import pytest

from bot.demo.telegram import SmallTelegram
from tests.demo.conftest import MEI, Bot, Clock, keyboard, tap

FIRST = 100_000_001


def poll(bot: Bot, **params: Any) -> list[int]:
    return [update["update_id"] - FIRST for update in bot.ask("getUpdates", **params)]


@pytest.fixture
def five(telegram: SmallTelegram) -> None:
    for number in range(4):
        telegram.write(MEI, str(number))


@pytest.mark.usefixtures("five")
def test_updates_come_again_until_a_higher_offset_confirms_them(bot: Bot) -> None:
    assert poll(bot) == [0, 1, 2, 3, 4]
    assert poll(bot, offset=0) == [0, 1, 2, 3, 4]
    assert poll(bot, offset=FIRST + 2) == [2, 3, 4]
    assert poll(bot) == [2, 3, 4]
    assert poll(bot, offset=FIRST + 5) == []
    assert poll(bot, offset=FIRST) == []


@pytest.mark.usefixtures("five")
def test_a_limit_is_kept_and_a_foolish_one_read_as_100(bot: Bot, telegram: SmallTelegram) -> None:
    assert poll(bot, limit=2) == [0, 1]
    for number in range(100):
        telegram.write(MEI, str(number))
    assert len(poll(bot, limit=0)) == len(poll(bot, limit=101)) == len(poll(bot)) == 100


@pytest.mark.usefixtures("five")
def test_a_negative_offset_keeps_the_newest(bot: Bot) -> None:
    assert poll(bot, offset=-2) == [3, 4]
    assert poll(bot) == [3, 4]


def test_only_wanted_kinds_are_queued_and_the_wish_stays(bot: Bot, telegram: SmallTelegram) -> None:
    poll(bot, offset=FIRST + 1, allowed_updates=["callback_query"])
    telegram.write(MEI, "unheard")
    number = bot.say(reply_markup=keyboard([tap("Next", "n")]))["message_id"]
    telegram.tap(MEI, number, "n")
    assert [list(each)[1] for each in bot.ask("getUpdates")] == ["callback_query"]
    bot.ask("getUpdates", allowed_updates=[])
    telegram.write(MEI, "heard")
    assert len(bot.ask("getUpdates")) == 2
    assert (
        bot.refused("getUpdates", allowed_updates=["mesage"])
        == 'Bad Request: unknown kind of update "mesage"'
    )


def test_messages_live_24_hours_and_taps_150_seconds(bot: Bot, telegram: SmallTelegram, clock: Clock) -> None:
    number = bot.say(reply_markup=keyboard([tap("Next", "n")]))["message_id"]
    telegram.tap(MEI, number, "n")
    clock.move(seconds=149)
    assert poll(bot) == [0, 1]
    clock.move(seconds=1)
    assert poll(bot) == [0]
    clock.move(hours=23, minutes=57, seconds=29)
    assert poll(bot) == [0]
    clock.move(seconds=1)
    assert poll(bot) == []
    assert [each.kind for each in telegram.world.updates.expired] == ["callback_query", "message"]


def test_a_long_poll_ends_with_the_first_update(telegram: SmallTelegram) -> None:
    async def play() -> list[dict[str, Any]]:
        waiting = asyncio.create_task(telegram.call("getUpdates", {"offset": FIRST + 1, "timeout": 30}, {}))
        await asyncio.sleep(0)
        assert not waiting.done()
        telegram.write(MEI, "news")
        _, answer = await asyncio.wait_for(waiting, 5)
        result: list[dict[str, Any]] = answer["result"]
        return result

    assert [each["message"]["text"] for each in asyncio.run(play())] == ["news"]


def test_a_long_poll_ends_empty_when_its_time_is_over(telegram: SmallTelegram) -> None:
    async def play() -> Any:
        return await telegram.call("getUpdates", {"offset": FIRST + 1, "timeout": 1}, {})

    assert asyncio.run(play()) == (200, {"ok": True, "result": []})


def test_a_second_poller_ends_the_wait_of_the_first_with_409(telegram: SmallTelegram) -> None:
    async def play() -> tuple[Any, Any]:
        params = {"offset": FIRST + 1, "timeout": 30}
        first = asyncio.create_task(telegram.call("getUpdates", params, {}))
        await asyncio.sleep(0)
        second = asyncio.create_task(telegram.call("getUpdates", params, {}))
        ended = await asyncio.wait_for(first, 5)
        telegram.write(MEI, "news")
        return ended, await asyncio.wait_for(second, 5)

    (status, answer), (taken, _) = asyncio.run(play())
    assert (status, taken) == (409, 200)
    assert answer["description"] == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )


def test_a_poll_that_does_not_wait_disturbs_nobody(telegram: SmallTelegram) -> None:
    async def play() -> Any:
        first = asyncio.create_task(telegram.call("getUpdates", {"offset": FIRST + 1, "timeout": 30}, {}))
        await asyncio.sleep(0)
        await telegram.call("getUpdates", {}, {})
        assert not first.done()
        telegram.write(MEI, "news")
        return (await asyncio.wait_for(first, 5))[0]

    assert asyncio.run(play()) == 200


def test_polling_and_webhook_exclude_each_other(telegram: SmallTelegram) -> None:
    async def play() -> tuple[Any, Any, Any]:
        waiting = asyncio.create_task(telegram.call("getUpdates", {"offset": FIRST + 1, "timeout": 30}, {}))
        await asyncio.sleep(0)
        await telegram.call("setWebhook", {"url": "http://127.0.0.1:9/"}, {})
        ended = await asyncio.wait_for(waiting, 5)
        barred = await telegram.call("getUpdates", {}, {})
        await telegram.call("deleteWebhook", {}, {})
        freed = await telegram.call("getUpdates", {}, {})
        await telegram.close()
        return ended, barred, freed

    ended, barred, freed = asyncio.run(play())
    assert ended[1]["description"] == "Conflict: terminated by setWebhook request"
    assert barred[1]["description"] == (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )
    assert freed[0] == 200
