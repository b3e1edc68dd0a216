"""A broadcast: at an enforced limit while people quiz, and as fast as it goes beside the loops others write.

`python -m benchmarks.broadcast [unlimited|30|1000] [--repeats N]`. Every message has a row that is claimed, sent and
noted; the others store nothing.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from benchmarks import peers
from benchmarks.lines import Line, table
from benchmarks.measuring import Control, cpu, process, wait_until
from benchmarks.programs import free_port, settings
from benchmarks.progress import tell
from benchmarks.sides.news import chats, words
from bot.rules.sending import Posting
from bot.store import engine as database
from bot.store import ids, outbox

SHARE = 500
"""Rows of one transaction, so that nobody who quizzes waits for it."""
TRIES = 20
"""How often such a transaction is begun while somebody else has the database."""
COUNT = 4_000
"""Messages of an unlimited broadcast."""
WARM = 1.5
"""Seconds after the first message before the rate counts: the first window is a slow one."""
AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Told:
    """What the far end and the database know after a broadcast."""

    per_second: float
    cpu_ms: float
    """Processor time of the sending process, per message."""
    lost: int
    doubled: int
    out_of_order: int
    refused: int
    p95: float
    """Seconds from a tap to its answer meanwhile."""
    taps: int

    @property
    def is_whole(self) -> bool:
        return not (self.lost or self.doubled or self.out_of_order or self.refused)


@contextmanager
def far_end(delay_ms: float, limit: int) -> Iterator[tuple[Control, str]]:
    """One that counts, and the URL under which bots know it."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.news_far_end", str(port), str(delay_ms), str(limit)]
    with process(command, {}):
        control = Control(port)
        wait_until(lambda: control.ask("counts") is not None)
        yield control, f"http://127.0.0.1:{port}/bot"


def owe(url: str, count: int) -> None:
    """Owe every message, in the order in which it is to arrive in its chat."""
    now = datetime.now(UTC)
    rows = [
        outbox.owed_row(
            Posting(
                ids.new(), None, chat, "broadcast", "resend", 0, "sendMessage",
                {"chat_id": chat, "text": words(number), "parse_mode": "HTML"}, None, {}, now,
            ),
            now, assignment_id=None, slot=f"news-{number}-{chat}",
        )
        for chat, number in chats(count)
    ]  # fmt: skip
    engine, reading = database.connect(url)
    database.open_schema(engine, upgrade=False)
    for start in range(0, len(rows), SHARE):
        _owe_some(engine, rows[start : start + SHARE])
        time.sleep(0.02)
    engine.dispose()
    reading.dispose()


def _owe_some(engine: Engine, some: Sequence[dict[str, Any]]) -> None:
    """Beside a service that writes without a pause SQLite's lock may be had by somebody else for long."""
    for _ in range(TRIES):
        try:
            with engine.begin() as connection:
                outbox.owe_all(connection, some)
        except OperationalError:
            time.sleep(0.01)
        else:
            return
    raise TimeoutError("the database was never free")


def not_sent(url: str) -> int:
    """Rows whose outcome is not "sent", read afresh."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT count(*) FROM outbox WHERE slot LIKE 'news-%' AND state <> 'sent'")
        )
        number = int(found.scalar_one())
    engine.dispose()
    return number


def ours(count: int, *, limit: int = 0, delay_ms: float = 0.0, learners: int = 0, pace: float = 0.0) -> Told:
    """The service as its operator runs it; with a limit, people quiz meanwhile."""
    with (
        tempfile.TemporaryDirectory(prefix="benchmark-") as folder,
        far_end(delay_ms, limit) as (control, base),
    ):
        url = f"sqlite:///{folder}/fraudwise.sqlite"
        added = settings(base, Path(folder), free_port(), SENDS_PER_SECOND=str(limit))
        if not learners:
            owe(url, count)
        with process([sys.executable, "-m", "bot", "run"], added) as program:
            if learners:
                control.ask(f"join/{learners}")
                wait_until(lambda: all(answered for _, _, answered in control.ask("learners")))
                control.ask(f"pace/{pace}")
                time.sleep(2.0)
                control.ask("news")
                owe(url, count)
            wait_until(lambda: control.ask("arrived") > 0)
            used = cpu(program.pid)
            return told(control, count, program.pid, used, lambda: not_sent(url))


def theirs(command: Sequence[str], count: int) -> Told:
    """A loop of somebody else's."""
    with (
        far_end(0.0, 0) as (control, base),
        process([*command[:3], base, str(count), *command[3:]], {}) as program,
    ):
        wait_until(lambda: control.ask("arrived") > 0)
        return told(control, count, program.pid, cpu(program.pid), lambda: 0)


def told(control: Control, count: int, pid: int, used: float, not_sent: Callable[[], int]) -> Told:
    """Wait for the last message and look at all of them."""
    began = control.ask("arrived")
    while control.ask("arrived") < count:
        time.sleep(0.1)
    spent = cpu(pid) - used
    deadline = time.monotonic() + 10
    while not_sent() and time.monotonic() < deadline:
        time.sleep(0.1)
    found = control.ask("news")
    news = [(at, chat, said) for at, chat, said in found["news"]]
    times = Counter((chat, said) for _, chat, said in news)
    first = news[0][0]
    steady = first + WARM if found["waits"] else first
    last = news[-1][0]
    counted = sum(steady <= at < last for at in found["counted"])
    orders: dict[int, list[str]] = {}
    for _, chat, said in news:
        orders.setdefault(chat, []).append(said)
    waits = found["waits"] or [0.0]
    return Told(
        per_second=counted / (last - steady), cpu_ms=1000 * spent / max(1, count - began),
        lost=count - len(times) + not_sent(), doubled=sum(times.values()) - len(times),
        out_of_order=sum(later < one for said in orders.values() for one, later in pairwise(said)),
        refused=found["refused"], p95=waits[len(waits) * 95 // 100], taps=len(found["waits"]),
    )  # fmt: skip


def limited(limit: int, count: int, learners: int, pace: float, repeats: int) -> list[Line]:
    """At an enforced limit, with a distant Telegram and people who quiz."""
    runs = []
    for number in range(repeats):
        runs.append(one := ours(count, limit=limit, delay_ms=50, learners=learners, pace=pace))
        tell(
            f"{number + 1}/{repeats} {limit}/s: {one.per_second:,.2f}/s, p95 {one.p95:.3f} s, {one.refused} × 429"
        )
    kept = (
        f"{sum(one.refused for one in runs)} × 429, {sum(one.lost for one in runs)} lost, "
        f"{sum(one.doubled for one in runs)} doubled, {sum(one.out_of_order for one in runs)} out of order, "
        f"{count:,} messages a repeat, {len(runs)} repeats"
    )
    whole = all(one.is_whole for one in runs)
    return [
        Line(
            f"broadcast at an enforced {limit:,}/s, 50 ms delay", "the limit, by a strict second", "%",
            tuple(100 * one.per_second / limit for one in runs), 98.5, "at least", kept, whole,
        ),
        Line(
            f"p95 of replies meanwhile, {limit:,}/s", "–", "ms", tuple(1000 * one.p95 for one in runs), 1000, "at most",
            f"{pace:g} taps a second of {learners} people, {sum(one.taps for one in runs)} in all",
        ),
    ]  # fmt: skip


def unlimited(repeats: int) -> list[Line]:
    """As fast as it goes, no delay, beside loops that store nothing."""
    aiogram = [str(peers.python()), "-m", "benchmarks.sides.news_aiogram"]
    ptb = [sys.executable, "-m", "benchmarks.sides.news_ptb"]
    sides: dict[str, Callable[[], Told]] = {
        "ours": lambda: ours(COUNT),
        "aiogram": lambda: theirs(aiogram, COUNT),
        "aiogram at once": lambda: theirs([*aiogram, str(AT_ONCE)], COUNT),
        "ptb": lambda: theirs(ptb, COUNT),
        "ptb at once": lambda: theirs([*ptb, str(AT_ONCE)], COUNT // 4),
    }
    runs: dict[str, list[Told]] = {name: [] for name in sides}
    for number in range(repeats):
        for name in sides if number % 2 == 0 else reversed(sides):
            runs[name].append(one := sides[name]())
            tell(f"{number + 1}/{repeats} {name}: {one.per_second:,.0f}/s, {one.cpu_ms:.2f} ms")
    goals = {
        "aiogram": ("aiogram's loop, stores nothing", 0.9), "ptb": ("python-telegram-bot's loop, stores nothing", 3.0),
        "aiogram at once": (f"aiogram, {AT_ONCE} at once, stores nothing", 0.9),
        "ptb at once": (f"python-telegram-bot, {AT_ONCE} at once, stores nothing", 3.0),
    }  # fmt: skip
    return [_beside(runs["ours"], runs[name], *goal) for name, goal in goals.items()]


def _beside(us: Sequence[Told], them: Sequence[Told], against: str, goal: float) -> Line:
    rates = [median(one.per_second for one in side) for side in (us, them)]
    costs = [median(one.cpu_ms for one in side) for side in (us, them)]
    return Line(
        "broadcast without limit, durable outbox on", against, "×",
        tuple(a.per_second / b.per_second for a, b in zip(us, them, strict=True)), goal, "at least",
        f"{rates[0]:,.0f} and {rates[1]:,.0f}/s; {costs[0]:.2f} and {costs[1]:.2f} ms of processor time each",
        all(one.is_whole for one in us),
    )  # fmt: skip


def broadcast(repeats: int) -> list[Line]:
    """The part of the table; at a limit fewer repeats, for each is as long as the limit makes it."""
    few = min(repeats, 3)
    return [*limited(30, 450, 20, 2, few), *limited(1000, 10_000, 50, 20, few), *unlimited(repeats)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.broadcast", description=__doc__)
    parser.add_argument("which", nargs="?", choices=["unlimited", "30", "1000", "all"], default="all")
    parser.add_argument("--repeats", type=int, default=5)
    asked: Any = parser.parse_args()
    parts: dict[str, Callable[[int], list[Line]]] = {
        "unlimited": unlimited, "30": lambda few: limited(30, 450, 20, 2, few),
        "1000": lambda few: limited(1000, 10_000, 50, 20, few), "all": broadcast,
    }  # fmt: skip
    print(table(parts[asked.which](asked.repeats)))


if __name__ == "__main__":
    main()
