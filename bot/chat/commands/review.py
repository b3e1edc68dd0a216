"""`/review`: a few questions of lessons done before, asked again shortly before they would be forgotten."""

from typing import Any

from bot.chat.commands import lesson, quiz
from bot.chat.turn import Turn
from bot.rules import attempt as steps
from bot.rules import memory as memories
from bot.rules import reviewing
from bot.rules.attempt import Attempt
from bot.rules.curriculum import Item, Lesson
from bot.rules.delivery import local
from bot.rules.memory import Memory

BEGIN, STOP, NOT_TODAY = range(3)
"""What a button of this journey does; the number it holds."""


def review(turn: Turn) -> None:
    """Go on with the one begun today, begin one, or say when the next questions come."""
    standing = open_one(turn)
    if standing is not None and _begun_today(turn, standing):
        lesson.show(turn, standing)
        return
    if standing is not None:
        turn.store.save_attempt(lesson.turn_closed(standing))
    items = _to_ask(turn)
    if items:
        lesson.begin(turn, steps.begin_review(
            turn.new_id(), turn.learner.id, turn.library.content.version, items, turn.room.shuffle, turn.now
        ))  # fmt: skip
    else:
        turn.show("review_none", coming=_coming(turn), begun=bool(kept(turn)), cap=reviewing.CAP)


def press(turn: Turn) -> None:
    """[Look again], [Stop here] and [Not today]."""
    if turn.tap.number == STOP:
        attempt = turn.store.attempt(turn.tap.row)
        if attempt is None or attempt.kind != "review" or not attempt.is_open:
            turn.spent()
        else:
            stop(turn, attempt)
    elif turn.tap.number == NOT_TODAY:
        turn.show("review_later", cap=reviewing.CAP)
    else:
        review(turn)


def stop(turn: Turn, attempt: Attempt) -> None:
    """Put the rest aside: it stays due, and what was answered counts."""
    turn.store.save_attempt(lesson.turn_closed(attempt))
    show_end(turn, attempt)


def show_end(turn: Turn, attempt: Attempt) -> None:
    """How it went, and what the next days bring."""
    quiz.expect_no_figure(turn)
    turn.show(
        "review_done", asked=attempt.asked, right=attempt.right, left=len(waiting_now(turn)),
        coming=_coming(turn), cap=reviewing.CAP,
    )  # fmt: skip


def open_one(turn: Turn) -> Attempt | None:
    return next((one for one in turn.store.open_attempts() if one.kind == "review"), None)


def waiting_now(turn: Turn) -> list[Memory]:
    """What may still be asked today."""
    return reviewing.for_today(kept(turn), turn.today)


def kept(turn: Turn) -> list[Memory]:
    """Memories of lessons that are still taught to people like this learner."""
    return [one for one in turn.store.memories(turn.learner.id) if _lesson(turn, one) is not None]


def looked(turn: Turn, item: Item, right: bool) -> dict[str, Any]:
    """Keep what an answer says of its lesson; gives back what the log has to know of it."""
    memory = memories.of_lesson(turn.store.memories(turn.learner.id), item.unit)
    if memory is not None:
        turn.store.save_memory(memories.look(memory, right, turn.today))
    return {"lesson": item.unit, "on": turn.today.isoformat(), "parameters": memories.NEWEST}


def begin_memory(turn: Turn, attempt: Attempt) -> None:
    """A lesson completed for the first time is remembered from today on."""
    if memories.of_lesson(turn.store.memories(turn.learner.id), attempt.unit) is None:
        right = memories.is_known(attempt.right, attempt.asked)
        turn.store.add_memory(memories.begin(turn.new_id(), turn.learner.id, attempt.unit, right, turn.today))


def source(turn: Turn, item: Item) -> dict[str, Any]:
    """Where a question comes from and how long ago that was looked at, for the line above it."""
    memory = memories.of_lesson(turn.store.memories(turn.learner.id), item.unit)
    days = (turn.today - memory.looked_on).days if memory is not None else 0
    return {"source": turn.unit_title(turn.library.unit(item.unit)), "days": days}


def returns(turn: Turn, item: Item) -> dict[str, Any]:
    """When the lesson of a question that was just answered is looked at again."""
    memory = memories.of_lesson(turn.store.memories(turn.learner.id), item.unit)
    return {"returns_on": memory.due_on if memory is not None else None}


def _begun_today(turn: Turn, attempt: Attempt) -> bool:
    return local(attempt.started_at, turn.learner.time_zone).date() == turn.today


def _to_ask(turn: Turn) -> list[Item]:
    asked_at = turn.store.asked_at(turn.learner.id)
    lessons = (_lesson(turn, one) for one in waiting_now(turn))
    found = (reviewing.another(one, asked_at) for one in lessons if one is not None)
    return [item for item in found if item is not None]


def _lesson(turn: Turn, memory: Memory) -> Lesson | None:
    unit = turn.library.unit(memory.lesson)
    return unit if isinstance(unit, Lesson) and turn.may_meet(unit) else None


def _coming(turn: Turn) -> reviewing.Coming | None:
    return reviewing.coming(kept(turn), turn.today)
