"""What a learner's progress looks like, with something plausible in it: see `tests.screens`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.rules.delivery import Assignment
from bot.rules.mastery import HALF_LIFE, Mastery
from bot.rules.progress import Progress

if TYPE_CHECKING:
    from tests.screens import Reader

LARGEST = 2**63 - 1
TODAY = datetime.fromisoformat("2026-12-02T09:00+08:00").date()
DAY = timedelta(days=1)
Context = dict[str, Any]
NEXT = Assignment(LARGEST, LARGEST, "basics", "unit", "lesson", 0, TODAY - 9 * DAY, TODAY + 2 * DAY)


def known(reader: Reader) -> list[tuple[Mastery, str]]:
    """One of every kind, the weakest first, with their titles."""
    kinds = [
        (0.33, 0.75, 3, 3),
        (0.43, 0.45, 3, 7),
        (0.6, 0.6, 6, 9),
        (0.88, 0.9, 17, 18),
        (0.96, 1.0, 99, 99),
    ]
    found = [
        Mastery(str(number), right, asked, share, fresh, TODAY - 40 * DAY, "item")
        for number, (share, fresh, right, asked) in enumerate(kinds)
    ]
    titles = [title for _, title in reader.topics]
    return list(zip(found, titles, strict=False))


def progress(reader: Reader) -> Iterator[Context]:
    titled = known(reader)
    topics = [one for one, _ in titled]
    title = reader.title(reader.lesson())
    steady = [title for one, title in titled if one.state == "steady"]
    full = Progress(17, 29, True, 12, NEXT, True, topics, 16)
    for due_on in (TODAY + 2 * DAY, TODAY, TODAY - 9 * DAY, TODAY + 60 * DAY, None):
        standing = replace(full, next=replace(NEXT, due_on=due_on), has_cases=due_on is None)
        for again in (titled[0], titled[1], None):
            yield {"standing": standing, "title": title, "steady": steady, "again": again}
    yield {
        "standing": replace(full, is_now=False, due=0, next=replace(NEXT, assigned_on=TODAY + 5 * DAY)),
        "title": title, "steady": [], "again": titled[0],
    }  # fmt: skip
    empty = Progress(0, 0, False, 0, None, False, [], 0)
    yield {"standing": empty, "title": "", "steady": [], "again": None}
    yield {
        "standing": replace(empty, of=3, due=3, next=NEXT, is_now=True),
        "title": title,
        "steady": [],
        "again": None,
    }
    yield {"standing": replace(full, of=0, due=0, next=None), "title": "", "steady": steady, "again": None}


def topics(reader: Reader) -> Iterator[Context]:
    titled = known(reader)
    again = [(title, LARGEST) for _, title in reader.topics]
    yield {"topics": titled, "again": again[:4]}
    yield {"topics": titled, "again": again[4:8]}
    yield {"topics": [], "again": []}


def why(reader: Reader) -> Iterator[Context]:
    yield {"topics": known(reader), "half_life": HALF_LIFE}
    yield {"topics": [], "half_life": HALF_LIFE}


def training(reader: Reader) -> Iterator[Context]:
    title = reader.title(reader.lesson())
    for due_on in (TODAY + 2 * DAY, TODAY - 9 * DAY, None):
        for due in (1, 12):
            yield {"done": 17, "of": 29, "due": due, "next": replace(NEXT, due_on=due_on), "title": title}
    yield {"done": 29, "of": 29, "due": 0, "next": replace(NEXT, assigned_on=TODAY + 9 * DAY), "title": title}
    yield {"done": 0, "of": 0, "due": 0, "next": None, "title": ""}


def progress_card(reader: Reader) -> Iterator[Context]:
    for shown in progress(reader):
        yield {"standing": shown["standing"], "title": shown["title"]}


PROGRESS_SCREENS: dict[str, Callable[[Reader], Iterator[Context]]] = {
    "progress": progress,
    "progress_card": progress_card,
    "topics": topics,
    "training": training,
    "why": why,
}
