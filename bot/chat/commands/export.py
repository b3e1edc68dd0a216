"""A manager's export: their own team, as a file in the chat."""

from bot.chat.turn import Turn
from bot.rules import access


def export(turn: Turn) -> None:
    """`/export`: how much it will be, before it is made."""
    if not access.may_export(turn.learner, turn.learner.id):
        turn.nothing_here()
        return
    people, owed = turn.store.team_size(turn.learner.id)
    turn.show("export", people=people, rows=owed)


def make(turn: Turn) -> None:
    """[CSV]: owe the file; the right is asked again when it is made."""
    if not access.may_export(turn.learner, turn.learner.id):
        turn.nothing_here()
        return
    turn.owe("completions", {"manager_id": turn.learner.id, "format": "csv"})
    turn.audit("export asked", f"team:{turn.learner.id}")
    turn.event("export_asked", format="csv")
    turn.show("export_coming")
