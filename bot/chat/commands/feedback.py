"""`/feedback` and the rating under a lesson: what people tell those who write the lessons."""

from bot.chat.commands import help, lesson, results
from bot.chat.turn import Turn
from bot.rules import cries
from bot.rules import feedback as rules
from bot.store import feedback as kept

FEEDBACK = "feedback"


def feedback(turn: Turn) -> None:
    """`/feedback`: who reads it, and what it will be kept with."""
    _ask(turn, about_something=True)


def press(turn: Turn) -> None:
    """[Useful] [So-so] [No use], [Something else] and [Take it back]."""
    match turn.tap.number:
        case 0:
            _rate(turn)
        case 1:
            _ask(turn, about_something=False)
        case 2:
            _take_back(turn)
        case _:
            turn.spent()


def _rate(turn: Turn) -> None:
    """Keep the rating of a lesson that is done; the first one counts."""
    attempt = turn.store.attempt(turn.tap.row)
    done = attempt is not None and attempt.kind == "lesson" and attempt.finished_at is not None
    if attempt is None or not done or turn.tap.choice not in rules.RATINGS:
        turn.spent()
        return
    if not kept.has_rated(turn.store, attempt):
        kept.rate(turn.store, attempt, turn.tap.choice, turn.now)
        turn.event("rated", attempt.content_version, unit=attempt.unit, rating=turn.tap.choice)
    turn.toast("thank_you")
    results.show(turn, attempt, rated=True)


def _ask(turn: Turn, *, about_something: bool) -> None:
    played = kept.last_played(turn.store, turn.learner.id) if about_something else None
    unit, version = (played.unit, played.content_version) if played else ("", "")
    turn.store.await_words(turn.learner.id, FEEDBACK, f"{unit} {version}" if unit else "")
    turn.show("feedback", title=title_of(turn, unit), longest=rules.LONGEST)


def title_of(turn: Turn, unit: str) -> str:
    """What a lesson, story or topic is called; nothing for nothing, or for what is not taught any more."""
    found = turn.library.unit(unit)
    known = unit in turn.library.content.topic_titles
    return turn.unit_title(found) if found else lesson.topic_title(turn, unit) if known else ""


def typed(turn: Turn) -> None:
    """The words themselves. A cry for help is heard first; a one-time code is never kept."""
    words = turn.heard.words.strip()
    if cries.has_lost(words) or help.looks_like_code(words):
        turn.store.await_words(turn.learner.id, "")
        help.stray(turn)
        return
    unit, _, version = turn.store.dialogue.args.partition(" ")
    trouble = rules.trouble(words, kept.sent_today(turn.store, turn.learner.id, turn.now))
    if trouble == "many":
        turn.store.await_words(turn.learner.id, "")
    if trouble:
        turn.show("feedback_unkept", why=trouble, length=len(words), longest=rules.LONGEST)
        return
    number = kept.keep(turn.store, turn.learner.id, unit, version, words, turn.now)
    turn.event("feedback", version, unit=unit, feedback=number)
    turn.store.await_words(turn.learner.id, "")
    turn.show("feedback_kept", words=words, title=title_of(turn, unit), number=number, sealed=True)


def not_words(turn: Turn) -> None:
    """A picture, a voice note or a sticker in place of words; the question still waits."""
    turn.show("feedback_unkept", why="file", length=0, longest=rules.LONGEST)


def _take_back(turn: Turn) -> None:
    if kept.take_back(turn.store, turn.learner.id, turn.tap.row, turn.now):
        turn.event("feedback taken back", feedback=turn.tap.row)
        turn.show("feedback_gone")
    else:
        turn.spent()


AWAITED = {FEEDBACK: typed}
"""Which words each question takes."""
