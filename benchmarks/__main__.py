"""`python -m benchmarks`: durable taps a second through the whole bot beside a bare one, as a ratio.

Let nothing else run meanwhile. Only ratios of one run count: the machine moves by a third from
run to run.
"""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import checking, machine, report, roster
from benchmarks.measuring import Load, Measured, measure
from benchmarks.programs import BARE_PTB, OURS, SOCKETS, Side

GOAL = 3.5
"""Times a bare python-telegram-bot that stores nothing."""


def run(load: Load, repeats: int) -> dict[str, Any]:
    """Measure every side once a round, each round in the other order, and sum up."""
    about = machine.about()
    sides: list[Side] = [OURS, BARE_PTB]
    runs: dict[str, list[Measured]] = {side.name: [] for side in [*sides, SOCKETS]}
    for number in range(repeats):
        for side in sides if number % 2 == 0 else reversed(sides):
            runs[side.name].append(measured := measure(side, load))
            _progress(f"{number + 1}/{repeats} {side.name}: {measured.taps_per_second:,.0f} taps/s")
    runs[SOCKETS.name].append(measure(SOCKETS, load))
    ratio = report.ratios(runs[OURS.name], runs[BARE_PTB.name])
    against = {"words": f"{OURS.name} ÷ {BARE_PTB.name}", "goal": GOAL, "ratio": ratio}
    return {
        "what": report.said(load, repeats), "machine": about, "load": asdict(load),
        "sides": [report.summary(side, runs[side.name]) for side in [*sides, SOCKETS]], "against": against,
    }  # fmt: skip


def _progress(line: str) -> None:
    if sys.stderr.isatty():
        print(line, file=sys.stderr)


def main() -> None:
    if sys.argv[1:2] == ["roster"]:
        roster.main(sys.argv[2:])
        return
    if sys.argv[1:2] == ["check"]:
        checking.main(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=6.0, help="counted in each repeat")
    parser.add_argument("--learners", type=int, default=400, help="each has one tap under way")
    parser.add_argument("--delay", type=float, default=0.0, help="milliseconds before each call is answered")
    parser.add_argument("--json", type=Path, help="also write everything to this file")
    asked = parser.parse_args()
    found = run(Load(asked.learners, asked.seconds, asked.delay), asked.repeats)
    print(found["what"] + ".\n")
    print(report.table(found["sides"], found["against"]))
    print("\n" + ", ".join(f"{name} {value}" for name, value in found["machine"].items() if value))
    if asked.json is not None:
        asked.json.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
