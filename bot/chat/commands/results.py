"""The end of an attempt: its completion is written once, and its result shown."""

from typing import Any

from bot.chat import pages
from bot.chat.commands import lesson, quiz, review
from bot.chat.turn import Turn
from bot.rules import completion
from bot.rules.assignment import latest
from bot.rules.attempt import Attempt
from bot.rules.curriculum import Lesson, Unit
from bot.rules.memory import NEWEST
from bot.rules.sending import CARD
from bot.store import feedback


def finish(turn: Turn, attempt: Attempt) -> None:
    """The attempt is complete: keep the score and show it."""
    complete(turn, attempt)
    show(turn, attempt)


def complete(turn: Turn, attempt: Attempt) -> None:
    """Write the completion once, for every track that owes this unit."""
    result = completion.result(attempt)
    if turn.learner.audience == "employee":
        turn.store.owe(
            turn.heard.chat_id, CARD, {"only": "change"}, learner_id=turn.learner.id, due_at=turn.now, lane="broadcast",
            screen=CARD,
        )  # fmt: skip
    turn.event(
        "completed", attempt.content_version, attempt=attempt.id, kind=attempt.kind, unit=attempt.unit,
        score=result.score_percent, asked=attempt.asked, right=attempt.right, ending=attempt.ending,
        passed=result.passed if attempt.kind == "quiz" and turn.learner.audience == "employee" else None,
        on=turn.today.isoformat(), parameters=NEWEST,
    )  # fmt: skip
    if attempt.kind == "lesson":
        review.begin_memory(turn, attempt)
    owed = latest(turn.store.assignments, attempt.unit) if attempt.is_of_unit else []
    for assignment in owed:
        if assignment.completed_at is None:
            turn.store.save_assignment(
                assignment.done(turn.now, result.score_percent, attempt.content_version)
            )


def show(turn: Turn, attempt: Attempt, *, rated: bool = False) -> None:
    """The result of a finished attempt at a lesson or a quiz, also when it is asked for once more.

    A lesson asks what it was worth, until this version of it has been rated.
    """
    if attempt.kind == "review":
        review.show_end(turn, attempt)
        return
    quiz.expect_no_figure(turn)
    context = {
        "attempt": attempt, "right": attempt.right, "asked": attempt.asked, "result": completion.result(attempt),
    }  # fmt: skip
    if attempt.kind == "lesson":
        context["rated"] = rated or feedback.has_rated(turn.store, attempt)
        _of_lesson(turn, attempt, context)
    else:
        _of_quiz(turn, attempt, context)


def _of_lesson(turn: Turn, attempt: Attempt, context: dict[str, Any]) -> None:
    unit = turn.unit_of(attempt)
    idea = ""
    if isinstance(unit, Lesson):
        idea = completion.safe_move(unit.words[turn.learner.language].cards)
    page = pages.of_unit(turn, unit)
    turn.show("lesson_done", unit=unit, idea=idea, late=turn.done_late(attempt), page=page, **context)


def _of_quiz(turn: Turn, attempt: Attempt, context: dict[str, Any]) -> None:
    """Passed or not yet, with what to read again; a borrower has no pass mark."""
    topics = turn.library.topics_for(turn.learner.audience)
    number = topics.index(attempt.unit) if attempt.unit in topics else 0
    context |= {"title": lesson.topic_title(turn, attempt.unit), "topic_number": number}
    missed = next(iter(_missed_units(turn, attempt)), None)
    if turn.learner.audience == "borrower":
        turn.show("quiz_borrower", unit=missed, **context)
    elif context["result"].passed:
        turn.show("quiz_passed", **context)
    else:
        turn.show("quiz_not_yet", unit=missed, **context)


def _missed_units(turn: Turn, attempt: Attempt) -> list[Unit]:
    """Units whose items were missed in this attempt, so that they can be read again."""
    items = [turn.library.item(item_id) for item_id in turn.store.missed_items(attempt.id)]
    found = [turn.library.unit(slug) for slug in dict.fromkeys(item.unit for item in items if item)]
    return [unit for unit in found if unit is not None and turn.may_meet(unit)]
