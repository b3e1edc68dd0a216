"""What the screens of quizzes and track tests are called with, for `tests/screens.py`."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.rules import completion
from bot.rules.attempt import Attempt
from bot.rules.people import Learner

NOW = datetime.fromisoformat("2026-12-02T09:00+08:00")
LARGEST = 2**63 - 1
ATTEMPT = Attempt(LARGEST, LARGEST, "test", "new-hire-test", "v", NOW, "done", queue=tuple("abcdefghijkl"))
SOON = (NOW + timedelta(hours=24), NOW + timedelta(days=7, hours=3))
"""The wait after a try, and after many."""
Screen = Callable[[Any], Iterator[dict[str, Any]]]


def title(reader: Any) -> str:
    """The longest that a test or a topic is called."""
    tests: list[str] = [unit.words[reader.language].title for unit in reader.every("test")]
    return max([*tests, *(str(said) for _, said in reader.topics)], key=len)


def not_yet(reader: Any) -> Iterator[dict[str, Any]]:
    idea = completion.safe_move(reader.lesson().words[reader.language].cards)
    for unit in (reader.lesson(), reader.case(), None):
        for is_must in (False, True):
            for opens_at in SOON:
                yield {
                    "attempt": ATTEMPT, "right": 9, "asked": 12, "needed": 10, "missed": 3, "is_must": is_must, "unit": unit,
                    "idea": idea if unit and unit.kind == "lesson" else "", "opens_at": opens_at, "remind_at": opens_at,
                    "sure": (9, 3), "title": title(reader), "topic_number": 10, "result": completion.Result(75, False),
                }  # fmt: skip
    yield {
        "attempt": ATTEMPT, "right": 9, "asked": 10, "needed": 8, "missed": 1, "is_must": True, "unit": reader.lesson(),
        "idea": idea, "opens_at": None, "remind_at": None, "sure": (9, 1), "title": title(reader), "topic_number": 10,
        "result": completion.Result(90, False),
    }  # fmt: skip


def passed(reader: Any) -> Iterator[dict[str, Any]]:
    for sure in ((0, 0), (1, 0), (12, 0), (9, 1), (9, 2)):
        for unit in (reader.lesson(), reader.case(), None):
            yield {
                "attempt": ATTEMPT, "right": 12, "asked": 12, "sure": sure, "unit": unit, "title": title(reader),
                "topic_number": 10, "result": completion.Result(100, True),
            }  # fmt: skip


def waits(reader: Any) -> Iterator[dict[str, Any]]:
    for unit in (reader.lesson(), reader.case(), None):
        for at in SOON:
            for reminded in (True, False):
                yield {
                    "attempt": ATTEMPT, "title": title(reader), "opens_at": at, "remind_at": at, "unit": unit,
                    "reminded": reminded,
                }  # fmt: skip


def reminded(reader: Any) -> Iterator[dict[str, Any]]:
    for at in SOON:
        yield {"title": title(reader), "at": at, "opens_at": at}


def coach(reader: Any) -> Iterator[dict[str, Any]]:
    name = "Christopher" if reader.language == "en" else "欧阳"
    topic = max((said for _, said in reader.topics), key=len)
    yield {"attempt": ATTEMPT, "coach": name, "topic": topic}


def wanted(reader: Any) -> Iterator[dict[str, Any]]:
    person: Learner = reader.learner
    yield {"person": person, "topic": max((said for _, said in reader.topics), key=len)}


RETAKE_SCREENS: dict[str, Screen] = {
    "how_sure": lambda _: iter([{"attempt": replace(ATTEMPT, stage="sure", number=11)}]),
    "quiz_not_yet": not_yet,
    "quiz_passed": passed,
    "retake_waits": waits,
    "retake_reminded": reminded,
    "retake_open": lambda reader: iter([{"attempt": ATTEMPT, "title": title(reader)}]),
    "coach_offer": coach,
    "coach_asked": coach,
    "coach_wanted": wanted,
}
