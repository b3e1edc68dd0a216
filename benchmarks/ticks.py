"""`python -m benchmarks tick`: what the clock costs with a million learners, on SQLite and on PostgreSQL.

The company is that of `benchmarks/million.py`; the ticks are the service's own, on its own writer thread, and beside
them an event loop is asked again and again how late it wakes up. A tick is measured in processor time of the
process, which other work on the machine moves less than the clock on the wall; what PostgreSQL itself takes is in
the seconds of the note. Each repeat strikes another lot of 20,000 who are due.
"""

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import million
from benchmarks.lines import Line, table
from bot import app as assembly
from bot import content
from bot.cli import spare_what_stays
from bot.clock.ticks import Clock
from bot.rules.curriculum import Content
from bot.settings import read
from bot.shipped import content_root
from bot.store.engine import connect, create
from bot.store.writer import Writer
from bot.words import Words
from tests.machine import postgresql

PEOPLE, LOT = 1_000_000, 20_000
IDLE = 40
"""Ticks without anybody due, of which the median counts."""
EVERY = 0.002
"""How often the event loop asks for the time."""
KEY = "A" * 43


@dataclass
class Timed:
    """A writer that notes how long it was held."""

    writer: Writer
    held: list[float] = field(default_factory=list)

    def run(self, work: Callable[[Any], Any]) -> Future[Any]:
        def timed(connection: Any) -> Any:
            began = time.perf_counter()
            try:
                return work(connection)
            finally:
                self.held.append(time.perf_counter() - began)

        return self.writer.run(timed)


@dataclass
class Office:
    """The clock of a service on one database, at a time of our own."""

    url: str
    loaded: Content
    at: datetime = million.NOW - timedelta(minutes=1)

    def __post_init__(self) -> None:
        self.engine, self.reading = connect(self.url)
        self.timed = Timed(Writer(self.engine, "benchmark"))
        self.timed.writer.start()
        words = Words(content_root() / "locales", assembly.TEMPLATES)
        self.clock = Clock(
            self.timed, b"key", lambda: self.at, lambda: None, lambda: self.loaded, words.territory
        )

    def close(self) -> None:
        self.timed.writer.stop()
        self.engine.dispose()
        self.reading.dispose()


@dataclass(frozen=True)
class Struck:
    """What one strike took."""

    owed: int
    cpu: float
    seconds: float
    held: float
    """The longest step of the writer."""
    stalled: float
    """By how much the event loop woke too late, at most."""


async def strike(office: Office) -> Struck:
    """One tick in its own thread, as in the service, while the event loop looks at the time."""
    office.timed.held.clear()
    late, going = 0.0, True

    async def look() -> None:
        nonlocal late
        while going:
            began = time.perf_counter()
            await asyncio.sleep(EVERY)
            late = max(late, time.perf_counter() - began - EVERY)

    looking = asyncio.create_task(look())
    cpu, began = time.process_time(), time.perf_counter()
    owed = await asyncio.to_thread(office.clock.strike)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    going = False
    await looking
    return Struck(owed, cpu, seconds, max(office.timed.held), late)


def lots(office: Office, lot: int, repeats: int) -> tuple[list[float], list[Struck]]:
    """(idle ticks in ms, one a repeat; what each lot took). The lots stand a minute apart."""
    asyncio.run(strike(office))  # statements are compiled
    idle, found = [], []
    for number in range(min(repeats, million.LOTS)):
        idle.append(1000 * median(_cpu(office.clock.strike) for _ in range(IDLE)))
        office.at = million.NOW + timedelta(minutes=number, seconds=1)
        found.append(asyncio.run(strike(office)))
        assert found[-1].owed >= lot, "nearly everybody gets something"
    return idle, found


def _cpu(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def lines_of(name: str, idle: Sequence[float], found: Sequence[Struck], lot: int, people: int) -> list[Line]:
    each = tuple(1e6 * one.cpu / lot for one in found)
    walls = ", ".join(f"{one.seconds:.1f}" for one in found)
    note = f"{lot:,} due of {people:,}; {found[0].owed:,} messages owed; seconds {walls}"
    return [
        Line(f"idle tick, {people:,} learners, {name}", "–", "ms", tuple(idle), 1, "at most"),
        Line(f"a due learner, {name}", "–", "µs", each, 40, "at most", note),
        Line(f"event loop late meanwhile, {name}", "–", "ms", tuple(1000 * one.stalled for one in found), 50, "at most"),
        Line(f"longest step of the writer, {name}", "–", "ms", tuple(1000 * one.held for one in found), 100, "at most"),
    ]  # fmt: skip


def beside_job_queue(file: Path, loaded: Content, lot: int, repeats: int) -> Line:
    """All lots due at once, beside as many jobs that do nothing and may be as late as they like."""
    count, ratios, notes = lot * million.LOTS, [], []
    missed = left = 0
    for _ in range(repeats):
        copy = file.with_name("once.sqlite")
        shutil.copyfile(file, copy)
        office = Office(f"sqlite:///{copy}", loaded, million.NOW + timedelta(minutes=million.LOTS))
        ours = asyncio.run(strike(office))
        left = asyncio.run(strike(office)).owed
        office.close()
        copy.unlink()
        theirs = job_queue(count, "--patient")
        missed += left + int(theirs["missed"])
        ratios.append(theirs["seconds"] / ours.seconds)
        notes.append(
            f"{ours.seconds:.1f} s and {theirs['seconds']:.1f} s (scheduling {theirs['scheduled']:.1f} s)"
        )
    dropped = int(job_queue(min(count, 10_000))["missed"])
    note = f"{'; '.join(notes)}; by its defaults it drops {dropped:,} of 10,000; ours missed {left}"
    return Line(
        f"{count:,} due at once, SQLite", "PTB's JobQueue, jobs that store nothing", "×", tuple(ratios), 6, "at least",
        note, missed == 0,
    )  # fmt: skip


def job_queue(count: int, *more: str) -> dict[str, float]:
    words = [sys.executable, "-m", "benchmarks.sides.job_queue", str(count), *more]
    found: dict[str, float] = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    return found


def start_up(big: str, small: str, loaded: Content, repeats: int) -> Line:
    """From the parts to a service that has ticked once, with all of them beside a thousandth."""
    seconds: dict[str, list[float]] = {big: [], small: []}
    for number in range(repeats):
        for url in (big, small) if number % 2 == 0 else (small, big):
            seconds[url].append(asyncio.run(started(url, loaded)))
    ratios = tuple(a / b for a, b in zip(seconds[big], seconds[small], strict=True))
    note = f"{1000 * median(seconds[big]):.0f} ms, content read before"
    return Line(
        "start to the first tick, a million learners", "a thousand", "×", ratios, 1.5, "at most", note
    )


async def started(url: str, loaded: Content) -> float:
    with tempfile.TemporaryDirectory() as folder:
        settings = read({
            "FRAUDWISE_BOT_TOKEN": "123456:" + "A" * 35, "FRAUDWISE_DATABASE_URL": url, "FRAUDWISE_DATA_DIR": folder,
            "FRAUDWISE_SECRET_KEYS": KEY, "FRAUDWISE_SENDS_PER_SECOND": "0",
        })  # fmt: skip
        began = time.perf_counter()
        app = assembly.build(settings, now=lambda: million.NOW - timedelta(minutes=1), loaded=loaded)
        await app.start(ticking=False)
        await asyncio.to_thread(app.clock.tick)
        seconds = time.perf_counter() - began
        await app.stop()
    app.reading.dispose()
    return seconds


def fill(url: str, loaded: Content, people: int, lot: int) -> None:
    writing, reading = connect(url)
    create(writing)
    million.fill(writing, loaded, people, lot)
    for engine in (writing, reading):
        engine.dispose()


def tick(repeats: int, people: int = PEOPLE, lot: int = LOT) -> list[Line]:
    """All lines: SQLite, PostgreSQL, the JobQueue, the start."""
    loaded = content.load(content_root())
    spare_what_stays()
    with tempfile.TemporaryDirectory(prefix="ticks-") as folder:
        big, small = (f"sqlite:///{folder}/{name}.sqlite" for name in ("big", "small"))
        fill(big, loaded, people, lot)
        fill(small, loaded, people // 1000, 0)
        start = start_up(big, small, loaded, repeats)
        queue = beside_job_queue(Path(big.removeprefix("sqlite:///")), loaded, lot, min(repeats, 2))
        found = measured("SQLite", big, loaded, lot, people, repeats)
        with postgresql() as server:
            fill(url := server.make(), loaded, people, lot)
            found += measured("PostgreSQL", url, loaded, lot, people, repeats)
    return [*found, queue, start]


def measured(name: str, url: str, loaded: Content, lot: int, people: int, repeats: int) -> list[Line]:
    office = Office(url, loaded)
    try:
        return lines_of(name, *lots(office, lot, repeats), lot, people)
    finally:
        office.close()


def main() -> None:
    print(table(tick(million.LOTS)))


if __name__ == "__main__":
    main()
