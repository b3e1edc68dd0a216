"""Edits, deletions and pins."""

import struct

from bot.demo.telegram import SmallTelegram
from tests.demo.conftest import MEI, Bot, Clock, keyboard, last, tap

SAME = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 100, 100) + bytes(10)


def test_an_edit_replaces_text_and_keyboard_in_place(bot: Bot, telegram: SmallTelegram) -> None:
    number = bot.say("Card 1", reply_markup=keyboard([tap()]))["message_id"]
    edited = bot.ask(
        "editMessageText", chat_id=MEI, message_id=number, text="<b>Card 2</b>", parse_mode="HTML"
    )

    assert (edited["message_id"], edited["text"]) == (number, "Card 2")
    assert "edit_date" in edited
    assert "reply_markup" not in edited
    assert last(telegram).html == "<b>Card 2</b>"


def test_an_edit_that_changes_nothing_is_refused(bot: Bot) -> None:
    number = bot.say("<b>a</b>", parse_mode="HTML", reply_markup=keyboard([tap()]))["message_id"]
    same = {"chat_id": MEI, "message_id": number, "text": "<b>a</b>", "parse_mode": "HTML"}

    assert bot.refused("editMessageText", **same, reply_markup=keyboard([tap()])) == SAME
    assert bot.ask("editMessageText", **same, reply_markup=keyboard([tap("Back")]))
    assert bot.ask("editMessageText", **same)
    assert bot.refused("editMessageText", **same) == SAME
    assert bot.ask("editMessageText", chat_id=MEI, message_id=number, text="a")


def test_an_edit_after_a_tap_says_that_a_tap_caused_it(
    bot: Bot, telegram: SmallTelegram, clock: Clock
) -> None:
    number = bot.say("1", reply_markup=keyboard([tap(data="n")]))["message_id"]
    telegram.tap(MEI, number, "n")
    bot.ask("editMessageText", chat_id=MEI, message_id=number, text="2")
    assert last(telegram).edited_by == "tap"
    clock.move(seconds=151)
    bot.ask("editMessageText", chat_id=MEI, message_id=number, text="3")
    assert last(telegram).edited_by == "bot"


def test_only_what_the_bot_sent_and_what_is_there_can_be_edited(bot: Bot, telegram: SmallTelegram) -> None:
    theirs = telegram.write(MEI, "mine").message_id

    def edit(number: int | None) -> str:
        return bot.refused("editMessageText", chat_id=MEI, message_id=number, text="a")

    assert edit(theirs) == "Bad Request: message can't be edited"
    assert edit(999) == "Bad Request: message to edit not found"
    assert edit(None) == "Bad Request: message identifier is not specified"


def test_an_edited_text_obeys_the_rules_of_a_new_one(bot: Bot) -> None:
    number = bot.say()["message_id"]
    for text, fault in [
        ("", "message text is empty"),
        ("x" * 4097, "message is too long"),
        (" ", "text must be non-empty"),
    ]:
        assert (
            bot.refused("editMessageText", chat_id=MEI, message_id=number, text=text)
            == f"Bad Request: {fault}"
        )


def test_texts_and_captions_are_different_things(bot: Bot, telegram: SmallTelegram) -> None:
    text = bot.say()["message_id"]
    bot.upload("photo", "a.png", PNG, "image/png")
    photo = bot.ask("sendPhoto", chat_id=MEI, caption="a")["message_id"]
    bot.files = {}

    assert bot.refused("editMessageText", chat_id=MEI, message_id=photo, text="b") == (
        "Bad Request: there is no text in the message to edit"
    )
    assert bot.refused("editMessageCaption", chat_id=MEI, message_id=text, caption="b") == (
        "Bad Request: there is no caption in the message to edit"
    )
    assert bot.ask("editMessageCaption", chat_id=MEI, message_id=photo, caption="b")["caption"] == "b"
    assert bot.refused("editMessageCaption", chat_id=MEI, message_id=photo, caption="x" * 1025) == (
        "Bad Request: message caption is too long"
    )
    assert last(telegram).text == "b"


def test_a_keyboard_can_be_replaced_alone(bot: Bot, telegram: SmallTelegram) -> None:
    number = bot.say("a", reply_markup=keyboard([tap()]))["message_id"]

    assert bot.ask("editMessageReplyMarkup", chat_id=MEI, message_id=number)["text"] == "a"
    assert last(telegram).keyboard is None
    assert bot.refused("editMessageReplyMarkup", chat_id=MEI, message_id=number) == SAME


def test_a_message_can_be_deleted_for_48_hours(bot: Bot, telegram: SmallTelegram, clock: Clock) -> None:
    first, second = bot.say()["message_id"], bot.say()["message_id"]
    clock.move(hours=47)
    assert bot.ask("deleteMessage", chat_id=MEI, message_id=first) is True
    assert (
        bot.refused("deleteMessage", chat_id=MEI, message_id=first)
        == "Bad Request: message to delete not found"
    )
    clock.move(hours=1)
    assert bot.refused("deleteMessage", chat_id=MEI, message_id=second) == (
        "Bad Request: message can't be deleted for everyone"
    )
    assert last(telegram).message_id == second


def test_several_are_deleted_at_once_and_missing_ones_skipped(bot: Bot, telegram: SmallTelegram) -> None:
    numbers = [bot.say()["message_id"] for _ in range(3)]

    assert bot.ask("deleteMessages", chat_id=MEI, message_ids=[*numbers[:2], 999]) is True
    assert last(telegram).message_id == numbers[2]
    assert bot.refused("deleteMessages", chat_id=MEI, message_ids=[]).startswith("Bad Request")
    assert bot.refused("deleteMessages", chat_id=MEI, message_ids=list(range(1, 102))).startswith(
        "Bad Request"
    )


def test_the_message_pinned_last_is_on_top(bot: Bot, telegram: SmallTelegram) -> None:
    first, second = bot.say("1")["message_id"], bot.say("2")["message_id"]
    bot.ask("pinChatMessage", chat_id=MEI, message_id=first, disable_notification=True)
    bot.ask("pinChatMessage", chat_id=MEI, message_id=second)
    pinned = telegram.chat(MEI).pinned
    assert pinned is not None
    assert pinned.message_id == second
    assert bot.ask("getChat", chat_id=MEI)["pinned_message"]["text"] == "2"

    bot.ask("unpinChatMessage", chat_id=MEI)
    assert telegram.chat(MEI).pinned is telegram.message(MEI, first)
    bot.ask("unpinChatMessage", chat_id=MEI, message_id=first)
    assert telegram.chat(MEI).pinned is None
    assert bot.refused("unpinChatMessage", chat_id=MEI) == "Bad Request: message to unpin not found"
    assert (
        bot.refused("pinChatMessage", chat_id=MEI, message_id=999) == "Bad Request: message to pin not found"
    )


def test_deleting_a_pinned_message_unpins_it(bot: Bot, telegram: SmallTelegram) -> None:
    number = bot.say()["message_id"]
    bot.ask("pinChatMessage", chat_id=MEI, message_id=number)
    bot.ask("deleteMessage", chat_id=MEI, message_id=number)

    assert telegram.chat(MEI).pinned is None
