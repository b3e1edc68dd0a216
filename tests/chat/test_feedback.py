"""A rating under a lesson, and /feedback: kept once, taken back, read without a name."""

import pytest

from bot.rules.feedback import A_DAY, LONGEST
from tests.cast import MEI, TAN, Chat, World, our_lesson
from tests.chat.player import give, to_the_questions

pytestmark = pytest.mark.anyio
SLUG = "report-it-fast"


async def to_the_result(mei: Chat) -> None:
    """Through the cards and the three questions, each answered rightly."""
    await to_the_questions(mei, SLUG)
    while "To the result ›" not in mei.buttons:
        if "Next question ›" in mei.buttons:
            await mei.tap("Next question ›")
        await give(mei, right=True)
    await mei.tap("To the result ›")


async def read_through(world: World) -> Chat:
    """Mei at the end of her first lesson."""
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.tap("Start · 2 minutes")
    await to_the_result(mei)
    return mei


async def test_a_rating_says_thank_you_and_its_buttons_go(world: World) -> None:
    mei = await read_through(world)
    assert mei.labels[-2] == ["Useful", "So-so", "No use"]
    useful, no_use = mei.data("Useful"), mei.data("No use")
    before = mei.text
    assert await mei.tap("Useful") == "Thank you"
    assert mei.text == before and "Useful" not in mei.buttons
    (kept,) = world.all_of("ratings")
    assert (kept["unit"], kept["rating"]) == (SLUG, 1)
    assert await mei.tap_data(no_use, forge=True) == "Thank you"
    assert await mei.tap_data(useful, forge=True) == "Thank you"
    assert world.all_of("ratings") == [kept]
    assert [row["kind"] for row in world.all_of("events")].count("rated") == 1


async def test_a_version_that_was_rated_is_not_asked_about_again(world: World) -> None:
    mei = await read_through(world)
    await mei.tap("No use")
    await mei.tap("Read again")
    await to_the_result(mei)
    assert "Useful" not in mei.buttons and "Read again" in mei.buttons


async def test_a_rating_button_of_an_open_lesson_or_with_no_such_rating_is_spent(world: World) -> None:
    mei = await read_through(world)
    data = mei.data("Useful").split(".")
    learner = world.learner(MEI)
    for row, choice in ((int(data[1]), 0), (int(data[1]), 4), (12_345, 1)):
        forged = world.app.room.speaker._signer.sign(learner.id, "F", row, 0, choice)
        assert "has expired" in str(await mei.tap_data(forged, forge=True))
    assert world.all_of("ratings") == []


async def test_feedback_says_who_reads_it_and_keeps_it_with_what_was_played_last(world: World) -> None:
    mei = await read_through(world)
    await mei.say("/feedback")
    title = our_lesson(SLUG).title
    assert f"It goes with “{title}”" in mei.text and "A trainer at Qingchuan Credit" in mei.text
    await mei.say("Card 2 is <too> long & dense.")
    assert mei.first_line == "✅ Thank you. Kept, word for word:"
    assert "Card 2 is <too> long & dense." in mei.text
    (kept,) = world.all_of("feedback")
    assert (kept["unit"], kept["words"]) == (SLUG, "Card 2 is <too> long & dense.")
    assert kept["content_version"] == world.all_of("attempts")[0]["content_version"]
    assert (await mei.say("And more")).startswith("I can't chat freely."), "one question, one answer"
    assert len(world.all_of("feedback")) == 1


async def test_feedback_about_something_else_names_no_lesson(world: World) -> None:
    mei = await read_through(world)
    await mei.say("/feedback")
    await mei.tap("It's about something else")
    assert "It goes with" not in mei.text
    await mei.say("The hour is hard to find.")
    assert world.all_of("feedback")[0]["unit"] == ""


async def test_what_is_taken_back_is_nowhere_any_more(world: World) -> None:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    await tan.say("/feedback")
    await tan.say("My password is rosebud7, by the way")
    data = tan.data("Take it back")
    await tan.tap("Take it back")
    assert tan.first_line == "Taken back. Its words are deleted."
    assert "has expired" in str(await tan.tap_data(data, forge=True))
    kept = str([world.all_of(name) for name in ("feedback", "events", "outbox", "dialogues")])
    assert "rosebud7" not in kept


async def test_a_one_time_code_and_a_cry_for_help_are_no_feedback(world: World) -> None:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    await tan.say("/feedback")
    await tan.say("code 482913")
    assert tan.first_line == "That looks like a one-time code."
    await tan.say("/feedback")
    await tan.say("I've just paid them 12,000")
    assert "☎️" in tan.text or "bank" in tan.text.lower()
    assert world.all_of("feedback") == []


async def test_what_cannot_be_kept_is_told_and_the_question_waits(world: World) -> None:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    await tan.say("/feedback")
    await tan.say("…")
    assert tan.first_line == "I found no words in that."
    await tan.say("x" * (LONGEST + 1))
    assert tan.first_line == f"{LONGEST + 1} characters; {LONGEST} fit."
    world.telegram.send_voice(TAN.account)
    await world.settle()
    assert tan.first_line == "Here I can only keep typed words."
    assert world.all_of("feedback") == []
    await tan.say("x" * LONGEST)
    assert len(world.all_of("feedback")) == 1


async def test_so_many_a_day_and_no_more(world: World) -> None:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    for number in range(A_DAY + 1):
        await tan.say("/feedback")
        await tan.say(f"Thought {number}")
    assert tan.first_line == "That is plenty for one day."
    assert len(world.all_of("feedback")) == A_DAY
    await world.move(hours=25)
    await tan.say("/feedback")
    await tan.say("One more")
    assert len(world.all_of("feedback")) == A_DAY + 1
