"""lessons/handbook/<slug>/: where a page stands in page.yaml, its words in en.md and zh-Hans.md."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from bot.content.about import Source, read_sources
from bot.content.folder import Folder
from bot.content.forms import Form, by_language
from bot.content.ink import Ink
from bot.content.numbers import number_of
from bot.content.places import Faults, Place
from bot.content.units import Page as Markdown
from bot.content.units import named, read_pages, title_of
from bot.content.yaml import List, Node, Text, read
from bot.rules.handbook import SHELVES, STAGES, Page, PageWords, Shelf, Stage, short_of

HOME = "lessons/handbook"
FOOT = "Version 0123456 · reviewed 25 November 2026"
"""Stands below every page and counts with it."""


@dataclass(frozen=True, slots=True)
class ReadPage:
    page: Page
    place: Place
    about: tuple[Text, ...]
    reviewed: Place
    sources: Mapping[str, Source]


def read_handbook(
    folder: Folder, inks: Mapping[str, Ink], hant: Callable[[str], str], faults: Faults
) -> dict[str, ReadPage]:
    found = {}
    for slug, file in named(folder, HOME, "page.yaml", faults):
        form = Form(read(folder.texts[file], file, faults), Place(file), faults)
        shelves = _shelves(form)
        stage = _stage(form, shelves)
        about = tuple(form.texts("about"))
        reviewed_on = form.day("reviewed_on") or date.min
        sources = read_sources(form)
        also = _also(form, hant)
        form.done()
        pages = read_pages(folder, file, hant, faults)
        words = {tag: _words(page, inks[tag], also.get(tag, ())) for tag, page in pages.items()}
        page = Page(slug, number_of(slug), shelves, stage, tuple(text.value for text in about), reviewed_on,
                    words, "")  # fmt: skip
        page = replace(page, version=_version(page))
        found[slug] = ReadPage(page, form.place, about, form.key("reviewed_on"), sources)
    _refuse_twins(found.values(), faults)
    return found


def check_about(pages: Mapping[str, ReadPage], units: Iterable[str], faults: Faults) -> None:
    """Every page belongs to lessons and cases that there are."""
    known = set(units)
    for one in pages.values():
        for text in one.about:
            if text.value not in known:
                faults.at(text.place, "unknown-slug", f"Nobody has written a lesson or case “{text.value}”.")


def _shelves(form: Form) -> tuple[Shelf, ...]:
    texts = form.texts("shelf")
    for text in texts:
        if text.value not in SHELVES:
            said = f"“shelf:” holds {', '.join(SHELVES)}, not “{text.value}”."
            form.faults.at(text.place, "value", said)
    if form.has("shelf") and not texts:
        form.faults.at(form.key("shelf"), "empty", "This page stands on no shelf, so nobody finds it there.")
    written = {text.value for text in texts}
    return tuple(shelf for shelf in SHELVES if shelf in written)


def _stage(form: Form, shelves: tuple[Shelf, ...]) -> Stage | None:
    if "stage" not in shelves:
        if form.has("stage"):
            said = "“stage:” is for pages on the shelf “stage”; put it there or take this line out."
            form.faults.at(form.key("stage"), "value", said)
            form.node("stage", needed=False)
        return None
    written = form.among("stage", STAGES)
    return next((stage for stage in STAGES if stage == written), None)


def _also(form: Form, hant: Callable[[str], str]) -> dict[str, tuple[str, ...]]:
    if not form.has("also"):
        return {}
    also = form.form("also")
    found = {tag: _list(node, form.faults) for tag, node in by_language(also, hant, "“also:”").items()}
    also.done()
    return found


def _list(node: Node, faults: Faults) -> tuple[str, ...]:
    entries = node.entries if isinstance(node, List) else [node]
    for entry in entries:
        if not isinstance(entry, Text) or not entry.value.strip():
            faults.at(entry.place, "yaml", "“also:” holds lists of words, as people type them.")
    return tuple(entry.value.strip() for entry in entries if isinstance(entry, Text))


def _words(page: Markdown, ink: Ink, also: tuple[str, ...]) -> PageWords:
    title, skip = title_of(page, ink)
    lines = page.text.rstrip("\n").split("\n")
    start = next((number for number in range(skip, len(lines)) if lines[number].strip()), None)
    if start is None:
        ink.faults.at(page.place.down(skip), "empty", "This page has a title and no words.")
        return PageWords(title, "", also)
    body = ink.html("\n".join(lines[start:]), page.place.down(start))
    ink.limits().message(f"{title}\n\n{body}\n\n{FOOT}", page.place.down(start), "The page")
    return PageWords(title, body, also)


def _version(page: Page) -> str:
    shown = {tag: [said.title, said.body] for tag, said in page.words.items()}
    written = json.dumps([page.slug, shown], ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return sha256(written.encode()).hexdigest()[:16]


def _refuse_twins(pages: Iterable[ReadPage], faults: Faults) -> None:
    """Buttons name pages by short numbers; two pages with one number would open each other."""
    seen: dict[int, str] = {}
    for one in pages:
        twin = seen.setdefault(short_of(one.page.number), one.page.slug)
        if twin != one.page.slug:
            said = f"“{one.page.slug}” and “{twin}” get the same number; give one another slug."
            faults.at(one.place, "number", said)
