"""The screens of the handbook with something plausible in them; see `tests/screens.py`."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.chat.pages import APART, FROM_RESULTS, How
from bot.rules.handbook import SHELVES, STAGES, Page, PageWords

if TYPE_CHECKING:
    from tests.screens import Reader

Context = dict[str, Any]
LONGEST = 2**64 - 1
"""Three short numbers with their leading 1."""
WORDS = {"en": PageWords("Frozen balance: what to do now", "<b>Pay nothing.</b>"),
         "zh-Hans": PageWords("余额被冻结，先做什么", "<b>一分都别付</b>。"),
         "zh-Hant": PageWords("餘額被凍結，先做什麼", "<b>一分都別付</b>。")}  # fmt: skip
PAGE = Page("frozen", 2**32 - 1, ("scam",), None, (), date(2026, 11, 25), WORDS, "f" * 16)


def door(_: "Reader") -> Iterator[Context]:
    yield {"shelves": list(SHELVES)}
    yield {"shelves": ["happened"]}
    yield {"shelves": []}


def found(reader: "Reader") -> Iterator[Context]:
    said = PAGE.words[reader.language].title
    hows: tuple[How, ...] = ("found", "nearest", "again", "stray")
    for how in hows:
        for many in (1, 2, 3):
            yield {"how": how, "words": "unfreeze fee", "found": LONGEST, "pages": [(PAGE, said)] * many}
    yield {"how": "nearest", "words": "xyz", "found": 0, "pages": []}


def shelf(reader: "Reader") -> Iterator[Context]:
    said = PAGE.words[reader.language].title
    for number, name in enumerate(SHELVES, 2):
        stages = STAGES if name == "stage" else (None,)
        groups = [
            (stage, [(2 * n + 1, PAGE, said), (2 * n + 2, PAGE, said)]) for n, stage in enumerate(stages)
        ]
        yield {"shelf": name, "number": number, "start": 8, "groups": groups, "further": 16}
        yield {"shelf": name, "number": number, "start": 0, "groups": groups[:1], "further": 0}


def page(reader: "Reader") -> Iterator[Context]:
    for one in (PAGE, *reader.content.handbook.values()):
        said = one.words[reader.language]
        shown: Context = {"page": one, "title": said.title, "body": said.body.replace("{hotline}", "96110")}
        yield {**shown, "came_from": FROM_RESULTS, "back": LONGEST, "unit": reader.lesson()}
        yield {**shown, "came_from": 3, "back": 8, "unit": reader.case()}
        yield {**shown, "came_from": APART, "back": 0, "unit": None}


HANDBOOK_SCREENS = {
    "handbook": door,
    "handbook_words": lambda _: iter([{}]),
    "handbook_found": found,
    "handbook_shelf": shelf,
    "handbook_page": page,
}
