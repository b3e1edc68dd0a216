"""Ratings and feedback: kept with the lesson they are about, read by trainers without a name."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from bot.rules.attempt import Attempt
from bot.rules.feedback import Rated, Share
from bot.store import ids, tables
from bot.store.turn import TurnStore

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of feedback as a trainer meets it: no name, no account, no hour."""

    id: int
    unit: str
    words: str


# a learner's own
def has_rated(store: TurnStore, attempt: Attempt) -> bool:
    """Whether this learner has rated this version of the lesson."""
    r = tables.ratings.c
    mine = select(r.rating).where(
        r.learner_id == attempt.learner_id, r.unit == attempt.unit, r.content_version == attempt.content_version
    )  # fmt: skip
    return bool(store.rows(mine))


def rate(store: TurnStore, attempt: Attempt, rating: int, now: datetime) -> None:
    """Keep a rating; there is one a learner, lesson and version."""
    store.add("ratings", {
        "learner_id": attempt.learner_id, "unit": attempt.unit, "content_version": attempt.content_version,
        "rating": rating, "at": now,
    })  # fmt: skip


def last_played(store: TurnStore, learner_id: int) -> Row[Any] | None:
    """Kind, unit and version of what this learner did last."""
    a = tables.attempts.c
    query = (
        select(a.kind, a.unit, a.content_version)
        .where(a.learner_id == learner_id, a.kind != "review")
        .order_by(a.id.desc())
        .limit(1)
    )
    return next(iter(store.rows(query)), None)


def sent_today(store: TurnStore, learner_id: int, now: datetime) -> int:
    """How many pieces of feedback this learner has sent within a day."""
    f = tables.feedback.c
    query = select(func.count().label("n")).where(f.learner_id == learner_id, f.at > now - DAY)
    return int(store.rows(query)[0].n)


def keep(store: TurnStore, learner_id: int, unit: str, version: str, words: str, now: datetime) -> int:
    """Keep a piece of feedback; its id."""
    number = ids.new()
    kept = {
        "id": number, "learner_id": learner_id, "unit": unit, "content_version": version,
        "words": words, "at": now, "taken_back_at": None,
    }  # fmt: skip
    store.add("feedback", kept)
    return number


def take_back(store: TurnStore, learner_id: int, number: int, now: datetime) -> bool:
    """Delete the words of one's own piece of feedback; False where there is none, or somebody else's."""
    f = tables.feedback.c
    mine = select(f.id).where(f.id == number, f.learner_id == learner_id, f.taken_back_at.is_(None))
    if not store.rows(mine):
        return False
    store.change("feedback", {"id": number, "words": "", "taken_back_at": now})
    return True


# a trainer's
def next_unread(store: TurnStore, after: int = 0) -> Said | None:
    """The oldest piece that no trainer has done with yet, behind one that is skipped."""
    query = _unread(tables.feedback).where(tables.feedback.c.id > after)
    found = store.rows(query.order_by(tables.feedback.c.id).limit(1))
    return Said(found[0].id, found[0].unit, found[0].words) if found else None


def unread(connection: Connection) -> int:
    """How many pieces wait to be read."""
    return int(connection.execute(_unread(func.count())).scalar_one())


def done(store: TurnStore, trainer_id: int, number: int, now: datetime) -> None:
    """Note that a trainer has done with a piece; a second tap, or what is not there, changes nothing."""
    waits = _unread(tables.feedback.c.id).where(tables.feedback.c.id == number)
    if store.rows(waits):
        store.add("feedback_done", {"feedback_id": number, "learner_id": trainer_id, "at": now})


def _unread(*columns: Any) -> Any:
    f, done_with = tables.feedback.c, tables.feedback_done.c
    read = select(done_with.feedback_id).where(done_with.feedback_id == f.id).exists()
    return select(*columns).select_from(tables.feedback).where(~read, f.taken_back_at.is_(None))


# counted, from a read snapshot
def ratings(connection: Connection) -> dict[str, Rated]:
    """By lesson, how many people called it what: each person's newest word on it."""
    r = tables.ratings
    newest = r.alias()
    later = select(newest.c.at).where(
        newest.c.learner_id == r.c.learner_id, newest.c.unit == r.c.unit, newest.c.at > r.c.at
    )
    query = select(r.c.unit, r.c.rating, func.count().label("n")).where(~later.exists())
    counted: dict[str, dict[int, int]] = {}
    for row in connection.execute(query.group_by(r.c.unit, r.c.rating)):
        counted.setdefault(row.unit, {})[row.rating] = row.n
    return {unit: Rated(by.get(1, 0), by.get(2, 0), by.get(3, 0)) for unit, by in counted.items()}


def shares(connection: Connection) -> dict[str, Share]:
    """By item, how many people were asked it, and how many were right when they met it first."""
    a = tables.answers.c
    met = (
        select(a.item, a.learner_id, func.min(a.attempt_id).label("attempt_id"))
        .where(a.first)
        .group_by(a.item, a.learner_id)
        .subquery()
    )
    first = and_(a.item == met.c.item, a.attempt_id == met.c.attempt_id, a.first)
    right = func.count().filter(a.right).label("right")
    query = (
        select(a.item, func.count().label("people"), right)
        .join_from(met, tables.answers, first)
        .group_by(a.item)
    )
    return {row.item: Share(row.people, row.right) for row in connection.execute(query)}
