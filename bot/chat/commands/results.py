"""The end of an attempt: its completion is written once, and its result shown."""

from typing import Any

from bot.chat import pages
from bot.chat.commands import quiz, retake, review
from bot.chat.turn import Turn
from bot.rules import attempt as steps
from bot.rules import completion
from bot.rules import quiz as rules
from bot.rules.assignment import latest
from bot.rules.attempt import Attempt
from bot.rules.curriculum import Lesson, Unit
from bot.rules.memory import NEWEST
from bot.store import feedback


def finish(turn: Turn, attempt: Attempt) -> None:
    """The attempt is complete: keep the score and show it."""
    complete(turn, attempt)
    show(turn, attempt)


def complete(turn: Turn, attempt: Attempt) -> None:
    """Write the completion once, for every track that owes this unit."""
    if attempt.preview:
        return
    result = completion.result(attempt)
    turn.change_card()
    turn.event(
        "completed", attempt.content_version, attempt=attempt.id, kind=attempt.kind, unit=attempt.unit,
        score=result.score_percent, asked=attempt.asked, right=attempt.right, ending=attempt.ending,
        passed=result.passed if is_graded(turn, attempt) else None,
        on=turn.today.isoformat(), parameters=NEWEST,
    )  # fmt: skip
    if attempt.kind == "lesson":
        review.begin_memory(turn, attempt)
    owed = latest(turn.store.assignments, attempt.unit) if attempt.is_of_unit else []
    for assignment in owed:
        changed = completion.finished(assignment, attempt)
        if changed != assignment:
            turn.store.save_assignment(changed)


def is_graded(turn: Turn, attempt: Attempt) -> bool:
    """Whether there is a pass mark: of tests, and of employees' quizzes."""
    return attempt.kind == "test" or (attempt.kind == "quiz" and turn.learner.audience == "employee")


def show(turn: Turn, attempt: Attempt, *, rated: bool = False) -> None:
    """The result of a finished attempt at a lesson or a quiz, also when it is asked for once more.

    A lesson asks what it was worth, until this version of it has been rated.
    """
    if attempt.kind == "review":
        review.show_end(turn, attempt)
        return
    quiz.expect_no_figure(turn)
    if attempt.preview:
        _of_preview(turn, attempt)
        return
    context = {
        "attempt": attempt, "right": attempt.right, "asked": attempt.asked, "result": completion.result(attempt),
    }  # fmt: skip
    if attempt.kind == "lesson":
        context["rated"] = rated or feedback.has_rated(turn.store, attempt)
        _of_lesson(turn, attempt, context)
    else:
        _of_quiz(turn, attempt, context)


def _of_preview(turn: Turn, attempt: Attempt) -> None:
    unit = turn.unit_of(attempt)
    turn.show("preview_done", attempt=attempt, unit=unit, title=turn.unit_title(unit))


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
    sure, astray = _sure(turn, attempt)
    context |= {"title": retake.title(turn, attempt), "topic_number": number, "sure": (sure, len(astray))}
    units = retake.missed_units(turn, attempt, astray)
    missed = next(iter(units), None)
    if turn.learner.audience == "borrower":
        turn.show("quiz_borrower", unit=missed, **context)
    elif context["result"].passed:
        turn.show("quiz_passed", unit=missed, **context)
    else:
        _not_yet(turn, attempt, units, context)


def _not_yet(turn: Turn, attempt: Attempt, units: list[Unit], context: dict[str, Any]) -> None:
    """What is open, the one idea behind it where there is one, and when another set opens."""
    stands = retake.standing(turn, attempt.kind, attempt.unit, attempt)
    opens_at = stands.opens_at if stands.last is not None and stands.last.id == attempt.id else None
    only = units[0] if len(units) == 1 else None
    idea = completion.safe_move(only.words[turn.learner.language].cards) if isinstance(only, Lesson) else ""
    mark = retake.pass_mark(turn, attempt)
    turn.show(
        "quiz_not_yet", unit=next(iter(units), None), idea=idea, missed=attempt.asked - attempt.right,
        needed=rules.needed(attempt.asked, mark), is_must=attempt.right >= rules.needed(attempt.asked, mark),
        opens_at=opens_at, remind_at=turn.days.opens(turn.learner, opens_at) if opens_at else None, **context,
    )  # fmt: skip


def _sure(turn: Turn, attempt: Attempt) -> tuple[int, list[str]]:
    """(how many answers were given as sure, the items of those that were missed): for the learner's own eyes."""
    sure = [item for item, how in attempt.path if how == str(steps.SURE)] if attempt.kind == "test" else []
    return len(sure), steps.sure_and_missed(attempt, turn.store.missed_items(attempt.id)) if sure else []
