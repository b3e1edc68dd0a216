"""`/items`: how lessons and questions do, and what people wrote about them. For trainers.

The figures are a wish, made from a read snapshot: they count every answer there is, and nobody's tap
waits for that.
"""

from bot.chat.commands import feedback
from bot.chat.turn import Turn
from bot.store import feedback as kept

LIST, UNIT, READ, DONE = range(4)
"""What a button does; the number it holds. The numbers from 4 on are those of `preview`."""
LARGEST_PAGE = 1000


def items(turn: Turn) -> None:
    """Everything that is taught, the weakest first, below what was asked."""
    _figures(turn, message_id=0)


def press(turn: Turn) -> None:
    """The buttons of these screens; each edits the screen it stands on."""
    if turn.tap.number == LIST:
        _figures(turn, page=min(turn.tap.choice, LARGEST_PAGE), message_id=_here(turn))
    elif turn.tap.number == UNIT:
        unit = turn.library.numbered(turn.tap.row)
        if unit is None:
            turn.spent()
        else:
            _figures(turn, unit=unit.slug, message_id=_here(turn))
    else:
        if turn.tap.number == DONE:
            kept.done(turn.store, turn.learner.id, turn.tap.row, turn.now)
        _read(turn)


def _here(turn: Turn) -> int:
    return turn.heard.message_id if turn.heard.is_protected else 0


def _figures(turn: Turn, *, message_id: int, unit: str = "", page: int = 0) -> None:
    units = sorted(
        slug for slug, unit in turn.library.content.units.items() if unit.kind in ("lesson", "case")
    )
    turn.owe("items", {"message_id": message_id, "unit": unit, "page": page, "units": units})


def _read(turn: Turn) -> None:
    """The next piece of feedback that nobody has done with, without a name."""
    said = kept.next_unread(turn.store, turn.tap.row)
    title = feedback.title_of(turn, said.unit) if said else ""
    turn.show("feedback_read", said=said, title=title)
