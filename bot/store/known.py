"""What one batch of learners is decided from, read as plain rows: what is owed, and what was said of it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, and_, bindparam, case, or_, select, type_coerce
from sqlalchemy.types import NullType

from bot.rules import daily, delivery
from bot.rules.calendar import DAY
from bot.rules.curriculum import Audience
from bot.rules.daily import Rung, Said
from bot.rules.days import Spell
from bot.rules.delivery import Assignment
from bot.rules.people import Learner
from bot.store import rows
from bot.store.among import among
from bot.store.tables import EPOCH, MICROSECOND, assignments, events, learners, outbox, wakes

UNSAID = ("owed", "claimed", "unreachable", "refused")
"""States of a row whose words nobody has read."""
LEAVES = ("leave", "leave ended")
LATER = "later-"
FARTHEST = timedelta(hours=14)
"""By so much the earliest wall on earth is ahead of UTC."""
_a, _l, _o, _w = assignments.c, learners.c, outbox.c, wakes.c


class Wall(NamedTuple):
    """What the clock on somebody's wall shows, as far as it decides anything."""

    today: date
    part: Literal["before", "open", "after"]
    """Of the day: before the quiet hours end, between, and when they have begun."""
    has_struck: bool
    """Whether their own hour of this day has come."""


class Walls:
    """The walls of one instant, each read once."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._seen: dict[tuple[str, str], tuple[Wall, datetime]] = {}

    def at(self, zone: str, lesson_at: str) -> tuple[Wall, datetime]:
        """What it shows, and when its hour strikes next."""
        found = self._seen.get((zone, lesson_at))
        if found is None:
            found = self._seen[zone, lesson_at] = self._read(zone, time.fromisoformat(lesson_at))
        return found

    def _read(self, zone: str, at: time) -> tuple[Wall, datetime]:
        here = delivery.local(self.now, zone)
        part: Literal["before", "open", "after"] = "open"
        if delivery.is_quiet(here):
            part = "before" if here.time() < delivery.QUIET_UNTIL else "after"
        wall = Wall(here.date(), part, delivery.instant(here.date(), at, zone) <= self.now)
        return wall, delivery.next_wake(Learner(0, "employee", "", zone, lesson_at=at), self.now)


class Struck(NamedTuple):
    """Somebody whose hour has struck; of them what a day is decided from, which thousands share, stands last."""

    id: int
    account_id: int | None
    at: datetime
    is_in: bool
    """Whether they have an account."""
    audience: Audience
    time_zone: str
    lesson_at: str
    left_on: date | None
    unreachable: str | None
    hired_on: date | None
    """Where it is ahead."""
    place: str | None
    rest_days: str | None
    reminders: bool
    paused_until: date | None
    away_from: date | None
    away_until: date | None


WHO = 3
"""Columns that tell one learner from another; the rest are their traits."""
Traits = tuple[Any, ...]


def struck(connection: Connection, now: datetime, limit: int) -> Sequence[Struck]:
    """The next few whose hour has struck, the longest ago first.

    On PostgreSQL they are held to the commit and others pass them by: replicas share the work.
    """
    found = connection.execute(_struck, {"now": now, "yesterday": (now - DAY).date(), "limit": limit})
    return [Struck._make(row) for row in found]


_struck = (
    select(
        _l.id, _l.account_id, _w.at, _l.account_id.is_not(None), _l.audience, _l.time_zone, _l.lesson_at, _l.left_on,
        _l.unreachable, case((_l.hired_on > bindparam("yesterday"), _l.hired_on)), _l.place, _l.rest_days,
        _l.reminders, _l.paused_until, _l.away_from, _l.away_until,
    )
    .join_from(wakes, learners)
    .where(_w.at <= bindparam("now"))
    .order_by(_w.at)
    .limit(bindparam("limit"))
    .with_for_update(of=wakes, skip_locked=True)
)  # fmt: skip


def _somebody(traits: Traits) -> Learner:
    """Somebody like this, to ask the rules about."""
    one = Struck(0, None, EPOCH, *traits)
    rest = None if one.rest_days is None else frozenset(map(int, one.rest_days))
    return Learner(
        0, one.audience, "", one.time_zone, hired_on=one.hired_on, place=one.place,
        lesson_at=time.fromisoformat(one.lesson_at), account_id=0 if one.is_in else None, left_on=one.left_on,
        unreachable=one.unreachable, reminders=one.reminders, paused_until=one.paused_until, rest_days=rest,
        away_from=one.away_from, away_until=one.away_until,
    )  # fmt: skip


Open = tuple[Any, ...]
"""Something that is owed and one thing that was said of it, if any, as the columns of `_open_ones` after the ids.

Without exact times, and with days as the driver gives them: most are only compared with others.
"""


Key = tuple[Traits, Wall, tuple[Open, ...], tuple[str, ...]]
"""Traits, wall, what is owed by the order of ids, kinds of the day's messages that have their row already."""


class Known(NamedTuple):
    """What a batch owes: by learner the ids, and what the decision is made from."""

    numbers: dict[int, tuple[int, ...]]
    open: dict[int, tuple[Open, ...]]
    taken: dict[int, tuple[str, ...]]


_is_later = _o.slot.like(f"{LATER}%")
_open_ones = (
    select(*[type_coerce(column, NullType()) for column in (
        _a.learner_id, _a.id, _a.track, _a.unit, _a.round, _a.position, _a.assigned_on, _a.due_on,
        case((_is_later, LATER), else_=_o.slot), _o.on, _o.state, _a.started_at,
        case((_is_later | _o.on.is_(None), _o.due_at)),
    )])
    .outerjoin_from(
        assignments, outbox,
        and_(_o.learner_id == _a.learner_id, _o.assignment_id == _a.id, _o.slot.is_not(None)),
    )
    .where(among(_a.learner_id, "of"), _a.completed_at.is_(None), ~_a.exempt)
    .where(or_(_a.assigned_on <= bindparam("latest"), _a.started_at.is_not(None), _o.id.is_not(None)))
)  # fmt: skip
"""What a later day brings plays no part (`daily.today_for`)."""
_taken = select(_o.learner_id, _o.on, _o.daily).where(
    among(_o.learner_id, "of"), _o.on.in_(bindparam("days", expanding=True)), _o.daily.in_(("lesson", "reminder"))
)  # fmt: skip
_by_id = itemgetter(1)


def look(connection: Connection, of: Mapping[int, tuple[str, Wall]], now: datetime) -> Known:
    """Read it for these people, each with their zone and wall; most have nothing open, and are read no further."""
    found: dict[int, list[Sequence[Any]]] = defaultdict(list)
    everything: Sequence[Any] = connection.execute(
        _open_ones, {"of": of, "latest": (now + FARTHEST).date()}
    ).all()
    for row in everything:
        found[row[0]].append(row)
    known = Known({}, {}, {})
    if not found:
        return known
    for number, owed in found.items():
        if len(owed) > 1:
            owed.sort(key=_by_id)
        known.numbers[number] = tuple(dict.fromkeys(map(_by_id, owed)))
        known.open[number] = tuple([_open(row, of[number][0]) for row in owed])
    days = {of[number][1].today for number in found}
    for number, on, kind in connection.execute(_taken, {"of": list(found), "days": list(days)}):
        if on == of[number][1].today:
            known.taken[number] = (*known.taken.get(number, ()), kind)
    return known


def _open(row: Sequence[Any], zone: str) -> Open:
    """One row without ids; in place of exact times the days that hang on them."""
    if row[-1] is None and row[-2] is None:
        return tuple(row[2:])
    *rest, begun, due = row[2:]
    begun_at = None if begun is None else EPOCH + begun * MICROSECOND
    begun_on = None if begun_at is None else (begun_at.date(), delivery.local(begun_at, zone).date())
    back_on = None if due is None else delivery.local(EPOCH + due * MICROSECOND, zone).date()
    return (*rest, begun_on, back_on)


class _Read(NamedTuple):
    """What `_open` gives, with days as days."""

    track: str
    unit: str
    round: int
    position: int
    assigned_on: date
    due_on: date | None
    slot: str | None
    on: date | None
    state: str | None
    begun_on: tuple[date, date] | None
    """In UTC and on their own wall."""
    back_on: date | None
    """The day on their wall on which it was said, or comes back, where no other column says it."""

    @classmethod
    def of(cls, one: Open) -> "_Read":
        return cls._make(
            date.fromisoformat(v) if n in DAYS and isinstance(v, str) else v for n, v in enumerate(one)
        )


DAYS = (4, 5, 7)
"""Columns that hold days, which SQLite gives as text."""


def slot_of(step: Rung, one: Assignment) -> str:
    """A step's place in the outbox: once for each due date, so that a moved one counts anew."""
    name = step if step in ("escalation", "note", "desk") else f"reminder-{step}"
    return f"{name}@{one.due_on}" if one.due_on else name


class Situation:
    """One that many learners may be in: somebody like them, what they owe and what was said of it.

    What is owed is numbered from 0 in the order of ids, so that whatever is decided holds for all of them.
    """

    def __init__(self, key: Key) -> None:
        traits, self.wall, found, taken = key
        self.learner = _somebody(traits)
        read = [_Read.of(one) for one in found]
        self.owed: list[Assignment] = []
        self.said: dict[int, Said] = {}
        self.taken = frozenset(taken)
        self.comes_back = any(
            one.slot == LATER and one.state in ("owed", "claimed", "sent") and one.back_on == self.wall.today
            for one in read
        )
        for number, same in enumerate(_grouped(read)):
            one = _assignment(number, same[0])
            self.owed.append(one)
            self.said[number] = _said(one, same)

    @property
    def asks_for_spells(self) -> bool:
        """Whether days of past pauses and leaves matter: a step is counted from the one before."""
        if not self.owed:
            return False
        late = any("late-2" in one.rungs or "escalation" in one.rungs for one in self.said.values())
        return late or not self.learner.reminders


def _grouped(found: Iterable[_Read]) -> list[list[_Read]]:
    """By the assignment they are about."""
    groups: dict[tuple[Any, ...], list[_Read]] = {}
    for one in found:
        groups.setdefault(one[:3], []).append(one)
    return list(groups.values())


def _assignment(number: int, one: _Read) -> Assignment:
    begun_at = None if one.begun_on is None else datetime.combine(one.begun_on[0], time(12), UTC)
    return Assignment(
        number, 0, one.track, one.unit, "lesson", one.position, one.assigned_on, one.due_on, begun_at, round=one.round
    )  # fmt: skip


def _warned_later(row: _Read) -> bool:
    """Whether something put off comes, or came, back after its due day."""
    if row.slot != LATER or row.state == "skipped" or row.due_on is None or row.back_on is None:
        return False
    return row.back_on > row.due_on


def _said(one: Assignment, found: Sequence[_Read]) -> Said:
    announced, rungs, waiting = None, dict[Rung, date](), set[Rung]()
    steps: dict[str, Rung] = {
        slot_of(step, one): step for step in (*daily.LADDER, "escalation", "desk", "still-here")
    }
    for row in found:
        if row.slot is None:
            continue
        if row.slot == "lesson":
            announced = row.on or row.back_on
        elif step := steps.get(row.slot):
            assert row.on is not None
            rungs[step] = row.on
            if row.state in UNSAID:
                waiting.add(step)
        elif _warned_later(row) and row.back_on is not None:
            rungs.setdefault("late-1", row.back_on)
    begun_on = found[0].begun_on
    if announced is None and begun_on is not None:
        announced = begun_on[1]
    return Said(announced, rungs, frozenset(waiting))


def spells(
    connection: Connection, of: Collection[int], kinds: Collection[str] = daily.SPELLS
) -> dict[int, list[Spell]]:
    """Pauses and leaves of these people, over or not, from the log."""
    if not of:
        return {}
    logged: dict[int, list[tuple[str, Any]]] = defaultdict(list)
    query = select(events).where(events.c.learner_id.in_(of), events.c.kind.in_(kinds)).order_by(events.c.id)
    for row in connection.execute(query):
        logged[row.learner_id].append((row.kind, rows.loads(row.payload)))
    return {learner_id: daily.spells(found) for learner_id, found in logged.items()}
