"""New hires in their first ten working days: found at their hour, told of once, listed for who asks."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select

from bot.rules import delivery, newcomers
from bot.rules.calendar import DAY
from bot.rules.days import Days, is_away
from bot.rules.delivery import Assignment
from bot.rules.newcomers import Standing, Step
from bot.rules.people import Learner
from bot.store import escalations, rows, watching
from bot.store.among import among
from bot.store.engine import alone
from bot.store.escalations import SAID, Heard
from bot.store.known import LEAVES, spells
from bot.store.outbox import owe_all, owed_row, skipped_row, wished
from bot.store.tables import assignments, enrolments, learners, outbox

TELLS = ("team_late", "team_digest")
"""Messages to a manager that tell of new hires."""
NOTE = "new_late"
STEPS: tuple[Step, ...] = ("day-5", "day-10", "over")
BATCH = 100
"""People in one transaction: some hundredths of a second, so that taps go on."""
LOOKER = 0x6672_6175_646E_6577
"""PostgreSQL advisory lock: one process at a time looks for those without an hour, so that nobody is told twice."""
LISTED = 30 * DAY
"""After so long a new hire who has finished is no longer listed as new."""
_e, _l, _a, _o = enrolments.c, learners.c, assignments.c, outbox.c


def _slot(step: Step, started_on: date) -> str:
    """A step's place in the outbox: once for each start, so that days begun anew count anew."""
    return f"{step}@{started_on}"


def look(connection: Connection, of: Sequence[int], days: Days, now: datetime) -> list[Heard]:
    """Of whom somebody is to hear at this hour; for most there is nothing to read but one empty answer."""
    by_now = now.date() - (newcomers.HALF - 2) * DAY
    started = {n: on for n, on in _started(connection, of, now.date()).items() if on <= by_now}
    if not started:
        return []
    found = connection.execute(rows.LEARNERS.where(among(_l.id, started)).order_by(_l.id))
    people = [rows.learner_of(row) for row in found]
    today = {one.id: delivery.local(now, one.time_zone).date() for one in people}
    new = [
        one
        for one in people
        if one.left_on is None
        and newcomers.is_new(one, started[one.id])
        and today[one.id] - started[one.id] >= (newcomers.HALF - 1) * DAY
        and not is_away(one, today[one.id])
    ]
    if not new:
        return []
    leaves = spells(
        connection, [one.id for one in new], LEAVES
    )  # a pause is their own and stops no working day
    counted = {
        one.id: newcomers.working_day(one, started[one.id], today[one.id], days, leaves.get(one.id, ()))
        for one in new
    }
    new = [one for one in new if newcomers.HALF <= counted[one.id] < newcomers.PAST]
    if not new:
        return []
    owed = _owed(connection, [one.id for one in new])
    said = _said(connection, [one.id for one in new])
    heard = []
    for one in new:
        began = started[one.id]
        known = [step for step in STEPS if _slot(step, began) in said[one.id]]
        standing = newcomers.standing(owed[one.id], began, today[one.id])
        step = newcomers.step(counted[one.id], standing.open, known)
        first = min((a for a in owed[one.id] if a.track == newcomers.TRACK), key=lambda a: a.id, default=None)
        if step is not None and first is not None:
            heard.append(Heard(one, first, today[one.id], _slot(step, began)))
    return heard


def absent(connection: Connection, now: datetime, days: Days, after: int = 0) -> tuple[int, int]:
    """The same of the next few who have not come in by their invitation, and so have no hour that strikes.

    (messages owed, the last one looked at, to go on after; 0 at the end).
    """
    if not alone(connection, LOOKER):
        return 0, 0
    today = now.date()
    query = (
        rows.LEARNERS.join(enrolments, _e.learner_id == _l.id)
        .where(_l.id > after, _l.account_id.is_(None), _l.left_on.is_(None))
        .where(_e.track == newcomers.TRACK, _e.ended_on.is_(None))
        .where(_e.started_on > today - LISTED, _e.started_on <= today - (newcomers.HALF - 2) * DAY)
    )
    some = [rows.learner_of(row) for row in connection.execute(query.order_by(_l.id).limit(BATCH))]
    awake = [one.id for one in some if not delivery.is_quiet(delivery.local(now, one.time_zone))]
    return owe_all(connection, tell(connection, look(connection, awake, days, now), [], days, now)), (
        some[-1].id if len(some) == BATCH else 0
    )


def tell(
    connection: Connection, new: Sequence[Heard], late: Sequence[Heard], days: Days, now: datetime
) -> list[dict[str, Any]]:
    """The rows for what managers hear, of what is late as well, and for what administrators do."""
    heard = [*late, *(one for one in new if not is_over(one))]
    over = [one for one in new if is_over(one)]
    return escalations.messages(connection, heard, days, now) + notices(connection, over, days, now)


def is_over(one: Heard) -> bool:
    """Whether this is for administrators: the ten days are over."""
    return one.slot.startswith("over@")


def notices(connection: Connection, over: Sequence[Heard], days: Days, now: datetime) -> list[dict[str, Any]]:
    """A mark on each, and a neutral notice to every administrator, one a day; where one waits it tells of all."""
    if not over:
        return []
    return [_mark(one, now) for one in over] + [
        row for one in watching.administrators(connection) for row in _notice(connection, one, days, now)
    ]


def _mark(one: Heard, now: datetime) -> dict[str, Any]:
    posting = wished(one.learner, NOTE, {}, now, "desk")
    return skipped_row(
        posting, now, "said to administrators", assignment_id=one.assignment.id, slot=one.slot, on=one.on
    )


def _notice(connection: Connection, reader: Learner, days: Days, now: datetime) -> list[dict[str, Any]]:
    notes = select(_o.on, _o.state).where(_o.learner_id == reader.id, _o.daily == NOTE)
    sent = {row.on: row.state for row in connection.execute(notes.where(_o.on >= now.date() - 7 * DAY))}
    free = escalations.next_free(reader, sent, days, now)
    if free is None:
        return []
    at, on = free
    posting = wished(reader, NOTE, {}, at, "desk")
    return [owed_row(posting, now, assignment_id=None, slot=None, on=on, daily=NOTE, screen=NOTE)]


# what is told, and listed


@dataclass(frozen=True, slots=True)
class News:
    """What a manager has not heard yet: so many new hires on each of these."""

    half: int = 0
    """On the fifth day, with something open."""
    last: int = 0
    """On the tenth day, with something open."""
    done: int = 0
    """On the tenth day, with nothing open."""

    def __bool__(self) -> bool:
        return bool(self.half or self.last or self.done)


def news(connection: Connection, manager_id: int, today: date) -> News:
    """What was noticed since this manager was last told, as it stands now."""
    told = select(func.max(_o.due_at)).where(
        _o.learner_id == manager_id, _o.wish.in_(TELLS), _o.state == "sent"
    )
    last = connection.execute(told).scalar()
    marks = (
        select(_o.learner_id, _o.slot)
        .select_from(outbox.join(learners, _l.id == _o.learner_id))
        .where(_l.manager_id == manager_id, _l.left_on.is_(None), _o.reason == SAID)
        .where(or_(_o.slot.like("day-5@%"), _o.slot.like("day-10@%")), _o.on >= today - LISTED)
        .order_by(_o.id)
    )
    if last is not None:
        marks = marks.where(_o.made_at > last)
    newest = {row.learner_id: str(row.slot) for row in connection.execute(marks)}
    count = {"half": 0, "last": 0, "done": 0}
    for number, standing in standings(connection, list(newest), today).items():
        name = "half" if newest[number].startswith("day-5@") else "last" if standing.open else "done"
        count[name] += 1 if standing.open or name == "done" else 0
    return News(**count)


def standings(connection: Connection, people: Collection[int], today: date) -> dict[int, Standing]:
    """How each of these who is on the track stands."""
    started = _started(connection, people, today)
    owed = _owed(connection, list(started))
    return {number: newcomers.standing(owed[number], began, today) for number, began in started.items()}


def below(connection: Connection, manager_id: int, today: date) -> set[int]:
    """This manager's own new people: those who began lately, and those who have not finished."""
    query = rows.LEARNERS.where(_l.manager_id == manager_id, _l.left_on.is_(None))
    people = {row.id: rows.learner_of(row) for row in connection.execute(query)}
    return {
        number
        for number, standing in standings(connection, list(people), today).items()
        if newcomers.is_new(people[number], standing.started_on)
        and standing.started_on <= today
        and (standing.open or standing.started_on >= today - LISTED)
    }


def unfinished(connection: Connection, today: date) -> dict[int, Standing]:
    """Everybody who has not finished after their ten working days."""
    marked = (
        select(_o.learner_id, _o.slot)
        .select_from(outbox.join(learners, _l.id == _o.learner_id))
        .where(_l.left_on.is_(None), _o.slot.like("over@%"))
    )
    slots: dict[int, set[str]] = defaultdict(set)
    for row in connection.execute(marked):
        slots[row.learner_id].add(row.slot)
    return {
        number: one
        for number, one in standings(connection, list(slots), today).items()
        if one.open and _slot("over", one.started_on) in slots[number]
    }


def _started(connection: Connection, of: Collection[int], today: date) -> dict[int, date]:
    """Since when each of these is on the track, of those who began lately enough to be looked at."""
    query = select(_e.learner_id, _e.started_on).where(
        among(_e.learner_id, of), _e.track == newcomers.TRACK, _e.ended_on.is_(None)
    )
    since = query.where(_e.started_on >= today - newcomers.LONGEST)
    return {row.learner_id: row.started_on for row in connection.execute(since)}


def _owed(connection: Connection, of: Collection[int]) -> dict[int, list[Assignment]]:
    query = select(assignments).where(_a.learner_id.in_(of), _a.track == newcomers.TRACK)
    found: dict[int, list[Assignment]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.learner_id].append(rows.assignment_of(row))
    return found


def _said(connection: Connection, of: Collection[int]) -> dict[int, set[str]]:
    query: Select[Any] = select(_o.learner_id, _o.slot).where(
        and_(_o.learner_id.in_(of), or_(*(_o.slot.like(f"{step}@%") for step in STEPS)))
    )
    found: dict[int, set[str]] = defaultdict(set)
    for row in connection.execute(query):
        found[row.learner_id].add(row.slot)
    return found
