"""Learning days in a row: a week of December 2026, day by day, by hand."""

from datetime import date
from typing import Any

import pytest

from bot.rules import streak
from bot.rules.calendar import Calendar
from bot.rules.days import Days
from bot.rules.people import Learner
from bot.rules.streak import Open

DAYS = Days(Calendar())
FRIDAY = date(2026, 12, 11)
OPEN = (Open(date(2026, 11, 1), None),)


def on(*days: int) -> set[date]:
    return {date(2026, 12, day) for day in days}


def count(learnt: set[date], open_ones: tuple[Open, ...] = OPEN, spells: Any = (), **changes: Any) -> int:
    learner = Learner(1, "employee", "en", "UTC", account_id=1).with_(**changes)
    return streak.in_a_row(learner, learnt, open_ones, spells, DAYS, FRIDAY)


@pytest.mark.parametrize(
    ("learnt", "in_a_row"),
    [
        (on(), 0),
        (on(11), 1),
        (on(9, 10, 11), 3),
        (on(9, 10), 2),  # today can still become one
        (on(8, 9, 11), 1),  # Thursday was let pass
        (on(3, 4, 7, 8, 9, 10, 11), 7),  # a weekend breaks nothing and counts for nothing
        (on(3, 4, 6, 7, 8, 9, 10, 11), 8),  # who learns on a Sunday has learnt
    ],
)  # fmt: skip
def test_days_in_a_row(learnt: set[date], in_a_row: int) -> None:
    assert count(learnt) == in_a_row


def test_leave_and_pause_break_nothing_whether_they_are_over_or_not() -> None:
    assert count(on(7, 10, 11)) == 2
    assert count(on(7, 10, 11), spells=[(date(2026, 12, 8), date(2026, 12, 10))]) == 3
    assert count(on(4, 7), away_from=date(2026, 12, 8), away_until=date(2026, 12, 20)) == 2
    assert count(on(8, 9), paused_until=date(2026, 12, 20)) == 2


def test_a_holiday_breaks_nothing() -> None:
    learner = Learner(1, "employee", "en", "Asia/Shanghai", account_id=1, place="CN")
    thursday = frozenset(on(10))
    days = Days(Calendar({"CN": thursday}))
    assert streak.in_a_row(learner, on(9, 11), OPEN, (), days, FRIDAY) == 2
    assert streak.in_a_row(learner, on(9, 11), OPEN, (), DAYS, FRIDAY) == 1


def test_chosen_days_of_rest_break_nothing_and_a_business_owner_has_only_those() -> None:
    assert count(on(4, 7, 8, 9, 10, 11), audience="borrower") == 5
    assert count(on(4, 7, 8, 9, 10, 11), audience="borrower", rest_days=frozenset({5, 6})) == 6


def test_a_day_on_which_nothing_was_open_breaks_nothing() -> None:
    done = Open(date(2026, 12, 1), date(2026, 12, 8))
    assert count(on(7, 8, 11), (done, Open(date(2026, 12, 11), None))) == 3
    assert count(on(7, 8, 11), (done, Open(date(2026, 12, 10), None))) == 1
    assert count(on(8, 11), ()) == 1
