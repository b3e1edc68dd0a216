"""Working days by place: weekends, holidays, and weekends that are worked instead."""

from datetime import date

import pytest

from bot.rules.calendar import Calendar

MONDAY, FRIDAY, SATURDAY, SUNDAY = (
    date(2026, 11, 30), date(2026, 12, 4), date(2026, 12, 5), date(2026, 12, 6)
)  # fmt: skip
GOLDEN_WEEK = frozenset(date(2026, 10, day) for day in range(1, 8))
CALENDAR = Calendar({"CN": GOLDEN_WEEK}, {"CN": frozenset({date(2026, 9, 20), date(2026, 10, 10)})})


def test_a_holiday_is_off_at_its_place_only() -> None:
    thursday = date(2026, 10, 1)
    assert not CALENDAR.is_working_day(thursday, "CN")
    assert CALENDAR.is_working_day(thursday, "SG") and CALENDAR.is_working_day(thursday, None)


@pytest.mark.parametrize(
    ("start", "count", "day"),
    [
        (MONDAY, 0, MONDAY), (MONDAY, 4, FRIDAY), (MONDAY, 5, date(2026, 12, 7)), (MONDAY, 9, date(2026, 12, 11)),
        (FRIDAY, 1, date(2026, 12, 7)), (SATURDAY, 0, date(2026, 12, 7)), (SUNDAY, 1, date(2026, 12, 8)),
    ],
)  # fmt: skip
def test_where_nothing_is_listed_working_days_leave_out_the_weekend(
    start: date, count: int, day: date
) -> None:
    assert Calendar().add_working_days(start, count, None) == day


def test_a_working_weekend_counts_at_its_place_only() -> None:
    saturday = date(2026, 10, 10)
    assert CALENDAR.is_working_day(saturday, "CN") and not CALENDAR.is_working_day(saturday, "HK")
    assert not CALENDAR.is_working_day(date(2026, 10, 11), "CN")


def test_counting_steps_over_the_break_and_onto_the_worked_saturday() -> None:
    wednesday = date(2026, 9, 30)
    days = [CALENDAR.add_working_days(wednesday, count, "CN").day for count in range(5)]
    assert days == [30, 8, 9, 10, 12]
    assert CALENDAR.add_working_days(date(2026, 10, 3), 0, "CN") == date(2026, 10, 8)


def test_days_between_are_counted_both_ways() -> None:
    assert CALENDAR.working_days(date(2026, 9, 30), date(2026, 10, 12), "CN") == 4
    assert CALENDAR.working_days(date(2026, 10, 12), date(2026, 9, 30), "CN") == -4
    assert CALENDAR.working_days(date(2026, 9, 30), date(2026, 9, 30), "CN") == 0


def test_a_year_nobody_listed_has_plain_weekdays() -> None:
    assert CALENDAR.is_working_day(date(2030, 10, 1), "CN")
    assert CALENDAR.ends("CN") == date(2026, 12, 31) and CALENDAR.ends("SG") is None


def test_counting_ends_even_where_every_day_is_off() -> None:
    never = Calendar(
        {"CN": frozenset(date.fromordinal(date(2026, 1, 1).toordinal() + n) for n in range(2000))}
    )
    assert never.next_working_day(date(2026, 1, 1), "CN") > date(2026, 2, 1)
