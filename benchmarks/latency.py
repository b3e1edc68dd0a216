"""How long a tap waits on an ordinary busy day: people tap when they like, a hundred times a second, by webhook.

An open loop: a tap's time has come whether or not others are still waiting, and its wait is counted from then,
so a program that stalls pays for everybody who should have tapped meanwhile.
"""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from benchmarks.lines import Line
from benchmarks.measuring import Load, during
from benchmarks.programs import OURS_POSTED, PTB_POSTED, Side
from benchmarks.progress import tell

RATE = 100
"""Taps a second."""
LEARNERS = 300
SECONDS = 8.0
SETTLE = 2.0
"""Seconds at that rate before anything counts."""
GOAL = 1.5
BEHIND = 0.85
"""Share of the taps due; 800 arrivals vary by 4 %."""


@dataclass(frozen=True, slots=True)
class Waited:
    """One run of one program."""

    p50_ms: float
    p99_ms: float
    taps: int
    answered: int
    stored: int | None
    overdue: int
    """Taps whose time had come at the end while everybody was still waiting."""

    @property
    def is_behind(self) -> bool:
        """Whether it could not keep up: what it shows then is a queue, and no ratio to it means anything."""
        return bool(self.overdue) or self.taps < BEHIND * RATE * SECONDS


def measure(side: Side, rate: int = RATE, learners: int = LEARNERS, seconds: float = SECONDS) -> Waited:
    """Start everything anew, let people tap at this rate, kill the program and look at what it stored."""
    with (
        tempfile.TemporaryDirectory(prefix="benchmark-") as folder,
        during(side, Load(learners), Path(folder)) as (control, _),
    ):
        control.ask(f"pace/{rate}")
        time.sleep(min(SETTLE, seconds))
        before = control.ask("counts")
        time.sleep(seconds)
        after = control.ask("counts")
    return Waited(
        1000 * after.get("p50", 0.0), 1000 * after.get("p99", 0.0), after["taps"] - before["taps"],
        sum(answered for _, _, answered in control.ended), control.stored, after["waiting"],
    )  # fmt: skip


def latency(repeats: int) -> list[Line]:
    """p99 from a tap to its edit, which ours sends after the commit."""
    runs: dict[str, list[Waited]] = {OURS_POSTED.name: [], PTB_POSTED.name: []}
    for number in range(repeats):
        sides = [OURS_POSTED, PTB_POSTED]
        for side in sides if number % 2 == 0 else reversed(sides):
            runs[side.name].append(waited := measure(side))
            tell(f"{number + 1}/{repeats} {side.name}: p99 {waited.p99_ms:.1f} ms")
    ours, other = runs[OURS_POSTED.name], runs[PTB_POSTED.name]
    behind = [name for name, some in runs.items() if any(one.is_behind for one in some)]
    return [
        Line(
            f"p99 from tap to committed and answered, {RATE} taps/s", PTB_POSTED.words, "×",
            tuple(a.p99_ms / b.p99_ms for a, b in zip(ours, other, strict=True)), GOAL, "at most",
            f"p99 {_said(ours, 'p99_ms')} and {_said(other, 'p99_ms')}, p50 {_said(ours, 'p50_ms')} and "
            f"{_said(other, 'p50_ms')}; {sum(one.taps for one in ours):,} and {sum(one.taps for one in other):,} taps"
            + ("; " + " and ".join(behind) + " could not keep up, so this says nothing" if behind else ""),
            holds=not behind,
            raw={name: [asdict(one) for one in some] for name, some in runs.items()},
        )
    ]  # fmt: skip


def _said(runs: Sequence[Waited], name: str) -> str:
    return f"{median(getattr(one, name) for one in runs):.1f} ms"
