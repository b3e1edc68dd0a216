"""Help before questions: what to do in the first hour, and whom to call where."""

from typing import Any

from bot.chat.turn import Turn
from bot.rules import access
from bot.rules.curriculum import Advice, Hotline

FIRST = "money-already-sent"
"""The card that ✋ opens; reports, which ask what happened, come behind it."""


def advice(turn: Turn) -> None:
    """`/report`, ✋ and the words for it, in any state: the card comes below, what was open waits."""
    _card(turn, new=True)


def choose(turn: Turn) -> None:
    """The buttons of the advice screens."""
    match turn.tap.number:
        case 0:
            _card(turn, new=True)
        case 1:
            _card(turn)
        case 2:
            _called(turn)
        case 3:
            _no_answer(turn)
        case 4:
            _places(turn)
        case _:
            _place(turn)


def _advice(turn: Turn) -> Advice:
    return turn.library.content.advice[FIRST]


def _card(turn: Turn, *, new: bool = False) -> None:
    place = turn.place
    if place is None:
        _places(turn, new=new)
        return
    words = _advice(turn).words[turn.learner.language]
    hotline = turn.library.content.hotlines[place]
    context = hotline_context(turn, hotline)
    card = turn.filled(words.card.replace("{hotline}", context["ring"]))
    turn.show("advice", new=new, card=card, say=words.say, **context)


def hotline_context(turn: Turn, hotline: Hotline) -> dict[str, Any]:
    words = hotline.words[turn.learner.language]
    return {
        "ring": words.ring, "place": words.place, "lines": words.more, "official": hotline.official,
        "checked_on": hotline.checked_on, "stale": turn.is_stale(hotline), "copy_number": hotline.copy,
    }  # fmt: skip


def _called(turn: Turn) -> None:
    words = _advice(turn).words[turn.learner.language]
    waits = [] if access.has_left(turn.learner) else turn.store.open_attempts()
    hotline = turn.library.content.hotlines.get(turn.place or "")
    known = hotline is not None and not turn.is_stale(hotline)
    turn.show(
        "advice_called", more=words.more, waits=waits[0] if waits else None,
        ring=hotline.words[turn.learner.language].ring if known and hotline else "",
        copy_number=hotline.copy if known and hotline else "",
    )  # fmt: skip


def _no_answer(turn: Turn) -> None:
    place = turn.place
    if place is None:
        _places(turn)
    else:
        turn.show("advice_no_answer", **hotline_context(turn, turn.library.content.hotlines[place]))


def _places(turn: Turn, *, new: bool = False) -> None:
    hotlines = turn.library.content.hotlines
    places = [
        (number, hotlines[place].words[turn.learner.language].place) for number, place in enumerate(hotlines)
    ]
    turn.show("advice_places", new=new, places=places, known=turn.place is not None)


def _place(turn: Turn) -> None:
    places = list(turn.library.content.hotlines)
    if turn.tap.choice >= len(places):
        turn.spent()
        return
    turn.become(turn.store.save_learner(turn.learner.with_(place=places[turn.tap.choice])))
    _card(turn)
