"""One measurement: a far end, one program, a crowd that taps as fast as it is answered."""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import stored
from benchmarks.programs import Side, environment, free_port

PATIENCE = 60.0
"""Seconds for a program to start and to have answered every learner."""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Load:
    """What the crowd does."""

    learners: int = 400
    seconds: float = 6.0
    delay_ms: float = 0.0
    in_step: int = 1
    """So many updates are given out at once, or none."""
    patience: float = PATIENCE
    """Seconds until the program has answered everybody."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of one program."""

    side: str
    taps_per_second: float
    cpu_ms_per_tap: float
    """Of the program's process, all threads."""
    far_end_busy: float
    """Share of a core that the far end used; near 1 it is what holds everybody back."""
    p50_ms: float
    p99_ms: float
    taps: int
    answered: int
    stored: int | None
    """Taps in the database after the kill; None where nothing is stored."""


class Control:
    """The far end as the benchmark asks it."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/control/"
        self.ended: list[tuple[int, int, int]] = []
        """(account, taps made, taps answered) of each learner, once the program was killed."""
        self.stored: int | None = None

    def ask(self, verb: str) -> Any:
        with urllib.request.urlopen(self._url + verb, timeout=20) as answer:
            return json.load(answer)


@contextmanager
def process(command: list[str], added: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is killed at the end, whatever happens."""
    running = subprocess.Popen(command, env=environment(added), stdout=subprocess.DEVNULL)
    try:
        yield running
    finally:
        running.kill()
        running.wait()


@contextmanager
def during(side: Side, load: Load, folder: Path) -> Iterator[tuple[Control, subprocess.Popen[bytes]]]:
    """A far end and a program that has answered everybody; at the end it is killed, and its store looked at."""
    port = free_port()
    far_end = [sys.executable, "-m", "benchmarks.far_end", str(port), str(load.delay_ms), str(load.in_step)]
    with process(far_end, {}):
        control = Control(port)
        wait_until(lambda: control.ask("counts") is not None)
        with process(*side.start(f"http://127.0.0.1:{port}/bot", folder)) as program:
            wait_until(
                lambda: not side.is_posted_to or (_is_running(program) and control.ask("counts")["hooked"])
            )
            control.ask(f"join/{load.learners}")
            wait_until(
                lambda: _is_warm(control, load, program), f"{side.name} answers everybody", load.patience
            )
            yield control, program
        control.ended = control.ask("learners")
    control.stored = stored.check(folder / "fraudwise.sqlite", control.ended) if side.stores else None


def measure(side: Side, load: Load) -> Measured:
    """Start everything anew, warm up, count for a while, kill the program and look at what it stored."""
    with (
        tempfile.TemporaryDirectory(prefix="benchmark-") as folder,
        during(side, load, Path(folder)) as (control, program),
    ):
        before, cpu_before = control.ask("counts"), cpu(program.pid)
        time.sleep(load.seconds)
        after, cpu_after = control.ask("counts"), cpu(program.pid)
    taps, seconds = after["taps"] - before["taps"], after["at"] - before["at"]
    return Measured(
        side.name, taps / seconds, 1000 * (cpu_after - cpu_before) / max(taps, 1),
        (after["cpu"] - before["cpu"]) / seconds, 1000 * after.get("p50", 0.0), 1000 * after.get("p99", 0.0),
        taps, sum(answered for _, _, answered in control.ended), control.stored,
    )  # fmt: skip


def _is_warm(control: Control, load: Load, program: subprocess.Popen[bytes]) -> bool:
    return _is_running(program) and answered_all(control, load)


def answered_all(control: Control, load: Load) -> bool:
    """Whether everybody is in a quiz and has been answered, once and a half on average."""
    answers = [answered for _, _, answered in control.ask("learners")]
    return all(answers) and sum(answers) >= 1.5 * load.learners


def _is_running(program: subprocess.Popen[bytes]) -> bool:
    """True, or an error that says how it ended: nobody waits for a program that is gone."""
    if program.poll() is not None:
        raise RuntimeError(f"the program ended with {program.returncode}")
    return True


def wait_until(
    is_so: Callable[[], bool], what: str = "the program listens", patience: float = PATIENCE
) -> None:
    """Return when it is so; something that does not listen yet is not so."""
    deadline = time.monotonic() + patience
    while True:
        try:
            if is_so():
                return
        except OSError:
            pass
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {patience:.0f} s: {what}")
        time.sleep(0.1)


def cpu(pid: int) -> float:
    """Seconds of processor time that this process has used (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
