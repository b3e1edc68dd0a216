"""The ledger, the journal on disk, and the state put away and taken up."""

import asyncio
import json
from pathlib import Path

from bot.demo.telegram import SmallTelegram
from bot.demo.telegram.ledger import read
from tests.demo.conftest import MEI, STRANGER, TOKEN, Bot, Clock, keyboard, tap


def test_every_call_is_written_down_also_a_refused_one(bot: Bot, telegram: SmallTelegram) -> None:
    bot.say("a")
    bot.refused("sendMessage", chat_id=99, text="b")
    bot.call("noSuchMethod", chat_id=MEI)
    first, second, third = telegram.ledger

    assert (first.method, first.chat_id, first.status, first.ok, first.message_id) == (
        "sendMessage",
        MEI,
        200,
        True,
        2,
    )
    assert (second.chat_id, second.status, second.description) == (99, 400, "Bad Request: chat not found")
    assert (third.method, third.status, third.effect) == ("noSuchMethod", 404, False)
    assert first.params == {"chat_id": str(MEI), "text": "a"}
    assert telegram.calls("sendMessage", chat_id=MEI) == [first]


def test_an_upload_is_named_and_measured_not_kept(bot: Bot, telegram: SmallTelegram) -> None:
    bot.upload("document", "a.csv", b"abc")
    bot.ask("sendDocument", chat_id=MEI)

    assert telegram.ledger[-1].params["document"] == {"file_name": "a.csv", "file_size": 3}


def test_the_journal_is_on_disk_before_the_answer_and_is_read_back(clock: Clock, tmp_path: Path) -> None:
    path = tmp_path / "journal"
    telegram = SmallTelegram(token=TOKEN, now=clock, journal=path)
    telegram.add_person(MEI, "Mei", language_code="en", started=True)
    Bot(telegram).say("a")
    assert json.loads(path.read_text())["params"]["text"] == "a"

    path.write_bytes(path.read_bytes() + b'{"cut": ')
    assert list(read(path)) == telegram.ledger
    telegram.world.close()


def test_a_telegram_that_is_started_again_gives_no_number_twice(clock: Clock, tmp_path: Path) -> None:
    path = tmp_path / "journal"
    seen: list[tuple[int, int, int]] = []
    for _ in range(3):
        telegram = SmallTelegram(token=TOKEN, now=clock, journal=path)
        telegram.add_person(MEI, "Mei", language_code="en")
        telegram.start(MEI)
        (update,) = telegram.world.updates.alive()
        seen.append((update.update_id, Bot(telegram).say()["message_id"], len(telegram.ledger)))
        telegram.world.close()
        clock.move(seconds=1)

    updates, messages, ledgers = zip(*seen, strict=True)
    assert len(set(updates)) == len(set(messages)) == 3
    assert ledgers == (1, 2, 3)


def test_the_whole_state_can_be_put_away_and_taken_up(
    bot: Bot, telegram: SmallTelegram, clock: Clock
) -> None:
    number = bot.say("<b>a</b>", parse_mode="HTML", reply_markup=keyboard([tap("Next", "n")]))["message_id"]
    bot.ask("pinChatMessage", chat_id=MEI, message_id=number)
    bot.ask("setMyCommands", commands=[{"command": "learn", "description": "Go on"}], language_code="en")
    bot.ask("setMyDescription", description="Press Start")
    bot.ask("sendChatAction", chat_id=MEI, action="typing")
    telegram.send_file(MEI, "shot.png", b"picture", "image/png", as_photo=True)
    telegram.add_to_group(MEI, -1005, "Branch")
    bot.ask("sendMessage", chat_id=-1005, text="a")
    telegram.press(MEI, "Next")
    telegram.edit(MEI, 1, "/start again")

    other = SmallTelegram(token=TOKEN, now=clock)
    other.restore(json.loads(json.dumps(telegram.dump())))

    assert other.chat(MEI) == telegram.chat(MEI)
    assert other.chat(STRANGER) == telegram.chat(STRANGER)
    assert [each.as_json() for each in other.world.updates.alive()] == [
        each.as_json() for each in telegram.world.updates.alive()
    ]
    assert Bot(other).say()["message_id"] == bot.say()["message_id"]
    assert other.dump() == telegram.dump()


def test_ten_thousand_messages_are_held_and_found_quickly(telegram: SmallTelegram) -> None:
    async def fill() -> None:
        for number in range(10_000):
            await telegram.call("sendMessage", {"chat_id": MEI, "text": str(number)}, {})

    asyncio.run(fill())
    assert len(telegram.chat(MEI).messages) == 10_001
    assert telegram.message(MEI, 5_000).text == "4998"
