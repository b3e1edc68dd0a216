"""The handbook's screens: what was found, a shelf, a page. No journey: each is shown from several places."""

from itertools import groupby
from typing import Literal

from bot.chat.turn import Turn
from bot.rules import handbook
from bot.rules.curriculum import Unit
from bot.rules.handbook import SHELVES, STAGES, Page
from bot.words.looking import Found

DOOR, OTHER_WORDS, RESULTS = 0, 1, 5
"""What a button of the handbook opens; 2, 3 and 4 are the shelves."""
FIRST_SHELF = 2
FROM_RESULTS, APART = 0, 1
"""From where a page is opened, so that a button leads back; else the number of a shelf. What is opened
apart comes below, since the message above is still needed."""
A_SHELF_SHOWS = 8
"""Pages on one screen: their buttons are single digits."""
SAID_BACK = 40
"""Letters of a question that are said back."""

How = Literal["found", "nearest", "again", "stray"]


def show_door(turn: Turn) -> None:
    """The three shelves, as far as anything stands on them."""
    pages = turn.handbook.pages.values()
    turn.show(
        "handbook", shelves=[shelf for shelf in SHELVES if any(shelf in page.shelves for page in pages)]
    )


def show_found(turn: Turn, found: Found, how: How, words: str = "") -> None:
    said = words if len(words) <= SAID_BACK else words[: SAID_BACK - 1].rstrip() + "…"
    turn.show(
        "handbook_found", how=how, words=" ".join(said.split()), found=handbook.packed(found.pages), sealed=True,
        pages=[(page, _title(turn, page)) for page in found.pages],
    )  # fmt: skip


def show_again(turn: Turn, found: int) -> None:
    """[‹ Results]: the pages that stand in the button, as far as there still are such pages."""
    by_short = {page.short: page for page in turn.handbook.pages.values()}
    pages = tuple(by_short[short] for short in handbook.unpacked(found) if short in by_short)
    if pages:
        show_found(turn, Found(pages, sure=True), "again")
    else:
        show_door(turn)


def show_shelf(turn: Turn, number: int, start: int) -> None:
    """One shelf, eight pages at a time; that of stages from the first to the last."""
    shelf = SHELVES[number - FIRST_SHELF]
    standing = [page for page in turn.handbook.pages.values() if shelf in page.shelves]
    standing.sort(key=lambda page: (_stage(page) if shelf == "stage" else 0, page.slug))
    start = start if 0 <= start < len(standing) else 0
    shown = list(enumerate(standing[start : start + A_SHELF_SHOWS], 1))
    groups = [
        (stage, [(place, page, _title(turn, page)) for place, page in group])
        for stage, group in groupby(shown, key=lambda one: one[1].stage if shelf == "stage" else None)
    ]
    further = start + A_SHELF_SHOWS
    turn.show(
        "handbook_shelf", shelf=shelf, number=number, start=start, groups=groups,
        further=further if further < len(standing) else 0,
    )  # fmt: skip


def show_page(turn: Turn, page: Page, came_from: int, back: int) -> None:
    """A page, which may be passed on; its version and the day of its review stand below."""
    words = page.words[turn.learner.language]
    turn.show(
        "handbook_page", new=came_from == APART, page=page, title=words.title, body=turn.filled(words.body),
        came_from=came_from, back=back, unit=_unit(turn, page) if came_from != APART else None,
    )  # fmt: skip


def of_unit(turn: Turn, unit: Unit | None) -> Page | None:
    """The page to keep after this lesson or story."""
    return handbook.for_unit(turn.handbook.pages, unit.slug) if unit else None


def _unit(turn: Turn, page: Page) -> Unit | None:
    found = (turn.library.unit(slug) for slug in page.about)
    return next((unit for unit in found if unit is not None and turn.may_meet(unit)), None)


def _title(turn: Turn, page: Page) -> str:
    return page.words[turn.learner.language].title


def _stage(page: Page) -> int:
    return STAGES.index(page.stage) if page.stage else len(STAGES)
