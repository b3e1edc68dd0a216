"""Names, completion from the log, and how wide a label is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.rules import completion
from bot.rules.completion import Event
from bot.rules.people import Learner, Right
from bot.rules.width import width
from tests.rules.small import attempt, item, played

NOW = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)


def somebody(*rights: Right, **changes: Any) -> Learner:
    return Learner(1, "employee", "en", "UTC", rights=frozenset(rights)).with_(**changes)


@pytest.mark.parametrize(
    ("name", "called"),
    [("Chen Mei", "Mei"), ("Omar Haddad", "Omar"), ("陈梅", "陈梅"), ("Ada", "Ada"), ("", ""), ("Lim", "Lim"), ("Ng Wai Ling", "Ling")],
)  # fmt: skip
def test_a_colleague_is_called_by_the_given_name(name: str, called: str) -> None:
    assert somebody(name=name).first_name == called


def begun(minute: int, attempt: int = 1, kind: str = "lesson", unit: str = "u") -> Event:
    return Event(
        7, "begun", NOW + timedelta(minutes=minute), {"attempt": attempt, "kind": kind, "unit": unit}, "v1"
    )


def answered(minute: int, right: bool, attempt: int = 1, first: bool = True) -> Event:
    return Event(
        7,
        "answered",
        NOW + timedelta(minutes=minute),
        {"attempt": attempt, "first": first, "right": right},
        "v1",
    )


def completed(
    minute: int, attempt: int = 1, kind: str = "lesson", unit: str = "u", version: str = "v1"
) -> Event:
    payload = {"attempt": attempt, "kind": kind, "unit": unit, "score": 99}
    return Event(7, "completed", NOW + timedelta(minutes=minute), payload, version)


def at(minute: int) -> datetime:
    return NOW + timedelta(minutes=minute)


def assigned(
    minute: int, number: int = 1, round: int = 0, since: datetime | None = None, **more: Any
) -> Event:
    payload = {
        "assignment": number, "track": "t", "unit": "u", "round": round, "assigned_on": "2026-11-30",
        "due_on": "2026-12-01", "since": since.isoformat() if since else None, **more,
    }  # fmt: skip
    return Event(7, "assigned", at(minute), payload, "v1")


def changed(minute: int, kind: str, number: int = 1, **more: Any) -> Event:
    return Event(7, kind, at(minute), {"assignment": number, **more}, "")


def told(*log: Event) -> list[tuple[Any, ...]]:
    """(started, completed, score, tries, version) of every assignment, in the order of their ids."""
    found = completion.rebuild(log)
    return [
        (s.started_at, s.completed_at, s.score_percent, s.attempts, s.content_version)
        for _, s in sorted(found.items())
    ]


def test_a_score_is_counted_again_from_first_answers_not_read_from_the_completion() -> None:
    log = [
        begun(1), answered(2, True), answered(3, False), answered(3, True, first=False), answered(4, True), completed(5),
    ]  # fmt: skip
    assert told(assigned(0), *log) == [(at(1), at(5), 67, 1, "v1")]


def test_a_second_try_is_counted_and_changes_neither_date_nor_score() -> None:
    log = [
        begun(1), answered(1, False), completed(2), begun(3, 2), answered(4, True, 2), completed(5, 2, version="v2"),
    ]  # fmt: skip
    assert told(assigned(0), *log) == [(at(1), at(2), 0, 2, "v1")]


def test_a_story_is_complete_without_a_score_and_quizzes_owe_nothing() -> None:
    log = [begun(1, kind="case"), completed(2, kind="case"), begun(3, 3, "quiz"), completed(4, 3, "quiz")]
    assert told(assigned(0), *log) == [(at(1), at(2), None, 1, "v1")]


def test_what_was_left_open_is_begun_and_not_complete() -> None:
    assert told(assigned(0), begun(1), begun(2, 2)) == [(at(1), None, None, 2, "")]


def test_what_was_learnt_before_it_was_assigned_counts_unless_that_is_too_long_ago() -> None:
    earlier = [begun(1), answered(2, True), completed(3)]
    done = (at(1), at(3), 100, 1, "v1")
    assert told(*earlier, assigned(4)) == [done]
    assert told(*earlier, assigned(4, since=at(2))) == [done]
    assert told(*earlier, assigned(4, since=at(3))) == [(None, None, None, 0, "")]


def test_each_round_has_a_score_of_its_own() -> None:
    log = [
        assigned(0), begun(1), answered(2, False), completed(3), assigned(4, 2, 1, since=at(3)),
        begun(5, 2), answered(6, True, 2), completed(7, 2, version="v2"), begun(8, 3),
    ]  # fmt: skip
    assert told(*log) == [(at(1), at(3), 0, 1, "v1"), (at(5), at(7), 100, 2, "v2")]


def test_a_unit_of_two_tracks_is_learnt_once() -> None:
    log = [assigned(0), assigned(0, 2, track="s"), begun(1), answered(2, True), completed(3)]
    assert told(*log) == [(at(1), at(3), 100, 1, "v1")] * 2


def test_moved_days_and_exemptions_are_in_the_log() -> None:
    log = [
        assigned(0), changed(1, "due_moved", assigned_on="2026-12-02", due_on="2026-12-09"),
        changed(2, "exempted", reason="other role"),
    ]  # fmt: skip
    standing = completion.rebuild(log)[1]
    assert (standing.assigned_on, standing.due_on, standing.exempt_reason) == (
        "2026-12-02", "2026-12-09", "other role",
    )  # fmt: skip
    again = completion.rebuild([*log, changed(3, "reopened", assigned_on="2027-01-04", due_on=None)])[1]
    assert (again.assigned_on, again.due_on, again.exempt_reason) == ("2027-01-04", None, None)


def test_only_a_quiz_that_holds_all_that_must_be_right_is_passed() -> None:
    done = replace(attempt(item("i1")), kind="quiz", asked=5, right=4)
    assert completion.result(done) == completion.Result(80, True)
    assert completion.result(replace(done, missed_must=True)) == completion.Result(80, False)
    assert completion.result(played("shut")) == completion.Result(None, False)


def test_the_one_idea_to_keep_is_the_bold_sentence_of_the_last_card_that_has_one() -> None:
    cards = ["<b>1</b> one", "<b>Money never goes before money</b>, <b>ever</b>", "plain"]
    assert completion.safe_move(cards) == "Money never goes before money"
    assert completion.safe_move(["plain"]) == ""
    assert completion.safe_move(["<b>先打银行。</b>"]) == "先打银行"


@pytest.mark.parametrize(
    ("label", "units"), [("Next ›", 6), ("报告可疑", 8), ("✋ 求助", 8), ("☎️ call", 8), ("☑ Pay", 7), ("", 0)]
)  # fmt: skip
def test_a_label_is_as_wide_as_a_phone_shows_it(label: str, units: int) -> None:
    assert width(label) == units
