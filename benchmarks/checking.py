"""`python -m benchmarks check`: how long `python -m bot check` of everything takes, interpreter start included."""

import argparse
import statistics
import subprocess
import sys
import time
from resource import RUSAGE_CHILDREN, getrusage

from benchmarks.programs import environment

GOAL = 3.0
"""Seconds, nothing cached."""


def once() -> tuple[float, float]:
    """Seconds on the clock and of processor time of one check."""
    began, before = time.monotonic(), getrusage(RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "bot", "check"], env=environment({}), check=True, stdout=subprocess.DEVNULL
    )
    after = getrusage(RUSAGE_CHILDREN)
    work = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - began, work


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks check", description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    clock, work = zip(*(once() for _ in range(parser.parse_args(words).repeats)), strict=True)
    print(
        f"check: {statistics.median(clock):.2f} s ({min(clock):.2f}–{max(clock):.2f}), "
        f"{statistics.median(work):.2f} s of processor time; goal {GOAL:.0f} s"
    )
