"""An administrator's first day: an empty installation, filled from a terminal and the chat, to the first lesson."""

import asyncio
import contextlib
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from bot.demo import organisation
from bot.demo.page import create_page
from bot.demo.theatre import NEWCOMERS_FROM, Theatre

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parent.parent.parent
ADA, LING, MEI = (NEWCOMERS_FROM + number for number in range(3))
ROSTER = """staff_number,name,department,job,manager_staff_number,language
0001,Ada Brandt,IT,manager,,zh-Hans
0002,Lin Ling,Risk,manager,0001,en
0003,Chen Mei,Risk,credit-officer,0002,zh-Hans
"""


class Installation:
    """The demo's page on an empty installation, and a terminal beside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.url = ""
        self._ready = threading.Event()
        self._server: uvicorn.Server | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def command(self, *words: str) -> str:
        """What a process of its own says, as in a second terminal."""
        env = {
            **os.environ, "FRAUDWISE_DATA_DIR": str(self._folder),
            "FRAUDWISE_ORGANISATION_TIME_ZONE": organisation.ZONE,
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "bot", *words], cwd=ROOT, env=env, capture_output=True, text=True, check=True, timeout=60
        )  # fmt: skip
        return done.stdout.strip()

    @contextlib.contextmanager
    def open(self) -> Iterator["Installation"]:
        self._thread.start()
        try:
            assert self._ready.wait(30)
            yield self
        finally:
            if self._server is not None:
                self._server.should_exit = True
            self._thread.join(30)

    async def _run(self) -> None:
        theatre = Theatre(self._folder, datetime.now(UTC).date(), empty=True)
        await theatre.start()
        listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        page = create_page(theatre.telegram, theatre)
        config = uvicorn.Config(page, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._ready.set()
        await self._server.serve(sockets=[listener])
        await theatre.stop()
        listener.close()


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    folder = tmp_path / "data"
    folder.mkdir()
    with Installation(folder).open() as installation:
        yield installation


def opened(browser: Browser, url: str, person: int, **more: Any) -> Page:
    page = browser.new_context(**more).new_page()
    page.set_default_timeout(15_000)
    page.goto(f"{url}#{person}")
    page.wait_for_selector(".page.ready")
    return page


def say(page: Page, words: str, answer: str) -> None:
    page.locator("#draft").fill(words)
    page.locator("#draft").press("Enter")
    expect(page.locator("article").last).to_contain_text(answer)


def test_an_administrators_first_day(browser: Browser, installation: Installation, tmp_path: Path) -> None:
    roster = tmp_path / "people.csv"
    roster.write_text(ROSTER)
    ada = opened(browser, installation.url, ADA, viewport={"width": 1280, "height": 800})
    expect(ada.locator("#hint")).to_contain_text("Nobody is taken in yet")

    assert "Nothing was changed." in installation.command("roster", "import", str(roster), "--dry-run")
    assert "Imported." in installation.command("roster", "import", str(roster))
    installation.command("rights", "grant", "0001", "administrator")
    say(ada, installation.command("invite", "0001"), "Ada，你好。")
    expect(ada.locator(".about .role")).to_have_text("Administrator")
    say(ada, "/status", "已加入：1/3 人")

    links = {}
    for number, name in (("0002", "Lin Ling"), ("0003", "Chen Mei")):
        say(ada, "/invite", "要邀请谁？")
        say(ada, number, f"给 {name} 的链接")
        found = re.search(r"start=([\w-]+)", ada.locator("article").last.inner_text())
        assert found
        links[number] = f"/start {found[1]}"
    say(ada, "/roles", "管理员：Ada Brandt")

    ling = opened(browser, installation.url, LING, viewport={"width": 1280, "height": 800})
    say(ling, links["0002"], "Hello Ling.")
    expect(ling.locator(".about .role")).to_have_text("Manager, Risk")
    mei = opened(browser, installation.url, MEI, viewport={"width": 375, "height": 740})
    say(mei, links["0003"], "Mei，你好。")
    say(mei, links["0003"], "这个邀请链接打不开。")

    before = mei.locator("article").count()
    expect(ada.get_by_role("button", name="Next delivery")).to_have_attribute("aria-disabled", "false")
    ada.get_by_role("button", name="Next delivery").click()
    expect(ada.locator("#sidebox .after")).to_contain_text("messages went out")
    expect(mei.locator("article")).to_have_count(before + 2)  # the lesson, and the card that stays pinned
    expect(mei.locator("article").last).to_contain_text("📖")
    mei.locator("article").last.get_by_role("button", name="开始").click()
    expect(mei.locator("article").last).to_contain_text("1/")
    say(ada, "/status", "已加入：3/3 人")
    for page in (ada, ling, mei):
        page.context.close()
