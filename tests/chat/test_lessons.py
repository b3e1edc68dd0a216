"""A lesson: cards that turn in place, questions, verdicts, the result; left and resumed anywhere."""

import json
import re
from dataclasses import replace
from html import unescape

import pytest

from bot.content import pack
from bot.rules import quiz
from bot.rules.curriculum import Content, Item, Lesson
from tests.cast import MEI, TAN, Chat, World, card, our_content, our_lesson
from tests.chat.player import asked_item, give, held, lesson_of, shown, to_the_questions

pytestmark = pytest.mark.anyio
SLUG = "report-it-fast"
WORDS = our_lesson(SLUG)
LAST = len(WORDS.cards)


def plain(html: str) -> str:
    """The words of our own html, as people read them."""
    return unescape(re.sub("<[^>]+>", "", html))


async def opened(world: World) -> Chat:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.tap("Start · 2 minutes")
    return mei


async def test_cards_turn_in_place(world: World) -> None:
    mei = await opened(world)
    before, count = mei.last.message_id, len(mei.messages)
    for number in range(2, LAST + 1):
        await mei.tap("Next ›")
        assert mei.first_line == card(WORDS, number)
    assert (mei.last.message_id, len(mei.messages)) == (before, count)
    assert mei.last.edited_by == "tap"
    await mei.tap("‹ Back")
    assert mei.first_line == card(WORDS, LAST - 1)


async def test_the_first_card_has_no_way_back_and_the_last_one_leads_to_the_questions(world: World) -> None:
    mei = await opened(world)
    assert mei.labels == [["Next ›"], ["✋ Report", "Leave"]]
    for _ in range(LAST - 1):
        await mei.tap("Next ›")
    assert mei.labels == [["‹ Back", "Question ›"], ["✋ Report", "Leave"]]


async def test_a_question_is_a_message_that_cannot_be_forwarded_and_the_card_keeps_its_words_alone(
    world: World,
) -> None:
    mei = await opened(world)
    cards = mei.last
    await to_the_questions(mei, SLUG)
    assert mei.last.message_id != cards.message_id
    assert mei.last.is_protected and not cards.is_protected
    assert cards.text.startswith(card(WORDS, LAST)) and not cards.keyboard


async def test_a_whole_lesson_answered_rightly_is_complete_with_full_score(world: World) -> None:
    mei = await opened(world)
    await to_the_questions(mei, SLUG)
    for number in range(1, 4):
        assert mei.first_line.startswith(f"📝 {number}/3 · ")
        await give(mei, right=True)
        assert mei.first_line.startswith("✅ Right")
        await mei.tap("Next question ›" if number < 3 else "To the result ›")
    assert mei.first_line == "✅ Read, and 3 of 3 at the first try."
    done = next(a for a in world.all_of("assignments") if a["unit"] == SLUG)
    assert (done["completed_at"], done["score_percent"], done["attempts"]) == (world.clock(), 100, 1)
    assert done["content_version"] == lesson_of(SLUG).version


async def test_the_three_items_asked_are_those_of_form_a(world: World) -> None:
    mei = await opened(world)
    await to_the_questions(mei, SLUG)
    seen = []
    for _ in range(3):
        seen.append((await give(mei, right=True)).id)
        await mei.tap(mei.buttons[0])
    assert tuple(seen) == quiz.form_a(lesson_of(SLUG))


async def test_a_missed_question_says_why_and_costs_its_share(world: World) -> None:
    mei = await opened(world)
    await to_the_questions(mei, SLUG)
    item = await give(mei, right=False)
    assert mei.first_line.startswith("🔁")
    wrong = next(key for key in item.choices if key not in item.answer)
    assert plain(item.words["en"].choices[wrong].feedback) in mei.text
    await mei.tap("Next question ›")
    while "To the result ›" not in mei.buttons:
        if "Next question ›" in mei.buttons:
            await mei.tap("Next question ›")
        await give(mei, right=True)
    await mei.tap("To the result ›")
    assert mei.first_line == "✅ Read, and 2 of 3 at the first try."
    assert next(a for a in world.all_of("assignments") if a["unit"] == SLUG)["score_percent"] == 67


async def test_a_missed_must_get_right_item_comes_once_more_and_is_not_counted_again(world: World) -> None:
    mei = await opened(world)
    await to_the_questions(mei, SLUG)
    while not asked_item(mei).must:
        await give(mei, right=True)
        await mei.tap("Next question ›")
    must = await give(mei, right=False)
    assert mei.first_line == "🔁 This question matters most."
    assert "It comes once more before the end." in mei.text
    last = must.id
    while "To the result ›" not in mei.buttons:
        await mei.tap("Next question ›")
        last = asked_item(mei).id
        if last == must.id:
            assert "once more" in mei.first_line
        await give(mei, right=last != must.id)
    assert last == must.id, "it is asked again at the end"
    assert "It comes once more" not in mei.text, "twice is enough"
    await mei.tap("To the result ›")
    assert mei.first_line == "✅ Read, and 2 of 3 at the first try."
    firsts = [(row["item"], row["first"]) for row in world.all_of("answers")]
    assert firsts.count((must.id, True)) == firsts.count((must.id, False)) == 1


async def test_several_ticks_can_be_taken_back_and_count_when_checked(world: World) -> None:
    mei = await opened(world)
    await to_the_questions(mei, SLUG)
    while asked_item(mei).type != "multiple":
        await give(mei, right=True)
        await mei.tap("Next question ›")
    item = asked_item(mei)
    assert await mei.tap("Check") == "Tick at least one"
    key = item.answer[0]
    await mei.tap(shown(mei, key))
    assert shown(mei, key).startswith("☑")
    await mei.tap(shown(mei, key))
    assert shown(mei, key).startswith("☐")
    assert await mei.tap("Check") == "Tick at least one"
    assert len(world.all_of("answers")) == 2
    await give(mei, right=True)
    assert mei.first_line.startswith("✅")


async def test_ticks_survive_leaving(world: World) -> None:
    mei = await opened(world)
    await to_the_questions(mei, SLUG)
    while asked_item(mei).type != "multiple":
        await give(mei, right=True)
        await mei.tap("Next question ›")
    key = asked_item(mei).answer[0]
    await mei.tap(shown(mei, key))
    await mei.tap("Leave")
    await mei.tap("Go on")
    assert shown(mei, key).startswith("☑")


async def test_a_true_false_item_asks_for_the_reason_and_makes_one_answer_of_both(world: World) -> None:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    slug = "never-pay-before-you-receive"
    await tan.tap("See the first lesson")
    await to_the_questions(tan, slug)
    while asked_item(tan).type != "true-false":
        await give(tan, right=True)
        await tan.tap("Next question ›")
    before = len(world.all_of("answers"))
    verdict, reason = asked_item(tan).answer
    await tan.tap(shown(tan, verdict))
    assert "Why?" in tan.text and len(world.all_of("answers")) == before
    await tan.tap(shown(tan, reason))
    assert tan.first_line.startswith("✅ Right: ")
    assert world.all_of("answers")[-1]["chosen"] == verdict + reason


async def to_the_first(world: World, kind: str) -> Chat:
    """A business owner before the first item of this type, all before it answered rightly."""
    await world.arrive(TAN)
    tan = world.chat(TAN)
    await tan.tap("See the first lesson")
    await to_the_questions(tan, "never-pay-before-you-receive")
    while asked_item(tan).type != kind:
        await give(tan, right=True)
        await tan.tap("Next question ›")
    return tan


async def test_half_an_answer_is_told_which_half_holds(world: World) -> None:
    tan = await to_the_first(world, "true-false")
    item = asked_item(tan)
    verdict, reason = item.answer
    await tan.tap(shown(tan, verdict))
    await tan.tap(shown(tan, next(key for key in item.choices if key not in (verdict, reason, "t", "f"))))
    said = item.words["en"].choices[verdict].label
    assert tan.first_line == f"🔁 “{said}” holds, for another reason."


async def test_some_of_several_is_called_right_so_far_and_the_rest_is_named(world: World) -> None:
    tan = await to_the_first(world, "multiple")
    item = asked_item(tan)
    await tan.tap(shown(tan, item.answer[0]))
    await tan.tap("Check")
    assert tan.first_line == "🔁 Right so far, and more belongs here."
    for key in item.answer[1:]:
        assert f"Still open, “{item.words['en'].choices[key].label}”: " in tan.text


async def test_a_second_tap_is_told_so_and_counts_nothing(world: World) -> None:
    mei = await opened(world)
    await to_the_questions(mei, SLUG)
    question = mei.last
    data = question.keyboard[0][0]["callback_data"] if question.keyboard else ""
    await mei.tap_data(data, question)
    verdict = mei.text
    assert await mei.tap_data(data, question, forge=True) == "Answered already; the first counts"
    assert mei.text == verdict, "the message shows where one stands"
    assert len(world.all_of("answers")) == 1
    await mei.tap("Next question ›")
    assert await mei.tap_data(data, question, forge=True) == "Answered already; the first counts"
    assert mei.first_line.startswith("📝 2/3"), "the question that is open now"


async def test_a_second_tap_on_the_last_question_shows_the_result(world: World) -> None:
    mei = await opened(world)
    await to_the_questions(mei, SLUG)
    for _ in range(2):
        await give(mei, right=True)
        await mei.tap("Next question ›")
    message, keyboard = mei.last, mei.last.keyboard
    assert keyboard is not None
    data = [button["callback_data"] for row in keyboard for button in row]
    await give(mei, right=True)
    await mei.tap("To the result ›")
    result, answers = mei.text, len(world.all_of("answers"))
    assert await mei.tap_data(data[0], message, forge=True) == "Answered already; the first counts"
    assert mei.text == result
    assert len(world.all_of("answers")) == answers


async def test_a_lesson_left_on_one_device_goes_on_at_the_same_card_on_another(world: World) -> None:
    mei = await opened(world)
    await mei.tap("Next ›")
    await mei.tap("Leave")
    assert mei.first_line == f"📖 Kept at card 2 of {LAST}."
    old = mei.last
    await mei.say("/learn")
    assert mei.first_line == f"📖 “{WORDS.title}” waits at card 2 of {LAST}."
    assert old.text == "Continues below ↓" and not old.keyboard
    await mei.tap("Go on")
    assert mei.first_line == card(WORDS, 2)


async def test_a_verdict_taken_up_again_cannot_be_forwarded_and_a_lesson_opened_from_it_can(
    world: World,
) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.say("/quiz reporting")
    await give(mei, right=False)
    verdict = mei.text
    await mei.say("/learn")
    assert not mei.last.is_protected
    await mei.tap_data(held(mei, "r"))
    assert (mei.text, mei.last.is_protected) == (verdict, True)
    await mei.tap("The lesson · 2 min")
    assert (mei.first_line, mei.last.is_protected) == (card(WORDS, 1), False)


async def test_a_lesson_that_waited_for_help_goes_on_below_it_and_in_one_place_alone(world: World) -> None:
    mei = await opened(world)
    await mei.tap("Next ›")
    old = mei.last
    await mei.say("help")
    await mei.tap("I've called, go on")
    await mei.tap("Back to what was open")
    assert mei.first_line == card(WORDS, 2) and mei.last is not old
    assert old.text == "Continues below ↓" and not old.keyboard


async def test_a_button_of_the_old_message_still_leads_on_and_harms_nothing(world: World) -> None:
    mei = await opened(world)
    old, data = mei.last, mei.data("Next ›")
    await mei.say("/learn")
    await mei.tap("Go on")
    await mei.tap_data(data, old, forge=True)
    attempts = world.all_of("attempts")
    assert len(attempts) == 1 and attempts[0]["card"] == 1


async def test_again_begins_a_new_try_and_the_first_score_stays(world: World) -> None:
    mei = await opened(world)
    await to_the_questions(mei, SLUG)
    while "To the result ›" not in mei.buttons:
        if "Next question ›" in mei.buttons:
            await mei.tap("Next question ›")
        await give(mei, right=False)
    await mei.tap("To the result ›")
    first = next(a for a in world.all_of("assignments") if a["unit"] == SLUG)
    await mei.tap("Read again")
    assert mei.first_line == card(WORDS, 1)
    await to_the_questions(mei, SLUG)
    second = []
    for number in range(3):
        second.append((await give(mei, right=True)).id)
        await mei.tap("Next question ›" if number < 2 else "To the result ›")
    again = next(a for a in world.all_of("assignments") if a["unit"] == SLUG)
    assert again["score_percent"] == first["score_percent"] == 0
    assert again["completed_at"] == first["completed_at"]
    assert again["attempts"] == 2
    assert tuple(second) == quiz.form_b(lesson_of(SLUG))
    assert {e["form"] for e in answered(world)[-3:]} == {"B"}
    await mei.tap("Read again")
    await to_the_questions(mei, SLUG)
    assert asked_item(mei).id == quiz.form_a(lesson_of(SLUG))[0], "turn about"


def answered(world: World) -> list[dict[str, object]]:
    return [json.loads(e["payload"]) for e in world.all_of("events") if e["kind"] == "answered"]


async def test_a_lesson_ends_on_the_version_it_began_with(world: World) -> None:
    mei = await opened(world)
    await to_the_questions(mei, SLUG)
    await give(mei, right=True)
    old = lesson_of(SLUG)
    await world.restart(changed(old))
    await mei.tap("Next question ›")
    assert "REWRITTEN" not in mei.text
    for number in range(2):
        await give(mei, right=True)
        await mei.tap("Next question ›" if number < 1 else "To the result ›")
    assert mei.first_line == "✅ Read, and 3 of 3 at the first try."
    done = next(a for a in world.all_of("assignments") if a["unit"] == SLUG)
    assert done["content_version"] == old.version
    await mei.tap("Read again")
    await mei.tap("Next ›")
    assert "REWRITTEN" in mei.text, "a new try meets the new words"


def changed(old: Lesson) -> Content:
    """Our content with other words and other right answers in one lesson."""

    def other(item: Item) -> Item:
        words = {tag: replace(w, prompt="REWRITTEN") for tag, w in item.words.items()}
        wrong = tuple(key for key in item.choices if key not in item.answer)
        answer = (item.answer[0], wrong[0]) if item.type == "true-false" else wrong[: len(item.answer)]
        return replace(item, words=words, answer=answer)

    items = tuple(map(other, old.items))
    words = {tag: replace(w, cards=tuple("REWRITTEN" for _ in w.cards)) for tag, w in old.words.items()}
    new = replace(old, items=items, words=words, version="another")
    assert pack(new) != pack(old)
    ours = our_content()
    return replace(
        ours,
        units={**ours.units, old.slug: new},
        items={**ours.items, **{item.id: item for item in items}},
        by_number={**ours.by_number, old.number: new},
        version="another",
    )


async def test_a_card_that_lost_its_lesson_closes_and_says_how_to_go_on(world: World) -> None:
    mei = await opened(world)
    ours = our_content()
    await world.restart(replace(ours, units={s: u for s, u in ours.units.items() if s != SLUG}))
    await mei.tap("Next ›")
    assert mei.first_line == card(WORDS, 2), "the version it began with is kept"


async def test_a_quiz_ends_on_the_questions_it_began_with(world: World) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.say("/quiz reporting")
    await give(mei, right=True)
    await world.restart(changed(lesson_of(SLUG)))
    for _ in range(4):
        await mei.tap("Next question ›")
        assert "REWRITTEN" not in mei.text
        await give(mei, right=True)
        assert mei.first_line.startswith("✅")
    await mei.tap("To the result ›")
    assert mei.first_line == "✅ 5 of 5, passed."
    await mei.say("/quiz reporting")
    assert "REWRITTEN" in mei.text
