"""When the next set opens, when a colleague is offered, and what a test is drawn from."""

import random
from datetime import datetime, timedelta

import pytest

from bot.rules import completion, quiz, retake
from bot.rules.assignment import Assignment
from bot.rules.attempt import NOT_YET, PASSED, Attempt, begin_test, go_on
from bot.rules.curriculum import TrackTest
from tests.rules.small import NOW, as_written, item

BANK = [item(f"i{n}", must=n in (0, 5)) for n in range(12)]
DAY = timedelta(days=1)


def tried(ending: str, at: datetime = NOW, number: int = 1, right: int = 3) -> Attempt:
    return Attempt(
        number, 7, "test", "test", "v", at, "done", asked=5, right=right, ending=ending, finished_at=at, queue=("i1",)
    )  # fmt: skip


def test_nothing_tried_is_open_at_once() -> None:
    stands = retake.standing([])
    assert (stands.tries, stands.opens_at, stands.asked, stands.wants_company) == (0, None, (), False)
    assert not stands.is_shut(NOW)


def test_a_set_opens_exactly_a_day_after_a_try() -> None:
    stands = retake.standing([tried(NOT_YET)])
    assert stands.is_shut(NOW + DAY - timedelta(seconds=1)) and not stands.is_shut(NOW + DAY)


@pytest.mark.parametrize(("limit", "waits"), [(1, [7, 7]), (2, [1, 7, 7]), (4, [1, 1, 1, 7, 7])])
def test_after_the_tries_that_are_a_day_apart_a_week_lies_between(limit: int, waits: list[int]) -> None:
    for count, days in enumerate(waits, start=1):
        stands = retake.standing([tried(NOT_YET, number=n) for n in range(count)], limit)
        assert stands.opens_at == NOW + days * DAY


def test_two_without_a_pass_want_company_and_a_pass_begins_anew() -> None:
    assert [retake.standing([tried(NOT_YET)] * count).wants_company for count in (1, 2, 3)] == [
        False,
        True,
        True,
    ]
    stands = retake.standing([tried(NOT_YET), tried(NOT_YET), tried(PASSED)])
    assert (stands.tries, stands.opens_at) == (0, None) and stands.asked == ("i1",)
    assert retake.standing([tried(PASSED), tried(NOT_YET)]).tries == 1


def mixed(seed: int) -> quiz.Shuffle:
    dice = random.Random(seed)
    return lambda keys: dice.sample(list(keys), len(keys))


@pytest.mark.parametrize("seed", range(20))
def test_the_next_set_shares_with_the_last_only_what_must_be_right(seed: int) -> None:
    first = quiz.by_blueprint(BANK, {"topic": 6}, mixed(seed))
    second = quiz.by_blueprint(BANK, {"topic": 6}, mixed(seed + 99), first)
    assert len(set(first)) == len(set(second)) == 6
    assert set(first) & set(second) == {"i0", "i5"}


def test_where_the_bank_is_too_small_for_two_sets_it_still_asks_as_many() -> None:
    first = quiz.by_blueprint(BANK, {"topic": 10}, mixed(1))
    assert len(set(quiz.by_blueprint(BANK, {"topic": 10}, mixed(2), first))) == 10


def test_a_quiz_asked_again_asks_others_too() -> None:
    first = quiz.draw(BANK, mixed(3))
    assert set(first) & set(quiz.draw(BANK, mixed(4), first)) == {"i0", "i5"}


@pytest.mark.parametrize(("count", "takes"), [(1, 1), (2, 2), (3, 4), (6, 10)])
def test_two_sets_take_what_must_be_right_once_and_the_others_twice(count: int, takes: int) -> None:
    assert quiz.needed_for_two(BANK, count) == takes


@pytest.mark.parametrize(
    ("asked", "mark", "needed"), [(5, 80, 4), (12, 80, 10), (10, 80, 8), (9, 80, 8), (12, 100, 12)]
)
def test_how_many_have_to_be_right(asked: int, mark: int, needed: int) -> None:
    assert quiz.needed(asked, mark) == needed
    assert quiz.has_passed(needed, asked, False, mark) and not quiz.has_passed(needed - 1, asked, False, mark)


def scored(right: int, asked: int, *, missed_must: bool = False, mark: int = 80) -> Attempt:
    test = TrackTest("t", 1, "employee", {"topic": 3}, ("unit",), 4, mark, {}, "v")
    begun = begin_test(1, 7, test, "v", BANK, as_written, NOW)
    ended = Attempt(
        1, 7, "test", "t", "v", NOW, "verdict", queue=begun.queue, number=3, asked=asked, right=right,
        missed_must=missed_must,
    )  # fmt: skip
    return go_on(ended, NOW + DAY, mark)


def test_79_per_cent_and_all_but_one_that_must_be_right_are_not_passed() -> None:
    assert completion.result(scored(79, 100)) == completion.Result(79, False)
    assert completion.result(scored(80, 100)) == completion.Result(80, True)
    assert completion.result(scored(99, 100, missed_must=True)) == completion.Result(99, False)


def test_what_was_passed_stays_passed_when_the_mark_is_raised() -> None:
    assert completion.result(scored(70, 100, mark=70)).passed


def owed() -> Assignment:
    return Assignment(1, 7, "track", "t", "test", 0, NOW.date(), None)


def test_the_best_result_counts_and_the_first_pass_completes() -> None:
    one = completion.finished(owed(), scored(60, 100))
    assert (one.completed_at, one.score_percent, one.passed) == (None, 60, False)
    one = completion.finished(one, scored(50, 100))
    assert (one.completed_at, one.score_percent, one.passed) == (None, 60, False)
    one = completion.finished(one, scored(90, 100))
    assert (one.completed_at, one.score_percent, one.passed) == (NOW + DAY, 90, True)
    one = completion.finished(one, scored(40, 100))
    assert (one.completed_at, one.score_percent) == (NOW + DAY, 90)


def test_a_test_nobody_tried_and_a_lesson_are_neither_passed_nor_not() -> None:
    assert owed().passed is None
    assert Assignment(1, 7, "t", "u", "lesson", 0, NOW.date(), None, score_percent=100).passed is None
