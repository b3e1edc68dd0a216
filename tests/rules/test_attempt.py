"""Where a learner stands: cards, questions, a story; every step gives a new value."""

from dataclasses import replace

from bot.rules import attempt as steps
from bot.rules.attempt import Attempt
from bot.rules.curriculum import Item
from tests.rules.small import NOW, STORY, attempt, item, played

THREE = (item("i1"), item("i2"), item("i3", must=True))


def after(start: Attempt, items: dict[str, Item], answers: str) -> Attempt:
    """Answer every question that comes: r right, w wrong."""
    at = replace(start, stage="question")
    for letter in answers:
        at = steps.answer(at, items[at.item_id], "b" if letter == "r" else "a").attempt
        at = steps.go_on(at, NOW)
    return at


def finished(answers: str, *items: Item) -> Attempt:
    items = items or THREE
    return after(attempt(*items), {one.id: one for one in items}, answers)


def test_cards_turn_both_ways_and_the_last_one_leads_to_the_questions() -> None:
    at = attempt(*THREE)
    assert [steps.turn_to(at, card, 4).card for card in (1, 2, 0, -1)] == [1, 2, 0, 0]
    assert steps.turn_to(at, 4, 4).stage == "question"


def test_all_right_at_the_first_try() -> None:
    done = finished("rrr")
    assert (done.stage, done.asked, done.right, done.missed_must, done.finished_at) == (
        "done",
        3,
        3,
        False,
        NOW,
    )


def test_a_missed_question_costs_its_share_and_does_not_return() -> None:
    done = finished("rrw", item("i1"), item("i3", must=True), item("i2"))
    assert (done.stage, done.asked, done.right, len(done.queue)) == ("done", 3, 2, 3)


def test_what_must_be_right_and_was_missed_comes_once_more_and_is_not_counted() -> None:
    at = finished("rwr")
    assert at.stage == "question" and at.queue == ("i1", "i3", "i2", "i3")
    assert at.orders[3] == at.orders[1], "in the same order"
    for last in "rw":
        done = after(at, {one.id: one for one in THREE}, last)
        assert (done.stage, done.asked, done.right, done.missed_must) == ("done", 3, 2, True)


def test_the_answer_says_whether_it_counts_and_whether_it_returns() -> None:
    must = item("i1", must=True)
    at = replace(attempt(must), stage="question")
    first = steps.answer(at, must, "a")
    assert (first.number, first.is_first, first.comes_again, first.verdict.right) == (0, True, True, False)
    again = steps.answer(replace(first.attempt, stage="question"), must, "a")
    assert (again.number, again.is_first, again.comes_again) == (1, False, False)


def test_ticks_go_on_and_off_and_stay_in_order() -> None:
    at = attempt(*THREE)
    for key in "cab":
        at = steps.tick(at, key)
    assert at.picks == "abc"
    assert steps.tick(at, "b").picks == "ac"


def test_ticks_and_verdicts_are_gone_after_the_answer() -> None:
    at = replace(steps.settle(attempt(*THREE), "f"), stage="question")
    assert at.picks == "f"
    assert steps.answer(at, THREE[0], "b").attempt.picks == ""


def test_a_story_is_followed_to_each_of_its_endings() -> None:
    assert [played(*road).ending for road in (("shut",), ("open", "run"), ("open", "stay"))] == [
        "safe",
        "soon",
        "lost",
    ]


def test_a_consequence_stands_between_a_decision_and_the_next_scene() -> None:
    at = steps.decide(steps.begin_case(1, 7, STORY, NOW), "open")
    assert (at.stage, at.node, at.path) == ("consequence", "door", (("door", "open"),))
    assert (steps.follow(at, STORY, NOW).stage, steps.follow(at, STORY, NOW).node) == ("scene", "hall")


def test_the_first_turning_is_the_first_decision_off_the_safe_road() -> None:
    assert steps.first_turning(played("shut"), STORY) is None
    assert steps.first_turning(played("open", "run"), STORY) == 1
    assert steps.first_turning(replace(played(), path=(("door", "shut"), ("hall", "stay"))), STORY) == 2


def test_a_rewound_story_begins_at_that_turning_and_keeps_the_road_before_it() -> None:
    lost = replace(played("open", "stay"), path=(("door", "shut"), ("hall", "stay")))
    again = steps.rewind(2, lost, STORY, NOW)
    assert (again.id, again.node, again.path, again.stage) == (2, "hall", (("door", "shut"),), "scene")
    assert lost.ending == "lost", "nothing earlier is changed"


def test_a_story_is_as_long_as_its_longest_road_not_as_all_its_decisions() -> None:
    assert steps.longest_road(STORY) == 2
    side = replace(
        STORY,
        decisions={**STORY.decisions, "door": {"open": "hall", "shut": "yard"}, "yard": {"call": "safe"}},
    )
    assert steps.longest_road(side) == 2 < len(side.decisions)


def test_an_attempt_is_open_until_it_is_finished_or_put_aside() -> None:
    at = attempt(*THREE)
    assert at.is_open
    assert not replace(at, closed=True).is_open
    assert not replace(at, finished_at=NOW).is_open
