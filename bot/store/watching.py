"""How lessons go out and whom they reach, read from the tables; and the alarm when they stop.

The installation's marks are shared by all replicas: whoever sets or takes away the mark of an alarm
owes the messages about it, so each administrator hears once of each outage.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import (
    Case,
    ColumnElement,
    Connection,
    and_,
    case,
    delete,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.rules import watching
from bot.rules.people import Learner
from bot.rules.sending import LANES
from bot.rules.watching import Coverage, Group, Signs, Standing
from bot.store import escalations, rows
from bot.store.engine import is_sqlite
from bot.store.outbox import owe_all, owed_row, wished
from bot.store.tables import dead_letters, events, learners, marks, outbox

log = structlog.get_logger()
TICK, WAITING, ALARM, CALM = "tick", "waiting", "alarm", "calm"
"""Marks: the last tick · since when a lesson waits · an alarm that is on · since when all is well again."""
LATEST = 200
"""Lessons looked at to see when one last got through."""
OWN_ACTS = ("joined", "begun", "answered", "decided", "completed", "put_off", "language", "hour", "time_zone")
"""Events that people make themselves; that something was assigned to them is none of their doing."""
_o, _l = outbox.c, learners.c


def mark(connection: Connection, name: str, at: datetime, note: str = "") -> bool:
    """Set a mark where there is none; whether this was the one to set it."""
    statement = (sqlite.insert if is_sqlite(connection) else postgresql.insert)(marks)
    fresh = statement.values(name=name, at=at, note=note).on_conflict_do_nothing().returning(marks.c.name)
    return connection.execute(fresh).first() is not None


def beat(connection: Connection, now: datetime) -> None:
    """Note that somebody looked for what is due."""
    statement = (sqlite.insert if is_sqlite(connection) else postgresql.insert)(marks)
    connection.execute(
        statement.values(name=TICK, at=now, note="").on_conflict_do_update(
            index_elements=[marks.c.name], set_={"at": now}, where=marks.c.at < now
        )
    )


def _unmark(connection: Connection, name: str) -> tuple[datetime, str] | None:
    """Take a mark away; what it said, for the one who took it."""
    gone = connection.execute(delete(marks).where(marks.c.name == name).returning(marks.c.at, marks.c.note))
    row = gone.first()
    return (row.at, row.note) if row is not None else None


def _marks(connection: Connection) -> dict[str, datetime]:
    return {row.name: row.at for row in connection.execute(select(marks))}


# how lessons go out


def signs(connection: Connection, now: datetime) -> Signs:
    """What can be seen just now."""
    known = _marks(connection)
    overdue = _overdue(connection, now)
    latest = _latest(connection)
    through = max((at for state, at in latest if state == "sent" and at is not None), default=None)
    since = known.get(WAITING)
    if since is not None and through is not None and through >= since:
        since = None  # what waited got through; what is due now only fell due
    ends = [state for state, _ in latest if state in ("sent", "refused")][: watching.IN_A_ROW]
    return Signs(
        ticked_at=known.get(TICK),
        waiting_since=min(since or overdue, overdue) if overdue is not None else None,
        delivered_at=through,
        last_refused=ends == ["refused"] * watching.IN_A_ROW,
    )


def _overdue(connection: Connection, now: datetime) -> datetime | None:
    """Since when a lesson waits that ought to be out: due and not sent, or put off because it did not get through.

    What is put off for one chat alone is about that chat.
    """
    lesson = _o.lane + 0 == LANES.index("lessons")  # by its index SQLite would read all that were ever sent
    waits = and_(_o.state.in_(("owed", "claimed")), lesson)
    due = select(func.min(_o.due_at)).where(waits, _o.due_at <= now)
    put_off = select(func.count(_o.chat_id.distinct())).where(waits, _o.due_at > now, _o.reason.is_not(None))
    chats = connection.execute(put_off).scalar_one()
    return connection.execute(due).scalar() or (now if chats > 1 else None)


def _latest(connection: Connection) -> Sequence[tuple[str, datetime | None]]:
    lessons = select(_o.state, _o.sent_at).where(_o.lane == LANES.index("lessons"))
    return [
        (row.state, row.sent_at) for row in connection.execute(lessons.order_by(_o.id.desc()).limit(LATEST))
    ]


# the alarm


def watch(connection: Connection, now: datetime) -> int:
    """Look whether lessons go out, and owe what administrators are to be told; the number of messages owed."""
    seen = signs(connection, now)
    if seen.waiting_since is None or (seen.delivered_at and seen.delivered_at >= seen.waiting_since):
        _unmark(connection, WAITING)
    else:
        mark(connection, WAITING, seen.waiting_since)
    wrong = watching.trouble(seen, now)
    if wrong is not None:
        _unmark(connection, CALM)
        return _raise(connection, wrong, now)
    return _all_clear(connection, now)


def _raise(connection: Connection, wrong: watching.Trouble, now: datetime) -> int:
    if not mark(connection, ALARM, now, wrong):
        return 0
    log.error("lessons_do_not_go_out", why=wrong)
    return _tell(connection, "alarm", now, now, wrong)


def _all_clear(connection: Connection, now: datetime) -> int:
    """Say that all is well again, when it has been for a while."""
    known = _marks(connection)
    if ALARM not in known:
        _unmark(connection, CALM)
        return 0
    if now - known.get(CALM, now) < watching.CALM:
        mark(connection, CALM, now)
        return 0
    _unmark(connection, CALM)
    began = _unmark(connection, ALARM)
    if began is None:
        return 0  # another replica was first
    log.warning("lessons_go_out_again", why=began[1])
    return _tell(connection, "all_clear", began[0], now, began[1])


def _tell(connection: Connection, wish: str, began: datetime, now: datetime, why: str) -> int:
    """Owe this notice to every administrator, once an outage: the key is the instant at which it began.

    It goes out at any hour: people who do not get their lessons are waiting for somebody to look.
    """
    owed = []
    for one in administrators(connection):
        args = {"began": began.isoformat(), "why": why}
        posting = wished(one, wish, args, now, "desk")
        daily = f"{wish}-{began:%H%M}"
        owed.append(owed_row(posting, now, assignment_id=None, slot=wish, on=began.date(), daily=daily))
    return owe_all(connection, owed)


def administrators(connection: Connection) -> list[Learner]:
    """Those who can be told."""
    query = rows.LEARNERS.where(
        _l.rights.contains("administrator"), _l.left_on.is_(None), _l.account_id.is_not(None)
    )
    return [rows.learner_of(row) for row in connection.execute(query.order_by(_l.id))]


def alarm(connection: Connection) -> datetime | None:
    """Since when lessons do not go out, as far as that was noticed."""
    return _marks(connection).get(ALARM)


# whom they reach


def _group(now: datetime) -> Case[str]:
    edge = now - timedelta(days=watching.ACTIVE_DAYS)
    acted = select(events.c.id).where(
        events.c.learner_id == _l.id, events.c.at >= edge, events.c.kind.in_(OWN_ACTS)
    )
    return case(
        (or_(_l.joined_at.is_(None), _l.account_id.is_(None)), literal("not joined")),
        (_l.unreachable.is_not(None), literal("unreachable")),
        (acted.exists(), literal("active")),
        else_=literal("silent"),
    )


def _on_the_roster(today: datetime) -> ColumnElement[bool]:
    """People who work here now; those whose first day is to come are not missing yet."""
    begun = or_(_l.hired_on.is_(None), _l.hired_on <= today.date(), _l.joined_at.is_not(None))
    return and_(_l.audience == "employee", _l.left_on.is_(None), begun)


def coverage(connection: Connection, now: datetime, today: datetime) -> Coverage:
    """The groups of the roster; `today` is the organisation's local time."""
    grouped = (
        select(_group(now).label("group"), _l.unreachable.label("why"))
        .where(_on_the_roster(today))
        .subquery()
    )
    query = select(grouped.c.group, grouped.c.why, func.count()).group_by(grouped.c.group, grouped.c.why)
    counts: dict[Group, int] = {}
    reasons = []
    for group, why, n in connection.execute(query):
        counts[group] = counts.get(group, 0) + n
        if group == "unreachable":
            reasons.append((why, n))
    to_come = and_(
        _l.audience == "employee", _l.left_on.is_(None), _l.joined_at.is_(None), _l.hired_on > today.date()
    )
    later = connection.execute(select(func.count()).select_from(learners).where(to_come)).scalar_one()
    return Coverage(counts, sorted(reasons, key=lambda one: (-one[1], one[0])), later)


def who(connection: Connection, group: Group, page: int, now: datetime, today: datetime) -> list[Learner]:
    """One page of the people in a group, by name."""
    grouped = rows.LEARNERS.where(_on_the_roster(today), _group(now) == group)
    found = connection.execute(
        grouped.order_by(_l.name, _l.id).offset(page * watching.PAGE).limit(watching.PAGE)
    )
    return [rows.learner_of(row) for row in found]


def untold(connection: Connection, page: int) -> tuple[int, list[tuple[Learner, int]]]:
    """Everybody who is late with no manager to tell: how many, and one page of them with their units, by name."""
    units = escalations.untold(connection)
    return len(units), [(one, units[one.id]) for one in page_of(connection, units, page)]


def page_of(connection: Connection, people: Collection[int], page: int) -> list[Learner]:
    """One page of these people, by name."""
    query = rows.LEARNERS.where(_l.id.in_(people)).order_by(_l.name, _l.id)
    found = connection.execute(query.offset(page * watching.PAGE).limit(watching.PAGE))
    return [rows.learner_of(row) for row in found]


def standing(connection: Connection, now: datetime, today: datetime, new: int = 0) -> Standing:
    """The state of things; `new` are the new hires who have not finished in time."""
    seen = signs(connection, now)
    itself = _o.wish.is_not_distinct_from("status")
    due = and_(_o.state.in_(("owed", "claimed")), _o.due_at <= now, ~itself)
    owed, oldest = connection.execute(select(func.count(), func.min(_o.due_at)).where(due)).one()
    yesterday = today.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    since = select(func.count()).select_from(dead_letters).where(dead_letters.c.at >= yesterday)
    dead = connection.execute(since).scalar_one()
    untold = sum(escalations.untold(connection).values())
    covered = coverage(connection, now, today)
    return Standing(seen, watching.trouble(seen, now), owed, oldest, dead, covered, untold, new)
