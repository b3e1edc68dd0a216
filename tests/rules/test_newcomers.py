"""On which working days of a new hire somebody else hears how they stand."""

from datetime import date, timedelta

from bot.rules import newcomers
from bot.rules.assignment import Assignment
from bot.rules.calendar import Calendar
from bot.rules.days import Days
from bot.rules.newcomers import Standing, Step
from bot.rules.people import Learner
from tests.cast import MONDAY, ZONE

DAY = timedelta(days=1)
HOLIDAYS = Calendar(
    {"SG": frozenset({date(2026, 12, 8)})}, {"SG": frozenset({date(2026, 12, 12)})}
)  # Tuesday off, Saturday worked
DAYS = Days(HOLIDAYS, lambda _: "SG")
SOMEBODY = Learner(1, "employee", "en", ZONE)


def days_told(learner: Learner, started_on: date, leaves: tuple[tuple[date, date], ...] = (), done_on: date = date.max) -> list[str]:  # fmt: skip
    """(day of the month, step) of everything that is said in six weeks."""
    said: list[Step] = []
    found = []
    for n in range(42):
        today = started_on + DAY * n
        number = newcomers.working_day(learner, started_on, today, DAYS, leaves)
        step = newcomers.step(number, 0 if today >= done_on else 2, said)
        if step is not None:
            said.append(step)
            found.append(f"{today.day} {step}")
    return found


def test_the_fifth_and_the_tenth_working_day_and_the_one_after() -> None:
    assert days_told(SOMEBODY, date(2026, 11, 2)) == ["6 day-5", "13 day-10", "16 over"]


def test_who_begins_mid_month_before_a_holiday_has_it_left_out_and_a_worked_saturday_counted() -> None:
    # Thursday 3 Dec is day 1; Tuesday 8 is off; Saturday 12 is worked
    assert days_told(SOMEBODY, date(2026, 12, 3)) == ["10 day-5", "16 day-10", "17 over"]


def test_who_begins_on_a_holiday_counts_from_the_day_after() -> None:
    assert days_told(SOMEBODY, date(2026, 12, 8)) == days_told(SOMEBODY, date(2026, 12, 9))


def test_leave_stops_the_count_while_it_lasts_and_afterwards() -> None:
    away = SOMEBODY.with_(away_from=date(2026, 11, 4), away_until=date(2026, 11, 11))
    assert days_told(away, date(2026, 11, 2)) == ["13 day-5", "20 day-10", "23 over"]
    over = ((date(2026, 11, 4), date(2026, 11, 11)),)
    assert days_told(SOMEBODY, date(2026, 11, 2), over) == ["13 day-5", "20 day-10", "23 over"]


def test_of_what_is_done_only_the_tenth_day_tells() -> None:
    assert days_told(SOMEBODY, date(2026, 11, 2), done_on=date(2026, 11, 5)) == ["13 day-10"]
    assert days_told(SOMEBODY, date(2026, 11, 2), done_on=date(2026, 11, 13)) == ["6 day-5", "13 day-10"]


def test_a_day_that_was_missed_is_made_up_for_within_a_week_and_not_after_a_month() -> None:
    assert newcomers.step(12, 1, ["day-5"]) == "day-10"
    assert newcomers.step(12, 1, ["day-5", "day-10"]) == "over"
    assert newcomers.step(16, 1, []) is None


def test_somebody_hired_long_ago_is_no_new_hire() -> None:
    began = MONDAY.date()
    assert newcomers.is_new(SOMEBODY, began) and newcomers.is_new(
        SOMEBODY.with_(hired_on=began - 9 * DAY), began
    )
    assert not newcomers.is_new(SOMEBODY.with_(hired_on=date(2019, 5, 1)), began)


def test_the_first_set_is_what_the_first_day_gave() -> None:
    began = date(2026, 11, 2)

    def one(number: int, days: int, track: str = newcomers.TRACK) -> Assignment:
        return Assignment(number, 1, track, f"u{number}", "lesson", number, began + DAY * days, None)

    owed = [one(1, 0), one(2, 0).done(MONDAY, 100, ""), one(3, 1), one(4, 7), one(5, 0, "all-staff-annual")]
    assert newcomers.standing(owed, began, began + DAY) == Standing(began, 1, 2)
