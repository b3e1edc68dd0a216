"""What people do, and how the bot hears of it: Telegram's own JSON."""

from typing import Any

import pytest

from bot.demo.telegram import Impossible, SmallTelegram
from tests.demo.conftest import MEI, STRANGER, Bot, Clock, keyboard, last, tap

FROM_MEI = {"id": MEI, "is_bot": False, "first_name": "Mei", "language_code": "en"}


def heard(telegram: SmallTelegram) -> list[dict[str, Any]]:
    """Everything that waits for the bot, without the first /start."""
    return [each.as_json() for each in telegram.world.updates.alive()][1:]


def test_a_text_reaches_the_bot_as_message(telegram: SmallTelegram) -> None:
    telegram.write(MEI, "/learn now")

    assert heard(telegram) == [
        {
            "update_id": 100_000_002,
            "message": {
                "message_id": 2,
                "from": FROM_MEI,
                "chat": {"id": MEI, "first_name": "Mei", "type": "private"},
                "date": 1772442000,
                "text": "/learn now",
                "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
            },
        }
    ]


def test_update_ids_rise_by_one(telegram: SmallTelegram) -> None:
    for number in range(3):
        telegram.write(MEI, str(number))

    assert [each["update_id"] for each in heard(telegram)] == [100_000_002, 100_000_003, 100_000_004]


def test_start_carries_its_payload(telegram: SmallTelegram) -> None:
    telegram.start(STRANGER, "token")

    assert heard(telegram)[0]["message"]["text"] == "/start token"


def test_a_tap_brings_its_message_with_text_and_keyboard(bot: Bot, telegram: SmallTelegram) -> None:
    sent = bot.say("Card 1", reply_markup=keyboard([tap("Next", "n")]))
    query = telegram.tap(MEI, sent["message_id"], "n")

    heard_tap = heard(telegram)[0]["callback_query"]
    assert heard_tap.pop("chat_instance")
    assert heard_tap == {"id": query, "from": FROM_MEI, "message": sent, "data": "n"}


def test_an_edit_reaches_the_bot(telegram: SmallTelegram, clock: Clock) -> None:
    number = telegram.write(MEI, "one").message_id
    clock.move(seconds=5)
    telegram.edit(MEI, number, "two")

    edited = heard(telegram)[1]["edited_message"]
    assert (edited["message_id"], edited["text"], edited["edit_date"] - edited["date"]) == (number, "two", 5)
    assert last(telegram).edited_by == "person"


def test_people_edit_only_their_own(bot: Bot, telegram: SmallTelegram) -> None:
    number = bot.say()["message_id"]

    with pytest.raises(Impossible):
        telegram.edit(MEI, number, "mine")


def test_a_photo_comes_in_sizes_and_a_document_with_its_name(telegram: SmallTelegram) -> None:
    telegram.send_file(MEI, "shot.png", b"not really", "image/png", as_photo=True, caption="see", album="9")
    telegram.send_file(MEI, "../../x", b"abc", "text/plain")
    photo, document = (each["message"] for each in heard(telegram))

    assert photo["photo"][0]["width"] < photo["photo"][-1]["width"]
    assert (photo["caption"], photo["media_group_id"]) == ("see", "9")
    assert "text" not in photo
    assert (document["document"]["file_name"], document["document"]["file_size"]) == ("../../x", 3)


def test_stickers_and_voice_notes_reach_the_bot(telegram: SmallTelegram) -> None:
    telegram.send_sticker(MEI, "👍")
    telegram.send_voice(MEI, 4)
    sticker, voice = (each["message"] for each in heard(telegram))

    assert (sticker["sticker"]["emoji"], voice["voice"]["duration"]) == ("👍", 4)


def test_a_forwarded_message_names_who_wrote_it(bot: Bot, telegram: SmallTelegram) -> None:
    telegram.start(STRANGER)
    number = bot.say("<b>Look</b>", parse_mode="HTML", reply_markup=keyboard([tap()]))["message_id"]
    forwarded = telegram.forward(STRANGER, MEI, number)

    origin = heard(telegram)[1]["message"]["forward_origin"]
    assert (origin["type"], origin["sender_user"]["is_bot"]) == ("user", True)
    assert (forwarded.text, forwarded.keyboard) == ("Look", None)


def test_a_protected_message_cannot_be_forwarded(bot: Bot, telegram: SmallTelegram) -> None:
    number = bot.say(protect_content=True)["message_id"]

    with pytest.raises(Impossible):
        telegram.forward(MEI, MEI, number)


def test_blocking_and_unblocking_reach_the_bot_once_each(telegram: SmallTelegram) -> None:
    for _ in range(2):
        telegram.block(MEI)
    for _ in range(2):
        telegram.unblock(MEI)
    told = [each["my_chat_member"] for each in heard(telegram)]

    assert [(each["old_chat_member"]["status"], each["new_chat_member"]["status"]) for each in told] == [
        ("member", "kicked"),
        ("kicked", "member"),
    ]
    assert told[0]["chat"]["type"] == "private"


def test_who_blocked_the_bot_or_left_telegram_does_nothing(bot: Bot, telegram: SmallTelegram) -> None:
    number = bot.say(reply_markup=keyboard([tap("Next", "n")]))["message_id"]
    telegram.block(MEI)
    with pytest.raises(Impossible):
        telegram.write(MEI, "hello")
    with pytest.raises(Impossible):
        telegram.tap(MEI, number, "n")
    telegram.deactivate(STRANGER)
    with pytest.raises(Impossible):
        telegram.start(STRANGER)


def test_a_text_past_4096_goes_in_parts_and_nothing_is_lost(telegram: SmallTelegram) -> None:
    words = ("word " * 900).strip()
    telegram.write(MEI, words)
    parts = [each["message"]["text"] for each in heard(telegram)]
    assert len(parts) == 2
    assert " ".join(parts) == words

    telegram.write(MEI, "👍" * 3000)
    assert [len(each["message"]["text"]) for each in heard(telegram)[2:]] == [2048, 952]


def test_an_empty_message_cannot_be_sent(telegram: SmallTelegram) -> None:
    with pytest.raises(Impossible):
        telegram.write(MEI, "  ")
    with pytest.raises(Impossible):
        telegram.write(99, "hello")


def test_whoever_watches_sees_every_change_in_order(bot: Bot, telegram: SmallTelegram) -> None:
    changes = telegram.subscribe()
    telegram.write(MEI, "hi")
    number = bot.say()["message_id"]
    bot.ask("editMessageText", chat_id=MEI, message_id=number, text="b")
    bot.ask("pinChatMessage", chat_id=MEI, message_id=number)
    bot.ask("sendChatAction", chat_id=MEI, action="typing")
    bot.ask("setMyCommands", commands=[])
    bot.ask("deleteMessage", chat_id=MEI, message_id=number)
    kinds = [changes.get_nowait().kind for _ in range(changes.qsize())]
    assert [kind for kind in kinds if kind != "call"] == [
        "message", "message", "edit", "pinned", "typing", "menu", "delete",
    ]  # fmt: skip
    assert kinds.count("call") == 6

    telegram.unsubscribe(changes)
    bot.say()
    assert changes.empty()
