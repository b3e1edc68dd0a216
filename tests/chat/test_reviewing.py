"""/review: what is asked again, what an answer does to the day it returns, and stopping in between."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.rules import memory, reviewing
from bot.rules.completion import Event
from bot.store import rows, tables
from tests.cast import MEI, TAN, Chat, World, our_lesson
from tests.chat.player import asked_item, give
from tests.chat.test_learning import lesson_done

pytestmark = pytest.mark.anyio
BASICS = "never-pay-before-you-receive"


def memories(world: World) -> list[memory.Memory]:
    m = tables.memories
    return [rows.memory_of(row) for row in world.rows(select(m).order_by(m.c.learner_id, m.c.lesson))]


def log(world: World) -> list[Event]:
    e = tables.events
    return [
        Event(row.learner_id, row.kind, row.at, json.loads(row.payload), row.content_version)
        for row in world.rows(select(e).order_by(e.c.id))
    ]


async def first_lesson(world: World) -> Chat:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    await tan.tap("See the first lesson")
    await lesson_done(tan, BASICS)
    return tan


async def days_later(world: World, days: int) -> None:
    await world.move(world.clock() + timedelta(days=days))


async def test_a_completed_lesson_returns_within_days_and_not_at_once(world: World) -> None:
    tan = await first_lesson(world)
    [kept] = memories(world)
    assert (kept.lesson, kept.looks, (kept.due_on - kept.looked_on).days) == (BASICS, 0, 4)
    await tan.say("/review")
    assert tan.first_line == "✅ Nothing to look at again today."
    assert "The next comes on" in tan.text


async def test_before_the_first_lesson_nothing_is_owed(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.say("/review")
    assert mei.text.split("\n")[1] == "Questions return a few days after your first lesson."


async def test_a_review_asks_another_question_and_says_when_it_returns(world: World) -> None:
    tan = await first_lesson(world)
    before = {row.item for row in world.rows(select(tables.answers.c.item))}
    await days_later(world, 4)
    await tan.say("/review")
    item = asked_item(tan)
    assert item.unit == BASICS and item.id not in before
    title = our_lesson(BASICS).title
    assert tan.first_line == f"🔁 1/1 · from “{title}”, 4 days ago."
    await give(tan, right=True)
    assert "It returns in about a month." in tan.text
    await tan.tap("To the result ›")
    assert tan.first_line == "✅ 1 looked at, 1 right."


async def test_what_was_not_right_is_back_within_days_and_not_in_the_same_review(world: World) -> None:
    tan = await first_lesson(world)
    await days_later(world, 4)
    await tan.say("/review")
    await give(tan, right=False)
    assert "Back " in tan.text and "once more before the end" not in tan.text
    assert tan.buttons[0] == "To the result ›"
    [kept] = memories(world)
    assert 1 <= (kept.due_on - kept.looked_on).days < 7


async def test_memories_are_what_the_log_says(world: World) -> None:
    tan = await first_lesson(world)
    for right in (True, False, True):
        [kept] = memories(world)
        await days_later(world, (kept.due_on - kept.looked_on).days)
        await tan.say("/review")
        await give(tan, right=right)
        await tan.tap("To the result ›")
    told = memory.rebuild(log(world))
    assert [(m.learner_id, m.lesson) for m in memories(world)] == list(told)
    for kept in memories(world):
        again = told[kept.learner_id, kept.lesson]
        assert again.looks == 3
        assert (again.stability, again.difficulty) == (kept.stability, kept.difficulty)
        assert (again.looked_on, again.due_on, again.parameters) == (
            kept.looked_on,
            kept.due_on,
            kept.parameters,
        )


async def test_stopping_keeps_what_was_answered_and_the_rest_stays_due(world: World) -> None:
    tan = await first_lesson(world)
    await days_later(world, 4)
    await tan.say("/review")
    await tan.tap("Stop here")
    assert tan.text.split("\n")[:2] == ["✅ Put aside for now.", "One more waits today."]
    await tan.say("/review")
    assert tan.first_line.startswith("🔁 1/1")


async def test_a_second_tap_on_stop_changes_nothing(world: World) -> None:
    tan = await first_lesson(world)
    await days_later(world, 4)
    await tan.say("/review")
    stop = next(b for row in tan.last.keyboard or [] for b in row if b["text"] == "Stop here")
    message = tan.last
    await tan.tap("Stop here")
    before = memories(world), tan.text
    toast = await tan.tap_data(stop["callback_data"], message, forge=True)
    assert toast and (memories(world), tan.text) == before


async def test_reading_a_lesson_again_is_no_look(world: World) -> None:
    tan = await first_lesson(world)
    [before] = memories(world)
    await days_later(world, 1)
    await tan.tap("Read again")
    await lesson_done(tan, BASICS)
    assert memories(world) == [before]


async def test_a_review_left_open_yesterday_begins_anew(world: World) -> None:
    tan = await first_lesson(world)
    await days_later(world, 4)
    await tan.say("/review")
    await days_later(world, 1)
    await tan.say("/review")
    kinds = [
        row.closed for row in world.rows(select(tables.attempts).where(tables.attempts.c.kind == "review"))
    ]
    assert sorted(kinds) == [False, True]
    assert "5 days ago" in tan.first_line


def test_days_are_counted_from_the_looks() -> None:
    begun = memory.begin(1, 1, "a", True, date(2026, 1, 1))
    assert reviewing.for_today([begun], begun.due_on) == [begun]
    assert reviewing.for_today([begun], begun.due_on - timedelta(days=1)) == []


async def test_learn_offers_it_when_nothing_else_is_due(world: World) -> None:
    tan = await first_lesson(world)
    await days_later(world, 4)
    await tan.say("/learn")
    assert tan.first_line == "🔁 One question to look at again."
    await tan.tap("Not today")
    assert tan.text.split("\n") == ["Fine, another day.", "Nothing piles up: never more than 4 a day."]
    await tan.tap("Look again after all")
    assert tan.first_line.startswith("🔁 1/1")
    await tan.say("/learn")
    assert tan.first_line == "🔁 One question to look at again.", "an open review is no unfinished lesson"
    await tan.tap("Look again · 1")
    assert tan.first_line.startswith("🔁 1/1")


async def test_cancel_stops_a_review(world: World) -> None:
    tan = await first_lesson(world)
    await days_later(world, 4)
    await tan.say("/review")
    await tan.say("/cancel")
    assert tan.first_line == "✅ Put aside for now."


async def test_a_gentle_push_comes_on_a_day_without_a_lesson_and_opens_the_review(world: World) -> None:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    await tan.tap("See the first lesson")
    await lesson_done(tan, BASICS)
    await tan.say("/lessons")
    await tan.tap(next(label for label in tan.buttons if not label.startswith("✅")))
    await lesson_done(tan, asked_unit(world))
    for day in range(1, 4):
        await world.until_hour(day)
        assert "look at again" not in tan.text, "nothing is due yet"
    await world.until_hour(4)
    assert tan.first_line == "🔁 2 questions to look at again."
    assert tan.labels[:2] == [["Look again · 2"], ["Not today"]]
    await tan.tap("Look again · 2")
    assert tan.first_line.startswith("🔁 1/2 · from ")
    await give(tan, right=True)
    await tan.tap("Next question ›")
    assert tan.first_line.startswith("🔁 2/2 · from ")


def asked_unit(world: World) -> str:
    """The unit of the newest attempt."""
    a = tables.attempts.c
    return str(world.rows(select(a.unit).order_by(a.id.desc()).limit(1))[0].unit)
