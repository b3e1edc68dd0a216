"""`/handbook`: look something up in one's own words, or browse the shelves."""

from bot.chat import pages
from bot.chat.commands import help
from bot.chat.turn import Turn
from bot.rules import cries
from bot.rules.handbook import SHELVES

WORDS = "handbook"


def handbook(turn: Turn) -> None:
    """`/handbook words` looks up at once; alone it opens the door, and the next words are looked up."""
    words = turn.heard.args.strip()
    if help.looks_like_code(words):
        help.take_out_code(turn)
    elif words:
        look_up(turn, words)
    else:
        _door(turn)


def look_up(turn: Turn, words: str) -> None:
    found = turn.handbook.find(words)
    pages.show_found(turn, found, "found" if found.sure else "nearest", words)


def typed(turn: Turn) -> None:
    """Words that were asked for; whoever cries for help, or types a code, is answered as anywhere."""
    words = turn.heard.words
    if cries.has_lost(words) or help.looks_like_code(words):
        help.stray(turn)
        return
    turn.store.await_words(turn.learner.id, "")
    look_up(turn, words)


def browse(turn: Turn) -> None:
    """The door, [Try other words], a shelf or [‹ Results]."""
    what = turn.tap.number
    if what == pages.OTHER_WORDS:
        turn.store.await_words(turn.learner.id, WORDS)
        turn.show("handbook_words")
    elif what == pages.RESULTS:
        pages.show_again(turn, turn.tap.row)
    elif 0 <= what - pages.FIRST_SHELF < len(SHELVES):
        pages.show_shelf(turn, what, turn.tap.row)
    else:
        _door(turn)


def page(turn: Turn) -> None:
    """One page; it may have been taken out since the button was made."""
    every = turn.handbook.pages.values()
    found = next((one for one in every if one.number == turn.tap.number), None)
    if found is None:
        turn.spent()
    else:
        pages.show_page(turn, found, turn.tap.choice, turn.tap.row)


def _door(turn: Turn) -> None:
    if not turn.store.dialogue.awaits:  # a question that waits above goes on waiting
        turn.store.await_words(turn.learner.id, WORDS)
    pages.show_door(turn)


AWAITED = {WORDS: typed}
