"""The roster, invitations and rights, as the command line changes them."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from bot.rules.people import GRANTED, Learner, Right
from bot.rules.roster import RosterLine
from bot.store import ids, rosters, rows
from bot.store.tables import audit, invitations, learners

INVITATION_BYTES = 16
"""128 bits: nobody guesses one."""
INVITATION_LASTS = timedelta(days=14)


class Nobody(LookupError):
    """No record carries this staff number."""


class HasLeft(LookupError):
    """The record is of somebody who left; the message is their name."""


class LastAdministrator(RuntimeError):
    """Nobody else could grant the right again; the message is their name."""


MINE = rows.LEARNERS.with_for_update(of=learners)
"""Learners, held so that nobody else changes them before the transaction ends."""


def by_number(connection: Connection, staff_number: str) -> Learner:
    """The record with this staff number, or `Nobody`."""
    found = connection.execute(MINE.where(learners.c.staff_number == staff_number)).first()
    if found is None:
        raise Nobody(staff_number)
    return rows.learner_of(found)


def _here(connection: Connection, staff_number: str) -> Learner:
    """The record with this staff number of somebody who has not left."""
    learner = by_number(connection, staff_number)
    if learner.left_on is not None:
        raise HasLeft(learner.name)
    return learner


def import_roster(connection: Connection, lines: Sequence[RosterLine], now: datetime) -> tuple[int, int]:
    """Add new people and change known ones, all in the open transaction; (new, changed). Nobody leaves by this."""
    found = rosters.import_at_once(connection, lines, now, now.date())
    return len(found.new), len(found.changed) + len(found.moved) + len(found.back)


def invite(connection: Connection, staff_number: str, hashed: bytes, now: datetime) -> Learner:
    """Make one invitation for this person; any earlier unused one stops opening."""
    learner = _here(connection, staff_number)
    open_link(connection, learner.id, hashed, made_at=now, now=now)
    connection.execute(
        audit.insert(), rows.audit_values(now, "command line", "invited", f"learner:{learner.id}")
    )
    return learner


def open_link(
    connection: Connection, learner_id: int, hashed: bytes, *, made_at: datetime, now: datetime
) -> None:
    """Let a link open for one person, counted from when it was made; any earlier unused one stops opening now."""
    i = invitations.c
    connection.execute(
        update(invitations).where(i.learner_id == learner_id, i.used_at.is_(None)).values(expires_at=now)
    )
    connection.execute(invitations.insert(), _link(learner_id, hashed, made_at))


def _link(learner_id: int, hashed: bytes, made_at: datetime) -> rows.Values:
    return {
        "id": ids.new(), "token_hash": hashed, "learner_id": learner_id, "made_at": made_at,
        "expires_at": made_at + INVITATION_LASTS, "used_at": None,
    }  # fmt: skip


def without_a_link(connection: Connection, now: datetime) -> list[Learner]:
    """Everybody in the roster who has not come in and holds no link that opens, by department and name."""
    i = invitations.c
    holding = select(i.learner_id).where(i.used_at.is_(None), i.expires_at > now)
    query = rows.LEARNERS.where(
        learners.c.staff_number.is_not(None), learners.c.left_on.is_(None), learners.c.joined_at.is_(None),
        learners.c.id.not_in(holding),
    ).order_by(learners.c.department, learners.c.name, learners.c.id)  # fmt: skip
    return [rows.learner_of(row) for row in connection.execute(query)]


def invite_all(connection: Connection, made: Sequence[tuple[Learner, bytes]], now: datetime) -> None:
    """Make one invitation each for people who hold none."""
    if not made:
        return
    connection.execute(invitations.insert(), [_link(learner.id, hashed, now) for learner, hashed in made])
    connection.execute(audit.insert(), [
        rows.audit_values(now, "command line", "invited", f"learner:{learner.id}") for learner, _ in made
    ])  # fmt: skip


def administrators(connection: Connection) -> list[int]:
    """Everybody who is one now, in order."""
    return list(connection.execute(_ADMINISTRATORS).scalars())


def is_last_administrator(connection: Connection, learner_id: int) -> bool:
    """Whether this person is an administrator and nobody else who works here is.

    The rows are held, so that of two who would drop each other at once the second one sees it.
    """
    return list(connection.execute(_ADMINISTRATORS.with_for_update()).scalars()) == [learner_id]


_ADMINISTRATORS = (
    select(learners.c.id)
    .where(learners.c.rights.contains("administrator"), learners.c.left_on.is_(None))
    .order_by(learners.c.id)
)


def new_token() -> str:
    """A fresh invitation, as it stands in the link."""
    return secrets.token_urlsafe(INVITATION_BYTES)


def grant(
    connection: Connection, staff_number: str, right: Right, now: datetime, *, revoke: bool = False
) -> Learner:
    """Give or take one right that is granted by name; the last administrator keeps theirs."""
    learner = _here(connection, staff_number)
    if revoke and right == "administrator" and is_last_administrator(connection, learner.id):
        raise LastAdministrator(learner.name)
    write_rights(connection, learner.id, learner.rights - {right} if revoke else learner.rights | {right})
    action = "right revoked" if revoke else "right granted"
    connection.execute(
        audit.insert(), rows.audit_values(now, "command line", action, f"{right} learner:{learner.id}")
    )
    return learner


def write_rights(connection: Connection, learner_id: int, rights: Collection[Right]) -> None:
    """Set which rights somebody holds by name; a manager's are not among them."""
    kept = ",".join(one for one in GRANTED if one in rights)
    change = update(learners).where(learners.c.id == learner_id)
    connection.execute(change.values(rights=kept, version=learners.c.version + 1))


def team_exists(connection: Connection, department: str) -> bool:
    query = select(learners.c.id).where(learners.c.department == department).limit(1)
    return connection.execute(query).first() is not None


def write_down(connection: Connection, action: str, thing: str, now: datetime) -> None:
    """Note in the audit log what was done from the command line."""
    connection.execute(audit.insert(), rows.audit_values(now, "command line", action, thing))
