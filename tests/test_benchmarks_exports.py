"""What the benchmark of exports compares holds the same rows, and what it reads off a process is true."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import heap
from benchmarks.sides import plain_export
from bot.exports import STREAMS
from bot.store.completions import COLUMNS, Scope
from bot.store.engine import connect
from bot.store.snapshot import snapshot
from tests.cast import MONDAY

ROWS = 240
SAME = ("learner_id", "staff_number", "department", "track", "unit", "status", "due_on", "attempts")


def columns(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return [[row[name] for name in SAME] for row in csv.DictReader(lines)]


def test_both_sides_write_the_same_rows(sqlite_url: Callable[[], str], tmp_path: Path) -> None:
    url = sqlite_url()
    heap.make(url, ROWS)
    _, reading = connect(url)
    with snapshot(reading) as kept, (tmp_path / "ours.csv").open("wb") as out:
        completions = kept.completions(Scope(), "Qingchuan Credit", "Asia/Shanghai", MONDAY)
        assert STREAMS["csv"](COLUMNS, completions, out) == ROWS
    reading.dispose()
    ours = columns(tmp_path / "ours.csv")
    for order in (plain_export.ORDER, ""):
        plain_export.to_csv(url.removeprefix("sqlite:///"), tmp_path / "theirs.csv", order)
        theirs = columns(tmp_path / "theirs.csv")
        assert (theirs if order else sorted(theirs)) == (ours if order else sorted(ours))


def test_a_process_tells_its_peak_of_memory(tmp_path: Path) -> None:
    (tmp_path / "hungry.py").write_text("held = bytearray(60_000_000)\n", encoding="utf-8")
    root = str(Path(__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.told", "hungry"], env={"PYTHONPATH": f"{root}:{tmp_path}"}, check=True,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    told = json.loads(done.stderr)
    assert 60_000 < told["peak_kb"] < 120_000
    assert 0 < told["work"] < 10
