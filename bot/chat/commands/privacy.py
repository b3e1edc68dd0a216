"""What is kept about somebody, who sees it, and a copy of it."""

from bot.chat.commands import start
from bot.chat.turn import Turn


def privacy(turn: Turn) -> None:
    """`/privacy`: what is kept, in five lines."""
    turn.show("privacy", manager=start.manager_name(turn))


def choose(turn: Turn) -> None:
    match turn.tap.number:
        case 1:
            turn.show("who_sees_what", manager=start.manager_name(turn))
        case 2:
            _copy(turn)
        case 3:
            turn.show("privacy", manager=start.manager_name(turn), new=True)
        case _:
            privacy(turn)


def _copy(turn: Turn) -> None:
    """[Copy of my data]: a file, made from what the database holds at that moment."""
    turn.owe("my_data", {})
    turn.audit("copy of own data", f"learner:{turn.learner.id}")
    turn.show("copy_coming")
