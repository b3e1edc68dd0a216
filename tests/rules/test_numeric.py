"""A typed figure is right within its tolerance, near where somebody foresaw it, and kept as it was read."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import attempt as steps
from bot.rules import quiz
from bot.rules.curriculum import Figure
from bot.rules.figures import written
from tests.rules.small import as_written, attempt, item


def figure(value: str, tolerance: str) -> Figure:
    return Figure(Decimal(value), Decimal(tolerance))


SUM = replace(
    item(type="numeric", answer="", choices="ab"),
    answer=("12",), figures={"right": figure("12", "0.5"), "a": figure("11", "0.4"), "b": figure("4240", "0")},
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "met"),
    [("12", "right"), ("11.5", "right"), ("12.5", "right"), ("11.4", "a"), ("11.45", "other"), ("4240", "b"), ("4241", "other"), ("-12", "other"), ("?", "?")],
)  # fmt: skip
def test_a_figure_meets_what_is_within_reach(typed: str, met: str) -> None:
    assert quiz.met(SUM, typed) == met
    assert quiz.mark(SUM, (typed,)).right == (met == "right")


def test_there_is_nothing_to_choose_among_and_so_nothing_to_shuffle() -> None:
    assert (SUM.choices, quiz.shown_order(SUM, as_written)) == ((), "")


def test_no_idea_is_asked_and_not_right() -> None:
    must = replace(SUM, must=True)
    done = steps.answer(replace(attempt(must), stage="question"), must, (quiz.NO_IDEA,))
    assert (done.attempt.asked, done.attempt.right, done.attempt.last) == (1, 0, quiz.NO_IDEA)
    assert done.comes_again and done.attempt.missed_must


@given(st.decimals(-(10**9), 10**9, places=4, allow_nan=False, allow_infinity=False))
def test_what_is_kept_of_an_answer_is_marked_as_it_was(value: Decimal) -> None:
    done = steps.answer(replace(attempt(SUM), stage="question"), SUM, (written(value),))
    assert len(done.attempt.last) <= 16
    again = quiz.mark(SUM, quiz.chosen_of(SUM, done.attempt.last))
    assert again == done.verdict and again.right == (Decimal("11.5") <= value <= Decimal("12.5"))
