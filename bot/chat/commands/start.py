"""Arriving: an invited employee, a business owner, somebody who is known already."""

import hashlib
from datetime import timedelta

from bot.chat.commands import learn, lesson
from bot.chat.turn import Turn
from bot.rules import access, completion, delivery
from bot.rules.delivery import Assignment
from bot.rules.people import Learner

TRACK_OF = {"employee": "new-hire", "borrower": "sme-basics"}
"""The track that somebody of this audience joins with."""


GUESSES, GUESSES_WITHIN = 5, timedelta(hours=1)
"""So many links that open nothing may be tried in this time; a mistyped one or two are no guesser."""


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
    may_try = turn.store.guesses(me, turn.now - GUESSES_WITHIN) <= GUESSES
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


def enrol(turn: Turn) -> None:
    """Join the track of the learner's audience: every unit of it becomes an assignment with its days."""
    me = turn.learner
    track = turn.library.content.tracks.get(TRACK_OF[me.audience])
    if track is None or any(assignment.track == track.slug for assignment in turn.store.assignments):
        return
    begins = max(turn.today, me.hired_on) if me.hired_on else turn.today
    earlier = turn.store.earlier_attempts(me.id)
    turn.store.enrol(me.id, track.slug, begins)
    turn.event("enrolled", track=track.slug, started_on=begins.isoformat())
    for position, (slug, assigned_on, due_on) in enumerate(delivery.plan(track, begins)):
        unit = turn.library.unit(slug)
        if unit is None:
            continue
        assignment = Assignment(
            turn.new_id(), me.id, track.slug, slug, unit.kind, position, assigned_on, due_on
        )
        turn.store.add_assignment(completion.caught_up(assignment, earlier))
        turn.event(
            "assigned", unit.version, assignment=assignment.id, track=track.slug, unit=slug,
            assigned_on=assigned_on.isoformat(), due_on=due_on.isoformat() if due_on else None,
        )  # fmt: skip


def first_lesson(turn: Turn) -> None:
    """A business owner wants the first lesson: they join the basics and it opens at once."""
    enrol(turn)
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
