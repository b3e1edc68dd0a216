"""How well somebody still knows a lesson, and on which day it is worth a look: FSRS, of whole days.

One memory a learner and lesson, begun when the lesson is first completed; each look after that asks
another of its questions. A look is right or not, nothing in between. The log alone gives the same
again, whatever the table says: `rebuild`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cache

from fsrs import Card, Rating, Scheduler, State
from fsrs.scheduler import DEFAULT_PARAMETERS

from bot.rules.completion import Event

PARAMETERS: dict[str, tuple[float, ...]] = {"fsrs-6": DEFAULT_PARAMETERS}
"""By version; a memory says by which it was made. A new set gets a new name, an old one stays."""
NEWEST = "fsrs-6"
RETENTION = 0.85
"""How surely a lesson should still be known on the day it returns. Each question is worth more here than at
0.9, and one lesson costs no more of them than asking it three times would (`docs/learning.md`)."""
LONGEST = 365


@dataclass(frozen=True, slots=True)
class Memory:
    """What one learner keeps of one lesson."""

    id: int
    learner_id: int
    lesson: str
    """Slug."""
    stability: float
    """Days until it is known with nine in ten."""
    difficulty: float
    looked_on: date
    """The learner's own day of the last look; the lesson itself is the first."""
    due_on: date
    looks: int = 0
    """How often it was looked at again."""
    parameters: str = NEWEST
    version: int = 0


@cache
def _scheduler(parameters: str) -> Scheduler:
    return Scheduler(
        PARAMETERS[parameters], desired_retention=RETENTION, learning_steps=(), relearning_steps=(),
        maximum_interval=LONGEST, enable_fuzzing=False,
    )  # fmt: skip


def _noon(day: date) -> datetime:
    """An instant for a library that knows days only as differences of instants."""
    return datetime.combine(day, time(12), UTC)


def begin(
    memory_id: int, learner_id: int, lesson: str, right: bool, on: date, parameters: str = NEWEST
) -> Memory:
    """The memory of a lesson completed on this day, its questions mostly right or not."""
    card = Card(card_id=0, due=_noon(on))
    return _after(Memory(memory_id, learner_id, lesson, 0, 0, on, on, 0, parameters), card, right, on)


def look(memory: Memory, right: bool, on: date, parameters: str = NEWEST) -> Memory:
    """After one more look; what is right lasts longer each time, what is not returns soon."""
    card = Card(
        0,
        State.Review,
        None,
        memory.stability,
        memory.difficulty,
        _noon(memory.due_on),
        _noon(memory.looked_on),
    )
    seen = replace(memory, looks=memory.looks + 1, parameters=parameters)
    return _after(seen, card, right, on)


def _after(memory: Memory, card: Card, right: bool, on: date) -> Memory:
    rating = Rating.Good if right else Rating.Again
    card, _ = _scheduler(memory.parameters).review_card(card, rating, _noon(on))
    assert card.stability is not None and card.difficulty is not None
    return replace(
        memory, stability=card.stability, difficulty=card.difficulty, looked_on=on, due_on=card.due.date()
    )  # fmt: skip


def known(memory: Memory, today: date) -> float:
    """How surely the lesson is still known today, from 0 to 1."""
    card = Card(0, State.Review, None, memory.stability, memory.difficulty, None, _noon(memory.looked_on))
    return float(_scheduler(memory.parameters).get_card_retrievability(card, _noon(today)))


def is_known(right: int, asked: int) -> bool:
    """Whether a completed lesson counts as remembered: more than half of its first answers were right."""
    return 2 * right > asked


def of_lesson(memories: Sequence[Memory], lesson: str) -> Memory | None:
    return next((memory for memory in memories if memory.lesson == lesson), None)


def rebuild(events: Iterable[Event]) -> dict[tuple[int, str], Memory]:
    """Every memory by learner and lesson from the log alone; the ids are of the table and not in it.

    A lesson is begun by its first completion; doing it again is reading, not a look. Before there
    were memories the log did not say the learner's own day, so the day in UTC stands for it.
    """
    found: dict[tuple[int, str], Memory] = {}
    for event in events:
        told = event.payload
        if told.get("kind") == "lesson" and event.kind == "completed":
            key = (event.learner_id, told["unit"])
            if key not in found:
                right = is_known(told["right"], told["asked"])
                found[key] = begin(0, *key, right, _day(event), told.get("parameters", NEWEST))
        elif told.get("kind") == "review" and event.kind == "answered":
            key = (event.learner_id, told["lesson"])
            if key in found:
                found[key] = look(found[key], told["right"], _day(event), told["parameters"])
    return found


def _day(event: Event) -> date:
    on = event.payload.get("on")
    return date.fromisoformat(on) if on else event.at.astimezone(UTC).date()
