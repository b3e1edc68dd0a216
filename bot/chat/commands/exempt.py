"""A manager takes a unit off somebody's list, with a reason that is kept and shown to them.

Buttons of kind X: 0 lists what is open of a person; 1 asks the reason for one unit and 3 for all; 2 and 4
take it; 5 puts a unit back.
"""

from bot.chat.commands import team
from bot.chat.turn import Turn
from bot.rules import delivery
from bot.rules.delivery import Assignment, ExemptReason
from bot.rules.team import Member
from bot.store import team as store

WHY = "exempt"
"""The question that waits for a typed reason."""
LIST, WHY_ONE, ONE, WHY_ALL, ALL, BACK = range(6)
REASONS: tuple[ExemptReason, ...] = ("leave", "other role", "done elsewhere", "other")
SHOWN = 6


def exempt(turn: Turn) -> None:
    """`/exempt`: first somebody is chosen."""
    team.people(turn, turn.learner, team.TO_EXEMPT, 0)


def choose(turn: Turn) -> None:
    found = _about(turn, turn.tap.row, turn.tap.number)
    if found is None or turn.tap.choice >= len(REASONS):
        turn.spent()
        return
    person, assignment = found
    match turn.tap.number:
        case 0:
            _pick(turn, person)
        case 1 | 3:
            _why(turn, person, assignment)
        case 2 | 4 if REASONS[turn.tap.choice] == "other":
            turn.store.await_words(turn.learner.id, WHY, f"{turn.tap.row} {turn.tap.number}")
            turn.show("exempt_typed", person=person, number=turn.tap.number - 1, row_id=turn.tap.row)
        case 2 | 4:
            _ask(turn, person, assignment, REASONS[turn.tap.choice], "")
        case _:
            _back(turn, person, assignment)


def _about(turn: Turn, row: int, number: int) -> tuple[Member, Assignment | None] | None:
    """Whom and what a button is about; None where the viewer may not, or it is no longer so."""
    assignment = None
    if number in (WHY_ONE, ONE, BACK):
        assignment = turn.store.ask(lambda c: store.assignment(c, row))
        if assignment is None or assignment.completed_at or assignment.exempt is not (number == BACK):
            return None
    elif number not in (LIST, WHY_ALL, ALL):
        return None
    person = team.person_of(turn, assignment.learner_id if assignment else row, "exempt")
    return None if person is None else (person, assignment)


def _open(turn: Turn, person: Member) -> list[Assignment]:
    return delivery.ready(team.of_now(turn, person), turn.today)


def _pick(turn: Turn, person: Member) -> None:
    """Which unit; nothing open says so."""
    found = _open(turn, person)
    units = [(one, team.title_of(turn, one)) for one in found[:SHOWN]]
    turn.show("exempt_pick", person=person, units=units, count=len(found))


def _why(turn: Turn, person: Member, assignment: Assignment | None) -> None:
    turn.show(
        "exempt_why", person=person, title=team.title_of(turn, assignment) if assignment else "",
        row_id=turn.tap.row, number=turn.tap.number + 1,
    )  # fmt: skip


def typed(turn: Turn) -> None:
    """The reason in the manager's own words; the person will read it."""
    row, number = map(int, turn.store.dialogue.args.split())
    turn.store.await_words(turn.learner.id, "")
    found = _about(turn, row, number)
    if found is None:
        turn.nothing_here()
    else:
        _ask(turn, *found, "other", team.typed_reason(turn))


def _ask(turn: Turn, person: Member, assignment: Assignment | None, reason: ExemptReason, note: str) -> None:
    titles = [team.title_of(turn, one) for one in ([assignment] if assignment else _open(turn, person))]
    if not titles:
        turn.spent()
        return
    turn.store.order(
        "exempt",
        turn.learner.id,
        person.id,
        assignment=assignment.id if assignment else None,
        reason=reason,
        note=note,
    )
    turn.event("exempting", units=len(titles))
    turn.show("exempt_done", person=person, titles=titles, reason=reason, note=note)


def _back(turn: Turn, person: Member, assignment: Assignment | None) -> None:
    assert assignment is not None
    turn.store.order("end exemption", turn.learner.id, person.id, assignment=assignment.id)
    turn.show("exempt_back", person=person, title=team.title_of(turn, assignment))
