"""What Telegram accepts as an inline keyboard, each rule both ways."""

from typing import Any

import pytest

from bot.demo.telegram import SmallTelegram
from tests.demo.conftest import MEI, Bot, keyboard, last, tap

FAULT = "Bad Request: can't parse inline keyboard button: "


def refused(bot: Bot, markup: Any) -> str:
    return bot.refused("sendMessage", chat_id=MEI, text="a", reply_markup=markup)


def test_a_keyboard_is_kept_as_it_was_sent(bot: Bot, telegram: SmallTelegram) -> None:
    markup = keyboard([tap("A", "a"), {"text": "Copy", "copy_text": {"text": "N-1"}}], [tap("B", "b")])

    assert bot.say(reply_markup=markup)["reply_markup"] == markup
    assert last(telegram).keyboard == markup["inline_keyboard"]


def test_callback_data_has_1_to_64_bytes(bot: Bot) -> None:
    assert bot.say(reply_markup=keyboard([tap(data="x" * 64)]))
    assert bot.say(reply_markup=keyboard([tap(data="你" * 21)]))
    assert refused(bot, keyboard([tap(data="x" * 65)])) == "Bad Request: BUTTON_DATA_INVALID"
    assert refused(bot, keyboard([tap(data="你" * 22)])) == "Bad Request: BUTTON_DATA_INVALID"
    assert (
        refused(bot, keyboard([tap(data="")])) == FAULT + "Text buttons are unallowed in the inline keyboard"
    )


def test_a_button_has_a_text(bot: Bot) -> None:
    assert refused(bot, keyboard([tap("")])) == "Bad Request: inline keyboard button text must be non-empty"
    assert refused(bot, keyboard([tap(" ")])) == "Bad Request: inline keyboard button text must be non-empty"
    assert refused(bot, keyboard([{"callback_data": "a"}])) == FAULT + 'Can\'t find field "text"'
    assert (
        refused(bot, keyboard([{"text": 1, "callback_data": "a"}]))
        == FAULT + 'Field "text" must be of type String'
    )


def test_a_button_does_exactly_one_thing(bot: Bot) -> None:
    assert (
        refused(bot, keyboard([{"text": "A"}])) == FAULT + "Text buttons are unallowed in the inline keyboard"
    )
    both = {**tap(), "url": "https://x.example"}
    assert refused(bot, keyboard([both])) == FAULT + "exactly one of the optional fields must be used"
    assert refused(bot, keyboard([{**tap(), "callbackdata": "x"}])) == FAULT + 'unknown field "callbackdata"'


def test_a_keyboard_has_at_most_100_buttons(bot: Bot) -> None:
    rows = [[tap() for _ in range(5)] for _ in range(20)]

    assert bot.say(reply_markup=keyboard(*rows))
    assert refused(bot, keyboard(*rows, [tap()])) == "Bad Request: reply markup is too long"


def test_a_copy_button_holds_1_to_256_characters(bot: Bot) -> None:
    assert bot.say(reply_markup=keyboard([{"text": "Copy", "copy_text": {"text": "x" * 256}}]))
    for text in ("", "x" * 257):
        markup = keyboard([{"text": "Copy", "copy_text": {"text": text}}])
        assert refused(bot, markup) == "Bad Request: BUTTON_COPY_TEXT_INVALID"


def test_a_link_button_needs_an_address(bot: Bot) -> None:
    said = bot.say(reply_markup=keyboard([{"text": "Bank", "url": "bank.example"}]))
    assert said["reply_markup"]["inline_keyboard"][0][0]["url"] == "http://bank.example/"
    assert refused(bot, keyboard([{"text": "Bank", "url": "no address"}])) == (
        "Bad Request: inline keyboard button URL 'no address' is invalid: Wrong HTTP URL"
    )


def test_a_mini_app_button_needs_https(bot: Bot) -> None:
    assert bot.say(reply_markup=keyboard([{"text": "App", "web_app": {"url": "https://x.example"}}]))
    assert "must be HTTPS" in refused(
        bot, keyboard([{"text": "App", "web_app": {"url": "http://x.example"}}])
    )


@pytest.mark.parametrize("style", ["danger", "primary", "success"])
def test_a_button_may_have_one_of_three_styles(bot: Bot, style: str) -> None:
    assert bot.say(reply_markup=keyboard([{**tap(), "style": style}]))


def test_another_style_is_refused(bot: Bot) -> None:
    assert refused(bot, keyboard([{**tap(), "style": "red"}])) == FAULT + "invalid button style specified"


def test_rows_without_buttons_go_and_a_keyboard_without_rows_is_none(bot: Bot) -> None:
    assert bot.say(reply_markup=keyboard([], [tap()]))["reply_markup"] == keyboard([tap()])
    assert "reply_markup" not in bot.say(reply_markup=keyboard())


@pytest.mark.parametrize(
    "markup",
    [
        {"keyboard": [["A"]]},
        {"force_reply": True},
        {"inline_keyboard": "A"},
        {"inline_keyboard": ["A"]},
        [],
        "{",
    ],
)
def test_anything_else_is_refused(bot: Bot, markup: Any) -> None:
    assert refused(bot, markup).startswith("Bad Request: ")
