"""Scripted answers against figures counted by hand (the sums stand beside them)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules import mastery
from bot.rules.mastery import Answer, Mastery

TODAY = date(2026, 12, 1)
TOPICS = {"a-01": "codes", "a-02": "codes", "a-03": "codes", "b-01": "brokers", "b-02": "brokers"}


def answers(script: str) -> list[Answer]:
    """`a-01+ a-02-@60`: the first right today, the second missed 60 days ago."""
    found = []
    for word in script.split():
        said, _, ago = word.partition("@")
        found.append(Answer(said[:-1], said[-1] == "+", TODAY - timedelta(days=int(ago or 0))))
    return found


def codes(script: str, later: int = 0) -> Mastery:
    [found] = mastery.by_topic(answers(script), TOPICS, TODAY + timedelta(days=later))
    return found


@pytest.mark.parametrize(
    ("script", "tenths", "state"),
    [
        ("a-01+", 5, "under way"),  # 1 / (1 + 0 + 1) = 0.5; nothing missed, so nothing to look at again
        ("a-01+ a-02+ a-03+", 8, "steady"),  # 3 / 4 = 0.75, halves upwards
        ("a-01+ a-02+ a-03-", 5, "again"),  # 2 / (2 + 1 + 1) = 0.5
        ("a-01- a-02- a-03-", 0, "again"),  # 0 / 4
        ("a-01+@60 a-02+@60 a-03+@60", 6, "under way"),  # 1.5 / 2.5 = 0.6
        ("a-01+@120 a-02+@120 a-03+@120", 4, "again"),  # 0.75 / 1.75 = 0.4286
        ("a-01-@60 a-01+ a-02+", 6, "under way"),  # 2 / (2 + 0.5 + 1) = 0.5714
        ("a-01+@60 a-02-", 2, "again"),  # 0.5 / (0.5 + 1 + 1) = 0.2
        ("a-01+@30 a-02+", 6, "under way"),  # (0.7071 + 1) / 2.7071 = 0.6306; asked twice, nothing missed
    ],
)
def test_the_figure_is_the_one_counted_by_hand(script: str, tenths: int, state: str) -> None:
    found = codes(script)
    assert (found.tenths, found.state) == (tenths, state)


def test_a_topic_that_faded_says_so_and_one_that_was_never_known_does_not() -> None:
    assert codes("a-01+ a-02+ a-03+", later=59).tenths == 6  # 1.517 / 2.517 = 0.6027
    assert [codes("a-01+ a-02+ a-03+", later=days).is_faded for days in (0, 10, 60, 300)] == [
        False, False, True, True,
    ]  # fmt: skip
    assert not codes("a-01- a-02- a-03-", later=300).is_faded


def test_the_same_question_counts_once_a_day_and_the_first_time() -> None:
    assert codes("a-01- a-01+ a-01+ a-01+").tenths == 0
    assert codes("a-01-@1 a-01+").asked == 2


def test_the_weakest_topic_stands_first_and_names_what_to_ask_again() -> None:
    found = mastery.by_topic(answers("a-01+ a-02+ b-01+@9 b-02-@9 c-01-"), TOPICS, TODAY)
    assert [(one.topic, one.weakest, one.right, one.asked) for one in found] == [
        ("brokers", "b-02", 1, 2), ("codes", "a-01", 2, 2),
    ]  # fmt: skip


def test_what_was_missed_and_then_known_is_not_what_to_ask_again() -> None:
    assert codes("a-01-@9 a-02+@5 a-01+").weakest == "a-02"


some = st.lists(
    st.builds(
        lambda item, right, ago: Answer(item, right, TODAY - timedelta(days=ago)),
        st.sampled_from(["a-01", "a-02", "a-03"]), st.booleans(), st.integers(1, 400),
    ),
    min_size=1, max_size=20,
)  # fmt: skip


@given(some, st.integers(0, 400))
def test_it_rises_with_a_right_answer_falls_with_a_wrong_one_and_fades(
    given_ones: list[Answer], days: int
) -> None:
    def share(ones: list[Answer], later: int = 0) -> float:
        return mastery.by_topic(ones, TOPICS, TODAY + timedelta(days=later))[0].share

    now = share(given_ones)
    assert 0 <= now < 1
    assert share([*given_ones, Answer("a-01", True, TODAY)]) > now
    assert share([*given_ones, Answer("a-01", False, TODAY)]) <= now
    assert share(given_ones, days) <= now + 1e-12
