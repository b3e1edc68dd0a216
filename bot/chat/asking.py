"""What the screens of a question and of its verdict need, from the item and where the learner stands."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bot.rules import quiz as rules
from bot.rules.attempt import Attempt
from bot.rules.curriculum import FALSE, RIGHT, TRUE, Item, Unit
from bot.rules.languages import LANGUAGES
from bot.rules.width import ONE_A_ROW, width

Fill = Callable[[str], str]
"""Our own html with what depends on the reader filled in."""
Screen = tuple[str, dict[str, Any]]
"""The name of a template and what it is called with."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice as its template shows it; Jinja2 finds what an object holds sooner than what a dict does."""

    number: int
    letter: str
    label: str
    ticked: bool
    place: int
    """Of an ordering: which one it was tapped as; 0: not yet."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a practice message that can be marked."""

    number: int
    mark: str
    label: str
    marked: bool


LETTERS, MARKS = "ABCDEF", "①②③④⑤⑥⑦⑧"
SPARE = {"multiple": 4, "ordering": 4}
"""“☑ ” or “1 · ” before a label."""
UNDO = 16
"""Added to a choice's number on a button that takes something back. So a button says what it is for,
not “the other way round”: a tap that arrives twice does nothing twice."""
CHECK, START_OVER, NO_IDEA, FACTS, ALL_FINE, MARKS_OFF = range(6)
"""What a button below the choices does; the number it holds."""


def question(item: Item, attempt: Attempt, language: str, filled: Fill) -> Screen:
    """The question on which this attempt stands, in the order in which this learner sees the choices."""
    if item.type == "numeric":
        return _figure(item, attempt, language, filled)
    if item.type == "red-flags":
        return _message(item, attempt, language, filled)
    words = item.words[language]
    reasons = item.type == "true-false" and bool(attempt.picks)
    asks_verdict = item.type == "true-false" and not attempt.picks
    shown = (TRUE + FALSE) if asks_verdict else attempt.orders[attempt.number]
    fits = not reasons and all(
        width(item.words[tag].choices[key].label) + SPARE.get(item.type, 0) <= ONE_A_ROW
        for tag in LANGUAGES
        for key in shown
    )
    return "question", {
        "attempt": attempt, "type": item.type, "prompt": filled(words.prompt), "fits": fits,
        "verdict": words.choices[attempt.picks].label if reasons else "",
        "again": attempt.item_id in attempt.queue[: attempt.number],
        "complete": len(attempt.picks) == len(item.choices),
        "choices": [
            Choice(_number(item, attempt, key), LETTERS[place], words.choices[key].label, key in attempt.picks,
                   attempt.picks.find(key) + 1)
            for place, key in enumerate(shown)
        ],
    }  # fmt: skip


def _message(item: Item, attempt: Attempt, language: str, filled: Fill) -> Screen:
    words = item.words[language]
    return "question_red_flags", {
        "attempt": attempt, "prompt": filled(words.prompt), "again": attempt.item_id in attempt.queue[: attempt.number],
        "marked": len(attempt.picks), **_dressed(item, language),
        "parts": [
            Part(_number(item, attempt, key), MARKS[place], words.choices[key].label, key in attempt.picks)
            for place, key in enumerate(item.choices)
        ],
    }  # fmt: skip


def _dressed(item: Item, language: str) -> dict[str, Any]:
    """A practice message as it arrives: its channel, the lines above it, and its words."""
    said = item.words[language].choices
    numbered = {key: f"{MARKS[place]} {said[key].part}" for place, key in enumerate(item.choices)}
    above = {line: numbered[key] for line, key in item.head.items()}
    body = [words for key, words in numbered.items() if key not in item.head.values()]
    return {"channel": item.channel, "above": above, "body": body}


def picture(item: Item, language: str, practice: str) -> dict[str, Any]:
    """What is drawn of a practice message: the words that stand below the picture too."""
    dressed = _dressed(item, language)
    return {
        "channel": dressed["channel"], "practice": practice, "above": list(dressed["above"].items()), "body": dressed["body"],
    }  # fmt: skip


def _figure(item: Item, attempt: Attempt, language: str, filled: Fill) -> Screen:
    words = item.words[language]
    return "question_numeric", {
        "attempt": attempt, "prompt": filled(words.prompt), "again": attempt.item_id in attempt.queue[: attempt.number],
        "facts": filled(words.facts) if attempt.picks else "",
    }  # fmt: skip


def _number(item: Item, attempt: Attempt, key: str) -> int:
    """What the button of a choice holds."""
    number = list(next(iter(item.words.values())).choices).index(key)
    return number + UNDO if item.type in ("ordering", "red-flags") and key in attempt.picks else number


def verdict(item: Item, attempt: Attempt, language: str, filled: Fill, unit: Unit | None) -> Screen:
    """What was answered last, whether it was right, and why."""
    chosen = rules.chosen_of(item, attempt.last)
    marked = rules.mark(item, chosen)
    context = {
        "attempt": attempt, "right": marked.right, "unit": unit, "must": item.must and not marked.right,
        "comes_again": item.id in attempt.queue[attempt.number :],
        "is_last": attempt.number >= len(attempt.queue),
    }  # fmt: skip
    if item.type == "numeric":
        met = rules.met(item, attempt.last)
        said = item.words[language].choices[RIGHT if met == rules.NO_IDEA else met].feedback
        typed = "" if met == rules.NO_IDEA else f"{Decimal(attempt.last):,f}"
        return "verdict_numeric", context | {"typed": typed, "said": filled(said)}
    if item.type == "red-flags":
        return "verdict_red_flags", context | _signs(item, chosen, language, filled)
    if item.type == "ordering":
        return "verdict_ordering", context | {
            "places": rules.in_place(item, chosen), "all": len(item.answer),
            "steps": _said_of(item, item.answer, language, filled),
        }  # fmt: skip
    missed = [key for key in item.answer if key not in chosen] if item.type == "multiple" else []
    return "verdict", context | {
        "type": item.type, "chosen": [item.words[language].choices[key].label for key in chosen],
        "half": item.type == "true-false" and not marked.right and chosen[0] in item.answer,
        "remarks": _said_of(item, _remarked(item, chosen, marked.right), language, filled),
        "missed": _said_of(item, missed, language, filled),
    }  # fmt: skip


def _signs(item: Item, chosen: tuple[str, ...], language: str, filled: Fill) -> dict[str, Any]:
    """What was found, missed and accused; of a genuine message that was trusted, what speaks for each part."""
    said = {
        key: (MARKS[place], *_said_of(item, [key], language, filled)[0])
        for place, key in enumerate(item.choices)
    }
    return {
        "all": len(item.answer), **_dressed(item, language),
        "found": [said[key] for key in chosen if key in item.answer],
        "missed": [said[key] for key in item.answer if key not in chosen],
        "accused": [said[key] for key in chosen if key not in item.answer],
        "trusted": list(said.values()) if not item.answer and not chosen else [],
    }  # fmt: skip


def _remarked(item: Item, chosen: tuple[str, ...], right: bool) -> tuple[str, ...]:
    """Whose feedback is shown: all that was chosen, of several only what went astray when it did."""
    if item.type == "multiple" and not right:
        return tuple(key for key in chosen if key not in item.answer)
    return chosen


def _said_of(
    item: Item, keys: tuple[str, ...] | list[str], language: str, filled: Fill
) -> list[tuple[str, str]]:
    """(label, feedback) of these choices."""
    choices = item.words[language].choices
    return [(choices[key].label, filled(choices[key].feedback)) for key in keys]
