"""The roster, invitations and rights, as the command line changes them."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from bot.rules.people import GRANTED, Learner, Right
from bot.store import group, ids, rows
from bot.store.tables import audit, invitations, learners

INVITATION_BYTES = 16
"""128 bits: nobody guesses one."""
INVITATION_LASTS = timedelta(days=14)


class Nobody(LookupError):
    """No record carries this staff number."""


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One validated line of a roster."""

    staff_number: str
    name: str
    department: str
    job: str
    manager_staff_number: str | None
    hired_on: object
    language: str
    time_zone: str


MINE = rows.LEARNERS.with_for_update(of=learners)
"""Learners, held so that nobody else changes them before the transaction ends."""


def managers(connection: Connection) -> dict[str, str | None]:
    """Everybody's staff number with that of their manager."""
    boss = learners.alias("boss")
    query = (
        select(learners.c.staff_number, boss.c.staff_number.label("manager"))
        .outerjoin_from(learners, boss, boss.c.id == learners.c.manager_id)
        .where(learners.c.staff_number.is_not(None))
    )
    return {row.staff_number: row.manager for row in connection.execute(query)}


def by_number(connection: Connection, staff_number: str) -> Learner:
    """The record with this staff number, or `Nobody`."""
    found = connection.execute(MINE.where(learners.c.staff_number == staff_number)).first()
    if found is None:
        raise Nobody(staff_number)
    return rows.learner_of(found)


def import_roster(connection: Connection, lines: Sequence[RosterLine], now: datetime) -> tuple[int, int]:
    """Add new people and change known ones, all in the open transaction; (new, changed)."""
    known: Mapping[str, Learner] = {
        row.staff_number: rows.learner_of(row)
        for row in connection.execute(MINE.where(learners.c.staff_number.is_not(None)))
    }
    people = {line.staff_number: known.get(line.staff_number) or _newcomer(line) for line in lines}
    added = [people[line.staff_number] for line in lines if line.staff_number not in known]
    if added:
        connection.execute(learners.insert(), [rows.learner_values(learner) for learner in added])
    everybody = {
        **{number: learner.id for number, learner in known.items()},
        **{n: p.id for n, p in people.items()},
    }
    changed = 0
    for line in lines:
        manager = everybody.get(line.manager_staff_number) if line.manager_staff_number else None
        before = people[line.staff_number]
        after = before.with_(
            name=line.name, department=line.department, job=line.job, manager_id=manager, hired_on=line.hired_on,
            language=before.language if before.joined_at else line.language,
            time_zone=before.time_zone if before.joined_at else line.time_zone,
        )  # fmt: skip
        if after != before:
            connection.execute(
                group.UPDATES["learners"], {f"v_{k}": v for k, v in rows.learner_values(after).items()}
            )
            changed += line.staff_number in known
    connection.execute(
        audit.insert(), rows.audit_values(now, "command line", "roster imported", f"{len(lines)} lines")
    )
    return len(added), changed


def _newcomer(line: RosterLine) -> Learner:
    return Learner(
        ids.new(), "employee", line.language, line.time_zone, name=line.name, staff_number=line.staff_number
    )


def invite(connection: Connection, staff_number: str, hashed: bytes, now: datetime) -> Learner:
    """Make one invitation for this person; any earlier unused one stops opening."""
    learner = by_number(connection, staff_number)
    connection.execute(
        update(invitations)
        .where(invitations.c.learner_id == learner.id, invitations.c.used_at.is_(None))
        .values(expires_at=now)
    )
    connection.execute(
        invitations.insert(),
        {"id": ids.new(), "token_hash": hashed, "learner_id": learner.id, "made_at": now,
         "expires_at": now + INVITATION_LASTS, "used_at": None},
    )  # fmt: skip
    connection.execute(
        audit.insert(), rows.audit_values(now, "command line", "invited", f"learner:{learner.id}")
    )
    return learner


def new_token() -> str:
    """A fresh invitation, as it stands in the link."""
    return secrets.token_urlsafe(INVITATION_BYTES)


def grant(
    connection: Connection, staff_number: str, right: Right, now: datetime, *, revoke: bool = False
) -> Learner:
    """Give or take one right that is granted by name."""
    learner = by_number(connection, staff_number)
    held = {r for r in GRANTED if r in learner.rights}
    after = held - {right} if revoke else held | {right}
    connection.execute(
        update(learners)
        .where(learners.c.id == learner.id)
        .values(rights=",".join(sorted(after)), version=learners.c.version + 1)
    )
    action = "right revoked" if revoke else "right granted"
    connection.execute(
        audit.insert(), rows.audit_values(now, "command line", action, f"{right} learner:{learner.id}")
    )
    return learner


def team_exists(connection: Connection, department: str) -> bool:
    query = select(learners.c.id).where(learners.c.department == department).limit(1)
    return connection.execute(query).first() is not None


def write_down(connection: Connection, action: str, thing: str, now: datetime) -> None:
    """Note in the audit log what was done from the command line."""
    connection.execute(audit.insert(), rows.audit_values(now, "command line", action, thing))
