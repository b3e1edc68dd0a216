"""Working days, place by place: weekends, public holidays, and the weekends that are worked instead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

DAY = timedelta(days=1)
SATURDAY = 5
LONGEST_BREAK = 60
"""Days; a break longer than that is a mistake in the list, and counting has to end."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked where; a place or a year that nobody listed has plain Mondays to Fridays."""

    holidays: Mapping[str, frozenset[date]] = field(default_factory=dict)
    """By territory (``CN``): every day off that is listed, weekends among them or not."""
    working: Mapping[str, frozenset[date]] = field(default_factory=dict)
    """By territory: Saturdays and Sundays that are worked to make up for a longer break."""

    def is_working_day(self, day: date, place: str | None) -> bool:
        """Whether people at this place work on this day."""
        if self.is_working_weekend(day, place):
            return True
        return day.weekday() < SATURDAY and not self.is_holiday(day, place)

    def is_holiday(self, day: date, place: str | None) -> bool:
        return place is not None and day in self.holidays.get(place, ())

    def is_working_weekend(self, day: date, place: str | None) -> bool:
        """Whether this Saturday or Sunday is worked at this place."""
        return place is not None and day in self.working.get(place, ())

    def next_working_day(self, day: date, place: str | None) -> date:
        """This day, or the first working day after it."""
        for _ in range(LONGEST_BREAK):
            if self.is_working_day(day, place):
                return day
            day += DAY
        return day

    def add_working_days(self, start: date, count: int, place: str | None) -> date:
        """The day that many working days later; the first one on or after the start for 0."""
        day = self.next_working_day(start, place)
        for _ in range(count):
            day = self.next_working_day(day + DAY, place)
        return day

    def working_days(self, start: date, end: date, place: str | None) -> int:
        """Working days after `start` up to and with `end`; negative when `end` is the earlier one."""
        if end < start:
            return -self.working_days(end, start, place)
        days = (start + DAY * (n + 1) for n in range((end - start).days))
        return sum(self.is_working_day(day, place) for day in days)

    def ends(self, place: str) -> date | None:
        """The last day of the last year that is listed for a place."""
        listed = self.holidays.get(place, frozenset()) | self.working.get(place, frozenset())
        return date(max(day.year for day in listed), 12, 31) if listed else None

    @property
    def places(self) -> list[str]:
        return sorted(self.holidays.keys() | self.working.keys())
