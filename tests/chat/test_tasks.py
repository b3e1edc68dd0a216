"""Questions that are more than a choice: played, left, taken up elsewhere, tapped twice, and killed between taps."""

import json
import random
from dataclasses import replace

import pytest

from bot.rules import quiz
from bot.rules.curriculum import Content, Item, Lesson
from tests.cast import FEN, TAN, Chat, Someone, World, our_content
from tests.chat.player import asked_item, give, shown, to_the_questions

pytestmark = pytest.mark.anyio
LESSON = "never-pay-before-you-receive"
TASKS = {
    "ordering": "already-paid-first-hour-06",
    "numeric": "unfreeze-fee-loan-03",
    "red-flags": "never-pay-before-you-receive-06",
}
"""An item of ours of each type."""


def asking_first(kind: str) -> Content:
    """Our content with a lesson that asks our item of this type first."""
    ours = our_content()
    lesson = ours.units[LESSON]
    assert isinstance(lesson, Lesson)
    task = ours.items[TASKS.get(kind, kind)]
    others = [item for item in lesson.items if item.id != task.id]
    changed = replace(lesson, items=(task, *others[:4]), check=task.id, version=f"asks {kind}"[:16])
    return replace(
        ours, units={**ours.units, LESSON: changed}, by_number={**ours.by_number, lesson.number: changed}
    )


async def at_the(world: World, kind: str, who: Someone = TAN) -> Chat:
    """A business owner at a question of this type, the first of three."""
    await world.restart(asking_first(kind))
    await world.arrive(who)
    chat = world.chat(who)
    await chat.tap(chat.labels[1][0])
    await to_the_questions(chat, LESSON)
    assert asked_item(chat).id == TASKS.get(kind, kind)
    return chat


def label(item: Item, key: str) -> str:
    return item.words["en"].choices[key].label


def marked_again(world: World) -> None:
    """Every answer of the log, marked again from what was chosen, is what was said then."""
    answers = [json.loads(e["payload"]) for e in world.all_of("events") if e["kind"] == "answered"]
    rows = {(row["attempt_id"], row["number"]): row for row in world.all_of("answers")}
    assert len(answers) == len(rows)
    for answer in answers:
        item = our_content().items[answer["item"]]
        assert quiz.mark(item, quiz.chosen_of(item, answer["chosen"])).right == answer["right"]
        row = rows[answer["attempt"], answer["number"]]
        assert (row["chosen"], row["right"], row["first"]) == tuple(
            answer[k] for k in ("chosen", "right", "first")
        )
        assert len(row["chosen"]) <= 16


async def test_check_is_there_when_every_step_has_its_number(world: World) -> None:
    tan = await at_the(world, "ordering")
    item = asked_item(tan)
    for key in item.answer[:-1]:
        await tan.tap(shown(tan, key))
        assert "Check" not in tan.buttons and "Start over" in tan.buttons
    await tan.tap(shown(tan, item.answer[-1]))
    assert tan.labels[-2] == ["Start over", "Check"]
    await tan.tap("Start over")
    assert [name for name in tan.buttons if name[:1].isdigit()] == []


async def test_the_whole_order_is_right_and_is_told_with_its_reasons(world: World) -> None:
    tan = await at_the(world, "ordering")
    item = await give(tan, right=True)
    assert tan.first_line == "✅ Right, the whole order."
    at = [tan.text.index(item.words["en"].choices[key].feedback) for key in item.answer]
    assert at == sorted(at)
    assert world.all_of("answers")[-1]["chosen"] == "".join(item.answer)
    marked_again(world)


async def test_of_another_order_the_right_places_are_told(world: World) -> None:
    tan = await at_the(world, "ordering")
    first, second, *rest = asked_item(tan).answer
    for key in (second, first, *rest):
        await tan.tap(shown(tan, key))
    await tan.tap("Check")
    assert tan.text.split("\n")[:2] == ["🔁 2 of 4 in their place.", "In their place: numbers 3, 4."]
    assert world.all_of("answers")[-1]["right"] is False
    marked_again(world)


async def test_a_number_given_twice_is_given_once_and_taken_back_twice_is_taken_back_once(
    world: World,
) -> None:
    tan = await at_the(world, "ordering")
    item = asked_item(tan)
    one, two, three, _ = (label(item, key) for key in item.answer)
    message, data = tan.last, tan.data(one)
    await tan.tap(one)
    await tan.tap_data(data, message, forge=True)
    assert f"1 · {one}" in tan.buttons
    for step in (two, three):
        await tan.tap(step)
    data = tan.data(f"3 · {three}")
    await tan.tap(f"3 · {three}")
    await tan.tap_data(data, message, forge=True)
    assert {f"1 · {one}", f"2 · {two}", three} <= set(tan.buttons)
    assert await tan.tap(f"1 · {one}") == "Take the last number back first"
    assert world.all_of("attempts")[-1]["picks"] == "".join(item.answer[:2])


async def test_an_old_check_of_an_order_begun_anew_marks_nothing(world: World) -> None:
    tan = await at_the(world, "ordering")
    before = len(world.all_of("answers"))
    for key in asked_item(tan).answer:
        await tan.tap(shown(tan, key))
    message, check = tan.last, tan.data("Check")
    await tan.tap("Start over")
    assert await tan.tap_data(check, message, forge=True) == "Tick at least one"
    await tan.tap(shown(tan, asked_item(tan).answer[0]))
    await tan.tap_data(check, message, forge=True)
    assert len(world.all_of("answers")) == before


async def test_numbers_survive_leaving_a_kill_and_another_phone(world: World) -> None:
    tan = await at_the(world, "ordering")
    item = asked_item(tan)
    await tan.tap(shown(tan, item.answer[1]))
    await world.restart()
    await tan.tap(shown(tan, item.answer[0]))
    old = tan.last
    await tan.tap("Leave")
    await tan.say("/learn")
    await tan.tap("Go on · question 1")
    assert tan.last is not old and tan.last.is_protected
    assert {f"1 · {label(item, item.answer[1])}", f"2 · {label(item, item.answer[0])}"} <= set(tan.buttons)


async def test_somebody_elses_buttons_do_nothing(world: World) -> None:
    tan = await at_the(world, "ordering")
    await world.arrive(FEN)
    fen = world.chat(FEN)
    for buttons in list(tan.last.keyboard or []):
        for button in buttons:
            await fen.tap_data(button["callback_data"], forge=True)
    assert world.all_of("attempts")[-1]["picks"] == "" and len(world.all_of("attempts")) == 1


@pytest.mark.parametrize(
    "words", ["85", "85%", "85.0", "８５％", "about 85", "八十五", "84,8", "it's 85 per cent."]
)
async def test_a_figure_is_right_however_it_is_typed_and_is_answered_below(world: World, words: str) -> None:
    tan = await at_the(world, "numeric")
    question, said = tan.last, tan.text
    await tan.say(words)
    assert tan.first_line.startswith("✅ Right: 8")
    assert tan.last is not question and tan.last.is_protected
    assert (question.text, question.keyboard) == (said, None)
    assert [row["chosen"][:1] for row in world.all_of("answers")] == ["8"]
    marked_again(world)


@pytest.mark.parametrize(
    ("words", "key"), [("0.85", "a"), ("51,000", "b"), ("34%", "c"), ("26", "d"), ("90", "other")]
)
async def test_a_near_miss_is_told_its_own_cause(world: World, words: str, key: str) -> None:
    tan = await at_the(world, "numeric")
    item = asked_item(tan)
    await tan.say(words)
    assert tan.first_line == f"🔁 Not this one. Typed: {words.rstrip('%')}"
    assert item.words["en"].choices[key].feedback in tan.text
    assert world.all_of("answers")[-1]["right"] is False
    marked_again(world)


async def test_a_one_time_code_is_no_answer_and_is_not_kept(world: World) -> None:
    tan = await at_the(world, "numeric")
    await tan.say("482913")
    assert tan.first_line == "That looks like a one-time code."
    assert world.all_of("answers") == []
    assert "482913" not in str([list(world.all_of(name)) for name in ("events", "dialogues", "dead_letters")])
    await tan.say("85")
    assert tan.first_line.startswith("✅ Right: 8")


@pytest.mark.parametrize("words", ["thirteenish", "85 or 86", "<b>85</b>", "not 85", "don't know"])
async def test_what_cannot_be_read_is_no_answer_and_the_question_stays_open(world: World, words: str) -> None:
    tan = await at_the(world, "numeric")
    question = tan.last
    await tan.say(words)
    assert tan.text.split("\n") == [
        f"I couldn't read a number in “{words}”.", "Try 13 or 13%. This does not count as an answer.",
    ]  # fmt: skip
    assert question.keyboard and world.all_of("answers") == []
    await tan.say("85")
    assert tan.first_line == "✅ Right: 85"


async def test_the_question_can_be_called_down_again(world: World) -> None:
    tan = await at_the(world, "numeric")
    question = tan.text
    await tan.say("hm")
    await tan.tap("The question again")
    assert tan.text == question and tan.last.is_protected
    await tan.say("85")
    assert tan.first_line == "✅ Right: 85"


async def test_no_idea_yet_shows_the_sum_and_counts_as_not_answered(world: World) -> None:
    tan = await at_the(world, "numeric")
    question, item = tan.last, asked_item(tan)
    await tan.tap("No idea yet")
    assert tan.last is question and tan.first_line == "🔁 Here is the sum."
    assert item.words["en"].choices["right"].feedback in tan.text and "It counts as not answered." in tan.text
    attempt = world.all_of("attempts")[-1]
    assert (attempt["asked"], attempt["right"], world.all_of("answers")[-1]["chosen"]) == (1, 0, quiz.NO_IDEA)
    marked_again(world)


async def test_the_facts_fold_out_and_stay_when_one_comes_back(world: World) -> None:
    tan = await at_the(world, "numeric")
    facts = asked_item(tan).words["en"].facts
    assert facts not in tan.text
    await tan.tap("Show the facts")
    assert facts in tan.text and tan.labels[0] == ["No idea yet"]
    await tan.tap("Leave")
    await tan.tap("Go on")
    assert facts in tan.text


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("help", "☎️ Call your bank now"),
        ("I just paid them 85", "☎️ Call your bank now"),
        ("被骗了 5000", "☎️ Call your bank now"),
        ("is this a scam?", "Is this something suspicious?"),
    ],
)
async def test_a_cry_for_help_is_heard_first_and_the_question_waits(
    world: World, words: str, line: str
) -> None:
    tan = await at_the(world, "numeric")
    await tan.say(words)
    assert tan.first_line.startswith(line)
    assert world.all_of("answers") == []
    await tan.say("85")
    assert tan.first_line == "✅ Right: 85"


async def test_commands_are_heard_and_cancel_leaves_as_leave_does(world: World) -> None:
    tan = await at_the(world, "numeric")
    await tan.say("/learn")
    assert tan.first_line.startswith("📝 3 questions to go")
    await tan.say("/cancel")
    assert tan.first_line == "📝 Kept, 0 of 3 answered."


async def test_a_number_typed_after_leaving_or_going_on_is_no_answer(world: World) -> None:
    tan = await at_the(world, "numeric")
    await tan.tap("Leave")
    await tan.say("85")
    assert tan.first_line == "I can't chat freely."
    await tan.say("/learn")
    await tan.tap("Go on · question 1")
    await tan.say("85")
    await tan.tap("Next question ›")
    await tan.say("34")
    assert len(world.all_of("answers")) == 1


async def test_a_number_typed_twice_is_answered_once(world: World) -> None:
    tan = await at_the(world, "numeric")
    await tan.say("34")
    verdict = tan.text
    await tan.say("85")
    assert tan.text == verdict, "the first counts, and the message shows where one stands"
    await tan.tap("Next question ›")
    assert len(world.all_of("answers")) == 1
    marked_again(world)


async def test_a_figure_is_typed_on_after_a_kill_and_in_another_language(world: World) -> None:
    tan = await at_the(world, "numeric")
    await world.restart()
    await tan.say("/settings")
    await tan.walk("Language", "简体中文")
    await tan.say("八十五左右")
    assert tan.first_line == "✅ 对：85"


async def test_each_question_takes_the_words_of_its_own_learner(world: World) -> None:
    tan = await at_the(world, "numeric")
    await world.arrive(FEN)
    await world.chat(FEN).say("85")
    assert world.all_of("answers") == []
    await tan.say("85")
    assert len(world.all_of("answers")) == 1


GENUINE = "phishing-in-work-chat-05"


def part(item: Item, key: str, *, marked: bool = False) -> str:
    """The label of a part's button."""
    return f"{'🚩 ' if marked else ''}{'①②③④⑤⑥⑦⑧'[item.choices.index(key)]} {label(item, key)}"


async def test_a_practice_message_stands_in_its_frame_and_its_parts_are_tapped_by_number(
    world: World,
) -> None:
    tan = await at_the(world, "red-flags")
    item = asked_item(tan)
    lines = tan.text.split("\n")
    assert lines[3] == "📱 Practice · text message" and lines[4].startswith("Sender: ① ")
    assert [line[0] for line in lines[5:]] == list("②③④⑤⑥⑦")
    assert tan.last.is_protected and tan.labels[:2] == [
        [part(item, "a"), part(item, "b")], [part(item, "c"), part(item, "d")],
    ]  # fmt: skip
    assert tan.labels[-2] == ["All fine"]
    await tan.tap(part(item, "d"))
    assert tan.labels[1] == [part(item, "c"), part(item, "d", marked=True)]
    assert tan.labels[-2] == ["All fine", "Check · 1"]
    await tan.tap(part(item, "d", marked=True))
    assert tan.labels[-2] == ["All fine"]


async def test_all_signs_and_nothing_else_is_right(world: World) -> None:
    tan = await at_the(world, "red-flags")
    item = await give(tan, right=True)
    assert tan.first_line == "✅ Right: all 4 signs, nothing harmless accused."
    assert all(item.words["en"].choices[key].feedback in tan.text for key in item.answer)
    assert world.all_of("answers")[-1]["chosen"] == "".join(item.answer)
    marked_again(world)


async def test_of_some_signs_it_is_told_what_was_found_missed_and_accused_and_why(world: World) -> None:
    tan = await at_the(world, "red-flags")
    item = asked_item(tan)
    for key in ("g", "d", "c"):
        await tan.tap(part(item, key))
    await tan.tap("Check · 3")
    said = item.words["en"].choices
    assert tan.text.split("\n")[:2] == ["🔁 2 of 4 signs found.", "1 harmless part accused."]
    for line in (
        f"🚩 ③ “{said['c'].label}”: {said['c'].feedback}", f"⑤ Missed, “{said['e'].label}”: {said['e'].feedback}"[2:],
        f"⑦ Harmless, “{said['g'].label}”: {said['g'].feedback}",
    ):  # fmt: skip
        assert line in tan.text
    assert said["a"].feedback not in tan.text and world.all_of("answers")[-1]["right"] is False
    marked_again(world)


async def test_tapping_everything_is_not_right(world: World) -> None:
    tan = await at_the(world, "red-flags")
    await give(tan, right=False)
    assert tan.text.split("\n")[:2] == ["🔁 4 of 4 signs found.", "3 harmless parts accused."]


async def test_a_genuine_message_is_trusted_and_its_odd_parts_explained(world: World) -> None:
    tan = await at_the(world, GENUINE)
    item = await give(tan, right=True)
    assert tan.first_line == "✅ Right: this one is genuine."
    assert all(choice.feedback in tan.text for choice in item.words["en"].choices.values())
    assert (world.all_of("answers")[-1]["chosen"], world.all_of("answers")[-1]["right"]) == ("", True)
    marked_again(world)


async def test_a_genuine_message_that_was_accused_is_defended(world: World) -> None:
    tan = await at_the(world, GENUINE)
    item = asked_item(tan)
    await tan.tap(part(item, "b"))
    await tan.tap("Check · 1")
    assert tan.text.split("\n")[:2] == ["🔁 This one is genuine.", "1 harmless part accused."]
    assert item.words["en"].choices["b"].feedback in tan.text


async def test_all_fine_takes_marks_off_before_it_answers_and_a_second_tap_of_it_changes_nothing(
    world: World,
) -> None:
    tan = await at_the(world, "red-flags")
    item, message, fine = asked_item(tan), tan.last, tan.data("All fine")
    await tan.tap(part(item, "d"))
    off = tan.data("All fine")
    assert await tan.tap_data(fine, message, forge=True) == "Marks off. Tap again if all is fine"
    assert (world.all_of("attempts")[-1]["picks"], world.all_of("answers")) == ("", [])
    await tan.tap_data(off, message, forge=True)
    assert world.all_of("answers") == []
    await tan.tap("All fine")
    assert tan.first_line == "🔁 0 of 4 signs found."
    marked_again(world)


async def test_a_mark_tapped_twice_is_set_once_and_survives_a_kill_and_another_language(world: World) -> None:
    tan = await at_the(world, "red-flags")
    item = asked_item(tan)
    message, data = tan.last, tan.data(part(item, "d"))
    await tan.tap(part(item, "d"))
    await world.restart()
    await tan.tap_data(data, message, forge=True)
    assert part(item, "d", marked=True) in tan.buttons
    await tan.say("/settings")
    await tan.walk("Language", "简体中文")
    await tan.say("/learn")
    await tan.tap("接着答第 1 题")
    assert tan.labels[1][1] == f"🚩 ④ {item.words['zh-Hans'].choices['d'].label}"
    assert tan.text.split("\n")[3] == "📱 练习 · 短信"


def test_lessons_of_ours_end_in_tasks() -> None:
    asked = [
        our_content().items[item_id].type
        for unit in our_content().units.values()
        if isinstance(unit, Lesson)
        for item_id in quiz.form_a(unit)
    ]
    assert {"ordering", "red-flags"} <= set(asked)


@pytest.mark.parametrize("kind", TASKS)
@pytest.mark.parametrize("seed", [1, 2])
async def test_whatever_is_tapped_in_whatever_order_each_question_is_answered_once(
    world: World, kind: str, seed: int
) -> None:
    dice = random.Random(seed)
    tan = await at_the(world, kind)
    attempt = world.all_of("attempts")[-1]["id"]
    seen: list[str] = []
    for _ in range(60):
        for row in tan.last.keyboard or []:
            seen += [b["callback_data"] for b in row if b.get("callback_data", "z")[0] in "akg"]
        if dice.random() < 0.2:
            await tan.say(dice.choice(["85", "八十五", "thirteenish", "5万", "-1"]))
        else:
            await tan.tap_data(dice.choice(seen[-12:] if dice.random() < 0.8 else seen), forge=True)
        standing = world.all_of("attempts")[-1]
        assert standing["id"] == attempt
        assert len(set(standing["picks"])) == len(standing["picks"])
        answers = world.all_of("answers")
        assert [each["number"] for each in answers] == list(range(standing["number"]))
        assert standing["asked"] == sum(each["first"] for each in answers)
        assert standing["right"] == sum(each["first"] and each["right"] for each in answers)
        if standing["finished_at"]:
            break
    marked_again(world)
