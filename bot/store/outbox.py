"""Owed messages: claimed by one sender at a time, and what became of each."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.rules.people import Learner
from bot.rules.sending import ASKED_TO_WAIT, LANES, Lane, Outcome, Posting
from bot.store import bulk, ids, rows
from bot.store.engine import is_sqlite
from bot.store.rows import LEASE
from bot.store.tables import learners, outbox

_o = outbox.c
LOST = "sender was lost"
MOST_WAITING = 1_000

LONG_OVER = timedelta(seconds=20)
"""A claim is looked for every second. One that has been over for so long without being taken was left by somebody
before this process began, or this clock is another than theirs."""
_gone = and_(
    _o.state == "claimed", _o.claimed_until < bindparam("v_now"),
    _o.claimed_by.not_in(bindparam("v_spared", expanding=True)),
)  # fmt: skip
_owed = and_(_o.state == "owed", _o.due_at <= bindparam("v_now"))
_chats = _o.chat_id.not_in(bindparam("v_skip", expanding=True))


def _first(which: ColumnElement[bool]) -> Select[Any]:
    found = select(_o.id, _o.state, _o.care, _o.claimed_by).where(which, _chats)
    return found.order_by(_o.lane, _o.due_at, _o.id).limit(bindparam("v_limit"))


_due = {False: _first(_owed), True: _first(or_(_owed, _gone))}
"""By whether what others lost is taken over."""
_due_locked = {over: query.with_for_update(skip_locked=True) for over, query in _due.items()}
_ids = _o.id.in_(bindparam("v_ids", expanding=True))
_give_up = update(outbox).where(_ids).values(state="unknown", reason=LOST, claimed_by=None)
_was_lost = and_(_o.state == "claimed", _o.claimed_by != bindparam("v_by"))
_take = (
    update(outbox)
    .where(_ids)
    .values(
        state="claimed",
        claimed_by=bindparam("v_by"),
        claimed_until=bindparam("v_until"),
        sends=case((_was_lost, _o.sends + 1), else_=_o.sends),
        reason=case((_was_lost, LOST), else_=_o.reason),
    )
    .returning(outbox)
)

_asked_to_wait = (
    select(_o.chat_id)
    .distinct()
    .where(_o.state == "owed", _o.due_at > bindparam("v_now"), _o.reason == ASKED_TO_WAIT)
    .limit(MOST_WAITING)
)
"""Chats that Telegram wants nothing sent to for a while, whichever process it told; one process by itself knows them."""


def claim(
    connection: Connection, *, by: str, now: datetime, limit: int, skip_chats: Sequence[int] = (),
    takes_over: bool = True, spared: Collection[str] = (),
) -> list[Posting]:  # fmt: skip
    """Claim up to `limit` messages that are due: replies first, then desk, lessons, broadcast.

    A message whose claim ran out may or may not have been sent: one that must not be repeated is
    set down as unknown, any other is claimed again and says so. `takes_over` says whether claims may be held to
    have run out at all: just after the clock was set forward every claim seems to have. Whoever is
    `spared` is known to be there, whatever their claims look like by this clock.
    """
    skip = [*skip_chats, *connection.execute(_asked_to_wait, {"v_now": now}).scalars()]
    due = (_due if is_sqlite(connection) else _due_locked)[takes_over]
    found = connection.execute(
        due, {"v_now": now, "v_skip": skip, "v_limit": limit, "v_spared": list(spared)}
    ).all()
    lost = [row.id for row in found if row.state == "claimed" and row.care == "once" and row.claimed_by != by]
    ids = [row.id for row in found if row.id not in lost]
    if lost:
        connection.execute(_give_up, {"v_ids": lost})
    if not ids:
        return []
    taken = connection.execute(_take, {"v_ids": ids, "v_by": by, "v_until": now + LEASE})
    return sorted((posting_of(row) for row in taken), key=lambda p: (LANES.index(p.lane), p.due_at, p.id))


_long_over = (
    select(_o.claimed_by, func.max(_o.claimed_until).label("until"))
    .where(_o.state == "claimed", _o.claimed_until < bindparam("v_then"), _o.claimed_by != bindparam("v_by"))
    .group_by(_o.claimed_by)
)


def long_over(connection: Connection, *, by: str, now: datetime) -> dict[str, datetime]:
    """Who else holds claims that seem to have run out long ago, and until when they last claimed."""
    found = connection.execute(_long_over, {"v_then": now - LONG_OVER, "v_by": by})
    return {row.claimed_by: row.until for row in found}


def posting_of(row: Row[Any]) -> Posting:
    return Posting(
        id=row.id, learner_id=row.learner_id, chat_id=row.chat_id, lane=LANES[row.lane], care=row.care,
        sends=row.sends, method=row.method, params=json.loads(row.params) if row.params else {}, wish=row.wish,
        wish_args=json.loads(row.wish_args) if row.wish_args else {}, due_at=row.due_at,
        files=json.loads(row.files) if row.files else {}, sealed=row.sealed, made_at=row.made_at,
    )  # fmt: skip


_renew = (
    update(outbox)
    .where(_o.claimed_by == bindparam("v_by"), _o.state == "claimed")
    .values(claimed_until=bindparam("v_until"))
    .returning(_o.id)
)


def renew(connection: Connection, *, by: str, now: datetime) -> list[int]:
    """Say that this process still holds what it claimed; the ids it does hold."""
    return list(connection.execute(_renew, {"v_by": by, "v_until": now + LEASE}).scalars())


def release(connection: Connection, *, by: str) -> None:
    """Give back every claim of a process that stops cleanly."""
    connection.execute(
        update(outbox)
        .where(_o.claimed_by == by, _o.state == "claimed")
        .values(state="owed", claimed_by=None, claimed_until=None)
    )


def store_call(
    connection: Connection,
    row_id: int,
    method: str,
    params: Mapping[str, Any],
    files: Mapping[str, str] | None = None,
) -> None:
    """Keep what a wish was made into, before it is sent."""
    connection.execute(
        update(outbox)
        .where(_o.id == row_id)
        .values(method=method, params=rows.dump(params), files=rows.dump(files) if files else None)
    )


_ours = _o.claimed_by == bindparam("v_by")
_nobodys = and_(
    _o.claimed_by.is_(None), or_(_o.state == "owed", and_(_o.state == "unknown", _o.reason == LOST))
)
"""Our claim ran out and nobody has it now: what we know of it is better than nothing."""
_said = bindparam("v_reason", type_=Text)
_why = case((_o.sends > 0, func.coalesce(_said, _o.reason)), else_=_said)
"""What was sent more than once keeps the cause."""
_final = (
    update(outbox)
    .where(_o.id == bindparam("v_id"), or_(_ours, _nobodys))
    .values(
        state=bindparam("v_state"), reason=_why, sends=_o.sends + 1, sent_at=bindparam("v_at"),
        message_id=bindparam("v_message_id"), claimed_by=None, claimed_until=None,
    )
)  # fmt: skip
_later = (
    update(outbox)
    .where(_o.id == bindparam("v_id"), _ours)
    .values(
        state="owed", reason=bindparam("v_reason"), sends=_o.sends + bindparam("v_sends"),
        due_at=bindparam("v_until"), claimed_by=None, claimed_until=None,
    )
)  # fmt: skip


_row = outbox.alias("the_row")
_held = (
    update(outbox)
    .where(
        _o.state == "owed", _o.due_at < bindparam("v_until"),
        _o.chat_id == select(_row.c.chat_id).where(_row.c.id == bindparam("v_id")).scalar_subquery(),
    )
    .values(due_at=bindparam("v_until"))
)  # fmt: skip


def note(connection: Connection, outcomes: Sequence[Outcome], *, by: str) -> None:
    """Set down what became of these messages; a sealed one loses its text and exact time.

    Of a message that another process has claimed meanwhile, its own outcome is to count.
    """
    final = [outcome for outcome in outcomes if outcome.state != "later"]
    if final:
        bulk.run(connection, _final, [
            {"id": o.id, "by": by, "state": o.state, "reason": o.reason, "message_id": o.message_id,
             "at": o.at if o.state == "sent" else None} for o in final
        ])  # fmt: skip
    later = [outcome for outcome in outcomes if outcome.state == "later"]
    if later:
        connection.execute(_later, [
            {"v_id": o.id, "v_by": by, "v_reason": o.reason, "v_until": o.until or o.at,
             "v_sends": int((o.reason or "").startswith("unknown"))} for o in later
        ])  # fmt: skip
    for outcome in outcomes:
        if outcome.chat_id is not None:
            connection.execute(update(outbox).where(_o.id == outcome.id).values(chat_id=outcome.chat_id))
        if outcome.holds_chat:
            connection.execute(_held, {"v_id": outcome.id, "v_until": outcome.until})
        if outcome.state == "unreachable":
            _mark_unreachable(connection, outcome)
    _unseal(connection, [outcome.id for outcome in final])


def _mark_unreachable(connection: Connection, outcome: Outcome) -> None:
    of = select(_o.learner_id).where(_o.id == outcome.id).scalar_subquery()
    connection.execute(
        update(learners)
        .where(learners.c.id == of, learners.c.account_id.is_not(None))
        .values(unreachable=outcome.reason, version=learners.c.version + 1)
    )


_unsealed = update(outbox).where(_ids, _o.sealed).values(params=None, wish_args=None, sent_at=None)


def _unseal(connection: Connection, ids: Sequence[int]) -> None:
    """Sealed rows keep neither words nor an exact time once they are through."""
    connection.execute(_unsealed, {"v_ids": list(ids)})


def owe_all(connection: Connection, owed: Sequence[dict[str, Any]]) -> int:
    """Insert owed rows, and skipped ones with their reason; how many are to be sent.

    One that says the same (learner, assignment, slot) or day again is left out.
    """
    _add(connection, [row for row in owed if row["state"] != "owed"])
    return _add(connection, [row for row in owed if row["state"] == "owed"])


_new = {
    "sqlite": sqlite.insert(outbox).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(outbox).on_conflict_do_nothing().returning(_o.id),
}


def _add(connection: Connection, found: list[dict[str, Any]]) -> int:
    if not found:
        return 0
    done = connection.execute(_new[connection.dialect.name], found)
    # psycopg counts no rows of an executemany, so the new ones are named instead.
    return done.rowcount if is_sqlite(connection) else len(done.all())


def wished(
    person: Learner, wish: str, args: Mapping[str, Any], at: datetime, lane: Lane = "lessons"
) -> Posting:
    """A message to this person that is made when a sender claims it; to nobody's chat where they have no account."""
    return Posting(ids.new(), person.id, person.account_id or 0, lane, "resend", 0, None, {}, wish, args, at)


def owed_row(
    posting: Posting, now: datetime, *, assignment_id: int | None, slot: str | None, on: date | None = None,
    daily: str | None = None, screen: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A row for `owe_all`: its slot lets it in once for an assignment, `daily` once for a learner and day."""
    return rows.outbox_values(
        posting, now, assignment_id=assignment_id, slot=slot, on=on, daily=daily, screen=screen
    )


def skipped_row(
    posting: Posting, now: datetime, why: str, *, assignment_id: int | None, slot: str | None, on: date,
    daily: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The same for what nobody sends, with its reason: it keeps the place of what was said otherwise, or not at all."""
    row = owed_row(posting, now, assignment_id=assignment_id, slot=slot, on=on, daily=daily)
    return row | {"state": "skipped", "reason": why}
