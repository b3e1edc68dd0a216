"""Messages in stories wear the dress of their channel."""

import pytest

from bot.content import load
from bot.content.dress import CHANNELS
from bot.content.items import HEADS
from bot.content.markdown import render
from bot.content.places import Faults, Place
from tests.content.small import Small


def rendered(text: str) -> tuple[str, list[tuple[int, str]]]:
    faults = Faults()
    shown = render(text, Place("a.md"), faults)
    return shown, [(one.line, one.sentence) for one in faults.sorted()]


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_of_items_dresses_quotes_too(channel: str) -> None:
    shown = f"{{channel:{channel}}} · Larch &amp; Son\n<blockquote>Your <b>van</b></blockquote>"
    assert rendered(f"> [{channel}] Larch & Son\n> Your **van**") == (shown, [])
    assert channel in HEADS


def test_two_messages_stand_one_after_the_other() -> None:
    shown, faults = rendered("One.\n> [web-page] heron.example\n> frozen\n> [chat] Doyle\n> oh\n> no\nTwo.")
    assert faults == []
    assert shown.split("\n") == [
        "One.",
        "{channel:web-page} · heron.example", "<blockquote>frozen</blockquote>",
        "{channel:chat} · Doyle", "<blockquote>oh", "no</blockquote>",
        "Two.",
    ]  # fmt: skip


def test_a_quote_without_a_channel_stays_a_quote() -> None:
    assert rendered("> said [really]\n> more") == ("<blockquote>said [really]\nmore</blockquote>", [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x\n> [pigeon] Larch\n> coo", "“[pigeon]” is no channel; write one of sms, chat, e-mail, call, web-page."),
        ("x\n> [sms]\n> coo", "Who sends it? Write “> [sms] sender”; of a web page, its address."),
        ("x\n> [sms] Larch", "The words are missing; they stand on the next line, after another “>”."),
    ],
)  # fmt: skip
def test_a_dress_that_does_not_fit_is_explained_at_its_line(text: str, said: str) -> None:
    assert (2, said) in rendered(text)[1]


def test_the_channel_is_the_same_in_every_language(small: Small) -> None:
    small.change("lesson-en", "> Pay {fee}", "> [sms] Harbour\n> Pay {fee}")
    small.change("lesson-hans", "> 请付", "> [chat] 海港\n> 请付")
    assert [one.sentence for one in small.check()] == ["Channels of messages: sms in en, chat in zh-Hans."]
    small.change("lesson-hans", "[chat]", "[sms]")
    cards = load(small.root).units["parcel"].words
    assert "{channel:sms} · Harbour\n<blockquote>" in cards["en"].cards[0]  # type: ignore[union-attr]
    assert "{channel:sms} · 海港\n<blockquote>" in cards["zh-Hant"].cards[0]  # type: ignore[union-attr]


def test_the_channel_of_a_story_is_the_same_in_every_language(small: Small) -> None:
    small.change("case-en", "> Kessler: paid!!", "> [chat] Kessler\n> paid!!")
    assert {(one.file, one.code) for one in small.check()} == {("lessons/cases/surplus/case.yaml", "channel")}


def test_nobody_writes_the_placeholder_by_hand(small: Small) -> None:
    small.change("lesson-en", "Leave it.", "{channel:sms}")
    assert "placeholder" in small.codes()
