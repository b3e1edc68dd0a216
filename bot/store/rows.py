"""Between rows and the rules' values, one pair of functions a noun."""

import json
from collections.abc import Mapping
from datetime import time
from typing import Any

from sqlalchemy import Row

from bot.rules.attempt import Attempt
from bot.rules.delivery import Assignment
from bot.rules.people import GRANTED, Learner

Values = dict[str, Any]
dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def learner_of(row: Row[Any]) -> Learner:
    """A learner from a row that also says whether somebody `reports` to them."""
    rights = {right for right in GRANTED if right in row.rights.split(",")}
    return Learner(
        id=row.id, audience=row.audience, language=row.language, time_zone=row.time_zone, name=row.name,
        staff_number=row.staff_number, department=row.department, job=row.job, manager_id=row.manager_id,
        hired_on=row.hired_on, place=row.place, lesson_at=time.fromisoformat(row.lesson_at),
        account_id=row.account_id, joined_at=row.joined_at, left_on=row.left_on, unreachable=row.unreachable,
        rights=frozenset(rights | {"manager"} if row.manages else rights), version=row.version,
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
    }  # fmt: skip


def attempt_of(row: Row[Any]) -> Attempt:
    values: Values = dict(row._mapping)
    values["queue"] = tuple(json.loads(values["queue"]))
    values["orders"] = tuple(json.loads(values["orders"]))
    values["path"] = tuple((node, choice) for node, choice in json.loads(values["path"]))
    return Attempt(**values)


def attempt_values(attempt: Attempt) -> Values:
    values = {name: getattr(attempt, name) for name in Attempt.__slots__}
    for name in ("queue", "orders", "path"):
        values[name] = dump(values[name])
    return values


def assignment_of(row: Row[Any]) -> Assignment:
    return Assignment(**row._mapping)


def assignment_values(assignment: Assignment) -> Values:
    return {name: getattr(assignment, name) for name in Assignment.__slots__}


def merged(base: Mapping[str, Any], **changes: Any) -> Values:
    return {**base, **changes}
