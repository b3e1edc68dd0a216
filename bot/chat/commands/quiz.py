"""Questions: ask, tick, mark, say why, and the result at the end."""

from typing import Any

from bot.chat.commands import lesson
from bot.chat.turn import Turn
from bot.rules import attempt as steps
from bot.rules import completion
from bot.rules import quiz as rules
from bot.rules.assignment import latest
from bot.rules.attempt import Attempt
from bot.rules.curriculum import FALSE, TRUE, Item
from bot.rules.languages import LANGUAGES
from bot.rules.width import ONE_A_ROW, width

TICK_WIDTH = 4
"""“☑ ” before a label."""


def quiz(turn: Turn) -> None:
    """`/quiz [topic]`: the topics to choose from, or one of them at once."""
    topics = turn.library.topics_for(turn.learner.audience)
    wanted = turn.heard.args.strip().lower()
    chosen = [t for t in topics if wanted and wanted in (t, lesson.topic_title(turn, t).lower())]
    if chosen:
        _begin(turn, chosen[0])
    else:
        turn.show("quiz_topics", topics=[(topics.index(t), lesson.topic_title(turn, t)) for t in topics])


def choose_topic(turn: Turn) -> None:
    topics = turn.library.topics_for(turn.learner.audience)
    if turn.tap.choice >= len(topics):
        turn.spent()
    else:
        _begin(turn, topics[turn.tap.choice])


def _begin(turn: Turn, topic: str) -> None:
    standing = next((a for a in turn.store.open_attempts() if a.kind == "quiz" and a.unit == topic), None)
    if standing is not None:
        lesson.show(turn, standing)
        return
    items = turn.library.topic_items(topic, turn.learner.audience)
    begun = steps.begin_quiz(
        turn.new_id(),
        turn.learner.id,
        topic,
        turn.library.content.version,
        items,
        turn.room.shuffle,
        turn.now,
    )
    lesson.begin(turn, begun)


def item_of(turn: Turn, attempt: Attempt, item_id: str) -> Item | None:
    """The item as this attempt began with it."""
    if attempt.kind == "quiz":
        return turn.library.item_at(attempt.content_version, item_id)
    unit = turn.unit_of(attempt)
    return rules.item_of(unit, item_id) if unit is not None else turn.library.item(item_id)


def show_question(turn: Turn, attempt: Attempt, *, moved: bool = False) -> None:
    """Ask the item at which the attempt stands; a lesson's questions begin in a message of their own."""
    item = item_of(turn, attempt, attempt.item_id)
    if item is None:
        _gone(turn, attempt)
        return
    context = question_context(turn, attempt, item)
    if moved and turn.heard.kind == "tap":
        turn.move("question", screen=f"attempt:{attempt.id}", **context)
    else:
        turn.show("question", screen=f"attempt:{attempt.id}", **context)


def question_context(turn: Turn, attempt: Attempt, item: Item) -> dict[str, Any]:
    """What the question's template needs, in the order in which this learner sees the choices."""
    words = item.words[turn.learner.language]
    order = attempt.orders[attempt.number]
    reasons = item.type == "true-false" and attempt.picks
    shown = (TRUE + FALSE) if item.type == "true-false" and not attempt.picks else order
    keys = list(words.choices)
    spare = TICK_WIDTH if item.type == "multiple" else 0
    fits = not reasons and all(
        width(item.words[language].choices[key].label) + spare <= ONE_A_ROW
        for language in LANGUAGES
        for key in shown
    )
    return {
        "attempt": attempt, "type": item.type, "prompt": turn.filled(words.prompt), "fits": fits,
        "verdict": words.choices[attempt.picks].label if reasons else "",
        "again": attempt.item_id in attempt.queue[: attempt.number],
        "choices": [
            {"number": keys.index(key), "letter": "ABCDEF"[place], "label": words.choices[key].label,
             "ticked": key in attempt.picks}
            for place, key in enumerate(shown)
        ],
    }  # fmt: skip


def answer(turn: Turn) -> None:
    """A tap on a choice: an answer, a tick, or the first half of one."""
    attempt = turn.store.attempt(turn.tap.row)
    if attempt is None or attempt.closed:
        turn.spent()
        return
    if attempt.stage != "question" or attempt.number != turn.tap.number:
        already(turn, attempt)
        return
    item = item_of(turn, attempt, attempt.item_id)
    keys = list(item.words[turn.learner.language].choices) if item else []
    if item is None or turn.tap.choice >= len(keys):
        _gone(turn, attempt)
        return
    key = keys[turn.tap.choice]
    if item.type == "multiple":
        show_question(turn, turn.store.save_attempt(steps.tick(attempt, key)))
    elif item.type == "true-false" and key in (TRUE, FALSE):
        show_question(turn, turn.store.save_attempt(steps.settle(attempt, key)))
    elif item.type == "true-false":
        _mark(turn, attempt, item, (attempt.picks, key))
    else:
        _mark(turn, attempt, item, (key,))


def check(turn: Turn) -> None:
    """[Check] of a multiple-choice item."""
    attempt = turn.store.attempt(turn.tap.row)
    if attempt is None or attempt.closed:
        turn.spent()
    elif attempt.stage != "question" or attempt.number != turn.tap.number:
        already(turn, attempt)
    elif not attempt.picks:
        turn.toast("tick_one")
    else:
        item = item_of(turn, attempt, attempt.item_id)
        if item is None:
            _gone(turn, attempt)
        else:
            _mark(turn, attempt, item, tuple(attempt.picks))


def _mark(turn: Turn, attempt: Attempt, item: Item, chosen: tuple[str, ...]) -> None:
    marked = steps.answer(attempt, item, chosen)
    saved = turn.store.save_attempt(marked.attempt)
    turn.store.add_answer(saved, marked.number, item.id, saved.last, marked.verdict.right, marked.is_first)
    turn.event(
        "answered", attempt.content_version, attempt=attempt.id, kind=attempt.kind, unit=attempt.unit, item=item.id,
        number=marked.number, order=attempt.orders[marked.number], chosen=saved.last, right=marked.verdict.right,
        first=marked.is_first, rule=rules.RULE_VERSION, form="A" if attempt.kind == "lesson" else "bank",
    )  # fmt: skip
    show_verdict(turn, saved)


def show_verdict(turn: Turn, attempt: Attempt) -> None:
    """Right or not, why, and the next step, on the message that held the question."""
    item = item_of(turn, attempt, attempt.answered_id)
    if item is None:
        _gone(turn, attempt)
        return
    turn.show("verdict", screen=f"attempt:{attempt.id}", **verdict_context(turn, attempt, item))


def verdict_context(turn: Turn, attempt: Attempt, item: Item) -> dict[str, Any]:
    words = item.words[turn.learner.language]
    chosen = tuple(attempt.last)
    verdict = rules.mark(item, chosen)
    missed = [key for key in item.answer if key not in chosen]
    return {
        "attempt": attempt, "type": item.type, "right": verdict.right,
        "must": item.must and not verdict.right, "comes_again": item.id in attempt.queue[attempt.number :],
        "chosen": [words.choices[key].label for key in chosen],
        "half": item.type == "true-false" and not verdict.right and chosen[0] in item.answer,
        "remarks": _said_of(turn, item, _remarked(item, chosen, verdict.right)),
        "missed": _said_of(turn, item, missed) if item.type == "multiple" else [],
        "is_last": attempt.number >= len(attempt.queue),
        "unit": turn.library.unit(item.unit) if attempt.kind == "quiz" else None,
    }  # fmt: skip


def _remarked(item: Item, chosen: tuple[str, ...], right: bool) -> list[str]:
    """Whose feedback is shown: all that was chosen, of several only what went astray when it did."""
    if item.type == "multiple" and not right:
        return [key for key in chosen if key not in item.answer]
    return list(chosen)


def _said_of(turn: Turn, item: Item, keys: list[str]) -> list[tuple[str, str]]:
    """(label, feedback) of these choices."""
    choices = item.words[turn.learner.language].choices
    return [(choices[key].label, turn.filled(choices[key].feedback)) for key in keys]


def already(turn: Turn, attempt: Attempt) -> None:
    """A second tap: the first counts, and the message shows where the learner stands."""
    turn.toast("already_answered")
    if attempt.is_open and attempt.kind != "case":
        lesson_screen = show_verdict if attempt.stage == "verdict" else show_question
        lesson_screen(turn, attempt)
    elif attempt.kind != "case":
        show_result(turn, attempt)


def go_on(turn: Turn) -> None:
    """[Next question ›], or the result after the last one."""
    attempt = turn.store.attempt(turn.tap.row)
    if attempt is None or attempt.closed:
        turn.spent()
    elif attempt.stage != "verdict" or attempt.number != turn.tap.number:
        already(turn, attempt)
    else:
        stepped = turn.store.save_attempt(steps.go_on(attempt, turn.now))
        if stepped.is_open:
            show_question(turn, stepped)
        else:
            finish(turn, stepped)


def finish(turn: Turn, attempt: Attempt) -> None:
    """The attempt is complete: keep the score and show it."""
    complete(turn, attempt)
    show_result(turn, attempt)


def complete(turn: Turn, attempt: Attempt) -> None:
    """Write the completion once, for every track that owes this unit."""
    result = completion.result(attempt)
    turn.event(
        "completed", attempt.content_version, attempt=attempt.id, kind=attempt.kind, unit=attempt.unit,
        score=result.score_percent, asked=attempt.asked, right=attempt.right, ending=attempt.ending,
        passed=result.passed if attempt.kind == "quiz" and turn.learner.audience == "employee" else None,
    )  # fmt: skip
    owed = latest(turn.store.assignments, attempt.unit) if attempt.kind != "quiz" else []
    for assignment in owed:
        if assignment.completed_at is None:
            turn.store.save_assignment(
                assignment.done(turn.now, result.score_percent, attempt.content_version)
            )


def show_result(turn: Turn, attempt: Attempt) -> None:
    result = completion.result(attempt)
    context: dict[str, Any] = {
        "attempt": attempt,
        "right": attempt.right,
        "asked": attempt.asked,
        "result": result,
    }
    if attempt.kind == "lesson":
        unit = turn.unit_of(attempt)
        idea = (
            completion.safe_move(unit.words[turn.learner.language].cards)
            if unit and unit.kind == "lesson"
            else ""
        )
        turn.show("lesson_done", unit=unit, idea=idea, late=turn.done_late(attempt), **context)
        return
    topic = turn.library.topics_for(turn.learner.audience)
    number = topic.index(attempt.unit) if attempt.unit in topic else 0
    context |= {"title": lesson.topic_title(turn, attempt.unit), "topic_number": number}
    open_ones = _open_units(turn, attempt)
    if turn.learner.audience == "borrower":
        turn.show("quiz_borrower", unit=open_ones[0] if open_ones else None, **context)
    elif result.passed:
        turn.show("quiz_passed", **context)
    else:
        turn.show("quiz_not_yet", unit=open_ones[0] if open_ones else None, **context)


def _open_units(turn: Turn, attempt: Attempt) -> list[Any]:
    """Units whose items were missed in this attempt, so that they can be read again."""
    items = [turn.library.item(item_id) for item_id in turn.store.missed_items(attempt.id)]
    found = [turn.library.unit(slug) for slug in dict.fromkeys(item.unit for item in items if item)]
    return [unit for unit in found if unit is not None and turn.may_meet(unit)]


def _gone(turn: Turn, attempt: Attempt) -> None:
    """What the attempt needs is not there any more: close it and say how to go on."""
    turn.store.save_attempt(lesson.turn_closed(attempt))
    turn.spent()
