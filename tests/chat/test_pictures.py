"""Practice messages as pictures: the same words below, the same buttons, and no picture for who wants none."""

from collections.abc import Callable

import pytest

from bot.pictures.message import Message
from bot.pictures.worker import NotDrawn, Picture, Worker
from tests.cast import Chat, World
from tests.chat.player import asked_item, give
from tests.chat.test_tasks import at_the

pytestmark = pytest.mark.anyio


def photos(chat: Chat) -> list[int]:
    return [one.message_id for one in chat.messages if one.attachment and one.attachment.kind == "photo"]


def kinds(chat: Chat) -> set[str]:
    return {entity["type"] for entity in chat.last.entities}


async def test_a_practice_message_is_a_picture_with_the_same_words_below(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Picture] = []
    draw: Callable[[Worker, Picture], bytes] = Worker.draw

    def noting(self: Worker, picture: Picture) -> bytes:
        drawn.append(picture)
        return draw(self, picture)

    monkeypatch.setattr(Worker, "draw", noting)
    tan = await at_the(world, "red-flags")
    assert tan.last.attachment is not None and tan.last.is_protected
    assert (tan.last.attachment.kind, tan.last.attachment.width) == ("photo", 1024)
    [picture] = drawn
    assert isinstance(picture, Message) and picture.practice == "📱 Practice · text message"
    assert all(
        words in tan.text for words in (picture.practice, *dict(picture.above).values(), *picture.body)
    )


async def test_marks_and_verdict_stay_below_the_picture_and_the_next_question_does_not(world: World) -> None:
    tan = await at_the(world, "red-flags")
    message = tan.last
    item = await give(tan, right=True)
    assert photos(tan) == [tan.last.message_id] == [message.message_id]
    assert tan.first_line.startswith("✅ Right") and item.words["en"].choices["c"].feedback in tan.text
    following = tan.data("Next question ›")
    await tan.tap("Next question ›")
    assert tan.last.message_id not in photos(tan) and not message.keyboard
    count = len(tan.messages)
    assert await tan.tap_data(following, message, forge=True) == "Answered already; the first counts"
    assert len(tan.messages) == count and message.text.startswith("✅ Right")


async def test_a_verdict_too_long_for_a_caption_stands_in_a_message_of_its_own(world: World) -> None:
    tan = await at_the(world, "red-flags")
    item, message = asked_item(tan), tan.last
    for number in range(len(item.choices)):
        await tan.tap(next(label for label in tan.buttons if "①②③④⑤⑥⑦⑧"[number] in label))
    check, label = tan.data(f"Check · {len(item.choices)}"), f"Check · {len(item.choices)}"
    await tan.tap(label)
    assert tan.last.attachment is None and not message.keyboard
    assert tan.text.startswith("🔁 4 of 4 signs found.")
    count = len(tan.messages)
    await tan.tap_data(check, message, forge=True)
    assert len(tan.messages) == count, "a second tap changes nothing"


async def test_what_cannot_be_drawn_is_said_in_words(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(self: Worker, picture: Picture) -> bytes:
        raise NotDrawn("no worker")

    monkeypatch.setattr(Worker, "draw", draw)
    tan = await at_the(world, "red-flags")
    assert tan.last.attachment is None and "Practice · text message" in tan.text
    assert "blockquote" in kinds(tan)
    await give(tan, right=True)
    assert tan.first_line.startswith("✅ Right")


async def test_pictures_are_chosen_in_settings(world: World) -> None:
    tan = await at_the(world, "red-flags")
    for label, said in (("Dark", "pictures dark"), ("None", "no pictures"), ("Light", "pictures light")):
        await tan.say("/settings")
        await tan.walk("Pictures", label)
        assert tan.text.endswith(said)
    await tan.walk("Pictures", "None")
    before = photos(tan)
    await tan.say("/learn")
    await tan.tap(tan.buttons[0])
    assert photos(tan) == before and "Practice · text message" in tan.text and tan.last.is_protected


async def test_an_older_picture_loses_its_buttons_when_the_question_is_asked_again(world: World) -> None:
    tan = await at_the(world, "red-flags")
    message = tan.last
    await tan.say("/learn")
    await tan.tap(tan.buttons[0])
    assert photos(tan) == [message.message_id, tan.last.message_id]
    assert not message.keyboard and "Practice · text message" in message.text
