"""Steps put in order: every place counts, the screen gives nothing away, no tap does anything twice."""

import random
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import attempt as steps
from bot.rules import quiz
from bot.rules.attempt import Attempt
from tests.rules.small import attempt, item

ORDER = item(type="ordering", answer="bdac")


def asked() -> Attempt:
    return replace(attempt(ORDER), stage="question")


def test_only_the_whole_order_is_right() -> None:
    right = [given for given in permutations("abcd") if quiz.mark(ORDER, given).right]
    assert right == [("b", "d", "a", "c")]
    assert not quiz.mark(ORDER, "bda").right


@pytest.mark.parametrize(
    ("chosen", "places"), [("bdac", (1, 2, 3, 4)), ("bdca", (1, 2)), ("abcd", ()), ("cdab", (2, 3))]
)
def test_the_places_that_were_right_are_known(chosen: str, places: tuple[int, ...]) -> None:
    assert quiz.in_place(ORDER, chosen) == places


@given(st.randoms(use_true_random=False), st.permutations("abcdef"))
def test_the_steps_never_stand_in_their_order_already(dice: random.Random, answer: list[str]) -> None:
    asked = item(type="ordering", answer="".join(answer), choices="abcdef")
    shown = quiz.shown_order(asked, lambda keys: dice.sample(list(keys), len(keys)))
    assert sorted(shown) == list("abcdef") and shown != "".join(answer)


def test_a_shuffle_that_finds_the_answer_is_turned_on() -> None:
    assert quiz.shown_order(ORDER, lambda keys: list("bdac")) == "dacb"


def test_numbers_are_given_in_the_order_of_the_taps_and_the_last_is_taken_back() -> None:
    at = asked()
    for key in "cab":
        at = steps.put(at, key)
    assert at.picks == "cab"
    assert steps.take_back(at, "a") == at, "only the last one"
    assert steps.take_back(at, "b").picks == "ca"
    assert steps.start_over(at).picks == ""


Taps = st.lists(
    st.tuples(st.sampled_from(["put", "take_back", "over"]), st.sampled_from("abcd")), max_size=40
)


def tapped(at: Attempt, taps: list[tuple[str, str]]) -> Attempt:
    for what, key in taps:
        at = steps.start_over(at) if what == "over" else getattr(steps, what)(at, key)
    return at


@given(Taps)
def test_any_taps_leave_an_order_of_some_of_the_steps(taps: list[tuple[str, str]]) -> None:
    at = tapped(asked(), taps)
    assert len(set(at.picks)) == len(at.picks) and set(at.picks) <= set("abcd")
    assert replace(at, picks="") == asked(), "nothing else has moved"


@given(Taps, st.sampled_from(["put", "take_back", "over"]), st.sampled_from("abcd"))
def test_a_tap_that_comes_twice_does_what_it_does_once(
    taps: list[tuple[str, str]], what: str, key: str
) -> None:
    once = tapped(asked(), [*taps, (what, key)])
    # a number taken back is the last one; what is last then has a button of its own
    assert tapped(once, [(what, key)]) == once


@given(Taps)
def test_a_whole_order_is_answered_once_and_kept_as_it_was_tapped(taps: list[tuple[str, str]]) -> None:
    at = tapped(asked(), taps)
    for key in "abcd":
        at = steps.put(at, key)
    done = steps.answer(at, ORDER, tuple(at.picks))
    assert done.attempt.last == at.picks and len(done.attempt.last) <= 16
    assert (done.attempt.asked, done.attempt.number, done.attempt.picks) == (1, 1, "")
    assert done.verdict.right == (at.picks == "bdac")
