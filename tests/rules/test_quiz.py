"""Marking, which items are asked, and when somebody has passed."""

import random

import pytest

from bot.rules import quiz
from tests.rules.small import as_written, item, lesson


@pytest.mark.parametrize(("chosen", "right"), [("b", True), ("a", False), ("c", False)])
def test_a_single_choice_is_right_or_not(chosen: str, right: bool) -> None:
    assert quiz.mark(item(answer="b"), chosen) == quiz.Verdict(right, tuple(chosen), ("b",))


@pytest.mark.parametrize(
    ("chosen", "right"), [("ac", True), ("ca", True), ("a", False), ("c", False), ("abc", False), ("bd", False), ("", False)]
)  # fmt: skip
def test_several_are_right_when_all_of_them_and_no_other_were_ticked(chosen: str, right: bool) -> None:
    assert quiz.mark(item(type="multiple", answer="ac"), chosen).right == right


@pytest.mark.parametrize(
    ("chosen", "right"), [("fb", True), ("fa", False), ("tb", False), ("f", False), ("bf", False)]
)
def test_true_or_false_is_right_with_the_right_reason_alone(chosen: str, right: bool) -> None:
    assert quiz.mark(item(type="true-false", answer="fb", choices="abc"), chosen).right == right


def test_a_lesson_ends_with_its_check_then_what_must_be_right_then_others() -> None:
    items = [item("i1"), item("i2"), item("i3", must=True), item("i4"), item("i5")]
    assert quiz.form_a(lesson(*items, check="i4")) == ("i4", "i3", "i1")
    assert quiz.form_a(lesson(*items, check="i3")) == ("i3", "i1", "i2")


def test_two_items_that_must_be_right_both_come() -> None:
    items = [item("i1"), item("i2"), item("i3", must=True), item("i4"), item("i5", must=True)]
    assert quiz.form_a(lesson(*items, check="i1")) == ("i1", "i3", "i5")


@pytest.mark.parametrize(("check", "second"), [
    ("i4", ("i2", "i5", "i3")), ("i3", ("i4", "i5", "i3")),
])  # fmt: skip
def test_form_b_is_the_other_two_and_what_must_be_right(check: str, second: tuple[str, ...]) -> None:
    taught = lesson(item("i1"), item("i2"), item("i3", must=True), item("i4"), item("i5"), check=check)
    assert quiz.form_b(taught) == second


def test_form_b_borrows_one_of_form_a_where_nothing_must_be_right() -> None:
    taught = lesson(*(item(f"i{n}") for n in range(1, 6)))
    assert (quiz.form_a(taught), quiz.form_b(taught)) == (("i1", "i2", "i3"), ("i4", "i5", "i1"))


@pytest.mark.parametrize("must", [(), (2,), (1, 2), (2, 5), (1, 2, 3, 4, 5)])
@pytest.mark.parametrize("check", range(1, 6))
def test_no_question_stands_where_it_stood_in_the_other_form(must: tuple[int, ...], check: int) -> None:
    taught = lesson(*(item(f"i{n}", must=n in must) for n in range(1, 6)), check=f"i{check}")
    first, second = quiz.form_a(taught), quiz.form_b(taught)
    assert len(second) == len(set(second)) == 3
    assert set(first) | set(second) == {one.id for one in taught.items}
    assert all(a != b for a, b in zip(first, second, strict=True))


def test_the_forms_turn_about() -> None:
    taught = lesson(item("i1"), item("i2"), item("i3", must=True), item("i4"), item("i5"))
    first = quiz.next_form(taught)
    second = quiz.next_form(taught, (*first, "i3"))
    assert (first, second) == (quiz.form_a(taught), quiz.form_b(taught))
    assert quiz.next_form(taught, second) == first


def test_a_quiz_asks_five_different_items_and_never_leaves_out_what_must_be_right() -> None:
    items = [item(f"i{n}", must=n in (2, 9)) for n in range(12)]
    for seed in range(30):
        dice = random.Random(seed)
        drawn = quiz.draw(items, lambda keys, dice=dice: dice.sample(list(keys), len(keys)))  # type: ignore[misc]
        assert len(drawn) == len(set(drawn)) == 5
        assert {"i2", "i9"} <= set(drawn)


def test_a_small_bank_is_asked_whole() -> None:
    assert quiz.draw([item("i1"), item("i2")], as_written) == ("i1", "i2")


@pytest.mark.parametrize(
    ("right", "asked", "missed_must", "passed"),
    [(5, 5, False, True), (4, 5, False, True), (3, 5, False, False), (4, 5, True, False), (0, 0, False, False), (8, 10, False, True), (7, 9, False, False)],
)  # fmt: skip
def test_passing_takes_eight_in_ten_and_all_that_must_be_right(
    right: int, asked: int, missed_must: bool, passed: bool
) -> None:
    assert quiz.has_passed(right, asked, missed_must) == passed


@pytest.mark.parametrize(
    ("right", "asked", "score"), [(0, 3, 0), (1, 3, 33), (2, 3, 67), (3, 3, 100), (0, 0, 0)]
)
def test_a_score_is_a_whole_per_cent(right: int, asked: int, score: int) -> None:
    assert quiz.score_percent(right, asked) == score


def test_the_two_verdicts_are_never_shuffled_among_the_reasons() -> None:
    assert quiz.shown_order(item(type="true-false", answer="fb", choices="abc"), as_written) == "abc"
