"""Taps in a quiz through the whole bot, beside bare bots; `python -m benchmarks.taps` shows each side.

The part of the table compares medians; the table here is for whoever makes a tap cheaper.
"""

import argparse
from collections.abc import Sequence
from typing import Any

from benchmarks import report
from benchmarks.lines import Line
from benchmarks.measuring import Load, Measured, measure
from benchmarks.programs import AIOGRAM, BARE_PTB, FLOOR, OURS, SOCKETS, STORING_PTB, Side, concurrent_ptb
from benchmarks.progress import tell

AT_ONCE = (8, 16, 32, 64, 256)
"""Values of concurrent_updates among which the bare bot's best is looked for."""
SIDES = {side.name: side for side in (OURS, BARE_PTB, STORING_PTB, FLOOR, AIOGRAM, SOCKETS)}
SIDES |= {side.name: side for side in map(concurrent_ptb, AT_ONCE)}
LOAD = Load(learners=200, seconds=3.0)
Runs = dict[str, list[Measured]]
"""The repeats of each side."""


def interleaved(sides: Sequence[Side], load: Load, repeats: int) -> Runs:
    """Measure every side once a round, each round in the other order."""
    runs: Runs = {side.name: [] for side in sides}
    for number in range(repeats):
        for side in sides if number % 2 == 0 else reversed(sides):
            runs[side.name].append(measured := measure(side, load))
            tell(f"{number + 1}/{repeats} {side.name}: {measured.taps_per_second:,.0f} taps/s")
    return runs


def taps(repeats: int) -> list[Line]:
    """No API delay: bots that store nothing or the same, no framework, and how much the far end could take."""
    sides = [OURS, BARE_PTB, STORING_PTB, FLOOR]
    runs = interleaved(sides, LOAD, repeats) | interleaved([SOCKETS], LOAD, 1)
    fastest = max((runs[side.name] for side in sides), key=report.rate)
    return [
        compared("durable taps/s", runs, OURS, BARE_PTB, 3.5),
        compared("durable taps/s", runs, OURS, STORING_PTB, 8.0),
        compared("durable taps/s", runs, OURS, FLOOR, 0.5),
        Line(
            "the far end's own ceiling", "the fastest side measured", "×",
            tuple(runs[SOCKETS.name][0].taps_per_second / one.taps_per_second for one in fastest),
            2.0, "at least", f"{report.rate(runs[SOCKETS.name]):,.0f} taps/s", raw=report.raw(runs),
        ),
    ]  # fmt: skip


def compared(what: str, runs: Runs, ours: Side, other: Side, goal: float, more: str = "") -> Line:
    """Our rate over another's, neighbours in time with each other."""
    a, b = runs[ours.name], runs[other.name]
    cpu = report.ratios(a, b)["cpu"]
    return Line(
        what, other.words, "×", report.pairs(a, b), goal, "at least",
        f"{report.rate(a):,.0f} and {report.rate(b):,.0f} taps/s; {cpu} × by processor time{report.kept(a)}"
        + (f"; {more}" if more else ""),
        raw=report.raw({ours.name: a, other.name: b}),
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.taps", description=__doc__)
    parser.add_argument("sides", nargs="*", help=f"{', '.join(SIDES)}; the first is compared with the others")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=LOAD.seconds, help="counted in each repeat")
    parser.add_argument("--learners", type=int, default=LOAD.learners, help="each has one tap under way")
    parser.add_argument("--delay", type=float, default=0.0, help="milliseconds before each call is answered")
    asked: Any = parser.parse_args()
    sides = [SIDES[name] for name in asked.sides] or [OURS, BARE_PTB, FLOOR]
    load = Load(asked.learners, asked.seconds, asked.delay)
    runs = interleaved(sides, load, asked.repeats)
    print(report.said(load, asked.repeats) + ".\n")
    print(report.table([report.summary(side, runs[side.name]) for side in sides]))
    for other in sides[1:]:
        print("\n" + report.against(sides[0], other, report.ratios(runs[sides[0].name], runs[other.name])))


if __name__ == "__main__":
    main()
