"""`python -m benchmarks soak`: thirty days of five thousand people in fast-forward, and what memory does meanwhile.

The service is whole: SQLite, journeys, ticks, sender, templates, signed buttons. Only the far end is a function of
this process that keeps one keyboard a chat, updates are handed in where the poller would, and the clock is moved
from one hour to the next. Everybody comes in by their invitation and taps on what they get, a third of them a day; one
in fifty of these goes on through the lesson, and some write commands.
"""

import argparse
import asyncio
import gc
import json
import random
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from telegram.request import BaseRequest, RequestData

from benchmarks.lines import Line, table
from bot import app as assembly
from bot.app import App
from bot.chat.commands.start import token_hash
from bot.rules.roster import RosterLine
from bot.settings import read
from bot.store import people

PEOPLE, DAYS = 5_000, 30
BEGINS = datetime(2026, 9, 7, 0, 30, tzinfo=UTC)
"""A Monday, 08:30 in Shanghai."""
HOURS = (timedelta(minutes=31), timedelta(hours=4), timedelta(hours=11))
"""Of a day, after 08:30: when lessons come, at noon, in the evening."""
TEAM, AT_ONCE, FULL, FEW, THIRD = 12, 64, 14, 50, 3
SETTLED = 3
"""Days after which memory has to stay as it is."""
WORDS = ("/learn", "/lessons", "/review", "/help", "/why", "the loan app wants a fee")
KEY = "A" * 43


class FarEnd(BaseRequest):
    """Takes every call, and remembers of each chat the newest message with buttons and whether it is unread."""

    def __init__(self) -> None:
        self.shown: dict[int, tuple[int, list[str]]] = {}
        self.unread: set[int] = set()
        self.calls = 0

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_timeouts: Any, **_more: Any
    ) -> tuple[int, bytes]:
        params = request_data.json_parameters if request_data else {}
        self.calls += 1
        chat = int(params.get("chat_id", 0))
        number = int(params.get("message_id", 0)) or self.calls
        if "reply_markup" in params:
            rows = json.loads(params["reply_markup"]).get("inline_keyboard", [])
            buttons = [one["callback_data"] for row in rows for one in row if "callback_data" in one]
            if buttons:
                self.shown[chat] = (number, buttons)
                self.unread.add(chat)
        message = {"message_id": number, "date": 0, "chat": {"id": chat, "type": "private"}}
        return 200, json.dumps({"ok": True, "result": message if chat else True}).encode()


@dataclass
class Soak:
    """The service, its people, and the time."""

    count: int
    folder: Path
    now: datetime = BEGINS
    dice: random.Random = field(default_factory=lambda: random.Random(5))
    updates: int = 0
    far: FarEnd = field(default_factory=FarEnd)
    app: App = field(init=False)

    async def live(self, days: int) -> list[dict[str, float]]:
        """Memory after each day."""
        self.app = assembly.build(
            read({
                "FRAUDWISE_BOT_TOKEN": "123456:" + "A" * 35, "FRAUDWISE_DATA_DIR": str(self.folder),
                "FRAUDWISE_SECRET_KEYS": KEY, "FRAUDWISE_SENDS_PER_SECOND": "0", "FRAUDWISE_LOG_LEVEL": "ERROR",
                "FRAUDWISE_ORGANISATION_TIME_ZONE": "Asia/Shanghai",
            }),
            now=lambda: self.now, request=self.far, outlives="kill",
        )  # fmt: skip
        await self.app.start(ticking=False)
        await self.arrive()
        seen = []
        for day in range(days):
            for hour in HOURS:
                self.now = BEGINS + timedelta(days=day) + hour
                await asyncio.to_thread(self.app.clock.round)
                await self.settle()
                await self.react(day)
            seen.append(self.memory())
            print(
                json.dumps({"day": day + 1, "updates": self.updates, "calls": self.far.calls, **seen[-1]}),
                flush=True,
            )
        await self.app.stop()
        return seen

    def memory(self) -> dict[str, float]:
        """In MB, and objects that Python looks after."""
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        found = {"rss": pages * 4096 / 1e6, "objects": float(len(gc.get_objects()))}
        if tracemalloc.is_tracing():
            found["python"] = tracemalloc.get_traced_memory()[0] / 1e6
        return found

    async def settle(self) -> None:
        self.app.sender.wake()
        await self.app.sender.settled()

    async def arrive(self) -> None:
        """Everybody is on the roster, is invited, and comes in."""
        numbers = [f"{number:05d}" for number in range(self.count)]
        lines = [
            RosterLine(number, f"Person {number}", f"Department {n // TEAM % 9}", "manager" if n % TEAM == 0 else "customer-service",
                       numbers[n - n % TEAM] if n % TEAM else None, None, "en", "Asia/Shanghai")
            for n, number in enumerate(numbers)
        ]  # fmt: skip
        await self._write(lambda connection: people.import_roster(connection, lines, self.now))
        tokens = {number: people.new_token() for number in numbers}

        def invite(connection: Connection) -> None:
            for number, token in tokens.items():
                people.invite(connection, number, token_hash(token), self.now)

        await self._write(invite)
        await self.all(self.say(n + 1, f"/start {tokens[number]}") for n, number in enumerate(numbers))

    async def _write(self, work: Any) -> None:
        await asyncio.wrap_future(self.app.writer.run(work))

    async def all(self, them: Any) -> None:
        """So many at once as the poller would have in flight."""
        going: set[asyncio.Task[None]] = set()
        for one in them:
            going.add(asyncio.create_task(one))
            if len(going) >= AT_ONCE:
                _, going = await asyncio.wait(going, return_when=asyncio.FIRST_COMPLETED)
        if going:
            await asyncio.wait(going)
        await self.settle()

    async def react(self, day: int) -> None:
        """Whoever has something new taps on it; some go on, some write."""
        some, self.far.unread = sorted(self.far.unread), set()
        acting = [account for account in some if (account + day) % THIRD == 0]
        await self.all(
            self.tap(account, FULL if (account // THIRD + day) % FEW == 0 else 1) for account in acting
        )
        writing = self.dice.sample(range(1, self.count + 1), self.count // 50)
        await self.all(self.say(account, self.dice.choice(WORDS)) for account in writing)
        self.far.unread = set()

    async def tap(self, account: int, times: int) -> None:
        for _ in range(times):
            number, buttons = self.far.shown[account]
            data = buttons[0] if self.dice.random() < 0.8 else self.dice.choice(buttons)
            message = {
                "message_id": number,
                "date": int(self.now.timestamp()),
                "chat": {"id": account, "type": "private"},
            }
            await self.hear(
                account, "callback_query", {"id": f"{self.updates}", "message": message, "data": data}
            )
            if times > 1:
                await self.settle()

    async def say(self, account: int, words: str) -> None:
        chat = {"id": account, "type": "private"}
        message = {"message_id": self.updates, "date": int(self.now.timestamp()), "chat": chat, "text": words}
        await self.hear(account, "message", message)

    async def hear(self, account: int, kind: str, what: dict[str, Any]) -> None:
        self.updates += 1
        person = {"id": account, "is_bot": False, "first_name": f"Person {account}", "language_code": "en"}
        await self.app.receive({"update_id": self.updates, kind: {"from": person, **what}})


def soak(repeats: int, count: int = PEOPLE, days: int = DAYS) -> list[Line]:
    """One run, however many repeats were asked for: it takes minutes."""
    del repeats
    began = time.monotonic()
    words = [sys.executable, "-m", "benchmarks.soak", "--people", str(count), "--days", str(days)]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True).stdout
    seen = [json.loads(line) for line in done.splitlines() if line.startswith("{")]
    return lines_of(seen, f"{count:,} people, {time.monotonic() - began:.0f} s")


def lines_of(seen: Sequence[dict[str, float]], what: str) -> list[Line]:
    settled, later = seen[SETTLED - 1], seen[SETTLED:]
    note = (
        f"{what}; {seen[-1]['updates']:,} updates, {seen[-1]['calls']:,} calls; "
        f"{settled['rss']:.0f} MB, then at most {max(one['rss'] for one in later):.0f}"
    )
    title = f"memory on days {SETTLED + 1} to {len(seen)}"
    return [
        Line(title, f"day {SETTLED}", "×", tuple(one["rss"] / settled["rss"] for one in later[-1:]), 1.1, "at most", note),
        Line("Python's objects on the last day", f"day {SETTLED}", "×", (later[-1]["objects"] / settled["objects"],), 1.1, "at most"),
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--trace", action="store_true", help="count Python's own memory; twice as slow")
    asked = parser.parse_args()
    if asked.trace:
        tracemalloc.start()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        seen = asyncio.run(Soak(asked.people, Path(folder)).live(asked.days))
    if asked.days > SETTLED:
        print(
            table(lines_of([{"updates": 0, "calls": 0, **one} for one in seen], f"{asked.people:,} people"))
        )


if __name__ == "__main__":
    main()
