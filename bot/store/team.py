"""A team as its manager may see it, counted by the database: no answer leaves it, only how many there were."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, func, or_, select

from bot.rules.delivery import Assignment
from bot.rules.people import Learner
from bot.rules.sending import LANES
from bot.rules.team import Failed, Member, TopicFigure
from bot.store import rows
from bot.store.tables import answers, assignments, events, learners, orders, outbox

ANSWERS_COUNT_FOR = timedelta(days=365)
FAILED_FOR = timedelta(days=30)

_person, _a, _o = learners.c, assignments.c, outbox.c
_later = assignments.alias("later")
_newest = ~(
    select(_later.c.id)
    .where(
        _later.c.learner_id == _a.learner_id, _later.c.track == _a.track, _later.c.unit == _a.unit,
        _later.c.round > _a.round, _later.c.assigned_on <= bindparam("v_today"),
    )
    .exists()
)  # fmt: skip
"""Not taken over by its own renewal."""
_counts = and_(_a.learner_id == _person.id, _a.assigned_on <= bindparam("v_today"), ~_a.exempt, _newest)
_open_due = case((_a.completed_at.is_(None), _a.due_on))
_open_unit = case((_a.completed_at.is_(None), _a.unit))
"""A unit that two tracks owe is one thing to learn, open while either has it open (`rules.assignment.distinct`)."""
_members = (
    select(
        _person.id, _person.name, _person.account_id.is_not(None).label("joined"), _person.hired_on,
        _person.unreachable, _person.away_from, _person.away_until, _person.paused_until,
        rows.MANAGES.label("manages"),
        (func.count(_a.unit.distinct()) - func.count(_open_unit.distinct())).label("done"),
        func.count(_a.unit.distinct()).label("assigned"),
        func.min(_open_due).label("first_due"),
    )
    .select_from(learners.outerjoin(assignments, _counts))
    .where(_person.left_on.is_(None))
    .group_by(_person.id)
)  # fmt: skip
_of_manager = _members.where(_person.manager_id == bindparam("v_manager"))
_one = _members.where(_person.id == bindparam("v_person"))


def members(connection: Connection, manager_id: int, today: date) -> list[Member]:
    """Everybody who reports to this manager and still works here."""
    found = connection.execute(_of_manager, {"v_manager": manager_id, "v_today": today})
    return [Member(**row._mapping) for row in found]


def member(connection: Connection, person_id: int, today: date) -> Member | None:
    """One person as their manager sees them."""
    found = connection.execute(_one, {"v_person": person_id, "v_today": today}).first()
    return Member(**found._mapping) if found is not None else None


def topic_figures(
    connection: Connection, manager_id: int, topics: Mapping[str, Sequence[str]], now: datetime
) -> list[TopicFigure]:
    """First answers of a whole team within a year, counted per topic; `topics` names the items of each."""
    if not topics:
        return []
    topic = case(*[(answers.c.item.in_(items), name) for name, items in topics.items()]).label("topic")
    right = func.sum(case((answers.c.right, 1), else_=0))
    query = (
        select(
            topic,
            func.count(answers.c.learner_id.distinct()).label("people"),
            func.count().label("answered"),
            right.label("right"),
        )
        .join(learners, _person.id == answers.c.learner_id)
        .where(_person.manager_id == manager_id, _person.left_on.is_(None))
        .where(answers.c.first, answers.c.at >= now - ANSWERS_COUNT_FOR)
        .group_by(topic)
    )
    found = connection.execute(query)
    return [TopicFigure(row.topic, row.people, row.answered, int(row.right)) for row in found if row.topic]


def _asked(slot: str) -> ColumnElement[bool]:
    return and_(_o.slot.like(slot), _o.state != "skipped")


def last_reminded(connection: Connection, person_id: int) -> date | None:
    """The day of the newest reminder that went out to somebody, by itself or by a manager's wish."""
    reminders = _asked("remind%") | _asked("asked%")
    query = select(func.max(_o.on)).where(_o.learner_id == person_id, reminders, _o.state == "sent")
    return connection.execute(query).scalar()


def asked(connection: Connection, people: Sequence[int], since: date) -> set[int]:
    """Which of these people a manager's wish reminds on this day or later, or is about to."""
    sent = select(_o.learner_id).where(
        _o.learner_id.in_(people), _o.daily == "asked", _o.on >= since, _o.state != "skipped"
    )
    waiting = select(orders.c.learner_id).where(
        orders.c.kind == "remind", orders.c.done_at.is_(None), orders.c.learner_id.in_(people)
    )
    return {person for query in (sent, waiting) for person in connection.execute(query).scalars()}


def assigned(connection: Connection, person_id: int) -> list[Assignment]:
    """Everything that somebody owes or owed."""
    found = connection.execute(select(assignments).where(_a.learner_id == person_id))
    return [rows.assignment_of(row) for row in found]


def people(connection: Connection, ids: Sequence[int]) -> list[Learner]:
    """These people, as a message to them needs them."""
    found = connection.execute(rows.LEARNERS.where(_person.id.in_(ids)))
    return [rows.learner_of(row) for row in found]


def assignment(connection: Connection, assignment_id: int) -> Assignment | None:
    """One assignment, whosever it is: who asks has to ask whether they may."""
    found = connection.execute(select(assignments).where(_a.id == assignment_id)).first()
    return rows.assignment_of(found) if found is not None else None


def unreachable_since(connection: Connection, person_id: int) -> datetime | None:
    """When messages stopped arriving: the last time that the bot was blocked, or that Telegram turned one away."""
    blocked = select(func.max(events.c.at)).where(
        events.c.learner_id == person_id, events.c.kind == "blocked"
    )
    turned_away = select(func.max(_o.due_at)).where(_o.learner_id == person_id, _o.state == "unreachable")
    found = [connection.execute(query).scalar() for query in (blocked, turned_away)]
    return max((at for at in found if at is not None), default=None)


SAID = ("on leave", "paused", "rest day", "before the first day")
"""Why a day brought nothing although something was due (`rules.days.Why`)."""


def failed(connection: Connection, person_id: int, now: datetime) -> Failed | None:
    """The newest lesson or reminder of the last month that this person did not get, when none has arrived since."""
    kept_back = and_(_o.state == "skipped", _o.reason.in_(SAID))
    query = (
        select(_o.state, _o.reason, _o.due_at)
        .where(_o.learner_id == person_id, _o.due_at > now - FAILED_FOR, _o.lane == LANES.index("lessons"))
        .where(or_(kept_back, _o.state.in_(("unreachable", "unknown", "refused", "sent"))))
        .order_by(_o.due_at.desc(), _o.id.desc())
        .limit(1)
    )
    found = connection.execute(query).first()
    if found is None or found.state == "sent":
        return None
    return Failed(found.due_at, found.state, found.reason)
