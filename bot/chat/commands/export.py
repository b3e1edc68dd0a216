"""A manager's export: their own team, as a file in the chat."""

from sqlalchemy import func, select

from bot.chat.turn import Turn
from bot.rules import access
from bot.store.tables import assignments, learners


def export(turn: Turn) -> None:
    """`/export`: how much it will be, before it is made."""
    if not access.may_export(turn.learner, turn.learner.id):
        turn.nothing_here()
        return
    people, owed = _size(turn)
    turn.show("export", people=people, rows=owed)


def _size(turn: Turn) -> tuple[int, int]:
    team = learners.c.manager_id == turn.learner.id
    people = turn.store.rows(select(func.count().label("n")).select_from(learners).where(team))
    owed = turn.store.rows(
        select(func.count().label("n")).select_from(assignments.join(learners)).where(team)
    )
    return people[0].n, owed[0].n


def make(turn: Turn) -> None:
    """[CSV]: owe the file; the right is asked again when it is made."""
    if not access.may_export(turn.learner, turn.learner.id):
        turn.nothing_here()
        return
    turn.owe("completions", {"manager_id": turn.learner.id, "format": "csv"})
    turn.audit("export asked", f"team:{turn.learner.id}")
    turn.event("export_asked", format="csv")
    turn.show("export_coming")
