"""On which days something may come to whom: rest, holidays, pause and leave."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.rules.calendar import Calendar
from bot.rules.days import Days
from bot.rules.people import Learner

SHANGHAI = "Asia/Shanghai"
CALENDAR = Calendar(
    {"CN": frozenset(date(2026, 10, day) for day in range(1, 8))}, {"CN": frozenset({date(2026, 10, 10)})}
)
DAYS = Days(CALENDAR, {SHANGHAI: "CN"}.get)
FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 10, day) for day in (16, 17, 18, 19))
HOLIDAY, WORKED = date(2026, 10, 1), date(2026, 10, 10)


def staff(**changes: Any) -> Learner:
    return Learner(1, "employee", "en", SHANGHAI, account_id=1).with_(**changes)


def owner(**changes: Any) -> Learner:
    return staff(audience="borrower", **changes)


def free(learner: Learner, *days: date) -> list[bool]:
    return [DAYS.why_not(learner, day) is None for day in days]


def test_staff_rest_at_weekends_and_on_holidays_of_their_place() -> None:
    assert free(staff(), FRIDAY, SATURDAY, SUNDAY, MONDAY, HOLIDAY) == [True, False, False, True, False]
    assert free(staff(time_zone="Europe/London"), HOLIDAY, WORKED) == [True, False]
    assert free(staff(place="HK"), HOLIDAY) == [True], "a place that was chosen goes before the time zone"


def test_a_worked_weekend_is_a_day_like_others_unless_it_was_chosen_for_rest() -> None:
    assert free(staff(), WORKED) == [True]
    assert free(staff(rest_days=frozenset({5})), WORKED) == [False]


def test_rest_days_that_were_chosen_take_the_place_of_the_weekend_but_not_of_holidays() -> None:
    learner = staff(rest_days=frozenset({4, 5}))
    assert free(learner, FRIDAY, SATURDAY, SUNDAY, HOLIDAY) == [False, False, True, False]


def test_business_owners_rest_only_when_they_chose_to() -> None:
    assert free(owner(), SATURDAY, SUNDAY, HOLIDAY) == [True, True, True]
    assert free(owner(rest_days=frozenset({6})), SATURDAY, SUNDAY) == [True, False]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"account_id": None}, "not joined"),
        ({"unreachable": "blocked"}, "unreachable"),
        ({"hired_on": date(2026, 10, 20)}, "before the first day"),
        ({"away_from": MONDAY, "away_until": date(2026, 10, 26)}, "on leave"),
        ({"paused_until": date(2026, 10, 20)}, "paused"),
        ({"rest_days": frozenset({0})}, "rest day"),
    ],
)
def test_why_nothing_comes_is_said(change: dict[str, Any], why: str) -> None:
    assert DAYS.why_not(staff(**change), MONDAY) == why


def test_the_day_that_a_pause_or_a_leave_ends_on_is_free() -> None:
    assert free(staff(paused_until=MONDAY), MONDAY) == [True]
    assert free(staff(away_from=FRIDAY, away_until=MONDAY), date(2026, 10, 15), FRIDAY, MONDAY) == [
        True,
        False,
        True,
    ]


def test_what_is_put_off_comes_back_on_a_working_day() -> None:
    evening = datetime(2026, 9, 30, 19, 0, tzinfo=ZoneInfo(SHANGHAI))
    back = DAYS.back_at(staff(), evening).astimezone(ZoneInfo(SHANGHAI))
    assert f"{back:%d %H:%M}" == "08 09:00", "the day after the long holiday"


def test_at_night_or_on_leave_the_next_hour_is_the_first_free_morning() -> None:
    night = datetime(2026, 10, 16, 22, 0, tzinfo=ZoneInfo(SHANGHAI))
    for learner, hour in (
        (staff(), "19 09:00"),
        (owner(), "17 09:00"),
        (staff(paused_until=date(2026, 10, 21)), "21 09:00"),
    ):
        assert f"{DAYS.opens(learner, night).astimezone(ZoneInfo(SHANGHAI)):%d %H:%M}" == hour
    noon = datetime(2026, 10, 16, 12, 0, tzinfo=ZoneInfo(SHANGHAI))
    assert DAYS.opens(staff(), noon) == noon
