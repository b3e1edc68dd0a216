"""A page with a toy bot behind it, opened in a real browser; it must end without a word in the console."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import machine
from tests.demo_page.theatre import Theatre, playing

Open = Callable[..., Page]


@pytest.fixture
def theatre() -> Iterator[Theatre]:
    with playing() as theatre:
        yield theatre


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """One browser a file: while Playwright runs, its event loop keeps every other test's from starting."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(chromium), args=list(machine.CHROMIUM_ARGUMENTS)
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, theatre: Theatre) -> Iterator[Open]:
    """Open the page as somebody, at a width; no script may fail on it and nothing may land in the console."""
    complaints: list[str] = []
    contexts = []

    def open_page(person: int | None = None, *, width: int = 1280, height: int = 800, **more: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **more)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda line: complaints.append(f"{line.type}: {line.text}"))
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.goto(theatre.url + (f"#{person}" if person else ""))
        page.wait_for_selector(".page.ready")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


expect.set_options(timeout=15_000)
