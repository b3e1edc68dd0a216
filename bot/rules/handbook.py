"""The handbook: pages to look something up in, each with its own words, date and version."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Shelf = Literal["scam", "stage", "happened"]
"""Where one browses to a page: by the scam, by how far it has gone, by what happened to oneself."""
Stage = Literal["before", "asked", "paid", "after"]
"""How far it has gone: before anything, when somebody asks for something, after paying, and later on."""
SHELVES: tuple[Shelf, ...] = ("scam", "stage", "happened")
STAGES: tuple[Stage, ...] = ("before", "asked", "paid", "after")

SHORT_BITS = 21
"""Three short numbers fit into one number of a button."""
MOST_FOUND = 3


@dataclass(frozen=True, slots=True)
class PageWords:
    title: str
    """Plain text."""
    body: str
    """Html without the title; may hold ``{hotline}``."""
    also: tuple[str, ...] = ()
    """Everyday words that people type when they look for this page; never shown."""


@dataclass(frozen=True, slots=True)
class Page:
    slug: str
    number: int
    """Names the page in button data, as that of a lesson."""
    shelves: tuple[Shelf, ...]
    stage: Stage | None
    """Only when it stands on the shelf ``stage``."""
    about: tuple[str, ...]
    """Slugs of the lessons and cases it belongs to, the nearest first."""
    reviewed_on: date
    words: Mapping[str, PageWords]
    version: str
    """Hash over everything a reader is shown."""

    @property
    def short(self) -> int:
        """Names the page where there is little room; `check` refuses two pages with one short number."""
        return short_of(self.number)


def short_of(number: int) -> int:
    return number >> (32 - SHORT_BITS)


def packed(pages: tuple[Page, ...] | list[Page]) -> int:
    """Up to three pages as one number, so that a button leads back to what was found and nobody
    keeps what was looked for. A leading 1 keeps a short number 0 from being lost.
    """
    found = 1
    for page in reversed(pages[:MOST_FOUND]):
        found = found << SHORT_BITS | page.short
    return found if pages else 0


def unpacked(found: int) -> list[int]:
    """Short numbers out of `packed`, in their order."""
    shorts = []
    while found > 1:
        shorts.append(found & ((1 << SHORT_BITS) - 1))
        found >>= SHORT_BITS
    return shorts


def for_audience(
    pages: Mapping[str, Page], made_for: Mapping[str, Collection[str]], audience: str
) -> dict[str, Page]:
    """The pages this kind of reader may look up, by what their lessons and cases are `made_for`.

    Employees read all of them, for customers ask them. Business owners read what is about something
    made for them; the other pages name desks and extensions that they cannot call.
    """
    return {
        slug: page
        for slug, page in pages.items()
        if audience == "employee"
        or not page.about
        or any(audience in made_for.get(unit, ()) for unit in page.about)
    }


def for_unit(pages: Mapping[str, Page], unit: str) -> Page | None:
    """The page to look up after this lesson or case: the one that names it first of all."""
    found = [page for page in pages.values() if unit in page.about]
    return min(found, key=lambda page: (page.about.index(unit), len(page.about), page.slug), default=None)
