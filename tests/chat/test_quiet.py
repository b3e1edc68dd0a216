"""Pause, leave, an outage, and people whom nothing reaches: what comes, and what does not."""

from datetime import date, timedelta
from typing import Any

import pytest

from bot.store import outbox, rows
from tests.cast import LING, MEI, TAN, Chat, World, our_lesson
from tests.chat.player import give, to_the_questions

pytestmark = pytest.mark.anyio
REPORT = our_lesson("report-it-fast")


def due_days(world: World) -> dict[str, date | None]:
    return {row["unit"]: row["due_on"] for row in world.all_of("assignments", world.learner(MEI).id)}


def skipped(world: World) -> list[tuple[str, str]]:
    """(kind, why) of what did not come to Mei."""
    found = world.all_of("outbox", world.learner(MEI).id)
    return [(row["daily"], row["reason"]) for row in found if row["state"] == "skipped" and row["daily"]]


async def test_a_leave_moves_due_dates_and_returning_early_moves_them_back(world: World) -> None:
    await world.arrive(LING, MEI)
    mei, before = world.chat(MEI), due_days(world)
    await mei.say("/pause")
    await mei.walk("I'm on leave", "Tomorrow")
    await mei.say("15 December")
    assert "Ling sees “on leave”" in mei.text
    moved = due_days(world)
    assert moved["report-it-fast"] == date(2026, 12, 15), "ten working days later"
    await world.until_hour(1)
    await world.until_hour(2)
    assert mei.first_line.startswith("⏸️ On leave"), "nothing came"
    assert ("lesson", "on leave") in skipped(world)
    await mei.say("/pause")
    await mei.tap("I'm back")
    returned = due_days(world)
    assert returned["report-it-fast"] == date(2026, 12, 2), "later by the one day that was taken"
    assert returned.keys() == before.keys()
    await world.until_hour(3)
    assert mei.first_line == "📖 Your first 3 lessons, 6 minutes"


async def test_a_leave_that_is_taken_back_leaves_no_trace_in_the_due_dates(world: World) -> None:
    await world.arrive(MEI)
    mei, before = world.chat(MEI), due_days(world)
    await mei.say("/pause")
    await mei.walk("I'm on leave", "Tomorrow")
    await mei.say("15 December")
    await mei.walk("Other days", "Tomorrow")
    await mei.say("10 December")
    assert due_days(world) != before
    await mei.tap("No leave after all")
    assert due_days(world) == before and world.learner(MEI).away_until is None


async def test_quiet_until_a_day_and_what_was_skipped_says_so(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.say("/pause")
    await mei.tap("Until Monday")
    assert mei.first_line == "⏸️ Quiet until Monday 7 December."
    for day in range(1, 5):
        await world.until_hour(day)
    assert mei.first_line == "⏸️ Quiet until Monday 7 December."
    assert skipped(world)[0] == ("lesson", "paused")
    await world.until_hour(7)
    assert mei.first_line == "📖 Your first 3 lessons, 6 minutes"


async def test_a_push_waits_while_somebody_is_in_the_middle_of_a_lesson(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.tap("Start · 2 minutes")
    await world.until_hour(1, 8, 50)
    await mei.tap("Next ›")
    title, before = mei.first_line, len(mei.messages)
    await world.until_hour(1, 9)
    await world.until_hour(1, 9, 15)
    assert (mei.first_line, len(mei.messages)) == (title, before)
    await world.until_hour(1, 9, 30)
    assert len(mei.messages) == before + 2, "half an hour after the last tap: the card and the lesson"


async def test_after_an_outage_there_is_one_message_and_the_question_is_offered_again(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.tap("Start · 2 minutes")
    for _ in range(len(REPORT.cards) - 1):
        await mei.tap("Next ›")
    await mei.tap("Question ›")
    await world.strike()
    before = len(mei.messages)
    world.clock.at += timedelta(hours=25)
    assert world.app.clock.come_back() == 1
    await world.settle()
    assert mei.first_line == "I was away from Monday 09:00 to Tuesday 10:00; that was on our side."
    assert "Your answers are safe. Waiting:" in mei.text and "Go on" in mei.buttons
    assert len(mei.messages) == before + 1
    await mei.tap("Go on")
    assert "1/3" in mei.text
    world.clock.at += timedelta(hours=1)
    assert world.app.clock.tick() == 0, "told once"


async def test_a_tap_that_telegram_gave_up_is_asked_for_again_once_each_outage(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.tap("Start · 2 minutes")
    await to_the_questions(mei, "report-it-fast")
    await world.strike()
    for outage in range(2):
        before = len(mei.messages)
        await world.app.stop()
        world.dispose()
        lost = world.telegram.tap(MEI.account, mei.last.message_id, last_data(mei))
        world.clock.at += timedelta(minutes=3)
        del world.telegram.world.queries[lost]  # nobody will answer it
        world.app = world.build()
        world.telegram.write(TAN.account, "/help")  # what comes after the tap that is lost
        await world.start()
        await world.settle()
        assert world.app.clock.tick() == 1
        await world.settle()
        assert len(world.telegram.world.updates.expired) == outage + 1
        assert mei.first_line.startswith("I was away from ")
        assert len(mei.messages) == before + 1
        assert world.app.clock.tick() == 0, "told once"
        await mei.tap("Go on")
    await give(mei, right=True)
    assert mei.first_line.startswith("✅")
    assert len(world.all_of("answers")) == 1


def last_data(chat: Chat) -> str:
    """What the first button of the newest message holds."""
    assert chat.last.keyboard
    return str(chat.last.keyboard[0][0]["callback_data"])


async def test_a_short_gap_is_nothing_to_speak_of(world: World) -> None:
    await world.arrive(MEI)
    await world.strike()
    before = len(world.chat(MEI).messages)
    world.clock.at += timedelta(minutes=9)
    assert world.app.clock.come_back() == 0
    assert len(world.chat(MEI).messages) == before


async def blocked_for_three_days(world: World) -> Any:
    await world.arrive(MEI)
    world.telegram.block(MEI.account)
    await world.settle()
    for day in range(1, 4):
        await world.until_hour(day)
    assert {why for _, why in skipped(world)} == {"unreachable"}
    world.telegram.unblock(MEI.account)
    await world.settle()
    return world.chat(MEI)


async def test_who_comes_back_and_says_nothing_is_welcomed_once(world: World) -> None:
    mei = await blocked_for_three_days(world)
    await world.move(minutes=2)
    assert mei.first_line == "Welcome back. Everything is where it was."
    assert world.learner(MEI).unreachable is None
    await world.until_hour(4)
    assert mei.first_line == "📖 Your first 3 lessons, 6 minutes", "one a day, as ever"


async def test_who_comes_back_and_speaks_is_only_answered(world: World) -> None:
    mei = await blocked_for_three_days(world)
    await mei.say("/start")
    before = len(mei.messages)
    await world.move(minutes=2)
    assert len(mei.messages) == before


async def test_one_day_of_the_week_has_to_stay(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.say("/settings")
    await mei.walk("Rest days", "Mon", "Tue", "Wed", "Thu")
    assert await mei.tap("Fri") == "One day has to stay; /pause is for more"
    assert world.learner(MEI).rest_days == frozenset({0, 1, 2, 3, 5, 6})
    await mei.walk("• Mon", "• Tue", "• Wed", "• Thu")
    assert world.learner(MEI).rest_days is None, "as usual again"


async def test_a_code_typed_as_a_reason_is_not_kept(world: World) -> None:
    await world.arrive(LING, MEI)
    mei = world.chat(MEI)
    for day in range(1, 4):
        await world.until_hour(day)
    await mei.tap("Give a reason")
    await mei.say("483920")
    assert "one-time code" in mei.text
    assert all(row["excuse"] is None for row in world.all_of("assignments"))
    await mei.say("I was ill")
    assert "I was ill" in {row["excuse"] for row in world.all_of("assignments")}


async def test_a_lesson_that_was_made_by_day_and_could_not_be_sent_does_not_go_out_at_night(
    world: World,
) -> None:
    await world.arrive(MEI)
    await world.until_hour(0, 20, 50)
    mei, before = world.chat(MEI), len(world.chat(MEI).messages)
    row = world.all_of("assignments", world.learner(MEI).id)[0]
    asked = outbox.wished(
        world.learner(MEI), "lesson_due", {"assignment_id": row["id"]}, world.clock() + timedelta(hours=1)
    )
    kept = outbox.owed_row(asked, world.clock(), assignment_id=None, slot=None)
    call = {"method": "sendMessage", "params": rows.dump({"chat_id": MEI.account, "text": "made at 20:50"})}
    await world.write(lambda c: outbox.owe_all(c, [kept | call]))
    await world.until_hour(0, 23)
    assert len(mei.messages) == before
    await world.until_hour(1, 9, 1)
    assert "made at 20:50" not in [message.text for message in mei.messages]
    assert len(mei.messages) > before
