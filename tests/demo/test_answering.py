"""Answers to taps."""

import pytest

from bot.demo.telegram import Impossible, SmallTelegram
from tests.demo.conftest import MEI, Bot, Clock, keyboard, tap

TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


@pytest.fixture
def query(bot: Bot, telegram: SmallTelegram) -> str:
    number = bot.say(reply_markup=keyboard([tap(data="n")]))["message_id"]
    return telegram.tap(MEI, number, "n")


def test_a_tap_is_answered_by_a_toast_a_sheet_or_nothing(
    bot: Bot, telegram: SmallTelegram, query: str
) -> None:
    changes = telegram.subscribe()
    assert telegram.answer(query) is None
    bot.ask("answerCallbackQuery", callback_query_id=query, text="Saved")
    answer = telegram.answer(query)
    assert answer is not None
    assert (answer.text, answer.is_sheet) == ("Saved", False)
    shown = [changes.get_nowait() for _ in range(changes.qsize())]
    assert [(each.kind, each.text, each.query_id) for each in shown if each.kind != "call"] == [
        ("toast", "Saved", query)
    ]

    second = telegram.press(MEI, "Next")
    bot.ask("answerCallbackQuery", callback_query_id=second, text="Read this", show_alert=True)
    third = telegram.press(MEI, "Next")
    bot.ask("answerCallbackQuery", callback_query_id=third)
    shown = [changes.get_nowait() for _ in range(changes.qsize())]
    assert [(each.kind, each.text) for each in shown if each.kind != "call"] == [
        ("sheet", "Read this"),
        ("toast", ""),
    ]


def test_a_tap_is_answered_once(bot: Bot, query: str) -> None:
    bot.ask("answerCallbackQuery", callback_query_id=query)

    assert bot.refused("answerCallbackQuery", callback_query_id=query) == TOO_OLD


def test_an_unknown_tap_cannot_be_answered(bot: Bot) -> None:
    assert bot.refused("answerCallbackQuery", callback_query_id="1") == TOO_OLD
    assert bot.refused("answerCallbackQuery") == TOO_OLD


def test_a_tap_can_be_answered_for_150_seconds(
    bot: Bot, telegram: SmallTelegram, clock: Clock, query: str
) -> None:
    clock.move(seconds=149)
    late = telegram.press(MEI, "Next")
    assert bot.ask("answerCallbackQuery", callback_query_id=query) is True
    clock.move(seconds=150)
    assert bot.refused("answerCallbackQuery", callback_query_id=late) == TOO_OLD


def test_an_answer_has_at_most_200_characters(bot: Bot, telegram: SmallTelegram, query: str) -> None:
    assert bot.refused("answerCallbackQuery", callback_query_id=query, text="x" * 201) == (
        "Bad Request: MESSAGE_TOO_LONG"
    )
    assert bot.refused("answerCallbackQuery", callback_query_id=query, url="https://x.example") == (
        "Bad Request: URL_INVALID"
    )
    assert bot.ask("answerCallbackQuery", callback_query_id=query, text="x" * 200) is True


def test_the_ledger_knows_the_chat_of_an_answer(bot: Bot, telegram: SmallTelegram, query: str) -> None:
    bot.ask("answerCallbackQuery", callback_query_id=query)

    assert telegram.ledger[-1].chat_id == MEI


def test_people_press_only_what_is_there(bot: Bot, telegram: SmallTelegram) -> None:
    number = bot.say(reply_markup=keyboard([tap("Next", "n")]))["message_id"]
    with pytest.raises(Impossible):
        telegram.tap(MEI, number, "other")
    with pytest.raises(Impossible):
        telegram.press(MEI, "Back")
    with pytest.raises(Impossible):
        telegram.tap(MEI, 999, "n")
    assert telegram.tap(MEI, number, "other", forge=True)
    assert telegram.tap(MEI, number, "n") != telegram.tap(MEI, number, "n")


def test_a_button_that_an_edit_took_away_is_gone(bot: Bot, telegram: SmallTelegram) -> None:
    number = bot.say(reply_markup=keyboard([tap("Next", "n")]))["message_id"]
    bot.ask("editMessageText", chat_id=MEI, message_id=number, text="over")

    with pytest.raises(Impossible):
        telegram.tap(MEI, number, "n")
