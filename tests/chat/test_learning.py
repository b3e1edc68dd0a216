"""/learn in its four states, lists, quizzes, and the lesson that comes by itself."""

from datetime import date, timedelta

import pytest

from bot.rules import tracks
from tests.cast import LING, MEI, MONDAY, TAN, WEI, Chat, World, card, our_content, our_lesson
from tests.chat.player import asked_item, give, to_the_questions

pytestmark = pytest.mark.anyio
FIRST_DAY = "📖 Your first 3 lessons, 6 minutes"
FIRST_DAY_UNITS = ("report-it-fast", "first-day-security-habits", "mfa-and-account-takeover")
REPORT, BASICS = our_lesson("report-it-fast"), our_lesson("never-pay-before-you-receive")


async def lesson_done(chat: Chat, slug: str) -> None:
    """From the first card to the result."""
    await to_the_questions(chat, slug)
    while "To the result ›" not in chat.buttons:
        if "Next question ›" in chat.buttons:
            await chat.tap("Next question ›")
        await give(chat, right=True)
    await chat.tap("To the result ›")


async def test_due_says_what_and_by_when(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.say("/learn")
    assert mei.text.split("\n") == [f"📖 {REPORT.title}", "Two minutes, by Tuesday."]
    assert mei.buttons[:2] == ["Start", "Later today"]
    await mei.tap("Start")
    assert mei.first_line == card(REPORT, 1)


async def test_unfinished_comes_before_due(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.tap("Start · 2 minutes")
    await to_the_questions(mei, "report-it-fast")
    await give(mei, right=True)
    await mei.say("/learn")
    assert mei.first_line == f"📝 2 questions to go in “{REPORT.title}”."
    await mei.tap("Go on · question 2")
    assert "Next question ›" in mei.buttons, "the verdict that was not yet read"


async def test_not_yet_before_the_first_day_and_nothing_is_pushed(world: World) -> None:
    await world.roster(MEI, hired_on=date(2026, 12, 7))
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.say("/learn")
    assert mei.first_line == "⏸️ Nothing before Mon 7 Dec, your first day."
    await world.until_hour(4)
    assert mei.first_line.startswith("⏸️")
    await world.until_hour(7)
    assert mei.first_line == FIRST_DAY


async def test_all_done_says_what_comes_next_and_when(world: World) -> None:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    await tan.tap("See the first lesson")
    await lesson_done(tan, "never-pay-before-you-receive")
    await tan.tap("Next thing ›")
    assert tan.first_line == "✅ All done for now."
    coming = our_lesson("already-paid-first-hour").title
    assert tan.text.split("\n")[1] == f"Next: “{coming}”, Mon 7 Dec, 09:00."


async def test_all_that_is_due_is_one_tap_behind(world: World) -> None:
    await world.arrive(MEI)
    await world.until_hour(7)
    mei = world.chat(MEI)
    await mei.say("/learn")
    await mei.tap("All due · 5")
    assert mei.first_line == "5 things are open."
    assert mei.labels[0] == ["1", "2", "3", "4"]
    await mei.tap("1")
    assert mei.first_line == card(REPORT, 1)


async def test_the_lesson_comes_by_itself_at_the_hour_with_its_due_date_and_once(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await world.until_hour(1, 8, 59)
    before = len(mei.messages)
    await world.until_hour(1, 9)
    assert len(mei.messages) == before + 2, "the lesson, and above it the card, once"
    assert mei.text.split("\n")[:2] == [FIRST_DAY, f"1 {REPORT.title}"]
    assert mei.text.endswith("One after the other, today.")
    for _ in range(3):
        await world.strike()
    await world.until_hour(1, 18)
    assert len(mei.messages) == before + 2
    await mei.tap("Start")
    assert mei.first_line == card(REPORT, 1)


async def test_what_is_due_is_said_in_the_readers_language(world: World) -> None:
    await world.arrive(MEI)
    await world.chat(MEI).tap("繁體中文")
    await world.until_hour(1)
    assert our_lesson("report-it-fast", "zh-Hant").title in world.chat(MEI).text


async def test_a_new_hire_is_pushed_once_a_day_and_nothing_at_the_weekend(world: World) -> None:
    await world.arrive(MEI)
    mei, lines = world.chat(MEI), []
    for day in range(14):
        before = len(mei.messages)
        await world.until_hour(day, 9)
        lines += [(day, m.text.split("\n")[0][:2]) for m in mei.messages[before:]]
    lessons = [day for day, emoji in lines if emoji in ("📖 ", "🧩 ", "📝 ")]
    announced = {unit.set or unit.unit for unit in our_content().tracks["new-hire"].units}
    assert len(lessons) == len(set(lessons)) == len(announced)
    kinds = {(day, emoji in ("📖 ", "🧩 ", "📝 ")) for day, emoji in lines}
    assert len(lines) == len(kinds), "a lesson a day, and a reminder where it has to stand alone"
    assert all((MONDAY + timedelta(days=day)).weekday() < 5 for day, _ in lines)


async def test_later_today_brings_it_back_about_three_hours_later(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await world.until_hour(1, 9)
    await mei.tap("Later today")
    assert mei.first_line == "I'll be back today, 12:00."
    before = len(mei.messages)
    await world.until_hour(1, 11, 59)
    assert len(mei.messages) == before
    await world.until_hour(1, 12)
    assert mei.first_line == FIRST_DAY
    assert len(mei.messages) == before + 1


async def test_another_hour_can_be_chosen_and_only_one_waits(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await world.until_hour(1, 9)
    await mei.walk("Later today", "Another hour")
    assert mei.buttons[0] == "10:00"
    await mei.tap("18:00")
    assert mei.first_line == "I'll be back today, 18:00."
    before = len(mei.messages)
    await world.until_hour(1, 17, 59)
    assert len(mei.messages) == before
    await world.until_hour(1, 18)
    assert len(mei.messages) == before + 1


async def test_what_was_done_meanwhile_does_not_come_back(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await world.until_hour(1, 9)
    await mei.walk("Later today", "Start now")
    for slug in FIRST_DAY_UNITS:
        await lesson_done(mei, slug)
        await mei.say("/learn")
        await mei.tap("Start")
    before = len(mei.messages)
    await world.until_hour(1, 12)
    assert len(mei.messages) == before
    reasons = [r["reason"] for r in world.all_of("outbox") if r["state"] == "skipped"]
    assert reasons == ["told with another"] * 2 + ["no longer due"]


async def test_what_is_left_of_the_first_day_comes_back_when_it_was_put_off(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await world.until_hour(1, 9)
    await mei.walk("Later today", "Start now")
    await lesson_done(mei, "report-it-fast")
    await world.until_hour(1, 12)
    assert mei.text.split("\n")[0] == "📖 Your first 2 lessons, 4 minutes"
    assert our_lesson("report-it-fast").title not in mei.text


async def test_late_in_the_evening_later_means_tomorrow(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await world.until_hour(0, 19)
    await mei.say("/learn")
    await mei.tap("Another day")
    assert mei.first_line == "I'll be back tomorrow, 09:00."


async def test_late_on_a_friday_it_means_monday_for_staff(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await world.until_hour(4, 20, 30)
    await mei.say("/learn")
    await mei.walk("Another day", "Another hour")
    assert mei.text == "It's late already. Another day, then?"
    await mei.tap(mei.buttons[0])
    assert mei.first_line == "I'll be back Mon 7 Dec, 09:00."
    before = len(mei.messages)
    await world.until_hour(6, 20)
    assert len(mei.messages) == before, "nothing comes on a rest day"
    await world.until_hour(7, 9)
    assert len(mei.messages) > before


async def test_somebody_who_blocked_the_bot_is_left_alone_and_told_when_back(world: World) -> None:
    await world.arrive(MEI)
    world.telegram.block(MEI.account)
    await world.settle()
    assert world.learner(MEI).unreachable == "blocked"
    await world.until_hour(1)
    world.telegram.unblock(MEI.account)
    await world.settle()
    assert world.learner(MEI).unreachable is None
    await world.until_hour(2)
    assert world.chat(MEI).first_line == FIRST_DAY


async def test_lessons_and_stories_are_listed_for_the_reader_and_marked_when_done(world: World) -> None:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    await tan.tap("See the first lesson")
    await lesson_done(tan, "never-pay-before-you-receive")
    await tan.say("/lessons")
    assert f"✅ {BASICS.title}" in tan.buttons
    assert REPORT.title not in tan.text, "that one is for staff"
    await tan.say("/cases")
    assert our_content().units["unfreeze-fee-loan"].words["en"].title in tan.buttons


async def test_a_quiz_on_a_topic_asks_five_and_is_passed_with_four(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.say("/quiz reporting")
    wrong = 0
    while "To the result ›" not in mei.buttons:
        if "Next question ›" in mei.buttons:
            await mei.tap("Next question ›")
        miss = not wrong and not asked_item(mei).must
        wrong += miss
        await give(mei, right=not miss)
    await mei.tap("To the result ›")
    assert mei.first_line == "✅ 4 of 5, passed."
    assert world.all_of("events")[-1]["kind"] == "completed"


async def test_a_must_know_question_missed_keeps_a_quiz_open(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.say("/quiz")
    await mei.tap(our_content().topic_titles["reporting"]["en"])
    missed = False
    while "To the result ›" not in mei.buttons:
        if "Next question ›" in mei.buttons:
            await mei.tap("Next question ›")
        miss = asked_item(mei).must and not missed
        missed = missed or miss
        await give(mei, right=not miss)
    await mei.tap("To the result ›")
    assert mei.first_line == "🔁 4 of 5. One must-know question is still open."
    await world.until_hour(1)
    await mei.say("/quiz reporting")
    assert mei.first_line.startswith("📝 1/5")


async def test_a_business_owners_result_has_no_pass_mark(world: World) -> None:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    await tan.say("/quiz first-hour")
    while "To the result ›" not in tan.buttons:
        if "Next question ›" in tan.buttons:
            await tan.tap("Next question ›")
        await give(tan, right=False)
    await tan.tap("To the result ›")
    assert tan.first_line == "🔁 Worth a second look before the next call comes."
    assert "pass" not in tan.text


async def test_topics_of_others_are_not_offered(world: World) -> None:
    await world.arrive(TAN)
    await world.chat(TAN).say("/quiz reporting")
    assert our_content().topic_titles["reporting"]["en"] not in world.chat(TAN).buttons


async def test_two_people_learn_at_once_and_neither_sees_the_other(world: World) -> None:
    await world.arrive(LING, MEI, WEI)
    for who in (MEI, WEI):
        world.telegram.press(who.account, "Start · 2 minutes")
    await world.settle()
    await world.chat(WEI).tap("Next ›")
    assert world.chat(MEI).first_line == card(REPORT, 1)
    assert world.chat(WEI).first_line == card(REPORT, 2)


def test_the_plan_of_new_hires_fits_two_weeks() -> None:
    plan = tracks.plan(our_content().tracks["new-hire"], date(2026, 11, 30))
    assert all(day <= date(2026, 12, 11) for _, day, _ in plan)
