"""Marking: one answer, one verdict, from facts that stand in one place."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from bot.rules.curriculum import OTHER, RIGHT, Item, ItemType, Lesson, Unit

RULE_VERSION = 1
"""Recorded with every answer, so that a verdict can be explained years later."""
LESSON_ITEMS = 3
QUIZ_ITEMS = 5
PASS_MARK = 80
"""Per cent of first answers that are right; `curriculum.md` part 5, “Passing”."""

IN_ORDER: tuple[ItemType, ...] = ("true-false", "ordering")
"""Types whose answer says something by the order of its keys."""

Shuffle = Callable[[Sequence[str]], list[str]]


@dataclass(frozen=True, slots=True)
class Verdict:
    right: bool
    chosen: tuple[str, ...]
    answer: tuple[str, ...]


NO_IDEA = "?"
"""Kept as the answer of somebody who asked to see the sum: counted as not answered, so asked and not right."""


def mark(item: Item, chosen: Sequence[str]) -> Verdict:
    """Right when exactly the keys of the answer were chosen; both halves count for true/false,
    every place for an ordering, and a figure within its tolerance. Of a practice message every sign
    has to be found and nothing harmless accused.
    """
    if item.type == "numeric":
        return Verdict(met(item, chosen[0]) == RIGHT, tuple(chosen), item.answer)
    picked = tuple(chosen) if item.type in IN_ORDER else tuple(sorted(chosen))
    return Verdict(picked == item.answer, picked, item.answer)


def form_a(lesson: Lesson) -> tuple[str, ...]:
    """The three items that end a lesson: its check, then must-get-right ones, then the others."""
    rest = sorted((item for item in lesson.items if item.id != lesson.check), key=lambda item: not item.must)
    return (lesson.check, *(item.id for item in rest))[:LESSON_ITEMS]


def form_b(lesson: Lesson) -> tuple[str, ...]:
    """The items form A leaves out, then the must-get-right one of form A, else its check: none stands where it stood."""
    first = form_a(lesson)
    rest = [item.id for item in lesson.items if item.id not in first]
    must = {item.id for item in lesson.items if item.must}
    known = sorted(first, key=lambda item_id: item_id not in must)
    return (*rest, *known)[:LESSON_ITEMS]


def next_form(lesson: Lesson, last: Sequence[str] = ()) -> tuple[str, ...]:
    """Form A to somebody new to this lesson, then the two turn about; *last* is what was asked the last time."""
    return form_b(lesson) if form_name(lesson, last) == "A" else form_a(lesson)


def form_name(lesson: Lesson, asked: Sequence[str]) -> Literal["A", "B"]:
    """Which form these questions are; one that comes again at the end changes nothing."""
    first = form_a(lesson)
    return "A" if tuple(asked[: len(first)]) == first else "B"


def draw(
    items: Sequence[Item], shuffle: Shuffle, last: Sequence[str] = (), count: int = QUIZ_ITEMS
) -> tuple[str, ...]:
    """A quiz on a topic: every must-get-right item, then others by lot, in an order by lot."""
    return tuple(shuffle(_picked(items, shuffle, last, count)))


def by_blueprint(
    bank: Sequence[Item], topics: Mapping[str, int], shuffle: Shuffle, last: Sequence[str] = ()
) -> tuple[str, ...]:
    """A test: so many questions of each topic, in an order by lot."""
    of_topics = (
        _picked([item for item in bank if item.topic == topic], shuffle, last, count)
        for topic, count in topics.items()
    )
    return tuple(shuffle([item_id for ids in of_topics for item_id in ids]))


def _picked(items: Sequence[Item], shuffle: Shuffle, last: Sequence[str], count: int) -> list[str]:
    """What must be right is always asked, for nothing else can prove it; the rest is what was not asked
    the last time, as far as there is any.
    """
    must = [item.id for item in items if item.must]
    others = shuffle([item.id for item in items if not item.must])
    fresh_first = [sorted(ids, key=lambda item_id: item_id in last) for ids in (must, others)]
    return [item_id for ids in fresh_first for item_id in ids][:count]


def needed_for_two(items: Sequence[Item], count: int) -> int:
    """How many questions it takes for two sets of so many that share only what must be right."""
    must = min(sum(item.must for item in items), count)
    return must + 2 * (count - must)


def shown_order(item: Item, shuffle: Shuffle) -> str:
    """The order in which a learner sees the choices, as one string of keys.

    Steps to be put in order never stand in it already: the screen would be the answer. The parts
    of a practice message stay where they are.
    """
    if item.type == "red-flags":
        return "".join(item.choices)
    shown = shuffle(item.choices)
    if item.type == "ordering" and tuple(shown) == item.answer:
        shown = [*shown[1:], shown[0]]
    return "".join(shown)


def met(item: Item, kept: str) -> str:
    """Which of its figures a typed one meets: the right one, a near miss, or none that was foreseen."""
    if kept == NO_IDEA:
        return NO_IDEA
    value = Decimal(kept)
    return next((key for key, figure in item.figures.items() if figure.holds(value)), OTHER)


def may_be_meant(item: Item, value: Decimal) -> bool:
    """Whether a typed figure can be an answer to this question: foreseen, or at most ten times the right one."""
    foreseen = any(figure.holds(value) for figure in item.figures.values())
    return foreseen or abs(value) <= 10 * abs(item.figures[RIGHT].value)


def chosen_of(item: Item, kept: str) -> tuple[str, ...]:
    """What was chosen, from the text that an answer is kept as."""
    return (kept,) if item.type == "numeric" else tuple(kept)


def in_place(item: Item, chosen: Sequence[str]) -> tuple[int, ...]:
    """The places of an ordering, from 1, that hold the step that belongs there."""
    pairs = enumerate(zip(chosen, item.answer, strict=False), start=1)
    return tuple(place for place, (given, right) in pairs if given == right)


def score_percent(right: int, asked: int) -> int:
    """Whole per cent of first answers that are right."""
    return round(100 * right / asked) if asked else 0


def has_passed(right: int, asked: int, missed_must: bool, pass_mark: int = PASS_MARK) -> bool:
    """The pass mark and every must-get-right item."""
    return not missed_must and asked > 0 and 100 * right >= pass_mark * asked


def needed(asked: int, pass_mark: int = PASS_MARK) -> int:
    """How many have to be right."""
    return -(-pass_mark * asked // 100)


def item_of(unit: Unit, item_id: str) -> Item | None:
    return next((item for item in unit.items if item.id == item_id), None)
