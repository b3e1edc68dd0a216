"""The handbook as one HTML file that opens off-line and prints well."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from markupsafe import Markup

from bot.exports.beside import beside
from bot.rules.curriculum import Content
from bot.rules.handbook import SHELVES, STAGES, Page
from bot.words import Words

Shown = tuple[Page, str, Markup]
"""A page, its title and its words."""


def write(
    content: Content,
    pages: Mapping[str, Page],
    words: Words,
    out: Path,
    *,
    language: str,
    organisation: str,
    made_on: date,
) -> int:
    """Write these pages in one language, and whom to ring in each place; how many pages there are."""
    line = words.render("hotline.html", language, "borrower", number="").strip()
    shown: list[Shown] = [
        (page, said.title, Markup(words.fill(said.body, language, hotline=line)))
        for page in _ordered(pages)
        for said in [page.words[language]]
    ]
    numbers = [
        (hotline, said, Markup(said.ring), Markup(said.more.replace("\n", "<br>")))
        for hotline in content.hotlines.values()
        for said in [hotline.words[language]]
    ]
    html = words.render(
        "printed/handbook.html", language, "borrower", organisation=organisation, pages=shown, hotlines=numbers,
        shelves=list(_shelves(shown)), made_on=made_on, version=content.version,
    )  # fmt: skip
    with beside(out) as place:
        place.write_text(html, encoding="utf-8")
    return len(shown)


def _ordered(pages: Mapping[str, Page]) -> list[Page]:
    """As things go: what happened before anything first, what has no place among the steps last."""
    steps = {stage: place for place, stage in enumerate(STAGES)}
    return sorted(
        pages.values(),
        key=lambda page: (steps[page.stage] if page.stage else len(steps), page.slug),
    )


def _shelves(shown: list[Shown]) -> Iterator[tuple[str, list[Shown]]]:
    for shelf in SHELVES:
        if standing := [one for one in shown if shelf in one[0].shelves]:
            yield shelf, standing
