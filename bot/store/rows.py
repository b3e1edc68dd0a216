"""Between rows and the rules' values, one pair of functions a noun."""

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, select

from bot.rules.assignment import Assignment
from bot.rules.attempt import Attempt
from bot.rules.memory import Memory
from bot.rules.orders import Order
from bot.rules.people import GRANTED, Learner
from bot.rules.sending import LANES, Posting
from bot.rules.tracks import Enrolment
from bot.store import ids, tables

Values = dict[str, Any]
LEASE = timedelta(seconds=25)
"""A claim not renewed for so long belongs to a process that is gone."""
_team = tables.learners.alias("team")
MANAGES = (
    select(_team.c.id).where(_team.c.manager_id == tables.learners.c.id, _team.c.left_on.is_(None)).exists()
)
"""Whether anybody reports to this learner who still works here: the one meaning of “manager” everywhere."""
LEARNERS = select(tables.learners, MANAGES.label("manages"))
"""Learners with whether they manage somebody."""
dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
loads = json.loads
_ATTEMPT = tuple(tables.attempts.c.keys())
"""What a row of attempts holds, in its order: looking up each name in the row costs three times as much."""


def learner_of(row: Row[Any]) -> Learner:
    """A learner from a row of `LEARNERS`."""
    rights = {right for right in GRANTED if right in row.rights.split(",")}
    return Learner(
        id=row.id, audience=row.audience, language=row.language, time_zone=row.time_zone, name=row.name,
        staff_number=row.staff_number, department=row.department, job=row.job, manager_id=row.manager_id,
        hired_on=row.hired_on, place=row.place, lesson_at=time.fromisoformat(row.lesson_at),
        account_id=row.account_id, joined_at=row.joined_at, left_on=row.left_on, unreachable=row.unreachable,
        rights=frozenset(rights | {"manager"} if row.manages else rights), version=row.version,
        rest_days=None if row.rest_days is None else frozenset(map(int, row.rest_days)), reminders=row.reminders,
        paused_until=row.paused_until, away_from=row.away_from, away_until=row.away_until, pictures=row.pictures,
    )  # fmt: skip


def learner_values(learner: Learner) -> Values:
    granted = ",".join(right for right in GRANTED if right in learner.rights)
    return {
        "id": learner.id, "audience": learner.audience, "language": learner.language,
        "time_zone": learner.time_zone, "name": learner.name, "staff_number": learner.staff_number,
        "department": learner.department, "job": learner.job, "manager_id": learner.manager_id,
        "hired_on": learner.hired_on, "place": learner.place,
        "lesson_at": learner.lesson_at.isoformat("minutes"), "account_id": learner.account_id,
        "joined_at": learner.joined_at, "left_on": learner.left_on, "unreachable": learner.unreachable,
        "rights": granted, "version": learner.version,
        "rest_days": None if learner.rest_days is None else "".join(map(str, sorted(learner.rest_days))),
        "reminders": learner.reminders, "paused_until": learner.paused_until,
        "away_from": learner.away_from, "away_until": learner.away_until, "pictures": learner.pictures,
    }  # fmt: skip


def attempt_of(row: Row[Any]) -> Attempt:
    """An attempt from a row of its table."""
    values: Values = dict(zip(_ATTEMPT, row, strict=True))
    values["queue"] = tuple(json.loads(values["queue"]))
    values["orders"] = tuple(json.loads(values["orders"]))
    values["path"] = tuple((node, choice) for node, choice in json.loads(values["path"]))
    return Attempt(**values)


def attempt_values(attempt: Attempt) -> Values:
    values = {name: getattr(attempt, name) for name in Attempt.__slots__ if name != "preview"}
    for name in ("queue", "orders", "path"):
        values[name] = dump(values[name])
    return values


def assignment_of(row: Row[Any]) -> Assignment:
    return Assignment(**row._mapping)


def assignment_values(assignment: Assignment) -> Values:
    return {name: getattr(assignment, name) for name in Assignment.__slots__}


def memory_of(row: Row[Any]) -> Memory:
    return Memory(**row._mapping)


def memory_values(memory: Memory) -> Values:
    return {name: getattr(memory, name) for name in Memory.__slots__}


def enrolment_of(row: Row[Any]) -> Enrolment:
    return Enrolment(**row._mapping)


def enrolment_values(enrolment: Enrolment) -> Values:
    return {name: getattr(enrolment, name) for name in Enrolment.__slots__}


def event_values(
    at: datetime, learner_id: int, kind: str, payload: Mapping[str, Any], content_version: str = ""
) -> Values:
    return {
        "id": ids.new(), "learner_id": learner_id, "kind": kind, "at": at, "payload": dump(payload),
        "content_version": content_version,
    }  # fmt: skip


def audit_values(at: datetime, actor: str, action: str, thing: str) -> Values:
    return {
        "id": ids.new(),
        "at": at,
        "actor": actor,
        "action": action,
        "object": thing,
        "number": None,
        "mac": None,
    }


def order_values(order: Order) -> Values:
    """The row of a new order."""
    return {
        "id": order.id, "kind": order.kind, "by_id": order.by_id, "learner_id": order.learner_id,
        "args": dump(order.args), "made_at": order.made_at, "done_at": None, "outcome": None,
    }  # fmt: skip


def dead_letter_values(at: datetime, update_id: int, error: str, shape: str) -> Values:
    return {"id": ids.new(), "update_id": update_id, "at": at, "error": error, "shape": shape}


def outbox_values(
    posting: Posting, made_at: datetime, *, screen: str | None = None, claimed_by: str | None = None,
    assignment_id: int | None = None, slot: str | None = None, on: date | None = None, daily: str | None = None,
) -> Values:  # fmt: skip
    """A row for the outbox; claimed at once by who will send it, else owed."""
    return {
        "id": posting.id, "learner_id": posting.learner_id, "chat_id": posting.chat_id,
        "lane": LANES.index(posting.lane), "care": posting.care, "state": "claimed" if claimed_by else "owed",
        "reason": None, "method": posting.method, "params": dump(posting.params) if posting.method else None,
        "files": dump(posting.files) if posting.files else None, "wish": posting.wish,
        "wish_args": dump(posting.wish_args) if posting.wish else None, "screen": screen,
        "sealed": posting.sealed, "assignment_id": assignment_id, "slot": slot, "on": on, "daily": daily,
        "made_at": made_at, "due_at": posting.due_at, "claimed_by": claimed_by,
        "claimed_until": made_at + LEASE if claimed_by else None, "sends": 0, "sent_at": None, "message_id": None,
    }  # fmt: skip


def merged(base: Mapping[str, Any], **changes: Any) -> Values:
    return {**base, **changes}
