"""`fraudwise handbook export`: one file a language with every page, which asks nobody for anything."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.rules.languages import LANGUAGES
from tests.cast import our_content

FETCHING = {"src", "srcset", "data", "poster", "action", "background", "ping", "xlink:href"}


class Read(HTMLParser):
    """What stands in a file: the ids of its pages, where its links lead, and what a browser would fetch."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.pages: list[str] = []
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.language = ""
        self.words = ""
        self._in_style = False
        self.feed(html)
        self.fetched += re.findall(r"(?:url\(|@import)[^;}]*", html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        told = {name: value or "" for name, value in attrs}
        self.language = self.language or told.get("lang", "")
        self.ids |= {told["id"]} if "id" in told else set()
        if tag == "article":
            self.pages.append(told["id"])
        if tag == "a":
            self.links.append(told.get("href", ""))
        elif (
            tag in ("link", "script", "iframe", "object", "embed", "base")
            or "href" in told
            or "refresh" in told.values()
        ):
            self.fetched.append(self.get_starttag_text() or tag)
        self.fetched += [value for name, value in told.items() if name in FETCHING]

    def handle_data(self, text: str) -> None:
        self.words += "" if self._in_style else text


def exported(folder: Path, language: str, *more: str) -> Read:
    out = folder / f"{language}.html"
    words = ["handbook", "export", "--language", language, "--out", str(out), *more]
    done = CliRunner().invoke(main, words, env={"FRAUDWISE_DATA_DIR": str(folder / "data")})
    assert done.exit_code == 0, done.output
    read = Read(out.read_text(encoding="utf-8"))
    assert done.stderr == f"{len(read.pages) - 1} pages.\n"  # the numbers to ring are an article of their own
    assert not (folder / "data").exists(), "a file for others opens no database"
    return read


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_in_it_and_it_opens_without_internet(tmp_path: Path, language: str) -> None:
    """Guide row S70."""
    read = exported(tmp_path, language)
    pages = our_content().handbook
    assert sorted(read.pages) == sorted([*pages, "numbers"])
    assert read.language == language
    for page in pages.values():
        assert page.words[language].title in read.words, page.slug
        assert page.version[:6] in read.words, page.slug
    assert "{" not in read.words, "no name of a blank is left"
    assert read.fetched == []
    assert read.links and {link for link in read.links if not link.startswith("#")} == set()
    assert {link[1:] for link in read.links} == set(pages), "each page is listed, and each line leads to one"


def test_business_owners_get_the_pages_that_are_theirs(tmp_path: Path) -> None:
    staff, owners = exported(tmp_path, "en"), exported(tmp_path, "en", "--audience", "borrower")
    assert set(owners.pages) < set(staff.pages)
    assert "report-something" in staff.pages and "report-something" not in owners.pages
    assert "i-paid" in owners.pages and "numbers" in owners.pages
    assert "5110" in staff.words and "5110" not in owners.words, (
        "an extension of the firm is nobody else's to ring"
    )
