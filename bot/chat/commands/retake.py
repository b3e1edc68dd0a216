"""Quizzes and track tests: begin a set, say when the next one opens, remind then, and offer a colleague."""

from collections import Counter
from collections.abc import Sequence

from bot.chat.commands import lesson
from bot.chat.turn import Turn
from bot.rules import attempt as steps
from bot.rules import quiz as rules
from bot.rules import retake
from bot.rules.attempt import Attempt
from bot.rules.curriculum import TrackTest, Unit
from bot.rules.people import Learner
from bot.rules.retake import Retake
from bot.store import coaching, retakes

START = 1
"""On a button of a reminder: begin; else it asks for one."""
ALONE = 1
"""On a button of the third time: try alone; else ask."""


def take(turn: Turn, kind: steps.Kind, unit: str, *, alone: bool = False) -> None:
    """Go on with what stands open, begin the next set, or say why not yet. A business owner has no pass mark to wait for."""
    open_one = next((a for a in turn.store.open_attempts() if (a.kind, a.unit) == (kind, unit)), None)
    if open_one is not None:
        lesson.show(turn, open_one)
        return
    stands = standing(turn, kind, unit)
    if turn.learner.audience == "employee":
        if stands.is_shut(turn.now):
            _show_wait(turn, stands)
            return
        if stands.wants_company and not alone and coach_of(turn) is not None:
            _offer(turn, stands)
            return
    _begin(turn, kind, unit, stands)


def standing(turn: Turn, kind: str, unit: str, just: Attempt | None = None) -> Retake:
    """How this person stands with a quiz or test; *just* is what this very turn has finished."""
    finished = turn.store.ask(lambda c: retakes.finished(c, turn.learner.id, kind, unit))
    if just is not None and all(one.id != just.id for one in finished):
        finished.append(just)
    test = turn.library.unit(unit) if kind == "test" else None
    return retake.standing(finished, test.tries if isinstance(test, TrackTest) else retake.TRIES)


def waits(turn: Turn, unit: str) -> bool:
    """Whether this is a test whose next set is not open yet."""
    test = turn.library.unit(unit)
    return isinstance(test, TrackTest) and standing(turn, "test", unit).is_shut(turn.now)


def _begin(turn: Turn, kind: steps.Kind, unit: str, stands: Retake) -> None:
    library, room, last = turn.library, turn.room, stands.asked
    if kind == "quiz" and unit in library.topics_for(turn.learner.audience):
        items = library.topic_items(unit, turn.learner.audience)
        lesson.begin(turn, steps.begin_quiz(
            turn.new_id(), turn.learner.id, unit, library.content.version, items, room.shuffle, turn.now, last
        ))  # fmt: skip
        return
    test = library.unit(unit)
    if not isinstance(test, TrackTest):
        turn.spent()
        return
    lesson.begin(turn, steps.begin_test(
        turn.new_id(), turn.learner.id, test, library.content.version, library.test_items(test), room.shuffle,
        turn.now, last,
    ))  # fmt: skip


def pass_mark(turn: Turn, attempt: Attempt) -> int:
    test = turn.library.unit(attempt.unit) if attempt.kind == "test" else None
    return test.pass_mark if isinstance(test, TrackTest) else rules.PASS_MARK


def title(turn: Turn, attempt: Attempt) -> str:
    """What was tried, as people call it."""
    if attempt.kind == "quiz":
        return lesson.topic_title(turn, attempt.unit)
    return turn.unit_title(turn.library.unit(attempt.unit))


def missed_units(turn: Turn, attempt: Attempt, first: Sequence[str] = ()) -> list[Unit]:
    """Units whose items were missed in this attempt, so that they can be read again: those of the items
    *first* before all others, then the one with most of them.
    """
    missed = [*first, *turn.store.missed_items(attempt.id)]
    items = [turn.library.item(item_id) for item_id in missed]
    slugs = Counter({item.unit: len(items) for item in items[: len(first)] if item})
    slugs.update(item.unit for item in items[len(first) :] if item)
    found = [turn.library.unit(slug) for slug, _ in slugs.most_common()]
    return [unit for unit in found if unit is not None and turn.may_meet(unit)]


# the next set
def _show_wait(turn: Turn, stands: Retake) -> None:
    assert stands.last is not None and stands.opens_at is not None
    turn.show(
        "retake_waits", title=title(turn, stands.last), attempt=stands.last, opens_at=stands.opens_at,
        remind_at=turn.days.opens(turn.learner, stands.opens_at), unit=next(iter(missed_units(turn, stands.last)), None),
        reminded=turn.store.ask(lambda c: retakes.is_owed(c, turn.learner.id, stands.last.id if stands.last else 0)),
    )  # fmt: skip


def remind(turn: Turn) -> None:
    """[Remind me at 10:20], and the [Start] of that reminder."""
    attempt, stands = _tapped(turn)
    if attempt is None or stands is None:
        turn.spent()
    elif turn.tap.choice == START or not stands.is_shut(turn.now):
        take(turn, attempt.kind, attempt.unit)
    else:
        _owe_reminder(turn, attempt, stands)


def _owe_reminder(turn: Turn, attempt: Attempt, stands: Retake) -> None:
    assert stands.opens_at is not None
    at = turn.days.opens(turn.learner, stands.opens_at)
    if not turn.store.ask(lambda c: retakes.is_owed(c, turn.learner.id, attempt.id)):
        turn.store.owe(
            turn.heard.chat_id, retakes.WISH, {"attempt": attempt.id, "titles": _titles(turn, attempt)},
            learner_id=turn.learner.id, due_at=at, lane="lessons", screen=retakes.screen_of(attempt.id),
        )  # fmt: skip
        turn.event("retake reminder", attempt=attempt.id, at=at.isoformat())
    turn.show("retake_reminded", title=title(turn, attempt), at=at, opens_at=stands.opens_at)


def _titles(turn: Turn, attempt: Attempt) -> dict[str, str]:
    """In every language, for it may be changed until the message is made."""
    if attempt.kind == "quiz":
        return dict(turn.library.content.topic_titles.get(attempt.unit, {}))
    test = turn.library.unit(attempt.unit)
    return {tag: words.title for tag, words in test.words.items()} if test is not None else {}


def _tapped(turn: Turn) -> tuple[Attempt | None, Retake | None]:
    """The attempt that a button is about, and how it stands, while it is the last one."""
    attempt = turn.store.attempt(turn.tap.row)
    if attempt is None or attempt.kind not in ("quiz", "test"):
        return None, None
    stands = standing(turn, attempt.kind, attempt.unit)
    is_last = stands.last is not None and stands.last.id == attempt.id
    return (attempt, stands) if is_last else (None, None)


# a colleague
def coach_of(turn: Turn) -> Learner | None:
    """Their manager, where a message would arrive."""
    manager = turn.store.learner_by_id(turn.learner.manager_id) if turn.learner.manager_id else None
    return manager if manager is not None and manager.can_be_told else None


def topic_of(turn: Turn, attempt: Attempt) -> str:
    """What a talk would be about: the quiz's topic, or the one of which most was missed in a test."""
    if attempt.kind == "quiz":
        return attempt.unit
    items = [turn.library.item(item_id) for item_id in turn.store.missed_items(attempt.id)]
    topics = Counter(item.topic for item in items if item)
    return topics.most_common(1)[0][0] if topics else ""


def _offer(turn: Turn, stands: Retake) -> None:
    attempt, coach = stands.last, coach_of(turn)
    assert attempt is not None and coach is not None
    asked = turn.store.ask(lambda c: coaching.is_asked(c, turn.learner.id, attempt.id))
    topic = lesson.topic_title(turn, topic_of(turn, attempt))
    turn.show("coach_asked" if asked else "coach_offer", attempt=attempt, coach=coach.first_name, topic=topic)


def coach(turn: Turn) -> None:
    """[Ask Ling] and [I'll try alone]."""
    attempt, stands = _tapped(turn)
    manager = coach_of(turn)
    if attempt is None or stands is None:
        turn.spent()
    elif turn.tap.choice == ALONE or manager is None:
        take(turn, attempt.kind, attempt.unit, alone=True)
    else:
        topic = topic_of(turn, attempt)
        if not turn.store.ask(lambda c: coaching.is_asked(c, turn.learner.id, attempt.id)):
            titles = dict(turn.library.content.topic_titles.get(topic, {}))
            turn.store.order(
                coaching.KIND, turn.learner.id, turn.learner.id, attempt=attempt.id, topic=titles
            )
            turn.event("coach asked", attempt=attempt.id)
        turn.show(
            "coach_asked", attempt=attempt, coach=manager.first_name, topic=lesson.topic_title(turn, topic)
        )
