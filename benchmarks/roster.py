"""`python -m benchmarks roster`: a roster comes in while a crowd taps; how long it takes, how long taps wait.

The service runs as its operator runs it, on SQLite with an fsync a commit; the import is the command
an HR assistant types, in a process of its own. Each repeat measures the crowd alone, then beside a
first import of everybody, then beside the same file with changes. Only ratios of one run count.
"""

import argparse
import csv
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import machine
from benchmarks.measuring import Control, Load, during
from benchmarks.programs import OURS, environment

COLUMNS = (
    "staff_number", "name", "department", "job", "manager_staff_number", "hire_date", "language", "time_zone",
)  # fmt: skip
JOBS = ("credit-officer", "customer-service", "it-ops", "collections")
TEAM = 12
GOAL_SECONDS, GOAL_MS = 20.0, 200.0
CHANGED = 300


@dataclass(frozen=True, slots=True)
class Seen:
    """The crowd during one stretch of time."""

    what: str
    seconds: float
    taps_per_second: float
    p50_ms: float
    p99_ms: float


def people(count: int, changed: int = 0) -> Iterator[tuple[str, ...]]:
    """A roster of teams of twelve; of `changed` people the name, the team or the job is another one."""
    for number in range(count):
        team = number // TEAM
        boss = f"{team * TEAM:06d}" if number % TEAM else (f"{0:06d}" if number else "")
        job = "manager" if number % TEAM == 0 else JOBS[number % len(JOBS)]
        department = f"Department {team % 40}"
        if number % TEAM and number % max(count // (changed or 1), 1) == 1 and changed:
            department = "Department 99"
        language = ("en", "zh-Hans", "zh-Hant")[number % 3]
        yield (
            f"{number:06d}", f"Person {number} 陈", department, job, boss, "2024-03-01", language, "Asia/Shanghai",
        )  # fmt: skip


def write(file: Path, rows: Iterator[tuple[str, ...]]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    return file


def run(load: Load, count: int) -> list[Seen]:
    """The crowd alone, beside a first import, beside a second one with changes."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        home = Path(folder)
        first = write(home / "first.csv", people(count))
        second = write(home / "second.csv", people(count, CHANGED))
        data = home / "data"
        data.mkdir()
        with during(OURS, load, data) as (control, _):
            control.ask("counts")
            alone = _seen(control, "alone", lambda: time.sleep(load.seconds))
            new = _seen(control, f"{count:,} new", lambda: _import(first, data))
            changed = _seen(control, f"{CHANGED} changed", lambda: _import(second, data))
    return [alone, new, changed]


def _seen(control: Control, what: str, work: Callable[[], None]) -> Seen:
    before = control.ask("counts")
    began = time.monotonic()
    work()
    seconds = time.monotonic() - began
    after = control.ask("counts")
    taps = after["taps"] - before["taps"]
    return Seen(
        what,
        seconds,
        taps / (after["at"] - before["at"]),
        1000 * after.get("p50", 0),
        1000 * after.get("p99", 0),
    )


def _import(file: Path, data: Path) -> None:
    command = [sys.executable, "-m", "bot", "roster", "import", str(file)]
    settings = {"FRAUDWISE_DATA_DIR": str(data)}
    subprocess.run(command, env=environment(settings), check=True, stdout=subprocess.DEVNULL)


def table(runs: list[list[Seen]]) -> str:
    """Medians of all repeats, and how often a tap waits longer than with nobody beside."""
    lines = [
        "| beside the crowd | seconds | taps/s | p50 ms | p99 ms | p99 ÷ alone |",
        "|---|---|---|---|---|---|",
    ]
    for some in zip(*runs, strict=True):
        ratio = statistics.median(one.p99_ms / run[0].p99_ms for one, run in zip(some, runs, strict=True))
        lines.append(
            f"| {some[0].what} | {_median(some, 'seconds'):.1f} | {_median(some, 'taps_per_second'):,.0f} "
            f"| {_median(some, 'p50_ms'):.0f} | {_median(some, 'p99_ms'):.0f} | {ratio:.1f} × |"
        )
    return "\n".join(lines)


def _median(some: tuple[Seen, ...], name: str) -> float:
    return float(statistics.median(getattr(one, name) for one in some))


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks roster", description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--learners", type=int, default=40, help="each has one tap under way")
    parser.add_argument("--seconds", type=float, default=6.0, help="of the crowd alone")
    asked = parser.parse_args(words)
    runs = [run(Load(asked.learners, asked.seconds), asked.rows) for _ in range(asked.repeats)]
    print(
        f"{asked.rows:,} people come in while {asked.learners} tap without a pause, medians of {asked.repeats}.\n"
    )
    print(table(runs))
    worst = max(one.p99_ms for run in runs for one in run[1:])
    slowest = max(one.seconds for run in runs for one in run[1:])
    print(
        f"\nSlowest {slowest:.1f} s (goal {GOAL_SECONDS:.0f}), worst p99 {worst:.0f} ms (goal {GOAL_MS:.0f})."
    )
    print(", ".join(f"{name} {value}" for name, value in machine.about().items() if value))
