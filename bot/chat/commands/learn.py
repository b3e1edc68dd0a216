"""`/learn`: the one next thing, and putting it off."""

from datetime import datetime, time

from bot.chat.commands import lesson, pause, retake, review
from bot.chat.turn import Turn
from bot.rules import delivery
from bot.rules.attempt import Attempt
from bot.rules.delivery import Assignment
from bot.rules.tracks import push_group

LATER_HOURS = tuple(range(9, 21))


def learn(turn: Turn) -> None:
    """Unfinished, due, worth another look, not yet, or all done: never more than one thing."""
    if pause.quiet(turn) and not (turn.tap.kind == "n" and turn.tap.number == 1):
        pause.show_quiet(turn)
        return
    unfinished = [one for one in turn.store.open_attempts() if one.kind != "review"]
    due = _next(turn)
    if turn.learner.audience == "borrower" and not turn.store.assignments and not unfinished:
        turn.show("not_joined")
    elif turn.learner.hired_on and turn.today < turn.learner.hired_on:
        turn.show("not_yet", first_day=turn.learner.hired_on)
    elif unfinished:
        _unfinished(turn, unfinished[0])
    elif due is not None and retake.waits(turn, due.unit):
        retake.take(turn, "test", due.unit)
    elif due is not None:
        show_due(turn, due)
    elif again := review.waiting_now(turn):
        turn.show("review_due", count=len(again))
    else:
        coming = delivery.upcoming(turn.store.assignments, turn.today)
        at = (
            delivery.instant(coming.assigned_on, turn.learner.lesson_at, turn.learner.time_zone)
            if coming
            else None
        )
        title = turn.unit_title(turn.library.unit(coming.unit)) if coming else ""
        turn.show("all_done", coming=title, at=at)


def _next(turn: Turn) -> Assignment | None:
    """The first of what is ready; a test whose next set is not open yet comes after all else."""
    ready = delivery.ready(turn.store.assignments, turn.today)
    return next((one for one in ready if not retake.waits(turn, one.unit)), next(iter(ready), None))


def welcome_back(turn: Turn) -> None:
    """Somebody known says `/start`: the same as `/learn`."""
    learn(turn)


def _unfinished(turn: Turn, attempt: Attempt) -> None:
    unit = turn.unit_of(attempt)
    title = turn.unit_title(unit) if attempt.kind != "quiz" else lesson.topic_title(turn, attempt.unit)
    cards = len(unit.words[turn.learner.language].cards) if unit is not None and unit.kind == "lesson" else 0
    turn.show("unfinished", attempt=attempt, title=title, cards=cards, screen=f"attempt:{attempt.id}")


def show_due(turn: Turn, assignment: Assignment) -> None:
    turn.show(
        "due", assignment=assignment, title=turn.unit_title(turn.library.unit(assignment.unit)),
        due_count=len(delivery.ready(turn.store.assignments, turn.today)),
        back_today=turn.days.is_back_today(turn.learner, turn.now), screen=f"due:{assignment.id}",
    )  # fmt: skip


def all_due(turn: Turn) -> None:
    """Everything that is open and has been assigned, the earliest due first."""
    ready = delivery.ready(turn.store.assignments, turn.today)
    turn.show("due_list", due=[(a, turn.unit_title(turn.library.unit(a.unit))) for a in ready])


def start_assignment(turn: Turn) -> None:
    """The [Start] of something due."""
    assignment = _assignment(turn)
    unit = turn.library.unit(assignment.unit) if assignment else None
    if assignment is None or unit is None:
        turn.spent()
    else:
        lesson.open_unit(turn, unit)


def _assignment(turn: Turn) -> Assignment | None:
    return next((a for a in turn.store.assignments if a.id == turn.tap.row), None)


def later(turn: Turn) -> None:
    """Put off: back in about three hours, or at an hour chosen from a list."""
    assignment = _assignment(turn)
    if assignment is None or not assignment.is_open:
        turn.spent()
        return
    if turn.tap.number == 1 and turn.tap.choice == 0:
        here = delivery.local(turn.now, turn.learner.time_zone)
        turn.show(
            "later_hours", assignment=assignment, hours=[hour for hour in LATER_HOURS if hour > here.hour],
            at=turn.days.back_at(turn.learner, turn.now),
        )  # fmt: skip
        return
    come_back(
        turn, assignment, _chosen_hour(turn) if turn.tap.choice else turn.days.back_at(turn.learner, turn.now)
    )


def come_back(turn: Turn, assignment: Assignment, at: datetime) -> None:
    """Owe it once more at this hour, and say so."""
    track = turn.library.content.tracks.get(assignment.track)
    group = push_group(assignment, turn.store.assignments, track, turn.today)
    turn.store.put_off(turn.learner, assignment, at, [one.id for one in group])
    turn.event("put_off", assignment=assignment.id, until=at.isoformat())
    turn.show("later", assignment=assignment, at=at)


def _chosen_hour(turn: Turn) -> datetime:
    hour = time(turn.tap.choice % 24)
    at = delivery.instant(turn.today, hour, turn.learner.time_zone)
    return at if at > turn.now else turn.days.next_day_at(turn.learner, hour, turn.now)
