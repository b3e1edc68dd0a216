"""What a lesson and a case have in common: a folder with a fact file and its words beside it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.content.about import Review, Source, read_covers, read_place, read_review, read_sources
from bot.content.folder import Folder
from bot.content.forms import Form, is_slug
from bot.content.ink import Ink, scene_of
from bot.content.places import Faults, Place
from bot.rules.curriculum import Audience
from bot.rules.languages import HANS, HANT, LANGUAGES, WRITTEN


@dataclass(frozen=True, slots=True)
class Page:
    """One language's Markdown of a unit."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Facts:
    """What both lesson.yaml and case.yaml hold, whatever the language."""

    slug: str
    place: Place
    audiences: tuple[Audience, ...]
    covers: tuple[str, ...]
    review: Review
    sources: Mapping[str, Source]
    inks: Mapping[str, Ink]
    draft: bool


def named(folder: Folder, inside: str, name: str, faults: Faults) -> Iterator[tuple[str, str]]:
    """Slug and fact file of every unit below *inside*."""
    depth = inside.count("/") + 2
    for file in sorted(folder.texts):
        parts = file.split("/")
        if len(parts) != depth + 1 or "/".join(parts[: depth - 1]) != inside or parts[-1] != name:
            continue
        if is_slug(parts[-2]):
            yield parts[-2], file
        else:
            faults.at(Place(file), "slug", f"“{parts[-2]}” is not a slug: a-z, 0-9 and - only.")


def read_facts(
    form: Form,
    about: Form,
    slug: str,
    audiences: tuple[str, ...],
    inks: Mapping[str, Ink],
    hant: Callable[[str], str],
) -> Facts:
    """The facts of a unit; *inks* know the policies, the unit's own know its scene as well."""
    read_place(about)
    covers = read_covers(about)
    scene = scene_of(form.form("scene", needed=False), hant)
    own = {tag: replace(ink, fills={**ink.fills, **scene[tag]}) for tag, ink in inks.items()}
    return Facts(
        slug=slug,
        place=form.place,
        audiences=tuple(_audience(name) for name in audiences),
        covers=covers,
        review=read_review(about),
        sources=read_sources(form),
        inks=own,
        draft=form.yes("draft"),
    )


def _audience(name: str) -> Audience:
    return "borrower" if name == "borrower" else "employee"


def read_pages(folder: Folder, file: str, hant: Callable[[str], str], faults: Faults) -> dict[str, Page]:
    """The Markdown beside a fact file, zh-Hant derived unless it is written."""
    home = file.rpartition("/")[0]
    pages = {}
    for tag in LANGUAGES:
        path = f"{home}/{tag}.md"
        if path in folder.texts:
            if folder.texts[path].strip():
                pages[tag] = Page(folder.texts[path], Place(path))
            else:
                faults.at(Place(path), "empty", "This file is empty.")
        elif tag in WRITTEN:
            faults.at(Place(file), "missing-language", f"{home}/{tag}.md is missing.")
    if HANT not in pages and HANS in pages:
        hans = pages[HANS]
        pages[HANT] = Page(hant(hans.text), Place(hans.place.file, derived=True))
    return pages


def title_of(page: Page, ink: Ink) -> tuple[str, int]:
    """The title in the page's first line with words, and how many lines it takes up."""
    lines = page.text.split("\n")
    first = next(number for number, line in enumerate(lines) if line.strip())
    if not lines[first].startswith("# ") or not lines[first][2:].strip():
        ink.faults.at(page.place.down(first), "title", "A text begins with its title: “# Title”.")
        return "", first
    return ink.plain(lines[first][2:], page.place.down(first)), first + 1
