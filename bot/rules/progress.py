"""Where somebody stands: what is done, what is next, what is steady, and how long they have kept at it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.rules import daily, delivery, mastery, streak
from bot.rules.assignment import Assignment
from bot.rules.days import Days, Spell
from bot.rules.mastery import Answer, Mastery
from bot.rules.people import Learner

NAMED = 3
"""Topics that a sentence names at most."""


@dataclass(frozen=True, slots=True)
class Past:
    """What somebody did so far: their first answers, the days they learnt on, what they finished."""

    answers: Sequence[tuple[str, bool, datetime]] = ()
    """Item, right, when; first answers only, in the order they were given."""
    learnt_at: Sequence[datetime] = ()
    """Instants at which something was answered or finished."""
    finished: frozenset[str] = frozenset()
    """Slugs of lessons and cases."""
    spells: Sequence[Spell] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """Where one learner stands on one day."""

    done: int
    of: int
    has_cases: bool
    due: int
    """What is open now."""
    next: Assignment | None
    """The one thing that `/learn` offers, or the first that a later day brings."""
    is_now: bool
    """Whether the next thing is open already."""
    topics: Sequence[Mastery]
    """Weakest first."""
    in_a_row: int

    @property
    def steady(self) -> list[Mastery]:
        """The best first."""
        return [one for one in reversed(self.topics) if one.state == "steady"][:NAMED]

    @property
    def again(self) -> Mastery | None:
        """The topic that wants another look most."""
        return next((one for one in self.topics if one.state == "again"), None)

    @property
    def is_empty(self) -> bool:
        return not self.done and not self.topics


def progress(
    learner: Learner,
    owed: Sequence[Assignment],
    past: Past,
    topic_of: Mapping[str, str],
    days: Days,
    today: date,
    taught: Mapping[str, str],
) -> Progress:
    """Put it together; `taught` are units and their kinds for whom nothing was assigned."""
    zone = learner.time_zone
    ready = delivery.ready(owed, today)
    units = assigned(owed, today) or {slug: (slug in past.finished, kind) for slug, kind in taught.items()}
    answers = [Answer(item, right, _day(at, zone)) for item, right, at in past.answers]
    return Progress(
        done=sum(is_done for is_done, _ in units.values()), of=len(units),
        has_cases=any(kind == "case" for _, kind in units.values()), due=len(ready),
        next=ready[0] if ready else delivery.upcoming(owed, today), is_now=bool(ready),
        topics=mastery.by_topic(answers, topic_of, today),
        in_a_row=streak.in_a_row(
            learner, {_day(at, zone) for at in past.learnt_at}, _open(owed, zone), past.spells, days, today
        ),
    )  # fmt: skip


def _day(at: datetime, zone: str) -> date:
    return delivery.local(at, zone).date()


def assigned(owed: Iterable[Assignment], today: date) -> dict[str, tuple[bool, str]]:
    """Each unit assigned by today, whether it is done, and its kind: as a manager's team counts them."""
    newest: dict[tuple[str, str], Assignment] = {}
    for one in sorted(owed, key=lambda one: one.round):
        if one.assigned_on <= today:
            newest[one.track, one.unit] = one
    found: dict[str, tuple[bool, str]] = {}
    for one in newest.values():
        if not one.exempt:
            before, _ = found.get(one.unit, (True, ""))
            found[one.unit] = (before and one.completed_at is not None, one.unit_kind)
    return found


def _open(owed: Iterable[Assignment], zone: str) -> list[streak.Open]:
    return [
        streak.Open(one.assigned_on, _day(one.completed_at, zone) if one.completed_at else None)
        for one in owed
        if one.completed_at or not one.exempt
    ]


def rebuild(events: Iterable[tuple[str, datetime, Mapping[str, Any]]]) -> Past:
    """The same past from the log alone: (kind, at, payload) of one learner, in the order they happened."""
    answers: list[tuple[str, bool, datetime]] = []
    learnt: list[datetime] = []
    finished: set[str] = set()
    spells: list[tuple[str, Mapping[str, Any]]] = []
    for kind, at, payload in events:
        if kind in ("answered", "completed"):
            learnt.append(at)
        if kind == "answered" and payload["first"]:
            answers.append((payload["item"], payload["right"], at))
        elif kind == "completed" and payload["kind"] in ("lesson", "case"):
            finished.add(payload["unit"])
        elif kind in daily.SPELLS:
            spells.append((kind, payload))
    return Past(answers, learnt, frozenset(finished), daily.spells(spells))
