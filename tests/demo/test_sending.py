"""Who may be written to, and what a sent message looks like from both sides."""

import struct

from bot.demo.telegram import SmallTelegram
from tests.demo.conftest import MEI, STRANGER, Bot, Clock, last

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 1024, 1280) + bytes(10)


def test_a_message_is_answered_in_telegrams_shape(bot: Bot) -> None:
    assert bot.say() == {
        "message_id": 2,
        "from": {"id": 110, "is_bot": True, "first_name": "Fraudwise", "username": "fraudwise_bot"},
        "chat": {"id": MEI, "first_name": "Mei", "type": "private"},
        "date": 1772442000,
        "text": "Hello",
    }


def test_numbers_rise_over_all_private_chats(bot: Bot, telegram: SmallTelegram) -> None:
    telegram.start(STRANGER)

    assert [bot.ask("sendMessage", chat_id=who, text="a")["message_id"] for who in (MEI, STRANGER, MEI)] == [
        3,
        4,
        5,
    ]


def test_a_refused_call_takes_no_number(bot: Bot) -> None:
    first = bot.say()["message_id"]
    bot.refused("sendMessage", chat_id=MEI, text="<x>", parse_mode="HTML")

    assert bot.say()["message_id"] == first + 1


def test_who_never_wrote_cannot_be_written_to(bot: Bot, telegram: SmallTelegram) -> None:
    refusal = "Forbidden: bot can't initiate conversation with a user"
    assert bot.refused("sendMessage", chat_id=STRANGER, text="a") == refusal
    assert telegram.chat(STRANGER).messages == []
    telegram.start(STRANGER)
    assert bot.ask("sendMessage", chat_id=STRANGER, text="a")


def test_an_unknown_chat_is_not_found(bot: Bot) -> None:
    for chat in (99, "@nobody", -5):
        assert bot.refused("sendMessage", chat_id=chat, text="a") == "Bad Request: chat not found"
    assert bot.refused("sendMessage", text="a") == "Bad Request: chat_id is empty"


def test_who_blocked_the_bot_is_not_reached_until_unblocked(bot: Bot, telegram: SmallTelegram) -> None:
    sent = bot.say()
    telegram.block(MEI)
    refusal = "Forbidden: bot was blocked by the user"
    assert bot.refused("sendMessage", chat_id=MEI, text="a") == refusal
    assert bot.refused("sendChatAction", chat_id=MEI, action="typing") == refusal
    assert bot.refused("editMessageText", chat_id=MEI, message_id=sent["message_id"], text="b") == refusal
    telegram.unblock(MEI)
    assert bot.say()


def test_a_deleted_account_is_not_reached(bot: Bot, telegram: SmallTelegram) -> None:
    telegram.deactivate(MEI)

    assert bot.refused("sendMessage", chat_id=MEI, text="a") == "Forbidden: user is deactivated"


def test_flags_show_on_both_sides(bot: Bot, telegram: SmallTelegram) -> None:
    said = bot.say(protect_content=True, disable_notification="true", message_effect_id="5104841245755180586")
    seen = last(telegram)

    assert said["has_protected_content"] is True
    assert said["effect_id"] == seen.effect_id == "5104841245755180586"
    assert (seen.is_protected, seen.is_silent) == (True, True)
    assert bot.refused("sendMessage", chat_id=MEI, text="a", message_effect_id="fire") == (
        "Bad Request: EFFECT_ID_INVALID"
    )


def test_an_answer_names_the_message_it_answers(bot: Bot, telegram: SmallTelegram) -> None:
    asked = telegram.write(MEI, "What is a deposit?").message_id

    assert bot.say(reply_parameters={"message_id": asked})["reply_to_message"]["text"] == "What is a deposit?"
    gone = {"message_id": 999}
    assert bot.refused("sendMessage", chat_id=MEI, text="a", reply_parameters=gone) == (
        "Bad Request: message to be replied not found"
    )
    allowed = {**gone, "allow_sending_without_reply": True}
    assert "reply_to_message" not in bot.say(reply_parameters=allowed)


def test_parameters_come_as_values_or_as_strings(bot: Bot) -> None:
    said = bot.ask(
        "SENDMESSAGE",
        chat_id=str(MEI),
        text="a",
        protect_content="True",
        reply_markup='{"inline_keyboard":[]}',
    )

    assert said["has_protected_content"] is True


def test_a_slip_of_the_pen_is_refused(bot: Bot) -> None:
    assert bot.refused("sendMessage", chat_id=MEI, txt="a") == 'Bad Request: unknown parameter "txt"'
    assert bot.refused("sendMessage", chat_id=MEI, text="a", protect_content="maybe") == (
        'Bad Request: invalid parameter "protect_content": expected a Boolean'
    )
    assert bot.refused("editMessageText", chat_id=MEI, text="a", message_id="one") == (
        'Bad Request: invalid parameter "message_id": expected an Integer'
    )
    assert bot.refused("sendMessage", chat_id=MEI, text="a", reply_markup="{") == (
        "Bad Request: can't parse reply keyboard markup JSON object"
    )
    assert bot.call("sendMassage")[0] == 404


def test_a_document_is_sent_and_can_be_fetched_by_people(bot: Bot, telegram: SmallTelegram) -> None:
    bot.upload("document", "completions.csv", b"a,b\n1,2\n")
    said = bot.ask("sendDocument", chat_id=MEI, caption="<b>9</b> rows", parse_mode="HTML")
    seen = last(telegram)

    assert said["document"]["file_name"] == "completions.csv"
    assert (said["caption"], said["caption_entities"][0]["type"]) == ("9 rows", "bold")
    assert "text" not in said
    assert seen.attachment is not None
    assert telegram.content(seen.attachment.file_id) == b"a,b\n1,2\n"
    assert seen.html == "<b>9</b> rows"


def test_a_caption_has_at_most_1024_units(bot: Bot) -> None:
    bot.upload("document", "a.csv", b"a")

    assert bot.ask("sendDocument", chat_id=MEI, caption="x" * 1024)
    assert bot.refused("sendDocument", chat_id=MEI, caption="x" * 1025) == (
        "Bad Request: message caption is too long"
    )


def test_a_file_is_there_not_empty_and_not_too_big(bot: Bot) -> None:
    assert bot.refused("sendDocument", chat_id=MEI) == "Bad Request: there is no document in the request"
    bot.upload("document", "a.csv", b"")
    assert bot.refused("sendDocument", chat_id=MEI) == "Bad Request: file must be non-empty"
    bot.upload("document", "a.csv", bytes(50_000_001))
    assert bot.call("sendDocument", chat_id=MEI)[0] == 413
    bot.upload("document", "a.csv", bytes(50_000_000))
    assert bot.ask("sendDocument", chat_id=MEI)


def test_a_file_may_be_named_by_attach_or_by_id(bot: Bot) -> None:
    bot.upload("this", "a.csv", b"a")
    said = bot.ask("sendDocument", chat_id=MEI, document="attach://this")
    bot.files = {}

    file_id = said["document"]["file_id"]
    assert bot.ask("sendDocument", chat_id=MEI, document=file_id)["document"]["file_name"] == "a.csv"
    assert bot.refused("sendPhoto", chat_id=MEI, photo=file_id) == (
        "Bad Request: can't use file of type Document as Photo"
    )
    assert bot.refused("sendDocument", chat_id=MEI, document="made-up") == (
        "Bad Request: wrong file identifier/HTTP URL specified"
    )


def test_a_photo_is_a_picture_of_sensible_sides(bot: Bot, telegram: SmallTelegram) -> None:
    bot.upload("photo", "card.png", PNG, "image/png")
    sizes = bot.ask("sendPhoto", chat_id=MEI)["photo"]
    seen = last(telegram).attachment

    assert (sizes[-1]["width"], sizes[-1]["height"]) == (1024, 1280)
    assert sizes[0]["width"] < sizes[-1]["width"]
    assert seen is not None
    assert (seen.kind, seen.content) == ("photo", PNG)


def test_what_is_no_photo_is_refused(bot: Bot) -> None:
    wide = PNG[:16] + struct.pack(">II", 4200, 200) + PNG[24:]
    large = PNG[:16] + struct.pack(">II", 5000, 5001) + PNG[24:]
    faults = [
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        (wide, "PHOTO_INVALID_DIMENSIONS"),
        (large, "PHOTO_INVALID_DIMENSIONS"),
        (PNG + bytes(10_000_000), "file is too big for a photo"),
    ]
    for content, fault in faults:
        bot.upload("photo", "card.png", content, "image/png")
        assert bot.refused("sendPhoto", chat_id=MEI) == f"Bad Request: {fault}"


def test_a_jpeg_is_measured_too(bot: Bot) -> None:
    frame = b"\xff\xc0" + struct.pack(">HBHH", 17, 8, 600, 800) + bytes(10)
    bot.upload("photo", "a.jpg", b"\xff\xd8\xff\xe0\x00\x04ab" + frame, "image/jpeg")

    size = bot.ask("sendPhoto", chat_id=MEI)["photo"][-1]
    assert (size["width"], size["height"]) == (800, 600)


def test_typing_is_shown_for_five_seconds_or_until_the_message(
    bot: Bot, telegram: SmallTelegram, clock: Clock
) -> None:
    bot.ask("sendChatAction", chat_id=MEI, action="typing")
    clock.move(seconds=4)
    assert telegram.chat(MEI).action == "typing"
    clock.move(seconds=1)
    assert telegram.chat(MEI).action is None
    bot.ask("sendChatAction", chat_id=MEI, action="upload_document")
    bot.say()
    assert telegram.chat(MEI).action is None
    assert bot.refused("sendChatAction", chat_id=MEI, action="thinking") == (
        "Bad Request: wrong parameter action in request"
    )
