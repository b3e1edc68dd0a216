"""What a tick does: look at the learners whose hour has struck, and owe each at most a lesson and a reminder,
or questions to look at again on a day that has neither.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select, update

from bot.rules import daily, delivery
from bot.rules.curriculum import Track
from bot.rules.days import Days
from bot.rules.delivery import Assignment
from bot.rules.people import Learner
from bot.store import digests, escalations, newcomers, notes, owing, reviews, rows
from bot.store.among import among
from bot.store.known import WHO, Known, Struck, Wall, Walls, look, spells, struck
from bot.store.mornings import Away, Deciding, Line, Morning
from bot.store.outbox import owe_all
from bot.store.tables import assignments, attempts, learners, micro, outbox, wakes

BATCH = 300
"""Learners in one transaction: some 20 ms, so that taps go on when thousands have one hour."""
LONG = timedelta(minutes=10)
"""A gap that people notice: lessons come within ten minutes of their hour."""
SKEW = timedelta(minutes=1)
"""What is said to be made later than this was made before the clock was set back: nobody knows how long ago."""
IN_A_LESSON = "in a lesson until the quiet hour"
NO_TRACKS: Mapping[str, Track] = {}


def strike(
    connection: Connection, now: datetime, days: Days | None = None, away: Away | None = None,
    tracks: Mapping[str, Track] = NO_TRACKS,
) -> int:  # fmt: skip
    """Owe what is due at this instant and set each learner's next hour; the number of messages owed.

    Every replica may run this at once: each holds the learners it looks at, and a row that exists already
    is left out by its unique keys. Whoever's hour fell into `away` gets one message that says so, in place
    of the day's lesson. What stands in one set of its track is announced together.
    """
    deciding = Deciding(days or Days(), tracks)
    owed, more = 0, True
    while more:
        count, more = step(connection, now, deciding, away)
        owed += count
    return owed


def step(
    connection: Connection, now: datetime, deciding: Deciding, away: Away | None = None
) -> tuple[int, bool]:
    """As `strike` for the next few learners, and whether there are more: a transaction that taps can wait for.

    Each replica takes learners whom no other one holds. Both would find the same hour struck; the second would then
    read what the first has owed by now, decide otherwise, and owe it under another key.
    """
    found = struck(connection, now, BATCH)
    if not found:
        return 0, False
    return _Step(connection, now, deciding, away).run(found), len(found) == BATCH


class _Step:
    """One transaction: some learners whose hour has struck."""

    def __init__(self, connection: Connection, now: datetime, deciding: Deciding, away: Away | None) -> None:
        self.connection, self.now, self.deciding, self.away = connection, now, deciding, away
        self.rows: list[owing.Row] = []
        self.next_hours: dict[datetime, list[int]] = defaultdict(list)
        self.heard: list[tuple[int, int]] = []
        self.noted: list[tuple[int, int]] = []
        """Learner and assignment of which somebody else is to hear."""

    def run(self, found: Sequence[Struck]) -> int:
        walls = Walls(self.now)
        clocks = {one.id: walls.at(one.time_zone, one.lesson_at) for one in found}
        known = look(self.connection, {
            one.id: (one.time_zone, clocks[one.id][0]) for one in found if one.left_on is None
        }, self.now)  # fmt: skip
        mornings = self._mornings(found, clocks, known)
        calm = [n for n, one in mornings.items() if not one.is_shut and not one.brings_something]
        waiting = reviews.look(self.connection, {n: mornings[n].learner for n in calm}, self.now)
        told = [n for n, one in mornings.items() if not one.is_shut and not one.plan.is_empty]
        inside = _inside(self.connection, [*told, *waiting], self.now)
        for one in found:
            at = clocks[one.id][1]
            if (morning := mornings.get(one.id)) is not None:
                numbers = known.numbers.get(one.id, ())
                at = self._owe(one, morning, numbers, one.id in inside, waiting.get(one.id), at)
            self.next_hours[at].append(one.id)
        for at, some in self.next_hours.items():
            self.connection.execute(_next_hour, {"v_at": at, "v_of": some, "v_now": self.now})
        leading = [n for n, one in mornings.items() if one.opens_the_week]
        return (
            owing.owe(self.connection, self.rows)
            + owe_all(
                self.connection, digests.at_their_hour(self.connection, leading, self.now, self.deciding.days)
            )
            + self._tell_others([one.id for one in found])
        )

    def _mornings(
        self, found: Sequence[Struck], clocks: Mapping[int, tuple[Wall, datetime]], known: Known
    ) -> dict[int, Morning]:
        """What the day brings to each of those who are still here."""
        here = {
            one.id: self.deciding.situation(
                (one[WHO:], clocks[one.id][0], known.open.get(one.id, ()), known.taken.get(one.id, ()))
            )
            for one in found
            if one.left_on is None
        }
        past = spells(self.connection, [n for n, one in here.items() if one.asks_for_spells])
        return {n: self.deciding.morning(one, past.get(n, ())) for n, one in here.items()}

    def _owe(
        self, one: Struck, morning: Morning, numbers: Sequence[int], is_inside: bool, waiting: reviews.Waiting | None,
        at: datetime,
    ) -> datetime:  # fmt: skip
        """Owe what this morning brings; the instant at which this learner is looked at again."""
        if is_inside and not morning.is_shut and not morning.plan.is_empty:
            soon = self.now + daily.AGAIN_IN
            if not delivery.is_quiet(delivery.local(soon, one.time_zone)):
                return min(at, soon)
            self._add(one, morning.skipped(IN_A_LESSON), numbers)
            return at
        missed = self.away is not None and self.away.since < one.at <= self.now - LONG
        if self.away is not None and missed:
            self._add(one, morning.digest(self.away, self.now), numbers)
        else:
            self._add(one, morning.lines, numbers)
        self.heard += [(one.id, numbers[late.id]) for late in morning.escalated]
        self.noted += [(one.id, numbers[late.id]) for late in morning.noted]
        if waiting is not None and not missed and not is_inside:
            self._add(one, reviews.push(morning, waiting), ())
        return at

    def _add(self, one: Struck, lines: Sequence[Line], numbers: Sequence[int]) -> None:
        chat_id, now = one.account_id or 0, micro(self.now)
        self.rows += [line.row(one.id, chat_id, numbers, now) for line in lines]

    def _tell_others(self, found: Sequence[int]) -> int:
        """What managers, administrators and the desk hear of these people; the number of messages owed."""
        new = newcomers.look(self.connection, found, self.deciding.days, self.now)
        people, late = self._of_whom()
        heard = [
            escalations.Heard(people[n], late[of], delivery.local(self.now, people[n].time_zone).date())
            for n, of in self.heard
        ]
        owed = newcomers.tell(self.connection, new, heard, self.deciding.days, self.now)
        for n, of in self.noted:
            owed += notes.messages(self.connection, people[n], late[of], self.now)
        return owe_all(self.connection, owed)

    def _of_whom(self) -> tuple[dict[int, Learner], dict[int, Assignment]]:
        """Those of whom somebody hears, and what it is about."""
        both = [*self.heard, *self.noted]
        if not both:
            return {}, {}
        who = self.connection.execute(_people, {"of": [n for n, _ in both]})
        what = self.connection.execute(_assignments, {"of": [of for _, of in both]})
        return {row.id: rows.learner_of(row) for row in who}, {
            row.id: rows.assignment_of(row) for row in what
        }


_people = rows.LEARNERS.where(among(learners.c.id, "of"))
_assignments = select(assignments).where(among(assignments.c.id, "of"))
_next_hour = (
    update(wakes)
    .where(among(wakes.c.learner_id, "v_of"), wakes.c.at <= bindparam("v_now"))
    .values(at=bindparam("v_at"))
)


_a, _o = attempts.c, outbox.c
_standing = select(_a.id, _a.learner_id).where(
    among(_a.learner_id, "of"), _a.finished_at.is_(None), ~_a.closed
)
_touched = (
    select(_o.learner_id)
    .where(among(_o.learner_id, "of"), _o.screen.in_(bindparam("screens", expanding=True)))
    .where(_o.made_at > bindparam("since"), _o.made_at <= bindparam("until"))
    .group_by(_o.learner_id)
)


def _inside(connection: Connection, of: Sequence[int], now: datetime) -> set[int]:
    """Those who are in the middle of something: an attempt is open, and they were answered lately."""
    if not of:
        return set()
    screens = {f"attempt:{row.id}": row.learner_id for row in connection.execute(_standing, {"of": of})}
    if not screens:
        return set()
    asked = {
        "of": set(screens.values()),
        "screens": list(screens),
        "since": now - daily.INSIDE,
        "until": now + SKEW,
    }
    return set(connection.execute(_touched, asked).scalars())
