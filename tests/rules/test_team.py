"""Who of a team is where, who is reminded, and which topic may be named."""

from datetime import date, timedelta
from typing import Any

import pytest

from bot.rules import team
from bot.rules.team import Member, TopicFigure

MONDAY = date(2026, 11, 30)
DAY = timedelta(days=1)


def member(**changes: Any) -> Member:
    plain: dict[str, Any] = {
        "id": 1, "name": "Mei", "joined": True, "hired_on": None, "unreachable": None, "away_from": None,
        "away_until": None, "paused_until": None, "manages": False, "done": 1, "assigned": 2, "first_due": None,
    }  # fmt: skip
    return Member(**(plain | changes))


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "up to date"),
        ({"first_due": MONDAY - DAY}, "late"),
        ({"first_due": MONDAY}, "this week"),
        ({"first_due": MONDAY + 6 * DAY}, "this week"),
        ({"first_due": MONDAY + 7 * DAY}, "up to date"),
        ({"first_due": MONDAY - DAY, "away_from": MONDAY, "away_until": MONDAY + DAY}, "away"),
        ({"first_due": MONDAY - DAY, "away_from": MONDAY + DAY, "away_until": MONDAY + 2 * DAY}, "late"),
        ({"first_due": MONDAY - DAY, "away_from": MONDAY - DAY, "away_until": MONDAY}, "late"),
        ({"first_due": MONDAY - DAY, "unreachable": "blocked"}, "unreachable"),
        ({"first_due": MONDAY - DAY, "unreachable": "blocked", "joined": False}, "not joined"),
        ({"joined": False, "hired_on": MONDAY + DAY}, "not started"),
        ({"joined": True, "hired_on": MONDAY}, "up to date"),
    ],
)
def test_everybody_is_in_one_place(changes: dict[str, Any], state: str) -> None:
    assert member(**changes).state(MONDAY) == state


def test_a_team_is_counted_once_each_and_says_since_when() -> None:
    late, later = member(first_due=MONDAY - 9 * DAY), member(first_due=MONDAY - 2 * DAY)
    gone = member(first_due=MONDAY - 90 * DAY, unreachable="blocked")
    found = team.overview([late, later, gone, member(manages=True)], MONDAY)
    assert sum(found.counts.values()) == found.people == 4
    assert (found["late"], found["unreachable"], found["up to date"], found.teams) == (2, 1, 1, 1)
    assert found.open_since == MONDAY - 9 * DAY and found.to_remind == 2


def test_who_wants_quiet_is_not_reminded_and_the_reason_is_known() -> None:
    paused = member(first_due=MONDAY, paused_until=MONDAY + DAY)
    assert not team.is_to_remind(paused, MONDAY) and team.why_not(paused, MONDAY) == "paused"
    assert team.is_to_remind(paused, MONDAY + DAY) and team.why_not(paused, MONDAY + DAY) is None
    assert team.why_not(member(unreachable="blocked"), MONDAY) == "unreachable"
    assert team.why_not(member(away_from=MONDAY, away_until=MONDAY + DAY), MONDAY) == "away"
    assert team.why_not(member(done=2, unreachable="blocked"), MONDAY) is None


def test_names_go_from_a_to_z_whatever_their_case_and_chinese_ones_after() -> None:
    names = ["陈梅", "bo", "Chen Mei", "Ana", "丁一"]
    found = team.by_name(member(id=number, name=name) for number, name in enumerate(names))
    assert [one.name for one in found] == ["Ana", "bo", "Chen Mei", "丁一", "陈梅"]


def test_a_topic_is_named_only_when_five_people_stand_behind_it() -> None:
    four, five = TopicFigure("codes", 4, 40, 1), TopicFigure("brokers", 5, 50, 30)
    assert team.to_help_with([four, five], 8) == five
    assert team.to_help_with([four], 8) is None
    assert team.to_help_with([five], 4) is None


def test_a_topic_that_most_get_right_is_none_to_help_with() -> None:
    assert team.to_help_with([TopicFigure("codes", 9, 10, 8)], 9) is None
    assert team.to_help_with([TopicFigure("codes", 9, 100, 79)], 9) is not None
