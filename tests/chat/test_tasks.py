"""Questions that are more than a choice: played, left, taken up elsewhere, tapped twice, and killed between taps."""

import json
import random

import pytest

from bot.rules import quiz
from bot.rules.curriculum import Item
from tests.cast import FEN, TAN, Chat, Someone, World, our_content
from tests.chat.player import asked_item, give, shown, to_the_questions

pytestmark = pytest.mark.anyio
LESSONS = {"ordering": "already-paid-first-hour"}


async def at_the(world: World, kind: str, who: Someone = TAN) -> Chat:
    """A business owner at the first question of this type; those before it answered rightly."""
    await world.arrive(who)
    chat = world.chat(who)
    await chat.say("/lessons")
    await chat.tap(titles(chat)[LESSONS[kind]])
    await to_the_questions(chat, LESSONS[kind])
    while asked_item(chat).type != kind:
        await give(chat, right=True)
        await chat.tap("Next question ›")
    return chat


def titles(chat: Chat) -> dict[str, str]:
    language = chat.world.learner(chat.who).language
    return {slug: unit.words[language].title for slug, unit in our_content().units.items()}


def label(item: Item, key: str) -> str:
    return item.words["en"].choices[key].label


def marked_again(world: World) -> None:
    """Every answer of the log, marked again from what was chosen, is what was said then."""
    answers = [json.loads(e["payload"]) for e in world.all_of("events") if e["kind"] == "answered"]
    rows = {(row["attempt_id"], row["number"]): row for row in world.all_of("answers")}
    assert len(answers) == len(rows)
    for answer in answers:
        item = our_content().items[answer["item"]]
        assert quiz.mark(item, answer["chosen"]).right == answer["right"]
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
    await tan.tap("Go on · question 2")
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


@pytest.mark.parametrize("kind", LESSONS)
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
