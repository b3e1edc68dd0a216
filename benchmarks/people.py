"""`python -m benchmarks.people`: a roster of 5,000 brought into the running demo, again with 300 changes, and exported.

Every step is the command an administrator would type, in a process of its own, while the demo runs
on the same database. Seconds are those of the whole command, its start (about 0.7 s) included.
"""

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import machine
from bot.demo.history import WEEKS
from bot.demo.organisation import roster as sample
from bot.imports.roster import COLUMNS
from bot.rules.people import JOBS
from bot.rules.roster import RosterLine

PEOPLE = 5_000
MOVED, PROMOTED, RENAMED, LEFT, NEW = 120, 60, 40, 40, 40
"""The 300 changes: another manager, another job, another name for the same person, gone, joined."""
TEAM = 12
ROOT = Path(__file__).resolve().parent.parent
STARTS_WITHIN = 60.0


def company(size: int) -> list[RosterLine]:
    """The demo's own thirty people, and as many more as it takes: teams of twelve, heads of twelve teams."""
    today = datetime.now(UTC).date()
    first_day = today - timedelta(days=today.weekday()) - timedelta(weeks=WEEKS)
    known = sample(first_day)
    dice = random.Random("company")
    return [*known, *(_somebody(number, dice, first_day) for number in range(size - len(known)))]


def _somebody(number: int, dice: random.Random, first_day: date) -> RosterLine:
    above = f"P{number // TEAM:05}" if number >= TEAM else None
    return RosterLine(
        f"P{number:05}", f"Person {number}", f"Branch {number // 60}", dice.choice((*JOBS, "")), above,
        first_day - timedelta(days=dice.randrange(3_000)), dice.choice(("en", "zh-Hans", "zh-Hant")), "Asia/Shanghai",
    )  # fmt: skip


def changed(lines: Sequence[RosterLine]) -> tuple[list[RosterLine], list[str]]:
    """The roster half a year on: 300 changes, and the numbers whose name is another one though the person is the same."""
    dice = random.Random("half a year")
    kept, leaves = [one for one in lines if not one.staff_number.startswith("P")], []
    others = [one for one in lines if one.staff_number.startswith("P")]
    heads = {one.manager_staff_number for one in others}
    leaves = dice.sample(
        [one for one in others if one.staff_number not in heads], LEFT + MOVED + PROMOTED + RENAMED
    )
    gone = {one.staff_number for one in leaves[:LEFT]}
    moved = {one.staff_number for one in leaves[LEFT : LEFT + MOVED]}
    promoted = {one.staff_number for one in leaves[LEFT + MOVED : LEFT + MOVED + PROMOTED]}
    renamed = {one.staff_number for one in leaves[LEFT + MOVED + PROMOTED :]}
    for one in others:
        if one.staff_number in gone:
            continue
        if one.staff_number in moved:
            one = replace(one, manager_staff_number="P00001", department="Branch 0")
        if one.staff_number in promoted:
            one = replace(one, job=JOBS[(JOBS.index(one.job) + 1) % len(JOBS)] if one.job else JOBS[0])
        if one.staff_number in renamed:
            one = replace(one, name=f"{one.name} Married")
        kept.append(one)
    first = len(others)
    kept += [
        replace(others[-1], staff_number=f"P{first + n:05}", name=f"Person {first + n}") for n in range(NEW)
    ]
    return kept, sorted(renamed)


def write(lines: Sequence[RosterLine], out: Path) -> None:
    with out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(
            (one.staff_number, one.name, one.department, one.job, one.manager_staff_number or "", one.hired_on or "",
             one.language, one.time_zone)
            for one in lines
        )  # fmt: skip


@contextmanager
def demo(folder: Path) -> Iterator[dict[str, str]]:
    """The demo, running on a database in this folder; gives the environment of a command beside it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "FRAUDWISE_DATA_DIR": str(folder / "data" / "demo"),
                   "FRAUDWISE_ORGANISATION_TIME_ZONE": "Asia/Shanghai"}  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--no-browser", "--port", "8097"], cwd=folder, env=environment,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    until = time.monotonic() + STARTS_WITHIN
    while "is at http" not in process.stdout.readline():
        if process.poll() is not None or time.monotonic() > until:
            raise SystemExit("The demo did not start.")
    try:
        yield environment
    finally:
        process.terminate()
        process.wait(30)


def step(name: str, environment: dict[str, str], *words: str) -> dict[str, Any]:
    """One command: what it took and what it said."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "bot", *words], env=environment, capture_output=True, text=True, check=False
    )
    seconds = time.monotonic() - began
    if done.returncode:
        raise SystemExit(f"{name}: {(done.stderr or done.stdout)[:500]}")
    said = json.loads(done.stdout) if "--json" in words else {}
    counts = {key: len(said[key]) for key in ("new", "changed", "moved", "left", "back") if key in said}
    return {"step": name, "seconds": round(seconds, 2), **counts}


def run(size: int) -> list[dict[str, Any]]:
    found = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = company(size)
        write(lines, folder / "first.csv")
        later, renamed = changed(lines)
        write(later, folder / "second.csv")
        same = [word for number in renamed for word in ("--same-person", number)]
        first, second = str(folder / "first.csv"), str(folder / "second.csv")
        with demo(folder) as environment:
            found.append(step("dry run", environment, "roster", "import", first, "--dry-run", "--json"))
            found.append(step("import", environment, "roster", "import", first, "--json"))
            found.append(step("the same once more", environment, "roster", "import", first, "--json"))
            found.append(step("300 changes", environment, "roster", "import", second, "--json", *same))
            for kind in ("csv", "xlsx"):
                out = folder / f"completions.{kind}"
                words = ("export", "completions", "--format", kind, "--out", str(out))
                found.append({**step(f"export {kind}", environment, *words), "bytes": out.stat().st_size})
            with (folder / "completions.csv").open(encoding="utf-8-sig", newline="") as file:
                found[-2]["rows"] = found[-1]["rows"] = sum(1 for _ in csv.reader(file)) - 1
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.people", description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    asked = parser.parse_args()
    for line in run(asked.people):
        print(", ".join(f"{key} {value}" for key, value in line.items()))
    print("\n" + ", ".join(f"{key} {value}" for key, value in machine.about().items() if value))


if __name__ == "__main__":
    main()
