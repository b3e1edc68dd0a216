"""Lessons and the door to every unit: open or resume, turn the cards, leave and come back."""

from dataclasses import replace

from bot.chat.commands import case, quiz, retake
from bot.chat.turn import Turn
from bot.rules import attempt as steps
from bot.rules.assignment import latest
from bot.rules.attempt import Attempt
from bot.rules.curriculum import Lesson, TrackTest, Unit


def open_unit(turn: Turn, unit: Unit, *, again: bool = False) -> None:
    """Resume the unit where it stands, or begin it."""
    if isinstance(unit, TrackTest):
        retake.take(turn, "test", unit.slug)
        return
    standing = next((a for a in turn.store.open_attempts() if a.unit == unit.slug and a.is_of_unit), None)
    if standing is not None and not again:
        show(turn, standing)
        return
    if standing is not None:
        turn.store.save_attempt(turn_closed(standing))
    if unit.kind == "case":
        begun = steps.begin_case(turn.new_id(), turn.learner.id, unit, turn.now)
    else:
        shuffle, last = turn.room.shuffle, _last_asked(turn, unit)
        begun = steps.begin_lesson(turn.new_id(), turn.learner.id, unit, shuffle, turn.now, last)
    begin(turn, begun)


def _last_asked(turn: Turn, lesson: Lesson) -> tuple[str, ...]:
    """What the latest earlier attempt asked; one that was left before its first answer asked nothing."""
    earlier = turn.store.earlier_attempts(turn.learner.id)
    return next((one.queue for one in reversed(earlier) if one.unit == lesson.slug and one.number), ())


def begin(turn: Turn, begun: Attempt) -> None:
    """Keep a new attempt, mark what it is owed for as started, and show its first screen."""
    turn.store.add_attempt(begun)
    turn.event("begun", begun.content_version, attempt=begun.id, kind=begun.kind, unit=begun.unit)
    if begun.is_of_unit:
        for assignment in latest(turn.store.assignments, begun.unit):
            turn.store.save_assignment(assignment.begun(turn.now))
    show(turn, begun)


def turn_closed(attempt: Attempt) -> Attempt:
    """Put aside for a newer try; its buttons are spent."""
    return replace(attempt, closed=True)


def show(turn: Turn, attempt: Attempt) -> None:
    """The screen on which this attempt stands; a tap elsewhere moves it there, buttons and all."""
    if turn.heard.kind == "tap":
        turn.retire(f"attempt:{attempt.id}")
    if attempt.kind == "case":
        quiz.expect_no_figure(turn)
        case.show(turn, attempt)
    elif attempt.stage == "cards":
        quiz.expect_no_figure(turn)
        show_card(turn, attempt)
    elif attempt.stage == "verdict":
        quiz.show_verdict(turn, attempt)
    elif attempt.stage == "sure":
        quiz.show_sure(turn, attempt, moved=True)
    else:
        quiz.show_question(turn, attempt, moved=True)


def show_card(turn: Turn, attempt: Attempt) -> None:
    lesson = turn.unit_of(attempt)
    if not isinstance(lesson, Lesson):
        turn.spent()
        return
    words = lesson.words[turn.learner.language]
    put = turn.move if turn.heard.is_protected else turn.show  # cards may be passed on, questions not
    put(
        "card", attempt=attempt, title=words.title, card=turn.filled(words.cards[attempt.card]),
        cards=len(words.cards), screen=f"attempt:{attempt.id}",
    )  # fmt: skip


def card(turn: Turn) -> None:
    """[Next ›], [‹ Back], and from the last card on to the questions."""
    attempt = turn.store.attempt(turn.tap.row)
    lesson = turn.unit_of(attempt) if attempt else None
    if attempt is None or not isinstance(lesson, Lesson) or not attempt.is_open:
        turn.spent()
        return
    if attempt.stage != "cards":
        show(turn, attempt)
        return
    turned = turn.store.save_attempt(
        steps.turn_to(attempt, turn.tap.number, len(lesson.words[turn.learner.language].cards))
    )
    if turned.stage == "cards":
        show_card(turn, turned)
    else:
        quiz.show_question(turn, turned, moved=True)


def resume(turn: Turn) -> None:
    """[Go on] of something left open."""
    attempt = turn.store.attempt(turn.tap.row)
    if attempt is None or not attempt.is_open:
        turn.spent()
    else:
        show(turn, attempt)


def leave(turn: Turn) -> None:
    """[Leave]: nothing is lost, and the message says where it stands."""
    attempt = turn.store.attempt(turn.tap.row)
    if attempt is None or not attempt.is_open:
        turn.spent()
    else:
        kept(turn, attempt)


def kept(turn: Turn, attempt: Attempt) -> None:
    quiz.expect_no_figure(turn)
    unit = turn.unit_of(attempt)
    cards = len(unit.words[turn.learner.language].cards) if isinstance(unit, Lesson) else 0
    title = topic_title(turn, attempt.unit) if attempt.kind == "quiz" else turn.unit_title(unit)
    turn.show("kept", attempt=attempt, cards=cards, title=title)


def open_numbered(turn: Turn) -> None:
    """A lesson or case picked from a list; choice 1: from the start again."""
    unit = turn.library.numbered(turn.tap.row)
    if unit is None or not turn.may_meet(unit):
        turn.spent()
    else:
        open_unit(turn, unit, again=turn.tap.choice == 1)


def lessons(turn: Turn) -> None:
    """`/lessons`: what there is for this audience, and what is done."""
    _list(turn, "lesson", "lessons")


def cases(turn: Turn) -> None:
    _list(turn, "case", "cases")


def _list(turn: Turn, kind: str, template: str) -> None:
    done = turn.store.units_done(turn.learner.id)
    found = turn.library.units_for(turn.learner.audience, kind)
    turn.show(template, units=[(unit, turn.unit_title(unit), unit.slug in done) for unit in found])


def topic_title(turn: Turn, topic: str) -> str:
    return turn.library.content.topic_titles.get(topic, {}).get(turn.learner.language, topic)
