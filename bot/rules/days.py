"""On which days and at which hours something may come to a learner."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal

from bot.rules import delivery
from bot.rules.calendar import DAY, LONGEST_BREAK, SATURDAY, Calendar
from bot.rules.people import Learner

Why = Literal["not joined", "unreachable", "before the first day", "on leave", "paused", "rest day"]
"""Why nothing came on a day, as it stands in the row of what was skipped."""
LONGEST_LEAVE = timedelta(days=366)
BACK_IN = timedelta(hours=3)
"""How long something put off stays away, where the day is long enough."""
Spell = tuple[date, date]
"""A pause or a leave: its first day, and the first day after it."""


def _nowhere(_zone: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Days:
    """On which days lessons and reminders come to whom."""

    calendar: Calendar = field(default_factory=Calendar)
    territory: Callable[[str], str | None] = _nowhere
    """Of a time zone."""

    def place(self, learner: Learner) -> str | None:
        """The territory whose holidays are this learner's."""
        return learner.place or self.territory(learner.time_zone)

    def is_rest_day(self, learner: Learner, day: date) -> bool:
        """Whether this day is one of rest: chosen by them, else for staff weekends, and always their holidays.

        A weekend that is worked at their place is a day like others, unless they chose it for rest.
        """
        if learner.rest_days is not None and day.weekday() in learner.rest_days:
            return True
        if learner.audience != "employee":
            return False
        place = self.place(learner)
        if self.calendar.is_holiday(day, place):
            return True
        weekend = day.weekday() >= SATURDAY and not self.calendar.is_working_weekend(day, place)
        return weekend and learner.rest_days is None

    def why_not(self, learner: Learner, day: date) -> Why | None:
        """Why nothing comes to this learner on this day; None when it may."""
        if learner.account_id is None:
            return "not joined"
        if learner.unreachable:
            return "unreachable"
        if learner.hired_on and day < learner.hired_on:
            return "before the first day"
        return self.why_still(learner, day)

    def why_still(self, learner: Learner, day: date) -> Why | None:
        """Whether this is a day on which the count of a reminder stands still."""
        if is_away(learner, day):
            return "on leave"
        if is_paused(learner, day):
            return "paused"
        return "rest day" if self.is_rest_day(learner, day) else None

    def next_day(self, learner: Learner, day: date) -> date:
        """This day, or the first after it on which something may come."""
        for _ in range(LONGEST_BREAK + LONGEST_LEAVE.days):
            if self.why_still(learner, day) is None:
                return day
            day += DAY
        return day

    def counted(self, learner: Learner, after: date, until: date, spells: Sequence[Spell] = ()) -> int:
        """Days from the one after `after` up to `until` that count for a reminder.

        Rest days do not, nor the present leave; pauses and leaves that are over are `spells`.
        """
        days = (after + DAY * (n + 1) for n in range((until - after).days))
        return sum(
            not self.is_rest_day(learner, day)
            and not is_away(learner, day)
            and not any(first <= day < end for first, end in spells)
            for day in days
        )

    def opens(self, learner: Learner, now: datetime) -> datetime:
        """Now, or the next instant at which something may come to this learner."""
        here = delivery.local(now, learner.time_zone)
        if self.why_still(learner, here.date()) is None and not delivery.is_quiet(here):
            return now
        first = here.date() if here.time() < delivery.QUIET_UNTIL else here.date() + DAY
        at = delivery.by_day(learner.lesson_at)
        return delivery.instant(self.next_day(learner, first), at, learner.time_zone)

    def next_day_at(self, learner: Learner, at: time, now: datetime) -> datetime:
        """This hour on the next day on which lessons come to this learner."""
        day = delivery.local(now, learner.time_zone).date() + DAY
        return delivery.instant(self.next_day(learner, day), at, learner.time_zone)

    def back_at(self, learner: Learner, now: datetime) -> datetime:
        """On the hour in about three hours, or another day at the lesson hour when that would be late."""
        here = delivery.local(now + BACK_IN, learner.time_zone)
        if (
            here.date() == delivery.local(now, learner.time_zone).date()
            and here.hour < delivery.QUIET_FROM.hour
        ):
            return delivery.instant(here.date(), time(here.hour), learner.time_zone)
        return self.next_day_at(learner, learner.lesson_at, now)

    def is_back_today(self, learner: Learner, now: datetime) -> bool:
        """Whether what is put off now comes back on the same day."""
        zone = learner.time_zone
        return delivery.local(self.back_at(learner, now), zone).date() == delivery.local(now, zone).date()


def is_paused(learner: Learner, day: date) -> bool:
    return learner.paused_until is not None and day < learner.paused_until


def is_away(learner: Learner, day: date) -> bool:
    """Whether this day is one of their leave."""
    if learner.away_from is None or learner.away_until is None:
        return False
    return learner.away_from <= day < learner.away_until
