"""Track tests and quizzes: how sure, passed, not passed, the next day, and a colleague from the third time on."""

import csv
import json
from datetime import timedelta
from typing import Any

import pytest

from bot.rules.curriculum import TrackTest
from tests.cast import LING, MEI, TAN, Chat, World, our_content
from tests.chat.player import asked_item, give
from tests.screens import Reader
from tests.screens_retake import not_yet

pytestmark = pytest.mark.anyio
TEST = "new-hire-test"
TITLE = "Test: your first two weeks"
FRIDAY = 11
"""Days after the story's Monday: Mei's tenth working day."""


def our_test() -> TrackTest:
    test = our_content().units[TEST]
    assert isinstance(test, TrackTest)
    return test


async def on_the_tenth_day(world: World, *others: Any) -> Chat:
    await world.arrive(MEI, *others)
    await world.until_hour(FRIDAY)
    return world.chat(MEI)


async def begin(chat: Chat) -> None:
    """From /learn to whatever the test shows first."""
    await chat.say("/learn")
    if not chat.first_line.startswith(f"📝 {TITLE}"):
        await chat.tap(next(label for label in chat.buttons if label.startswith("All due")))
        line = next(line for line in chat.text.split("\n") if TITLE in line)
        await chat.tap(line.split(" ")[0])
    else:
        await chat.tap("Start")


async def answer_all(
    chat: Chat, *, wrong: tuple[int, ...] = (), must_wrong: bool = False, sure: str = "Half sure"
) -> list[str]:
    """Answer every question, those with these numbers (from 0, of the ones that need not be right) wrongly; the items asked."""
    asked: list[str] = []
    others = 0
    while "To the result ›" not in chat.buttons:
        if "Next question ›" in chat.buttons:
            await chat.tap("Next question ›")
        item = asked_item(chat)
        again = item.id in asked
        right = again or (not must_wrong if item.must else others not in wrong)
        if item.must and not again and must_wrong:
            must_wrong = False
        others += not item.must
        asked += [] if again else [item.id]
        await give(chat, right=right)
        if not again and "Sure" in chat.buttons:
            await chat.tap(sure)
    await chat.tap("To the result ›")
    return asked


def owed(world: World) -> dict[str, Any]:
    return next(
        a
        for a in world.all_of("assignments")
        if a["unit"] == TEST and a["learner_id"] == world.learner(MEI).id
    )


async def test_a_test_asks_by_its_blueprint_and_is_passed_with_all_right(world: World) -> None:
    mei = await on_the_tenth_day(world)
    await begin(mei)
    asked = await answer_all(mei, sure="Sure")
    topics = [our_content().items[item].topic for item in asked]
    assert {topic: topics.count(topic) for topic in topics} == our_test().topics
    assert mei.first_line == "✅ 12 of 12, passed."
    assert "Sure of 12, and all of them right." in mei.text
    kept = owed(world)
    assert (kept["completed_at"], kept["score_percent"], kept["attempts"]) == (world.clock(), 100, 1)


async def test_a_score_below_the_mark_leads_to_the_lesson_and_the_test_stays_owed(world: World) -> None:
    mei = await on_the_tenth_day(world)
    await begin(mei)
    await answer_all(mei, wrong=(0, 1, 2))  # 9 of 12 are 75 %
    assert mei.first_line == "🔁 9 of 12 this time, 10 are needed."
    assert mei.buttons[0] in ("Read it now · 2 min", "Play the story")
    assert (owed(world)["completed_at"], owed(world)["score_percent"]) == (None, 75)
    await mei.tap(mei.buttons[0])
    assert " · 1/" in mei.first_line, "its first card"


async def test_all_but_one_that_must_be_right_leads_to_the_lesson_as_well(world: World) -> None:
    mei = await on_the_tenth_day(world)
    await begin(mei)
    await answer_all(mei, must_wrong=True)
    assert mei.first_line == "🔁 11 of 12. One must-know question is still open."
    assert "The open one comes down to this: " in mei.text
    assert mei.buttons[0] == "Read it now · 2 min"
    assert (owed(world)["completed_at"], owed(world)["score_percent"]) == (None, 92)


@pytest.mark.parametrize(
    ("language", "idea", "end"),
    [
        ("en", "Which step am I in?", "in?"),
        ("zh-Hans", "我在哪一步？", "步？"),
        ("en", "Call first", "first."),
    ],
)
async def test_an_idea_that_is_a_question_ends_the_sentence(language: str, idea: str, end: str) -> None:
    reader = Reader(language, "employee")
    screen = next(values for values in not_yet(reader) if values["idea"] and values["missed"] == 1)
    said = reader.say("quiz_not_yet", {**screen, "idea": idea}).text
    assert any(line.endswith(end) for line in said.splitlines())


async def not_passed(world: World, *others: Any) -> tuple[Chat, list[str]]:
    mei = await on_the_tenth_day(world, *others)
    await begin(mei)
    return mei, await answer_all(mei, wrong=(0, 1, 2, 3))


async def test_before_a_day_has_passed_the_test_says_when(world: World) -> None:
    mei, _ = await not_passed(world)
    await world.move(hours=5)
    await begin(mei)
    assert mei.first_line == f"🔁 Another set of “{TITLE}” opens tomorrow, 09:00."
    assert len(world.all_of("attempts")) == 1


async def test_a_day_later_other_questions_are_asked_and_the_best_result_counts(world: World) -> None:
    mei, first = await not_passed(world)
    await world.move(hours=24)
    await begin(mei)
    second = await answer_all(mei)
    both = set(first) & set(second)
    assert {item for item in both if not our_content().items[item].must} == set()
    assert first != second
    assert mei.first_line == "✅ 12 of 12, passed."
    assert (owed(world)["score_percent"], owed(world)["attempts"]) == (100, 2)
    assert owed(world)["completed_at"] == world.clock()


async def test_the_reminder_comes_once_when_the_set_is_open_and_begins_it(world: World) -> None:
    mei, _ = await not_passed(world)
    label = next(label for label in mei.buttons if label.startswith("Remind me"))
    assert label == "Remind me Mon 14 Dec, 09:00", "nothing comes by itself on a day of rest"
    result, data = mei.last, mei.data(label)
    await mei.tap(label)
    assert mei.first_line == "⏰ I'll write Mon 14 Dec, 09:00."
    await mei.tap_data(data, result, forge=True)
    waiting = [row for row in world.all_of("outbox") if row["wish"] == "retake"]
    assert len(waiting) == 1
    before = len(mei.messages)
    await world.until_hour(FRIDAY + 2)
    assert len(mei.messages) == before
    await world.until_hour(FRIDAY + 3)
    said = next(
        m for m in mei.messages if m.by_bot and m.text.startswith(f"📝 Another set of “{TITLE}” is open.")
    )
    await mei.tap("Start", said)
    assert mei.first_line.startswith("📝 1/12")


async def test_a_reminder_of_a_set_that_was_begun_meanwhile_does_not_come(world: World) -> None:
    mei, _ = await not_passed(world)
    await mei.tap(next(label for label in mei.buttons if label.startswith("Remind me")))
    await world.until_hour(FRIDAY + 2, 20)
    await begin(mei)
    await world.until_hour(FRIDAY + 3)
    assert not any("is open." in m.text for m in mei.messages if m.by_bot and m.text.startswith("📝 Another"))
    assert [row["state"] for row in world.all_of("outbox") if row["wish"] == "retake"] == ["skipped"]


async def twice_alone(world: World) -> Chat:
    mei, _ = await not_passed(world, LING)
    await world.move(hours=24)
    await begin(mei)
    await answer_all(mei, wrong=(0, 1, 2, 3))
    await world.until_hour(FRIDAY + 3)
    await begin(mei)
    return mei


async def test_the_third_time_a_colleague_is_offered_who_hears_the_topic_and_no_answer(world: World) -> None:
    mei = await twice_alone(world)
    assert mei.first_line == "Twice alone is enough."
    assert mei.labels[:2] == [["Ask Ling"], ["I'll try alone"]]
    screen, data = mei.last, mei.data("Ask Ling")
    await mei.tap("Ask Ling")
    await world.carry_out()
    assert mei.first_line.startswith("Ling is asked for ten minutes about “")
    ling = world.chat(LING)
    assert ling.first_line.startswith("Mei asks for ten minutes about “")
    told = ling.text
    items = [our_content().items[a["item"]] for a in world.all_of("answers")]
    assert not any(choice.label in told for item in items for choice in item.words["en"].choices.values())
    count = len(ling.messages)
    await mei.tap_data(data, screen, forge=True)
    await world.carry_out()
    assert len(ling.messages) == count, "a second tap asks nobody twice"
    await mei.tap("I'll try alone")
    assert mei.first_line.startswith("📝 1/12")


async def test_whoever_has_no_manager_is_offered_no_talk(world: World) -> None:
    await world.arrive(LING)
    await world.until_hour(FRIDAY)
    ling = world.chat(LING)
    await begin(ling)
    await answer_all(ling, wrong=(0, 1, 2, 3))
    for hours in (24, 24):
        await world.move(hours=hours)
        await begin(ling)
        assert ling.first_line.startswith("📝 1/12")
        await answer_all(ling, wrong=(0, 1, 2, 3))


async def test_after_as_many_tries_as_there_are_the_next_set_opens_a_week_later(world: World) -> None:
    mei = await twice_alone(world)
    await mei.tap("I'll try alone")
    for _ in range(2):
        await answer_all(mei, wrong=(0, 1, 2, 3))
        await world.move(hours=24)
        await begin(mei)
        if "I'll try alone" in mei.buttons:
            await mei.tap("I'll try alone")
    assert mei.first_line.startswith(f"🔁 Another set of “{TITLE}” opens ")
    await world.move(to=world.clock() + timedelta(days=6))
    await begin(mei)
    assert mei.first_line == "Twice alone is enough."


async def test_how_sure_is_for_the_learner_alone(world: World) -> None:
    mei = await on_the_tenth_day(world, LING)
    await begin(mei)
    await answer_all(mei, wrong=(0,), sure="Sure")
    assert "Sure of 12, and one of them not right: that is the one to look at." in mei.text
    missed = next(a["item"] for a in world.all_of("answers") if not a["right"])
    where = our_content().units[our_content().items[missed].unit]
    assert mei.data(mei.buttons[0]).split(".")[1] == str(where.number)
    logged = [json.loads(e["payload"]) for e in world.all_of("events") if e["kind"] == "answered"]
    assert [said["sure"] for said in logged] == [2] * 12
    completed = [e["payload"] for e in world.all_of("events") if e["kind"] == "completed"]
    assert not any("sure" in payload for payload in completed)


async def test_the_question_how_sure_comes_before_the_verdict_and_counts_once(world: World) -> None:
    mei = await on_the_tenth_day(world)
    await begin(mei)
    item = await give(mei, right=True)
    assert mei.first_line == "📝 1/12 · Answer kept. How sure is it?"
    assert mei.last.is_protected
    assert world.all_of("answers") == []
    screen, data = mei.last, mei.data("A guess")
    await mei.say("/learn")
    await mei.tap("Go on · question 1")
    assert mei.first_line == "📝 1/12 · Answer kept. How sure is it?", "left and taken up again"
    await mei.tap("Sure")
    toast = await mei.tap_data(data, screen, forge=True)
    assert toast == "Answered already; the first counts"
    assert [(a["item"], a["right"]) for a in world.all_of("answers")] == [(item.id, True)]
    assert json.loads(world.all_of("attempts")[0]["path"]) == [[item.id, "2"]]


async def test_an_employees_quiz_waits_a_day_and_a_business_owners_does_not(world: World) -> None:
    await world.arrive(MEI, TAN)
    for someone, topic in ((MEI, "accounts"), (TAN, "advance-fees")):
        chat = world.chat(someone)
        await chat.say(f"/quiz {topic}")
        assert chat.first_line.startswith("📝 1/5")
        await answer_all(chat, wrong=(0, 1, 2))
        await chat.say(f"/quiz {topic}")
        if someone is MEI:
            assert chat.first_line == "🔁 Another set of “Accounts and sign-in” opens tomorrow, 09:00."
        else:
            assert chat.first_line.startswith("📝 1/5")
    await world.move(hours=24)
    mei = world.chat(MEI)
    await mei.say("/quiz accounts")
    await answer_all(mei)
    assert mei.first_line == "✅ 5 of 5, passed."


async def test_the_export_tells_whether_a_test_is_passed(world: World, tmp_path: Any) -> None:
    from bot.exports import FORMATS
    from bot.store.completions import COLUMNS, Scope
    from bot.store.snapshot import snapshot

    def exported() -> dict[str, str]:
        out = tmp_path / "out.csv"
        with snapshot(world.app.reading) as kept:
            FORMATS["csv"](COLUMNS, kept.completions(Scope(), "Q", "Asia/Shanghai", world.clock()), out)
        lines = list(csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()))
        return next(line for line in lines if line["unit"] == TEST and line["staff_number"] == "0102")

    mei = await on_the_tenth_day(world)
    assert (exported()["unit_kind"], exported()["passed"], exported()["score_percent"]) == ("test", "", "")
    await begin(mei)
    await answer_all(mei, wrong=(0, 1, 2))
    assert (exported()["status"], exported()["passed"].lower(), exported()["score_percent"]) == (
        "in_progress",
        "false",
        "75",
    )
    await world.move(hours=24)
    await begin(mei)
    await answer_all(mei)
    assert (exported()["status"], exported()["passed"].lower(), exported()["score_percent"]) == (
        "completed",
        "true",
        "100",
    )
    assert not any("sure" in name for name in exported())
