"""Language, time zone, hour; what is kept; /cancel and /help."""

import json
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.cast import FEN, LING, MEI, TAN, World, card, our_lesson
from tests.chat.player import give, to_the_questions

pytestmark = pytest.mark.anyio


async def test_settings_say_how_things_stand(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.say("/settings")
    assert mei.text.split("\n")[1].startswith("English · ") and mei.text.endswith(
        "lessons at 09:00 · reminders on · pictures light"
    )
    assert mei.labels[:4] == [
        ["Language", "Time zone"], ["Hour", "Rest days"], ["Reminders off", "Pictures"], ["Pause", "Privacy"],
    ]  # fmt: skip


async def test_a_language_is_changed_in_the_middle_of_a_lesson_and_the_lesson_goes_on(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.walk("Start · 2 minutes", "Next ›")
    await mei.say("/settings")
    await mei.tap("Language")
    toast = await mei.tap("繁體中文")
    assert toast == "之後使用繁體中文"
    assert mei.first_line == "設定"
    await mei.say("/learn")
    await mei.tap("繼續" if "繼續" in mei.buttons else mei.buttons[0])
    assert mei.first_line == card(our_lesson("report-it-fast", "zh-Hant"), 2)
    assert world.telegram.chat(MEI.account).menu[0]["description"] != "Go on with the next thing"


async def test_a_question_half_answered_is_asked_in_the_new_language_with_its_ticks(world: World) -> None:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    await tan.tap("See the first lesson")
    await to_the_questions(tan, "never-pay-before-you-receive")
    await give(tan, right=True)
    await tan.tap("Next question ›")
    await tan.say("/settings")
    await tan.tap("Language")
    await tan.tap("简体中文")
    await tan.say("/learn")
    await tan.tap(tan.buttons[0])
    assert tan.first_line.startswith("📝 2/3 · ")
    await give(tan, right=True)
    assert tan.first_line.startswith("✅")


async def test_chinese_telegram_gets_chinese_from_the_first_word(world: World) -> None:
    await world.arrive(FEN)
    fen = world.chat(FEN)
    assert fen.first_line == "您好，我是 Fraudwise，帮生意人早点看穿贷款骗局。"
    assert "English" in fen.buttons and "简体中文" not in fen.buttons


@pytest.mark.parametrize(
    ("typed", "first_line"),
    [
        ("penang", "Kuala Lumpur time, 09:00 now. Right?"),
        ("Tokyo", "Tokyo time, 10:00 now. Right?"),
        ("Asia/Taipei", "Taipei time, 09:00 now. Right?"),
    ],
)
async def test_a_city_is_typed_asked_back_and_kept(world: World, typed: str, first_line: str) -> None:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    await tan.say("/settings")
    await tan.tap("Time zone")
    await tan.say(typed)
    assert tan.first_line == first_line or tan.first_line.endswith(first_line.split(", ", 1)[1])
    assert world.learner(TAN).time_zone == "Asia/Shanghai", "not before it is said that this is right"
    await tan.tap("That's it")
    assert world.learner(TAN).time_zone != "Asia/Shanghai"
    assert tan.first_line == "Settings"


async def test_what_the_clock_shows_is_enough_for_a_zone(world: World) -> None:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    await tan.say("/settings")
    await tan.tap("Time zone")
    await tan.say("2:00")
    await tan.tap("That's it")
    shows = world.clock().astimezone(ZoneInfo(world.learner(TAN).time_zone))
    assert abs(timedelta(hours=shows.hour, minutes=shows.minute) - timedelta(hours=2)) < timedelta(minutes=16)


@pytest.mark.parametrize("typed", ["xyzzy", "<b>Atlantis</b>", "{{ 7*7 }}", "🌍", "x" * 4096])
async def test_a_place_nobody_knows_is_asked_for_again(world: World, typed: str) -> None:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    await tan.say("/settings")
    await tan.tap("Time zone")
    await tan.say(typed)
    assert tan.first_line.startswith("I don't know a place called “")
    await tan.say("Tokyo")
    await tan.tap("That's it")
    assert world.learner(TAN).time_zone == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("8:15", time(8, 15)), ("20", time(20)), ("8.30", time(8, 30)), ("08：45", time(8, 45)), ("10点30分", time(10, 30)),
     ("9點", time(9)), (" 8:00 ", time(8)), ("20:59", time(20, 59)), ("8:15pm", time(20, 15)), ("9 am", time(9)),
     ("8h15", time(8, 15)), ("8 時半", time(8, 30)), ("下午 3 点半", time(15, 30)), ("12 pm", time(12)), ("0815", time(8, 15))],
)  # fmt: skip
async def test_an_hour_is_typed(world: World, typed: str, kept: time) -> None:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    await tan.say("/settings")
    await tan.walk("Hour", "Another hour")
    await tan.say(typed)
    assert world.learner(TAN).lesson_at == kept
    assert f"lessons at {kept:%H:%M}" in tan.text


@pytest.mark.parametrize(
    "typed", ["thirteenish", "25:00", "8:60", "-1", "half past nine", "1234567890", "UTC+8", "🙂"]
)
async def test_what_is_no_hour_is_asked_for_again(world: World, typed: str) -> None:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    await tan.say("/settings")
    await tan.walk("Hour", "Another hour")
    await tan.say(typed)
    assert tan.first_line.startswith("I couldn't read an hour in “")
    await tan.say("8:15")
    assert world.learner(TAN).lesson_at == time(8, 15)


@pytest.mark.parametrize("typed", ["7:59", "21:00", "3", "0:00"])
async def test_an_hour_of_the_quiet_time_is_kindly_declined(world: World, typed: str) -> None:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    await tan.say("/settings")
    await tan.walk("Hour", "Another hour")
    await tan.say(typed)
    assert tan.first_line == "I keep quiet between 21:00 and 08:00."
    assert world.learner(TAN).lesson_at == time(9)


async def test_every_hour_that_is_offered_brings_the_lesson(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.say("/settings")
    await mei.tap("Hour")
    offered = [label.removeprefix("• ") for label in mei.buttons if ":" in label]
    assert len(offered) == 4
    for hour in offered:
        label = next(label for label in mei.buttons if label.endswith(hour))
        await mei.tap(label)
        assert f"lessons at {hour}" in mei.text
        assert not (time.fromisoformat(hour) < time(8) or time.fromisoformat(hour) >= time(21))
        await mei.tap("Hour")
    wakes = world.all_of("wakes", world.learner(MEI).id)[0]["at"]
    assert wakes.astimezone(ZoneInfo("Asia/Shanghai")).time() == time.fromisoformat(offered[-1])


async def test_the_lesson_follows_a_changed_hour(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.say("/settings")
    await mei.walk("Hour", "18:00")
    before = len(mei.messages)
    await world.until_hour(0, 17, 59)
    assert len(mei.messages) == before
    await world.until_hour(0, 18)
    assert len(mei.messages) == before + 2


async def test_privacy_says_what_is_kept_and_of_whom_it_speaks(world: World) -> None:
    await world.arrive(MEI, TAN)
    mei, tan = world.chat(MEI), world.chat(TAN)
    await mei.say("/privacy")
    assert mei.first_line == "What I keep about you" and "Ling sees" in mei.text
    await mei.tap("Who sees what")
    assert "Colleagues: nothing." in mei.text
    await tan.say("/privacy")
    assert "Ling" not in tan.text and "manager" not in tan.text
    await tan.tap("Who sees what")
    assert "People who decide on loans: nothing." in tan.text


async def test_a_copy_of_ones_own_data_holds_what_is_ones_own_and_nothing_else(world: World) -> None:
    await world.arrive(MEI, LING, TAN)
    mei = world.chat(MEI)
    await mei.tap("Start · 2 minutes")
    await to_the_questions(mei, "report-it-fast")
    await give(mei, right=True)
    await mei.say("/privacy")
    await mei.tap("Copy of my data")
    await world.settle()
    sent = mei.last.attachment
    assert sent is not None and sent.name == "my-data.json"
    copy = json.loads(sent.content)
    me = world.learner(MEI)
    assert copy["learner"]["name"] == "Chen Mei" and copy["learner"]["staff_number"] == "0102"
    assert [len(copy[name]) for name in ("enrolments", "attempts", "answers")] == [2, 1, 1]
    said = copy.pop("messages")
    assert [action["action"] for action in copy.pop("audit")] == [
        "invited",
        "invitation used",
        "copy of own data",
    ]
    assert {row["learner_id"] for name in copy if name != "learner" for row in copy[name]} == {str(me.id)}
    assert "Ling" not in json.dumps(copy) and "Tan" not in json.dumps(copy)
    assert said[0]["text"].startswith("<b>Hello Mei.") and said[0]["state"] == "sent"
    assert copy["attempts"][0]["queue"][0].startswith("report-it-fast-"), "lists are lists"


async def test_cancel_says_what_it_stopped_in_every_state(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.say("/cancel")
    assert mei.first_line == "Nothing was open, so nothing was stopped."
    await mei.say("/settings")
    await mei.tap("Time zone")
    await mei.say("/cancel")
    assert mei.first_line == "Stopped. Nothing was changed."
    assert (await mei.say("Tokyo")).startswith("I can't chat freely."), "no question waits any more"
    await mei.say("/learn")
    await mei.tap("Start")
    await mei.say("/cancel")
    assert mei.first_line.startswith("📖 Kept at card 1 of ")
    await mei.say("/cases")
    await mei.tap(mei.buttons[0])
    await mei.say("/cancel")
    assert mei.first_line == "🧩 Kept at decision 1."
    await mei.say("/quiz reporting")
    await mei.say("/cancel")
    assert mei.first_line == "📝 Kept, 0 of 5 answered."


async def test_help_lists_what_this_person_can_do_and_nothing_else(world: World) -> None:
    await world.arrive(MEI, LING)
    assert "/export" not in await world.chat(MEI).say("/help")
    assert "/export Scores as a file" in await world.chat(LING).say("/help")


async def test_the_menu_leads_everywhere(world: World) -> None:
    await world.arrive(LING)
    ling = world.chat(LING)
    for label, first in (
        ("Lessons", "📖 Lessons"), ("Stories", "🧩 Stories"), ("Quiz", "📝 Five"), ("Settings", "Settings"),
        ("My team", "Credit: 2 people"), ("Export", "Completions, Credit, since"), ("Help", "What I can do"),
    ):  # fmt: skip
        await ling.say("/cancel")
        await ling.tap("Menu")
        await ling.tap(label)
        assert ling.first_line.startswith(first), label
