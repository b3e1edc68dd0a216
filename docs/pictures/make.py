"""Draws the README's pictures from the demo itself: `python docs/pictures/make.py`.

It starts the demo in an empty folder, plays Mei's first lesson and Mr Tan's first minute in a real
browser, light and dark, and writes the four PNG files beside this one. The browser is the one that
the tests find or bring.
"""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, expect, sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT))

from tests import machine  # noqa: E402 - the repository is no package that is installed

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
DESK, PHONE = (1280, 800), (375, 792)
FOUR_MINUTES = 240
UNCUT = """() => {
  const box = document.getElementById("scroll"), edge = box.getBoundingClientRect().top;
  const words = document.createRange();
  words.selectNodeContents(document.getElementById("log"));
  const cut = [...words.getClientRects()].find((line) => line.height < 40 && line.top < edge && line.bottom > edge);
  if (cut) box.scrollTop -= edge - cut.top + 2;
}"""
"""Moves the chat down a little where the upper edge would cut through a line of words."""
SETTLED_MS = 400
"""Fades and the ring of a pressed button are over by then."""


def main() -> None:
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(machine.chromium()), args=list(machine.CHROMIUM_ARGUMENTS)
        )
        page = opened(browser, address, "Chen Mei", DESK)
        play_mei(page)
        draw(page, "demo")
        page.context.close()
        page = opened(browser, address, "陈先生", PHONE)
        play_mr_tan(page)
        draw(page, "mr-tan")
        browser.close()


@contextmanager
def demo() -> Iterator[str]:
    """The demo's address, from six weeks played afresh in a folder that is thrown away."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = str(free.getsockname()[1])
    folder = tempfile.mkdtemp()
    command = [
        sys.executable,
        "-c",
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from bot.cli import main; main()",
    ]
    process = subprocess.Popen([*command, "demo", "--no-browser", "--port", port], cwd=folder)
    address = f"http://127.0.0.1:{port}/"
    try:
        until = time.monotonic() + 120
        while not answers(address):
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit("The demo did not start.")
            time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except OSError:
        return False


def opened(browser: Browser, address: str, name: str, size: tuple[int, int]) -> Page:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, device_scale_factor=2, reduced_motion="reduce"
    )
    page = context.new_page()
    people = page.request.get(f"{address}api/people").json()["people"]
    person = next(one["id"] for one in people if name in (one["name"], one["called"]))
    page.goto(f"{address}#{person}")
    page.wait_for_selector(".page.ready")
    return page


def tap(page: Page, label: str) -> None:
    """Press a button of the newest message and wait until the bot has answered."""
    button = page.locator("article").last.get_by_role("button", name=label, exact=len(label) == 1)
    before = page.locator("#log").inner_text()
    button.click()
    page.wait_for_function("before => document.getElementById('log').innerText !== before", arg=before)
    page.wait_for_timeout(SETTLED_MS)


def play_mei(page: Page) -> None:
    """Her first lesson up to the first verdict, four minutes past nine."""
    tap(page, "Start")
    while page.locator("article").last.get_by_role("button", name="Next ›").count():
        tap(page, "Next ›")
    move(page, FOUR_MINUTES)
    tap(page, "Question ›")
    tap(page, letter_of(page, "Tell the desk"))


def say(page: Page, words: str) -> None:
    count = page.locator("article").count()
    page.locator("#draft").fill(words)
    page.locator("#draft").press("Enter")
    expect(page.locator("article")).to_have_count(count + 2)


def letter_of(page: Page, choice: str) -> str:
    """Choices too long for a button stand in the question, each behind its letter."""
    lines = page.locator("article").last.inner_text().splitlines()
    return next(line[0] for line in lines if choice in line)


def move(page: Page, seconds: int) -> None:
    address = page.url.split("#")[0]
    moved = page.request.post(f"{address}api/move", data={"by": seconds}, headers={"x-fraudwise": "pictures"})
    expect(moved).to_be_ok()


def play_mr_tan(page: Page) -> None:
    """He asks for help in one word, and knows whom to ring."""
    say(page, "求助")


def draw(page: Page, name: str) -> None:
    hint = page.get_by_role("button", name="Close the hint")
    if hint.is_visible():
        hint.click()
    for theme in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.mouse.move(0, 0)
        page.evaluate("document.activeElement.blur()")
        page.evaluate(UNCUT)
        page.wait_for_timeout(SETTLED_MS)
        page.screenshot(path=HERE / f"{name}-{theme}.png")


expect.set_options(timeout=15_000)

if __name__ == "__main__":
    main()
