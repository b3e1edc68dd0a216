"""`/preview`: a trainer plays what is taught and what is not published yet, and leaves no trace in any count.

A preview is an attempt of its own kind (`Attempt.preview`), kept apart from all others. A tap on one of its
screens is answered by the same journeys as everybody's; `enter` lets them speak as that screen does, in the
language chosen for it and to those it is written for.
"""

from collections.abc import Callable

from bot.chat.commands import case, lesson, quiz, results
from bot.chat.library import audiences
from bot.chat.turn import Turn
from bot.rules import access
from bot.rules.attempt import Attempt, begin_preview
from bot.rules.curriculum import Unit
from bot.rules.languages import LANGUAGES
from bot.store.previews import Preview

LIST, OPEN, LANGUAGE = 4, 5, 6
"""What a button does; the number it holds. The numbers below 4 are those of `items`."""
PAGE = 6
PLAYED = frozenset("akgcrvdfw")
"""Kinds of buttons whose row names an attempt."""


def preview(turn: Turn) -> None:
    """All there is to play, what is not published first."""
    quiz.expect_no_figure(turn)
    found = turn.library.previewed()
    pages = max(1, -(-len(found) // PAGE))
    page = min(turn.tap.choice if turn.tap.number == LIST else 0, pages - 1)
    coming = turn.library.content.unpublished
    shown = [
        (unit, turn.unit_title(unit), unit.slug in coming) for unit in found[page * PAGE : (page + 1) * PAGE]
    ]
    turn.show("preview", units=shown, page=page, pages=pages, unpublished=len(coming))


def press(turn: Turn) -> None:
    """A lesson or story of the list, another page, or another language."""
    if turn.tap.number == OPEN:
        _open(turn)
    elif turn.tap.number == LANGUAGE:
        _in_language(turn)
    elif turn.tap.number == LIST:
        preview(turn)
    else:
        turn.spent()


def _open(turn: Turn) -> None:
    unit = next((one for one in turn.library.previewed() if one.number == turn.tap.row), None)
    asks = turn.tap.choice == 1
    if unit is None or (asks and not unit.items):
        turn.spent()
        return
    begun = begin_preview(turn.new_id(), turn.learner.id, unit, turn.room.shuffle, turn.now, asks=asks)
    language = turn.learner.language
    turn.store.begin_preview(turn.learner, begun, language)
    _speak(turn, unit, language)
    lesson.show(turn, begun)


def _in_language(turn: Turn) -> None:
    """[English] [简体] [繁體]: the same screen, in that language."""
    entered = turn.store.enter_preview(turn.learner, turn.tap.row)
    unit = turn.unit_of(entered.attempt) if entered else None
    if entered is None or unit is None or turn.tap.choice >= len(LANGUAGES):
        turn.spent()
        return
    language = LANGUAGES[turn.tap.choice]
    turn.store.turn_preview(language)
    _speak(turn, unit, language)
    _show_again(turn, entered.attempt)


def _show_again(turn: Turn, attempt: Attempt) -> None:
    """The screen this preview stands on, in its place."""
    if attempt.kind == "case":
        case.show(turn, attempt)
    elif not attempt.is_open:
        results.show(turn, attempt)
    elif attempt.stage == "cards":
        lesson.show_card(turn, attempt)
    elif attempt.stage == "verdict":
        quiz.show_verdict(turn, attempt)
    else:
        quiz.show_question(turn, attempt)


def enter(turn: Turn) -> Callable[[Turn], None] | None:
    """Take up the preview that this tap or these typed words belong to; its journey, where it has one of its own."""
    if not access.may_use(turn.learner, "preview"):
        return None
    number = _named(turn)
    entered = turn.store.enter_preview(turn.learner, number) if number else None
    if entered is None:
        return None
    return _enter(turn, entered)


def _enter(turn: Turn, entered: Preview) -> Callable[[Turn], None] | None:
    unit = turn.unit_of(entered.attempt)
    if unit is None:
        return Turn.spent  # it was changed, and the bot restarted, while somebody looked at it
    if turn.tap.kind == "v":
        return preview
    _speak(turn, unit, entered.language)
    return None


def _named(turn: Turn) -> int:
    """The attempt that a tap, or the question that waits for typed words, is about."""
    if turn.tap.kind in PLAYED:
        return turn.tap.row
    waits = turn.heard.kind == "words" and turn.store.dialogue.awaits == quiz.FIGURE
    return int(turn.store.dialogue.args.partition(".")[0]) if waits else 0


def _speak(turn: Turn, unit: Unit, language: str) -> None:
    """From here on the turn speaks this language, and to those for whom the unit is written."""
    meets = audiences(unit)
    audience = turn.learner.audience if turn.learner.audience in meets else meets[0]
    turn.become(turn.learner.with_(language=language, audience=audience))
