"""How long taps wait while a million rows are exported and ten thousand people come in, both at once.

The service runs as its operator runs it; the export and the import are the commands that people type, in
processes of their own on the same database. A few people tap without a pause, which is a busy minute for a
company of thousands. Each repeat looks at the crowd alone first.
"""

import csv
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median

from benchmarks import heap, stored
from benchmarks.lines import Line
from benchmarks.measuring import Control, Load, during
from benchmarks.programs import KEY, OURS, Side, environment
from benchmarks.progress import tell
from bot.imports.roster import COLUMNS
from tests.machine import postgresql

LOAD = Load(learners=8, seconds=6.0)
ROWS, PEOPLE = 1_000_000, 10_000
JOBS = ("credit-officer", "customer-service", "it-ops", "collections")
TEAM = 12
GOAL_MS = 200.0


@dataclass(frozen=True, slots=True)
class Ran:
    """The crowd alone, and beside both commands."""

    alone_p99_ms: float
    p99_ms: float
    p50_ms: float
    taps: int
    """Taps answered meanwhile."""
    export_seconds: float
    import_seconds: float


def people(count: int) -> Iterator[tuple[str, ...]]:
    """A roster of teams of twelve."""
    for number in range(count):
        team = number // TEAM
        boss = f"{team * TEAM:06d}" if number % TEAM else (f"{0:06d}" if number else "")
        job = "manager" if number % TEAM == 0 else JOBS[number % len(JOBS)]
        language = ("en", "zh-Hans", "zh-Hant")[number % 3]
        yield (
            f"{number:06d}", f"Person {number} 陈", f"Department {team % 40}", job, boss, "2024-03-01", language,
            "Asia/Shanghai",
        )  # fmt: skip


def roster(file: Path, count: int) -> Path:
    """Write so many people down as an HR system would."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        writer.writerows(people(count))
    return file


def measure(url: str, folder: Path, rows: int, count: int) -> Ran:
    """Fill the database, start the service and the crowd, then both commands at once."""
    heap.make(url, rows)
    file = roster(folder / "roster.csv", count)
    is_file = url.startswith("sqlite")
    side = replace(OURS, stores=is_file, start=_on(url, OURS))
    with during(side, LOAD, folder) as (control, _):
        alone = _alone(control)
        before = control.ask("counts")
        export, roster_in = _both(
            _command(url, folder, "export", "completions", "--out", str(folder / "completions.csv")),
            _command(url, folder, "roster", "import", str(file)),
        )
        after = control.ask("counts")
    if not is_file:
        stored.check_server(url, control.ended)
    taps = after["taps"] - before["taps"]
    return Ran(alone, 1000 * after["p99"], 1000 * after["p50"], taps, export, roster_in)


def _on(url: str, side: Side) -> Callable[[str, Path], tuple[list[str], dict[str, str]]]:
    """The start of a side, on this database."""

    def start(base_url: str, folder: Path) -> tuple[list[str], dict[str, str]]:
        command, settings = side.start(base_url, folder)
        return command, {**settings, "FRAUDWISE_DATABASE_URL": url}

    return start


def _alone(control: Control) -> float:
    control.ask("counts")
    time.sleep(LOAD.seconds)
    return 1000 * float(control.ask("counts")["p99"])


def _command(url: str, folder: Path, *words: str) -> "subprocess.Popen[str]":
    settings = {
        "FRAUDWISE_DATABASE_URL": url,
        "FRAUDWISE_DATA_DIR": str(folder),
        "FRAUDWISE_SECRET_KEYS": KEY,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *words], env=environment(settings), stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _both(*running: "subprocess.Popen[str]") -> list[float]:
    """Seconds that each took; an error when one was refused."""
    began, ended = time.monotonic(), dict.fromkeys(running, 0.0)
    while left := [one for one, seconds in ended.items() if not seconds]:
        for one in left:
            if one.poll() is not None:
                ended[one] = time.monotonic() - began
        time.sleep(0.05)
    for one in running:
        said = one.stderr.read() if one.stderr else ""
        if one.returncode:
            raise RuntimeError(f"{one.args!r}: {said[-800:]}")
    return list(ended.values())


def beside(repeats: int, rows: int = ROWS, count: int = PEOPLE) -> list[Line]:
    """On SQLite and on PostgreSQL; a repeat of each takes about a minute, so three do."""
    repeats = min(repeats, 3)
    runs: dict[str, list[Ran]] = {"SQLite": [], "PostgreSQL": []}
    with postgresql() as server:
        for number in range(repeats):
            for name in runs if number % 2 == 0 else reversed(runs):
                with tempfile.TemporaryDirectory(prefix="benchmark-") as place:
                    folder = Path(place)
                    url = f"sqlite:///{folder}/fraudwise.sqlite" if name == "SQLite" else server.make()
                    runs[name].append(ran := measure(url, folder, rows, count))
                    if name == "PostgreSQL":
                        server.drop(url)
                tell(f"{number + 1}/{repeats} {name}: p99 {ran.p99_ms:.0f} ms, alone {ran.alone_p99_ms:.0f}")
    return [_line(name, some, rows, count) for name, some in runs.items()]


def _line(name: str, runs: list[Ran], rows: int, count: int) -> Line:
    alone, taken, came = (
        median(getattr(run, what) for run in runs) for what in ("alone_p99_ms", "export_seconds", "import_seconds")
    )  # fmt: skip
    return Line(
        f"taps' p99 while {rows:,} rows go out and {count:,} people come in, {name}", f"alone {alone:.0f} ms", "ms",
        tuple(run.p99_ms for run in runs), GOAL_MS, "at most",
        f"{LOAD.learners} tap without a pause, {sum(run.taps for run in runs):,} taps; the export took {taken:.0f} s, "
        f"the import {came:.0f} s",
        raw={"runs": [asdict(run) for run in runs]},
    )  # fmt: skip


if __name__ == "__main__":
    from benchmarks.lines import table

    print(table(beside(*map(int, sys.argv[1:]))))
