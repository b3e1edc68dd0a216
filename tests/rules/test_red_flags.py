"""A practice message: every sign found and nothing harmless accused; marks are set and taken off, never turned round."""

from dataclasses import replace
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import attempt as steps
from bot.rules import quiz
from bot.rules.attempt import Attempt
from bot.rules.curriculum import Item
from tests.rules.small import attempt, item

FLAGS = item(type="red-flags", answer="bdf", choices="abcdefgh")
GENUINE = item(type="red-flags", answer="", choices="abcde")


def asked(of: Item) -> Attempt:
    return replace(attempt(of), stage="question")


@pytest.mark.parametrize("message", [FLAGS, GENUINE])
def test_of_all_ways_to_mark_it_one_is_right(message: Item) -> None:
    ways = chain.from_iterable(combinations(message.choices, n) for n in range(9))
    assert [way for way in ways if quiz.mark(message, way).right] == [message.answer]


def test_the_message_stands_as_it_was_written_for_everybody() -> None:
    assert quiz.shown_order(FLAGS, lambda keys: list(reversed(keys))) == "abcdefgh"


Taps = st.lists(
    st.tuples(st.sampled_from(["flag", "unflag", "start_over"]), st.sampled_from("abcdefgh")), max_size=40
)


@given(Taps)
def test_any_taps_leave_the_marks_that_were_set_last(taps: list[tuple[str, str]]) -> None:
    at, marks = asked(FLAGS), set[str]()
    for what, key in taps:
        at = steps.start_over(at) if what == "start_over" else getattr(steps, what)(at, key)
        again = at if what == "start_over" else getattr(steps, what)(at, key)
        assert again == at, "a tap that comes twice"
        marks = set() if what == "start_over" else marks | {key} if what == "flag" else marks - {key}
    assert at.picks == "".join(sorted(marks))
    done = steps.answer(at, FLAGS, tuple(at.picks))
    assert done.attempt.last == at.picks and len(at.picks) <= 16
    assert quiz.mark(FLAGS, quiz.chosen_of(FLAGS, done.attempt.last)) == done.verdict
    assert done.verdict.right == (marks == set("bdf"))
