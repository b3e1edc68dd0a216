"""Which tracks somebody is on, what these owe them and when; the same again changes nothing."""

import calendar as months
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.rules import completion
from bot.rules.assignment import Assignment, ExemptReason
from bot.rules.attempt import Attempt
from bot.rules.calendar import Calendar
from bot.rules.curriculum import Content, MonthDay, Track, TrackUnit
from bot.rules.people import Learner

GRACE = 9
"""Working days after the first that anybody has for a unit, however late they came to it."""
AHEAD = 10
"""Working days before a completion runs out on which it is asked again."""
YEAR = 12
"""Months for which a completion counts in a track that comes every year."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Somebody on a track since a day; ended when the track is no longer meant for them."""

    id: int
    learner_id: int
    track: str
    started_on: date
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class DayCount:
    """How days count for one person: working days of their place without their leave; all days for a borrower."""

    calendar: Calendar = field(default_factory=Calendar)
    place: str | None = None
    away_from: date | None = None
    away_until: date | None = None
    every: bool = False

    @classmethod
    def of(cls, learner: Learner, calendar: Calendar, place: str | None) -> "DayCount":
        borrower = learner.audience == "borrower"
        return cls(calendar, place, learner.away_from, learner.away_until, borrower)

    def counts(self, day: date) -> bool:
        if self.away_from and self.away_until and self.away_from <= day < self.away_until:
            return False
        return self.every or self.calendar.is_working_day(day, self.place)

    def from_(self, day: date) -> date:
        """This day, or the first after it that counts."""
        while not self.counts(day):
            day += DAY
        return day

    def until(self, day: date) -> date:
        """This day, or the last before it that counts."""
        while not self.counts(day):
            day -= DAY
        return day

    def after(self, start: date, count: int) -> date:
        """So many counted days later; the first one on or after the start for 0."""
        day = self.from_(start)
        for _ in range(count):
            day = self.from_(day + DAY)
        return day

    def before(self, end: date, count: int) -> date:
        day = self.until(end)
        for _ in range(count):
            day = self.until(day - DAY)
        return day


@dataclass(frozen=True, slots=True)
class Note:
    """One line for the log."""

    kind: str
    content_version: str
    payload: Mapping[str, Any]


@dataclass(slots=True)
class Plan:
    """What has to change for somebody to be level with their tracks, and the next day that brings something."""

    enrolled: list[Enrolment] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    """Known ones that began anew or ended."""
    assigned: list[Assignment] = field(default_factory=list)
    changed: list[Assignment] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    again_on: date | None = None

    def look_again(self, day: date) -> None:
        self.again_on = min(self.again_on or day, day)

    def note(self, kind: str, content_version: str = "", **payload: Any) -> None:
        said = {
            key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in payload.items()
        }
        self.notes.append(Note(kind, content_version, said))


@dataclass(frozen=True, slots=True)
class Standing:
    """What one learner has so far."""

    enrolments: Sequence[Enrolment] = ()
    assignments: Sequence[Assignment] = ()
    attempts: Sequence[Attempt] = ()


def is_meant_for(track: Track, learner: Learner) -> bool:
    """Whether somebody is put on this track without asking for it."""
    if track.audience != learner.audience or learner.left_on is not None:
        return False
    if track.whom == "managers":
        return learner.job == "manager" or "manager" in learner.rights
    return track.whom == "everybody" or (track.whom == learner.job and track.whom != "opt-in")


def plan(track: Track, start: date, days: DayCount | None = None) -> list[tuple[str, date, date | None]]:
    """(unit, day it is assigned, day it is due) for an enrolment that starts on this day."""
    days = days or DayCount(every=track.audience == "borrower")
    return [(unit.unit, *_counted(unit, start, days)) for unit in track.units if unit.opens is None]


def _counted(unit: TrackUnit, start: date, days: DayCount) -> tuple[date, date | None]:
    assigned = days.after(start, unit.after_days)
    if unit.weekday is not None:
        assigned = days.from_(assigned + timedelta(days=(unit.weekday - assigned.weekday()) % 7))
    if unit.due_days is None:
        return assigned, None
    return assigned, max(assigned, days.after(start, unit.due_days))


def push_group(
    assignment: Assignment, assignments: Sequence[Assignment], track: Track | None, today: date
) -> tuple[Assignment, ...]:
    """What is announced together with this one: the open, not begun units of its set, in track order; else it alone."""
    unit = track.unit(assignment.unit) if track else None
    if track is None or unit is None or not unit.set:
        return (assignment,)
    of_set = {one.unit for one in track.units if one.set == unit.set}
    found = [
        one for one in assignments
        if one.track == track.slug and one.round == assignment.round and one.unit in of_set
        and one.is_open and one.started_at is None and one.assigned_on <= today
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: one.position)) or (assignment,)


def level(
    content: Content, learner: Learner, standing: Standing, days: DayCount, today: date, new_id: Callable[[], int], *,
    arriving: bool = False, chosen: frozenset[str] = frozenset(),
) -> Plan:  # fmt: skip
    """What it takes to bring somebody level with the tracks that are meant for them, or that they chose.

    Until somebody has joined, what they will owe stands there without a due date: their manager sees
    it as assigned, and nobody is overdue before they could begin. *arriving* is the moment they join:
    all days count from then, or from a hire date ahead.
    """
    return _Levelling(content, learner, standing, days, today, new_id, arriving).run(chosen)


class _Levelling:
    def __init__(
        self, content: Content, learner: Learner, standing: Standing, days: DayCount, today: date,
        new_id: Callable[[], int], arriving: bool,
    ) -> None:  # fmt: skip
        self.content, self.learner, self.standing = content, learner, standing
        self.days, self.today, self.new_id, self.arriving = days, today, new_id, arriving
        self.begins = max(today, learner.hired_on or today)
        self.plan = Plan()

    def run(self, chosen: frozenset[str]) -> Plan:
        tracks = self.content.tracks
        known = {one.track: one for one in self.standing.enrolments}
        wanted = {slug for slug, track in tracks.items() if is_meant_for(track, self.learner)} | chosen
        wanted |= {slug for slug, one in known.items() if one.ended_on is None and self._stays(slug)}
        for slug, one in known.items():
            if one.ended_on is None and slug not in wanted:
                self._end(one)
        for slug in sorted(wanted & tracks.keys()):
            self._track(tracks[slug], known.get(slug))
        return self.plan

    def _stays(self, slug: str) -> bool:
        """Whether a track was chosen, so that no change of job ends it."""
        track = self.content.tracks.get(slug)
        return track is not None and track.whom == "opt-in" and self.learner.left_on is None

    # enrolments
    def _track(self, track: Track, known: Enrolment | None) -> None:
        afresh = known is None or known.ended_on is not None or self._moved(track, known)
        if afresh:
            known = self._begin(track, known)
        assert known is not None
        rows = {one.unit: one for one in self._rows(track.slug)}
        for position, unit in enumerate(track.units):
            if unit.unit in self.content.units:
                self._unit(track, known, unit, position, rows.get(unit.unit), afresh)
        for slug, row in rows.items():
            if row.is_open and (track.unit(slug) is None or slug not in self.content.units):
                self._exempt(row, "other")

    def _rows(self, track: str) -> Iterator[Assignment]:
        """Assignments of a track, the newest round of a unit last."""
        yield from sorted((a for a in self.standing.assignments if a.track == track), key=lambda a: a.round)

    def _moved(self, track: Track, known: Enrolment) -> bool:
        """Whether the days have to be counted anew: on joining, and when a hire date ahead was changed."""
        if self.arriving:
            return True
        ahead = known.started_on > self.today or (track.anchor == "hired" and self.begins > self.today)
        return ahead and known.started_on != self.begins

    def _begin(self, track: Track, known: Enrolment | None) -> Enrolment:
        if known is None:
            fresh = Enrolment(self.new_id(), self.learner.id, track.slug, self.begins)
            self.plan.enrolled.append(fresh)
        else:
            fresh = replace(known, started_on=self.begins, ended_on=None)
            if fresh == known:
                return known
            self.plan.enrolments.append(fresh)
        self.plan.note("enrolled", track=track.slug, started_on=self.begins)
        return fresh

    def _end(self, known: Enrolment) -> None:
        """The track is not theirs any more: what is done stays done, what is open is owed no longer."""
        self.plan.enrolments.append(replace(known, ended_on=self.today))
        self.plan.note("ended", track=known.track, ended_on=self.today)
        there = known.track in self.content.tracks and self.learner.left_on is None
        for row in self._rows(known.track):
            if row.is_open:
                self._exempt(row, "other role" if there else "other")

    # assignments
    def _unit(
        self, track: Track, known: Enrolment, unit: TrackUnit, position: int, row: Assignment | None, afresh: bool
    ) -> None:  # fmt: skip
        if row is None:
            row = self._first(track, known, unit, position, afresh)
        elif _was_ended(row) or (afresh and row.is_open):
            row = self._date_anew(row, known, unit, position, afresh)
        elif row.is_open and row.position != position:
            self.plan.changed.append(replace(row, position=position))
        if self.learner.joined_at is not None:
            while row is not None:
                row = self._next_round(track, known, unit, position, row)

    def _first(
        self, track: Track, known: Enrolment, unit: TrackUnit, position: int, afresh: bool
    ) -> Assignment | None:
        if unit.opens is not None and (opens := self._window(unit, known)[0]) > self.today:
            self.plan.look_again(opens)
            return None
        return self._assign(track, unit, position, *self._dates(known, unit, afresh), None)

    def _dates(self, known: Enrolment, unit: TrackUnit, afresh: bool) -> tuple[date, date | None]:
        """When a unit is given and due; a unit that came to the track later counts from today."""
        if unit.opens is not None:
            return self._in_window(*self._window(unit, known), known)
        assigned, due = _counted(unit, known.started_on, self.days)
        if not afresh and assigned < self.today:
            assigned = self.days.from_(self.today)
            due = None if unit.due_days is None else self.days.after(self.today, unit.due_days)
        return assigned, due

    def _window(self, unit: TrackUnit, known: Enrolment) -> tuple[date, date]:
        """The window of the year that is open, or the next one; of a test the first after all it asks about has come."""
        day, track = max(self.today, known.started_on), self.content.tracks[known.track]
        if track.test is not None and unit.unit == track.test.slug:
            taught = [one for one in track.units if one.opens is not None and one is not unit]
            day = max([day, *(_window(one, known.started_on)[0] for one in taught)])
        return _window(unit, day)

    def _in_window(self, opens: date, closes: date, known: Enrolment) -> tuple[date, date]:
        plain = replace(self.days, away_from=None, away_until=None)
        assigned = plain.from_(max(opens, known.started_on, self.today))
        return assigned, max(self.days.until(closes), self.days.after(assigned, GRACE))

    def _assign(
        self, track: Track, unit: TrackUnit, position: int, assigned: date, due: date | None, last: Assignment | None
    ) -> Assignment:  # fmt: skip
        taught = self.content.units[unit.unit]
        since = _counts_from(last, assigned, YEAR if unit.opens else track.renews_after)
        fresh = Assignment(
            self.new_id(), self.learner.id, track.slug, unit.unit, taught.kind, position, assigned,
            due if self.learner.joined_at else None, round=last.round + 1 if last else 0,
        )  # fmt: skip
        self.plan.note(
            "assigned", taught.version, assignment=fresh.id, track=track.slug, unit=unit.unit, round=fresh.round,
            assigned_on=fresh.assigned_on, due_on=fresh.due_on, since=since,
        )  # fmt: skip
        counted = completion.caught_up(fresh, self.standing.attempts, since)
        self.plan.assigned.append(counted)
        return counted

    def _date_anew(
        self, row: Assignment, known: Enrolment, unit: TrackUnit, position: int, afresh: bool
    ) -> Assignment:
        assigned, due = self._dates(known, unit, afresh)
        due = due if self.learner.joined_at else None
        moved = replace(row, position=position, assigned_on=assigned, due_on=due)
        if row.exempt:
            moved = replace(moved, exempt=False, exempt_reason=None)
        if moved != row:
            self.plan.changed.append(moved)
            kind = "reopened" if row.exempt else "due_moved"
            self.plan.note(kind, assignment=row.id, assigned_on=moved.assigned_on, due_on=moved.due_on)
        return moved

    def _exempt(self, row: Assignment, reason: ExemptReason) -> None:
        self.plan.changed.append(replace(row, exempt=True, exempt_reason=reason))
        self.plan.note("exempted", assignment=row.id, reason=reason)

    # renewal
    def _next_round(
        self, track: Track, known: Enrolment, unit: TrackUnit, position: int, last: Assignment
    ) -> Assignment | None:
        """The next round, once its day has come and the last one is closed; else the day is noted."""
        due = self._renewal(track, known, unit, last)
        if due is None:
            return None
        opens, assigned, due_on = due
        if opens > self.today:
            self.plan.look_again(opens)
            return None
        if last.is_open:
            self.plan.look_again(self.today + DAY)
            return None
        return self._assign(track, unit, position, assigned, due_on, last)

    def _renewal(
        self, track: Track, known: Enrolment, unit: TrackUnit, last: Assignment
    ) -> tuple[date, date, date] | None:
        """(day it opens, assigned, due) of the round after this one; None: it holds for good, or is open."""
        if unit.opens is not None:
            opens, closes = _window(unit, max(self.today, known.started_on))
            if opens <= last.assigned_on:
                opens, closes = _window(unit, closes + DAY)
            return opens, *self._in_window(opens, closes, known)
        if track.renews_after is None or last.is_open:
            return None
        held_since = last.due_on or last.assigned_on
        if last.completed_at is not None:
            held_since = last.completed_at.astimezone(ZoneInfo(self.learner.time_zone)).date()
        ends = add_months(held_since, track.renews_after)
        opens = self.days.before(ends, AHEAD)
        assigned = self.days.from_(max(opens, self.today))
        return opens, assigned, max(self.days.until(ends), self.days.after(assigned, GRACE))


def _was_ended(row: Assignment) -> bool:
    """Whether it was the tracks themselves that stopped owing this, and no person who said so."""
    by_rule = row.exempt_by is None and row.exempt_reason in ("other role", "other") and not row.exempt_note
    return row.exempt and row.completed_at is None and by_rule


def _counts_from(last: Assignment | None, assigned: date, held: int | None) -> datetime | None:
    """What was learnt later than this counts for a new assignment; None: whatever was ever learnt."""
    found = [last.completed_at] if last and last.completed_at else []
    if held is not None:
        found.append(datetime.combine(add_months(assigned, -held), time(), UTC))
    return max(found, default=None)


def _window(unit: TrackUnit, day: date) -> tuple[date, date]:
    """The first window of this unit that has not closed by this day."""
    assert unit.opens is not None and unit.closes is not None
    year = day.year if _on(unit.closes, day.year) >= day else day.year + 1
    return _on(unit.opens, year), _on(unit.closes, year)


def _on(day: MonthDay, year: int) -> date:
    return date(year, *day)


def add_months(day: date, count: int) -> date:
    """The same day so many months later, or the last one of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))
