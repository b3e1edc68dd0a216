"""Items, a lesson and a story as small as they can be."""

from datetime import UTC, datetime

from bot.rules.attempt import Attempt, begin_case, begin_lesson, decide, follow
from bot.rules.curriculum import Case, ChoiceWords, Item, ItemType, ItemWords, Lesson

NOW = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)


def item(
    id: str = "i1", type: ItemType = "single", answer: str = "b", must: bool = False, choices: str = "abcd"
) -> Item:
    keys = ("tf" if type == "true-false" else "") + choices
    words = ItemWords("?", {key: ChoiceWords(key, f"why {key}") for key in keys})
    return Item(id, type, "topic", "unit", tuple(answer), must, "recall", {"en": words})


def lesson(*items: Item, check: str = "i1") -> Lesson:
    return Lesson("unit", 1, "employee", items, check, (), {}, "v1")


STORY = Case(
    "story", 2, ("employee",), "door",
    {"door": {"open": "hall", "shut": "safe"}, "hall": {"run": "soon", "stay": "lost"}},
    {"door": "shut", "hall": "run"}, {"safe": "safe", "soon": "in time", "lost": "lost"}, (), "", (), {}, "v1",
)  # fmt: skip


def as_written(keys: object) -> list[str]:
    """A shuffle that leaves everything where it was."""
    return list(keys)  # type: ignore[call-overload, no-any-return]


def attempt(*items: Item, check: str = "i1") -> Attempt:
    return begin_lesson(1, 7, lesson(*items, check=check), as_written, NOW)


def played(*choices: str) -> Attempt:
    """The story with these choices taken."""
    at = begin_case(1, 7, STORY, NOW)
    for choice in choices:
        at = follow(decide(at, choice), STORY, NOW)
    return at
