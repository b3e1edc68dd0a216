"""Arriving: an invited employee, a business owner, somebody who is known already."""

import hashlib
from datetime import timedelta

from bot.chat.commands import learn, lesson
from bot.chat.turn import Turn
from bot.rules import access, delivery, tracks
from bot.rules.people import Learner
from bot.rules.tracks import Standing

BASICS = "sme-basics"
"""The track that a business owner joins by opening the first lesson."""
GUESSES, GUESSES_WITHIN = 5, timedelta(hours=1)
"""After so many links that opened nothing none opens for this time; a mistyped one or two are no guesser."""


def token_hash(token: str) -> bytes:
    """What is kept of an invitation: nothing that opens it."""
    return hashlib.sha256(token.encode()).digest()


def start(turn: Turn) -> None:
    """`/start`, with or without an invitation; by somebody known it is `/learn`."""
    if turn.heard.args:
        _invited(turn, turn.heard.args)
    elif turn.is_stranger:
        turn.settle()
        hello(turn)
    elif turn.learner.audience == "borrower" and not turn.store.assignments:
        hello(turn)
    else:
        learn.welcome_back(turn)


def hello(turn: Turn) -> None:
    """The first screen of whoever it is."""
    if turn.learner.audience == "employee":
        first = delivery.next_open(turn.store.assignments, turn.today)
        turn.show("hello_employee", manager=manager_name(turn), first=first, screen="hello")
    else:
        turn.show("hello_borrower", screen="hello")


def _invited(turn: Turn, token: str) -> None:
    """Bind this account to the record a link is for; whatever does not open is told, and does, the same.

    Used, expired, unknown, guessed, for somebody who left or for another than the one who speaks:
    the same statements and the same text. After a few of those not even a good link opens for an
    hour, and nothing more is noted, so that the hour ends.
    """
    me = turn.heard.account_id
    may_try = turn.store.guesses(me, turn.now - GUESSES_WITHIN) < GUESSES
    found = turn.store.invitation(token_hash(token))
    holder = None if turn.is_stranger else turn.learner
    if may_try and found is not None and found.is_good and access.may_become(holder, found.invited):
        turn.store.use_invitation(found.id)
        _bind(turn, found.invited)
        return
    if may_try:
        turn.store.guess(me)
    turn.settle()
    turn.show("bad_invitation", known=bool(turn.store.assignments))


def _bind(turn: Turn, invited: Learner) -> None:
    first_time = invited.joined_at is None
    if not turn.is_stranger and invited.id != turn.learner.id:
        turn.store.unbind(turn.learner)
    bound = invited.with_(
        account_id=turn.heard.account_id, joined_at=invited.joined_at or turn.now, unreachable=None
    )
    turn.become(turn.store.take_over(bound))
    turn.audit("invitation used", f"learner:{bound.id}")
    if first_time:
        turn.event("joined", audience="employee")
        turn.store.wake(bound.id, delivery.next_wake(bound, turn.now), known=False)
        enrol(turn)
        hello(turn)
    else:
        learn.welcome_back(turn)
    turn.menu()


def enrol(turn: Turn, *chosen: str) -> None:
    """Come level with the tracks that are meant for this learner, and join those they chose.

    For staff this is the moment they join: days count from now, so that nobody is late on arrival.
    """
    me = turn.learner
    standing = Standing(
        turn.store.enrolments(me.id), turn.store.assignments, turn.store.earlier_attempts(me.id)
    )
    turn.store.save_plan(me.id, tracks.level(
        turn.library.content, me, standing, turn.day_count, turn.today, turn.new_id, arriving=not chosen,
        chosen=frozenset(chosen),
    ))  # fmt: skip


def first_lesson(turn: Turn) -> None:
    """A business owner wants the first lesson: they join the basics and it opens at once."""
    enrol(turn, BASICS)
    first = delivery.next_open(turn.store.assignments, turn.today)
    unit = turn.library.unit(first.unit) if first else None
    if unit is None:
        learn.learn(turn)
    else:
        lesson.open_unit(turn, unit)


def staff_by_link(turn: Turn) -> None:
    turn.show("staff_by_link")


def manager_name(turn: Turn) -> str:
    """First name of this employee's manager, or nothing."""
    if turn.learner.manager_id is None:
        return ""
    manager = turn.store.learner_by_id(turn.learner.manager_id)
    return manager.first_name if manager else ""
