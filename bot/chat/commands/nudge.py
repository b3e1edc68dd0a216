"""What the buttons of a reminder do: a better hour, a reason, and the note before it goes."""

from typing import Any

from bot.chat.commands import help, learn
from bot.chat.turn import Turn
from bot.rules import access
from bot.rules.delivery import Assignment
from bot.store import notes

REASON, NOTE = "reason", "note"
LONGEST_REASON = 300


def put_off(turn: Turn) -> None:
    """[Today 16:00] and [Tomorrow 09:00]."""
    assignment = _mine(turn, turn.tap.row)
    if assignment is None:
        turn.spent()
        return
    if turn.tap.number == 1:
        at = turn.days.back_at(turn.learner, turn.now)
    else:
        at = turn.days.next_day_at(turn.learner, turn.learner.lesson_at, turn.now)
    learn.come_back(turn, assignment, at)


def _mine(turn: Turn, number: int) -> Assignment | None:
    return next((one for one in turn.store.assignments if one.id == number and one.is_open), None)


def ask_reason(turn: Turn) -> None:
    """[Give a reason], and [It doesn't work], which is one too."""
    assignment = _mine(turn, turn.tap.row)
    if assignment is None:
        turn.spent()
        return
    turn.store.await_words(turn.learner.id, REASON, str(assignment.id))
    turn.show("reason", works=turn.tap.number != 2, manager=turn.manager_name, **_about(turn, assignment))


def typed_reason(turn: Turn) -> None:
    """The reason in their own words, which is what the manager reads."""
    assignment = _kept_words(turn)
    if assignment is not None:
        turn.show("reason_kept", manager=turn.manager_name, **_about(turn, assignment))


def _kept_words(turn: Turn) -> Assignment | None:
    assignment = _mine(turn, int(turn.store.dialogue.args or 0))
    words = " ".join(turn.heard.words.split())[:LONGEST_REASON]
    if help.looks_like_code(words):
        help.stray(turn)
        return None
    turn.store.await_words(turn.learner.id, "")
    if assignment is None:
        turn.show("nothing_open")
        return None
    kept = assignment.excused(words)
    turn.store.save_assignment(kept)
    turn.event("reason", assignment=assignment.id)
    return kept


def _about(turn: Turn, assignment: Assignment) -> dict[str, Any]:
    return {"assignment": assignment, "title": turn.unit_title(turn.library.unit(assignment.unit))}


def note(turn: Turn) -> None:
    """The note to the desk: send it as it is, add words first, or, for the desk, read it."""
    if turn.tap.number in (3, 4):
        _read_note(turn)
        return
    assignment = _mine(turn, turn.tap.row)
    if assignment is None:
        turn.spent()
    elif turn.tap.number == 2:
        turn.store.await_words(turn.learner.id, NOTE, str(assignment.id))
        turn.show("note_words", **_about(turn, assignment))
    else:
        _send_note(turn, assignment)


def typed_note(turn: Turn) -> None:
    """Words that go with the note."""
    assignment = _kept_words(turn)
    if assignment is not None:
        _send_note(turn, assignment)


def _send_note(turn: Turn, assignment: Assignment) -> None:
    turn.store.order("note", turn.learner.id, turn.learner.id, assignment=assignment.id)
    turn.event("note sent", assignment=assignment.id)
    turn.show("note_gone", **_about(turn, assignment))


def _read_note(turn: Turn) -> None:
    """Somebody at the desk opens a note, and says that they take it."""
    found = notes.read(turn.store, turn.tap.row) if access.may_use(turn.learner, "notes") else None
    if found is None:
        turn.spent()
        return
    person, assignment = found
    if turn.tap.number == 4:
        turn.audit("note taken", f"assignment:{assignment.id} learner:{person.id}")
    title = turn.unit_title(turn.library.unit(assignment.unit))
    turn.show("note_read", person=person, assignment=assignment, title=title, taken=turn.tap.number == 4)


AWAITED = {REASON: typed_reason, NOTE: typed_note}
"""Which words each question takes."""
