"""The pinned card: one message, silent, changed in place, and gone with who leaves."""

import asyncio

import pytest

from bot.demo.telegram import Message
from bot.store import tables
from tests.cast import LING, MEI, TAN, Someone, World, our_lesson
from tests.chat.test_learning import lesson_done

pytestmark = pytest.mark.anyio
REPORT = our_lesson("report-it-fast").title


def pinned(world: World, who: Someone) -> Message | None:
    return world.telegram.chat(who.account).pinned


def cards(world: World, who: Someone) -> list[Message]:
    return [one for one in world.chat(who).messages if one.text.startswith("My training")]


async def arrived(world: World) -> None:
    await world.arrive(MEI)
    await world.until_hour(1)


async def test_the_first_morning_brings_one_card_above_the_lesson_silent_and_pinned(world: World) -> None:
    await arrived(world)
    mei = world.chat(MEI)
    [card] = cards(world, MEI)
    assert card.text.split("\n")[0] == "My training · 0 of 4 done"
    assert pinned(world, MEI) is card and card.is_silent and card.is_protected
    assert mei.last.message_id > card.message_id, "the lesson is the newest message"
    pins = [call for call in world.telegram.ledger if call.method == "pinChatMessage"]
    assert [call.params["disable_notification"] in (True, "true") for call in pins] == [True]
    assert world.refusals == []


async def test_it_changes_in_place_when_something_is_done_and_each_morning(world: World) -> None:
    await arrived(world)
    mei = world.chat(MEI)
    await mei.say("/learn")
    await mei.tap("Start")
    await lesson_done(mei, "report-it-fast")
    [card] = cards(world, MEI)
    assert card.text.startswith("My training · 1 of 4 done\nNext: “Your name on every click”")
    await world.until_hour(2)
    await world.until_hour(3)
    assert [pinned(world, MEI)] == cards(world, MEI)
    edits = [
        c for c in world.telegram.ledger if c.method == "editMessageText" and c.params["text"] == card.text
    ]
    assert len(edits) <= 1, "what says the same is not sent again"


async def test_it_follows_a_change_of_language_at_once(world: World) -> None:
    await arrived(world)
    mei = world.chat(MEI)
    [card] = cards(world, MEI)
    await mei.say("/settings")
    await mei.tap("Language")
    await mei.tap("简体中文")
    await world.settle()
    assert card.text.startswith("我的学习") and pinned(world, MEI) is card


async def test_go_on_answers_below_and_the_card_stays(world: World) -> None:
    await arrived(world)
    mei = world.chat(MEI)
    [card] = cards(world, MEI)
    before = card.text
    await mei.tap("Go on", card)
    assert mei.first_line == f"📖 {REPORT}" and mei.last is not card
    assert card.text == before and card.keyboard


async def test_who_took_it_down_keeps_it_that_way(world: World) -> None:
    await arrived(world)
    [card] = cards(world, MEI)
    room = world.telegram.world.room(MEI.account)
    room.pinned.clear()
    await world.until_hour(2)
    assert pinned(world, MEI) is None and cards(world, MEI) == [card]


async def test_business_owners_have_none_and_who_never_had_a_morning_neither(world: World) -> None:
    tan = world.chat(TAN)
    await tan.say("/start")
    await world.arrive(MEI)
    await world.until_hour(1)
    assert pinned(world, TAN) is None
    await world.arrive(LING)
    await world.chat(LING).tap("Start · 2 minutes")
    assert pinned(world, LING) is None


async def test_the_card_of_who_left_is_taken_down_once(world: World) -> None:
    await arrived(world)
    people = tables.learners
    gone = people.update().where(people.c.id == world.learner(MEI).id).values(left_on=world.clock().date())
    await world.write(lambda c: c.execute(gone))
    await asyncio.to_thread(world.app.clock.take_down)
    world.app.sender.wake()
    await world.settle()
    assert pinned(world, MEI) is None
    assert await asyncio.to_thread(world.app.clock.take_down) == 0


async def test_the_line_that_says_something_was_pinned_is_no_message(world: World) -> None:
    await arrived(world)
    mei = world.chat(MEI)
    before = len(mei.messages)
    [card] = cards(world, MEI)
    chat = {"id": MEI.account, "type": "private"}
    for number, person in enumerate(({"id": 1, "is_bot": True}, {"id": MEI.account})):
        body = {"message_id": 900 + number, "from": person, "chat": chat, "date": 0, "pinned_message": {
            "message_id": card.message_id, "chat": chat, "date": 0,
        }}  # fmt: skip
        world.telegram.world.updates.push("message", body, ("chat", MEI.account))
    await world.settle()
    assert len(mei.messages) == before and world.all_of("dead_letters") == []
