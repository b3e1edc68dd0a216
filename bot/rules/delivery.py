"""What is owed to whom and when, on the learner's own clock."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.rules.assignment import Assignment as Assignment
from bot.rules.assignment import ExemptReason as ExemptReason
from bot.rules.assignment import distinct
from bot.rules.people import Learner

Status = Literal["completed", "exempt", "unreachable", "overdue", "in_progress", "assigned"]
HOTLINE_AGES_AFTER = timedelta(days=90)
"""`curriculum.md` part 7, build rule."""

QUIET_FROM, QUIET_UNTIL = time(21), time(8)


def local(now: datetime, zone: str) -> datetime:
    return now.astimezone(ZoneInfo(zone))


def instant(day: date, at: time, zone: str) -> datetime:
    """The UTC instant of a wall-clock time; in a DST gap the first valid minute, in an overlap the first."""
    wall = datetime.combine(day, at, ZoneInfo(zone))
    back = wall.astimezone(UTC).astimezone(ZoneInfo(zone))
    if back.replace(tzinfo=None) == wall.replace(tzinfo=None):
        return wall.astimezone(UTC)
    # `wall` names a minute that does not exist: its two readings lie an hour apart, so the
    # jump is at the later reading's offset change; walk forward to the first real minute.
    minute = wall.replace(tzinfo=None)
    while True:
        minute += timedelta(minutes=1)
        candidate = minute.replace(tzinfo=ZoneInfo(zone))
        again = candidate.astimezone(UTC).astimezone(ZoneInfo(zone))
        if again.replace(tzinfo=None) == minute:
            return candidate.astimezone(UTC)


def next_wake(learner: Learner, now: datetime) -> datetime:
    """The next instant at which this learner's lesson hour strikes, strictly after now."""
    today = local(now, learner.time_zone).date()
    for days in range(3):
        strikes = instant(today + timedelta(days=days), learner.lesson_at, learner.time_zone)
        if strikes > now:
            return strikes
    raise AssertionError("an hour strikes every day")


def wake_after_move(learner: Learner, now: datetime) -> datetime:
    """When to look at somebody who has just come to another zone: now, where today's hour has gone by there.

    So no date goes without its lesson; what the date has brought already does not come again.
    """
    here = local(now, learner.time_zone)
    has_struck = instant(here.date(), learner.lesson_at, learner.time_zone) <= now
    return now if has_struck and not is_quiet(here) else next_wake(learner, now)


def by_day(at: time) -> time:
    """This hour, or where it lies in the night the first one after it."""
    return at if QUIET_UNTIL <= at < QUIET_FROM else QUIET_UNTIL


def is_quiet(moment: datetime) -> bool:
    """Whether nothing may be pushed at this local time: 21:00 to 08:00."""
    return not QUIET_UNTIL <= moment.time() < QUIET_FROM


def to_push(assignments: Sequence[Assignment], pushed: frozenset[int], today: date) -> Assignment | None:
    """The one assignment to announce today: open, due to start, not begun, never announced before."""
    fresh = (a for a in ready(assignments, today) if a.started_at is None and a.id not in pushed)
    return next(fresh, None)


def ready(assignments: Sequence[Assignment], today: date) -> list[Assignment]:
    """What has been assigned by today and is still open, the earliest due first; each unit once."""
    found = distinct(a for a in assignments if a.assigned_on <= today)
    return sorted(found, key=lambda a: (a.due_on or date.max, a.position))


def next_open(assignments: Sequence[Assignment], today: date) -> Assignment | None:
    """What `/learn` offers: the first of what is ready."""
    return next(iter(ready(assignments, today)), None)


def upcoming(assignments: Sequence[Assignment], today: date) -> Assignment | None:
    """The next unit that a later day brings."""
    later = [a for a in assignments if a.is_open and a.assigned_on > today]
    return min(later, key=lambda a: (a.assigned_on, a.position), default=None)


def status(assignment: Assignment, learner: Learner, today: date) -> Status:
    """The first that applies, in the order of the completion export (`design.md` 4)."""
    if assignment.completed_at is not None:
        return "completed"
    if assignment.exempt:
        return "exempt"
    if learner.unreachable:
        return "unreachable"
    if assignment.due_on is not None and assignment.due_on < today:
        return "overdue"
    return "in_progress" if assignment.started_at is not None else "assigned"


def is_stale(checked_on: date, today: date) -> bool:
    """Whether a hotline was last checked too long ago to be shown without a warning."""
    return today - checked_on > HOTLINE_AGES_AFTER
