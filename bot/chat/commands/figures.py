"""Numbers that are typed: an answer, or a kind word that it could not be read."""

from bot.chat.commands import help, quiz
from bot.chat.turn import Turn
from bot.rules import cries
from bot.rules.attempt import Attempt
from bot.rules.figures import figure, written
from bot.rules.quiz import may_be_meant


def typed(turn: Turn) -> None:
    """Words while a question waits for a number. A cry for help is heard first, whatever number is in it."""
    words = turn.heard.words
    attempt = _asked(turn)
    item = quiz.item_of(turn, attempt, attempt.item_id) if attempt and attempt.stage == "question" else None
    value = None if cries.has_lost(words) else figure(words)
    if attempt is None or (value is None and (cries.has_lost(words) or cries.is_worried(words))):
        help.stray(turn)
    elif (
        item is not None
        and value is not None
        and help.looks_like_code(words)
        and not may_be_meant(item, value)
    ):
        help.stray(turn)  # a one-time code is nobody's answer, and is not kept
    elif item is not None and value is not None:
        quiz.mark(turn, attempt, item, (written(value),))
    elif item is not None:
        turn.show("figure_unread", attempt=attempt, words=words[:40])
    elif value is not None:
        quiz.already(turn, attempt)
    else:
        help.stray(turn)


def _asked(turn: Turn) -> Attempt | None:
    """The attempt whose question waits for a number, or has just been answered with one."""
    name, _, number = turn.store.dialogue.args.partition(".")
    attempt = turn.store.attempt(int(name))
    if attempt is None or not attempt.is_open:
        return None
    waits = attempt.stage == "question" and attempt.number == int(number)
    kept = attempt.stage == "sure" and attempt.number == int(number)
    answered = attempt.stage == "verdict" and attempt.number == int(number) + 1
    return attempt if waits or kept or answered else None


AWAITED = {quiz.FIGURE: typed}
"""Which words each question takes."""
