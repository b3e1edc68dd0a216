"""`/status`: is all well, and whom do lessons reach. For administrators.

The page is a wish, made from a read snapshot outside the group of turns: it counts the whole roster,
and nobody's tap waits for that.
"""

from bot.chat.turn import Turn
from bot.rules.watching import LISTS

LARGEST_PAGE = 100_000


def status(turn: Turn) -> None:
    """The state of things, below what was asked."""
    turn.owe("status", {"message_id": 0, "group": 0, "page": 0})


def look(turn: Turn) -> None:
    """The buttons: look again, who is on a list, another page; each edits the page it stands on."""
    if turn.tap.number > len(LISTS) or turn.tap.choice > LARGEST_PAGE:
        turn.spent()
        return
    here = turn.heard.message_id if turn.heard.is_protected else 0  # else it stands under a notice
    turn.owe("status", {"message_id": here, "group": turn.tap.number, "page": turn.tap.choice})
