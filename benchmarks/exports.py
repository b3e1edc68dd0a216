"""Completions as files: a million rows as CSV, a hundred thousand as XLSX, beside what writes the same without a rule.

Each run is the whole command in a process of its own, its start included; the database was made before by
a few statements (`benchmarks/heap.py`), with one name in a thousand that a spreadsheet would run.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from benchmarks import heap
from benchmarks.lines import Line
from benchmarks.programs import KEY, environment
from benchmarks.progress import tell
from tests.machine import postgresql

ROWS, SHEET = 1_000_000, 100_000
SQLITE_GOAL, COPY_GOAL, XLSX_GOAL, MEMORY_MB = 1.3, 1.2, 1.1, 100.0


@dataclass(frozen=True, slots=True)
class Run:
    """One command from its start to its end."""

    seconds: float
    work: float
    """Seconds of its own processor time; a server's is not in it."""
    peak_mb: float
    bytes: int


Command = Callable[[Path], Run]
"""(where to) → what it took."""


def ours(url: str, form: str) -> Command:
    """`fraudwise export completions` as an administrator types it."""
    settings = {
        "FRAUDWISE_DATABASE_URL": url, "FRAUDWISE_SECRET_KEYS": KEY, "FRAUDWISE_ORGANISATION": "Qingchuan Credit",
        "FRAUDWISE_ORGANISATION_TIME_ZONE": "Asia/Shanghai",
    }  # fmt: skip
    words = ("bot", "export", "completions", "--format", form, "--out")
    return lambda out: _run([*words, str(out)], out, settings)


def plain(kind: str, place: str) -> Command:
    """The same columns by `benchmarks.sides.plain_export`."""
    return lambda out: _run(["benchmarks.sides.plain_export", kind, place, str(out)], out, {})


def _run(words: Sequence[str], out: Path, settings: dict[str, str]) -> Run:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.told", *words], env=environment(settings), check=False,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    seconds = time.monotonic() - began
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr[-800:]}")
    told = json.loads(done.stderr.splitlines()[-1])
    size = out.stat().st_size
    out.unlink()
    return Run(seconds, told["work"], told["peak_kb"] / 1024, size)


def in_turn(commands: dict[str, Command], folder: Path, repeats: int) -> dict[str, list[Run]]:
    """Every command once a round, each round in the other order."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for number in range(repeats):
        for name in commands if number % 2 == 0 else reversed(commands):
            runs[name].append(run := commands[name](folder / "out"))
            tell(
                f"{number + 1}/{repeats} {name}: {run.seconds:.1f} s, {run.work:.1f} s of work, {run.peak_mb:.0f} MB"
            )
    return runs


def _compared(what: str, against: str, ours: list[Run], theirs: list[Run], goal: float) -> Line:
    work = median(a.work / b.work for a, b in zip(ours, theirs, strict=True))
    return Line(
        what, against, "×", tuple(a.seconds / b.seconds for a, b in zip(ours, theirs, strict=True)), goal, "at most",
        f"{_median(ours):.1f} s beside {_median(theirs):.1f} s, starts included; by processor time of the process {work:.2f} ×",
        raw={"ours": [asdict(run) for run in ours], "theirs": [asdict(run) for run in theirs]},
    )  # fmt: skip


def _memory(what: str, runs: list[Run]) -> Line:
    return Line(
        what, "–", "MB", tuple(run.peak_mb for run in runs), MEMORY_MB, "at most", "VmHWM of the command"
    )


def _median(runs: list[Run]) -> float:
    return median(run.seconds for run in runs)


@contextmanager
def _sqlite(rows: int) -> Iterator[tuple[Path, Path]]:
    """A folder, and a database in it with so many completions."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        file = Path(name) / "fraudwise.sqlite"
        heap.make(f"sqlite:///{file}", rows)
        yield Path(name), file


def export(repeats: int, rows: int = ROWS) -> list[Line]:
    """A million rows as CSV, from SQLite and from PostgreSQL."""
    with _sqlite(rows) as (folder, file):
        runs = in_turn(
            {
                "ours": ours(f"sqlite:///{file}", "csv"), "sorted": plain("csv", str(file)),
                "unsorted": plain("unsorted", str(file)),
            }, folder, repeats,
        )  # fmt: skip
    what = f"export of {rows:,} rows as CSV"
    lines = [
        _compared(
            f"{what}, SQLite",
            "a raw cursor into csv, the same order",
            runs["ours"],
            runs["sorted"],
            SQLITE_GOAL,
        ),
        _compared(
            f"{what}, SQLite",
            "a raw cursor into csv, in no order",
            runs["ours"],
            runs["unsorted"],
            SQLITE_GOAL,
        ),
        _memory(f"{what}, SQLite: peak memory", runs["ours"]),
    ]
    with postgresql() as server, tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        url = server.make()
        heap.make(url, rows)
        runs = in_turn(
            {"ours": ours(url, "csv"), "copy": plain("copy", url.replace("+psycopg", ""))},
            Path(name),
            repeats,
        )
        server.drop(url)
    return [
        *lines,
        _compared(
            f"{what}, PostgreSQL", "COPY of the same columns and order", runs["ours"], runs["copy"], COPY_GOAL
        ),
        _memory(f"{what}, PostgreSQL: peak memory", runs["ours"]),
    ]


def xlsx(repeats: int, rows: int = SHEET) -> list[Line]:
    """A hundred thousand rows as a spreadsheet."""
    with _sqlite(rows) as (folder, file):
        runs = in_turn(
            {"ours": ours(f"sqlite:///{file}", "xlsx"), "plain": plain("xlsx", str(file))}, folder, repeats
        )
    what = f"export of {rows:,} rows as XLSX"
    against = "plain XlsxWriter, constant_memory, the same cells"
    return [
        _compared(what, against, runs["ours"], runs["plain"], XLSX_GOAL),
        _memory(f"{what}: peak memory", runs["ours"]),
    ]


if __name__ == "__main__":
    from benchmarks.lines import table

    parts = {"export": export, "xlsx": xlsx}
    print(table([line for name in sys.argv[2:] or parts for line in parts[name](int(sys.argv[1]))]))
