"""What becomes of a text between the call and the screen."""

import pytest

from bot.demo.telegram import SmallTelegram
from bot.demo.telegram.text import to_html
from tests.demo.conftest import MEI, Bot, last


def test_a_text_may_have_4096_units_after_its_markup_is_read(bot: Bot) -> None:
    longest = "<b>" + "👍" * 2048 + "</b>"

    assert bot.say(longest, parse_mode="HTML")["text"] == "👍" * 2048
    assert bot.refused("sendMessage", chat_id=MEI, text=longest + "x", parse_mode="HTML") == (
        "Bad Request: message is too long"
    )


def test_an_empty_text_is_refused(bot: Bot) -> None:
    assert bot.refused("sendMessage", chat_id=MEI, text="") == "Bad Request: message text is empty"
    assert bot.refused("sendMessage", chat_id=MEI) == "Bad Request: message text is empty"
    assert bot.refused("sendMessage", chat_id=MEI, text=" \n ") == "Bad Request: text must be non-empty"
    assert bot.refused("sendMessage", chat_id=MEI, text="<b></b>", parse_mode="HTML") == (
        "Bad Request: text must be non-empty"
    )


def test_markup_is_read_only_when_asked(bot: Bot) -> None:
    assert bot.say("<b>a</b>")["text"] == "<b>a</b>"
    assert bot.say("<b>a</b>", parse_mode="html")["text"] == "a"
    assert bot.refused("sendMessage", chat_id=MEI, text="a", parse_mode="MarkdownV2") == (
        "Bad Request: unsupported parse_mode"
    )


def test_entities_past_the_hundredth_are_dropped_and_the_ledger_says_so(
    bot: Bot, telegram: SmallTelegram
) -> None:
    hundred = "<b>a</b> " * 100

    assert len(bot.say(hundred, parse_mode="HTML")["entities"]) == 100
    assert not telegram.ledger[-1].notes
    assert len(bot.say(hundred + "<b>a</b> <b>a</b>", parse_mode="HTML")["entities"]) == 100
    assert telegram.ledger[-1].notes == ("2 entities dropped",)


def test_a_link_that_is_no_address_is_dropped_and_the_ledger_says_so(
    bot: Bot, telegram: SmallTelegram
) -> None:
    assert "entities" not in bot.say('<a href="nowhere">here</a>', parse_mode="HTML")
    assert telegram.ledger[-1].notes == ("1 links dropped",)
    assert bot.say('<a href="https://bank.example">here</a>', parse_mode="HTML")["entities"]
    assert not telegram.ledger[-1].notes


def test_custom_emoji_of_an_ordinary_bot_are_dropped(bot: Bot, telegram: SmallTelegram) -> None:
    assert "entities" not in bot.say('<tg-emoji emoji-id="1">👍</tg-emoji>', parse_mode="HTML")
    assert telegram.ledger[-1].notes == ("1 custom emoji dropped",)


def test_code_holds_no_other_formatting_and_quotes_no_quotes(bot: Bot) -> None:
    said = bot.say("<b>a<code>b</code>c</b>", parse_mode="HTML")
    assert [(each["type"], each["offset"], each["length"]) for each in said["entities"]] == [
        ("bold", 0, 1),
        ("code", 1, 1),
        ("bold", 2, 1),
    ]
    quoted = bot.say("<blockquote>a<blockquote>b</blockquote></blockquote>", parse_mode="HTML")
    assert len(quoted["entities"]) == 1
    assert len(bot.say("<b>a<i>b</i></b>", parse_mode="HTML")["entities"]) == 2


def test_white_space_around_goes_but_not_before_an_entity(bot: Bot) -> None:
    assert bot.say("\n  a  \n")["text"] == "a"
    said = bot.say(" <pre> a</pre> ", parse_mode="HTML")
    assert (said["text"], said["entities"][0]["offset"]) == (" a", 0)
    assert bot.say("<b>a \n</b>", parse_mode="HTML")["entities"] == [
        {"type": "bold", "offset": 0, "length": 1}
    ]


def test_control_characters_are_cleaned(bot: Bot) -> None:
    assert bot.say("a\tb\r\nc\x00d\u202ee")["text"] == "a b\nc de"


def test_what_is_no_utf_8_is_refused(bot: Bot) -> None:
    assert (
        bot.refused("sendMessage", chat_id=MEI, text="a\ud83d")
        == "Bad Request: text must be encoded in UTF-8"
    )


def test_commands_addresses_and_mentions_are_found_outside_code(bot: Bot) -> None:
    said = bot.say("Send /learn, or <code>/help</code> to https://bank.example/x. @omar", parse_mode="HTML")

    assert [each["type"] for each in said["entities"]] == ["bot_command", "code", "url", "mention"]
    assert "entities" not in bot.say("either/or, 1/2, a@b")


def test_entities_may_be_given_instead_of_markup(bot: Bot) -> None:
    bold = {"type": "bold", "offset": 0, "length": 2}

    assert bot.say("abc", entities=[bold])["entities"] == [bold]
    assert "ends after the end" in bot.refused(
        "sendMessage", chat_id=MEI, text="abc", entities=[{**bold, "length": 4}]
    )
    assert "Can't find field" in bot.refused(
        "sendMessage", chat_id=MEI, text="abc", entities=[{"type": "bold"}]
    )


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("1 &lt; 2", "1 &lt; 2"),
        ("<b>a<i>b</i></b>c", "<b>a<i>b</i></b>c"),
        ("<blockquote expandable>&amp;</blockquote>", '<blockquote class="expandable">&amp;</blockquote>'),
        ('<a href="https://x.example/?a=&quot;">x</a>', '<a href="https://x.example/?a=&quot;">x</a>'),
        ("/learn 👍<code>x</code>", '<a data-command="/learn">/learn</a> 👍<code>x</code>'),
    ],
)
def test_people_see_safe_html(bot: Bot, telegram: SmallTelegram, html: str, shown: str) -> None:
    bot.say(html, parse_mode="HTML")

    assert last(telegram).html == shown


def test_entities_that_cross_become_tags_that_nest() -> None:
    crossing = [{"type": "bold", "offset": 0, "length": 2}, {"type": "italic", "offset": 1, "length": 2}]

    assert to_html("abc", crossing) == "<b>a<i>b</i></b><i>c</i>"
