"""A manager reminds: one kind message a day, to whoever has something open and can be reached.

Buttons of kind M: 0 shows what will be read and by whom, 1 sends it; 2 and 3 the same for one person.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.chat.commands import team
from bot.chat.turn import Turn
from bot.rules import delivery
from bot.rules import team as rules
from bot.rules.people import Learner
from bot.rules.team import Member
from bot.store import team as store

SHOW, SEND, SHOW_ONE, SEND_ONE = range(4)
LEFT_OUT = 6
"""Names of those who are not reminded; more would push the button off the screen."""


def remind(turn: Turn) -> None:
    """`/remind`: the own team."""
    _show(turn, turn.learner, team.members_of(turn, turn.learner), SEND)


def choose(turn: Turn) -> None:
    if turn.tap.number in (SHOW_ONE, SEND_ONE):
        person = team.person_of(turn, turn.tap.row, "remind")
        manager = turn.learner
        members = [person] if person is not None else []
    else:
        found = team.manager_of(turn, turn.tap.row)
        manager = found or turn.learner
        members = team.members_of(turn, found) if found is not None else []
    if not members:
        turn.spent()
    elif turn.tap.number in (SEND, SEND_ONE):
        _send(turn, manager, members)
    else:
        _show(turn, manager, members, SEND if turn.tap.number == SHOW else SEND_ONE)


def _open(turn: Turn, members: Sequence[Member]) -> tuple[list[Member], bool]:
    """(who is reminded now, whether others have been today)."""
    wanted = [member for member in members if rules.is_to_remind(member, turn.today)]
    known = turn.store.ask(lambda c: store.asked(c, [member.id for member in wanted], turn.today))
    return rules.by_name(member for member in wanted if member.id not in known), bool(known)


def _show(turn: Turn, manager: Learner, members: Sequence[Member], send: int) -> None:
    """Who would read what, who is left out and why."""
    wanted, some = _open(turn, members)
    if not wanted and some and turn.heard.kind == "tap":
        turn.toast("reminded_today", at=_tomorrow(turn))
        return
    first = turn.store.ask(lambda c: store.assigned(c, wanted[0].id)) if wanted else []
    ready = delivery.ready(first, turn.today)
    left_out = [(member, rules.why_not(member, turn.today)) for member in rules.by_name(members)]
    turn.show(
        "remind", manager=manager, count=len(wanted), person=wanted[0] if len(wanted) == 1 else None, send=send,
        row_id=members[0].id if send == SEND_ONE and members else manager.id, one=send == SEND_ONE,
        title=team.title_of(turn, ready[0]) if ready else "", due_on=ready[0].due_on if ready else None,
        kind=ready[0].unit_kind if ready else "lesson",
        left_out=[(member, why) for member, why in left_out if why][:LEFT_OUT], some=some, at=_tomorrow(turn),
    )  # fmt: skip


def _send(turn: Turn, manager: Learner, members: Sequence[Member]) -> None:
    """Ask for each message; the tick that carries it out asks everything again."""
    wanted, _ = _open(turn, members)
    if not wanted:
        turn.toast("reminded_today", at=_tomorrow(turn))
        return
    for member in wanted:
        turn.store.order("remind", turn.learner.id, member.id)
    turn.event("reminding", people=len(wanted))
    people = turn.store.ask(lambda c: store.people(c, [member.id for member in wanted]))
    later = sorted(at for at in (turn.days.opens(one, turn.now) for one in people) if at > turn.now)
    turn.toast("reminded", count=len(wanted))
    turn.show(
        "remind_sent", manager=manager, count=len(wanted), later=len(later), at=later[0] if later else None
    )


def _tomorrow(turn: Turn) -> datetime:
    """The lesson hour of the day after, on which people may be reminded again."""
    return turn.days.next_day_at(turn.learner, turn.learner.lesson_at, turn.now)
