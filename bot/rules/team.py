"""What a manager sees of a team: who is where, never an answer, and no topic of fewer than five people."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

State = Literal["late", "this week", "up to date", "away", "unreachable", "not joined", "not started"]
WhyNot = Literal["unreachable", "away", "paused"]
FEWEST = 5
"""People below which a figure about a topic would tell of one of them (`design.md` 1, `ux.md` 5.2)."""
HELP_BELOW = 0.8
"""Share of first answers that are right; below it a topic is one to help with, as below the pass mark of a test."""
AT_A_GLANCE = 100
"""People up to whom the overview counts topics too: for 500 that takes longer than all the rest of it."""
PAGE = 8
"""Names on one screen."""


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a team, with how far they have come: figures, no answers."""

    id: int
    name: str
    joined: bool
    hired_on: date | None
    unreachable: str | None
    away_from: date | None
    away_until: date | None
    paused_until: date | None
    manages: bool
    done: int
    """Units completed, of those assigned so far and not exempt."""
    assigned: int
    first_due: date | None
    """The earliest due day of what is open."""

    def is_away(self, today: date) -> bool:
        """Whether they are on leave on this day."""
        begun = self.away_from is None or self.away_from <= today
        return self.away_until is not None and begun and today < self.away_until

    def is_paused(self, today: date) -> bool:
        return self.paused_until is not None and today < self.paused_until

    def state(self, today: date) -> State:
        """The first that applies: who cannot learn now is late with nothing."""
        if self.hired_on is not None and today < self.hired_on:
            return "not started"
        if not self.joined:
            return "not joined"
        if self.unreachable:
            return "unreachable"
        if self.is_away(today):
            return "away"
        if self.first_due is not None and self.first_due < today:
            return "late"
        if self.first_due is not None and self.first_due <= end_of_week(today):
            return "this week"
        return "up to date"

    @property
    def is_open(self) -> bool:
        return self.done < self.assigned


@dataclass(frozen=True, slots=True)
class Overview:
    """A team in figures; everybody is counted once."""

    people: int
    counts: Mapping[State, int]
    open_since: date | None
    """The earliest due day of whoever is late."""
    to_remind: int
    teams: int
    """How many of the people have a team of their own."""

    def __getitem__(self, state: State) -> int:
        return self.counts.get(state, 0)


def overview(members: Sequence[Member], today: date) -> Overview:
    states = Counter(member.state(today) for member in members)
    late = [m.first_due for m in members if m.state(today) == "late" and m.first_due is not None]
    return Overview(
        len(members),
        states,
        min(late, default=None),
        sum(1 for member in members if is_to_remind(member, today)),
        sum(1 for member in members if member.manages),
    )


def is_to_remind(member: Member, today: date) -> bool:
    """Whether a reminder is for them: something of theirs is late, or due within the week."""
    return member.state(today) in ("late", "this week") and not member.is_paused(today)


def why_not(member: Member, today: date) -> WhyNot | None:
    """Why somebody with something open is not reminded now; None where they are, or have nothing open."""
    if not member.is_open:
        return None
    state = member.state(today)
    if state == "unreachable":
        return "unreachable"
    if state == "away":
        return "away"
    if state in ("late", "this week") and member.is_paused(today):
        return "paused"
    return None


def by_name(members: Iterable[Member]) -> list[Member]:
    """A to Z whatever the case, then Chinese names in the order of their characters."""
    return sorted(members, key=lambda member: (member.name.casefold(), member.id))


def end_of_week(today: date) -> date:
    """The Sunday of this week."""
    return today + timedelta(days=6 - today.weekday())


@dataclass(frozen=True, slots=True)
class TopicFigure:
    """First answers of a whole team on one topic."""

    topic: str
    people: int
    answered: int
    right: int

    @property
    def shows(self) -> bool:
        """Whether enough people stand behind it to say anything."""
        return self.people >= FEWEST

    @property
    def of_ten(self) -> int:
        """How many in ten were right."""
        return round(10 * self.right / self.answered)


def to_help_with(figures: Iterable[TopicFigure], size: int) -> TopicFigure | None:
    """The topic that the whole team finds hardest, where it is one to help with and enough people stand behind it."""
    if size < FEWEST:
        return None
    shown = [figure for figure in figures if figure.shows and figure.right < HELP_BELOW * figure.answered]
    return min(shown, key=lambda figure: (figure.right / figure.answered, figure.topic), default=None)


@dataclass(frozen=True, slots=True)
class Failed:
    """A message that did not reach somebody, and why."""

    at: datetime
    state: str
    reason: str | None
