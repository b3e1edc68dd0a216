"""How much of a tap's processor time goes into the store, at forty turns a group.

Forty people tap in step: the far end waits until all are answered and have tapped again, and gives their taps
out at once. In the writer thread all that is not a journey counts as the store: noting ids, reading,
writing, committing, claims and outcomes of the outbox, and the queries that a journey makes itself.
"""

import json
import signal
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.lines import Line
from benchmarks.measuring import Load, during, wait_until
from benchmarks.metered import FILE
from benchmarks.programs import METERED
from benchmarks.progress import tell

PEOPLE = 40
LOAD = Load(PEOPLE, 3.0, in_step=PEOPLE)
GOAL = 25.0
Seen = dict[str, float]


def measure(load: Load = LOAD) -> Seen:
    """Seconds of processor time over a while, all of the process and its parts, and how many turns and groups."""
    with (
        tempfile.TemporaryDirectory(prefix="benchmark-") as made,
        during(METERED, load, Path(made)) as (_, program),
    ):
        file = Path(made) / FILE
        program.send_signal(signal.SIGUSR1)
        time.sleep(load.seconds)
        program.send_signal(signal.SIGUSR1)
        wait_until(lambda: file.exists() and file.read_text().count("\n") == 2)
        before, after = (json.loads(line) for line in file.read_text().splitlines())
    seen = {name: after[name] - before[name] for name in after}
    if not 0 < seen["journeys"] < seen["writer"]:
        raise RuntimeError("the meter does not see the journeys any more")
    return seen


def share(seen: Seen) -> float:
    """Per cent of the process's time that the store took."""
    return 100 * (seen["writer"] - seen["journeys"]) / seen["all"]


def store(repeats: int) -> list[Line]:
    """The share of the store in all the time a tap takes: reading it, deciding, rendering and posting."""
    runs: list[Seen] = []
    for number in range(repeats):
        runs.append(seen := measure())
        tell(
            f"{number + 1}/{repeats} store: {share(seen):.1f} %, {seen['turns'] / seen['groups']:.0f} a group"
        )
    took, whole = (median(1000 * it / seen["turns"] for it, seen in pairs) for pairs in (
        [(seen["writer"] - seen["journeys"], seen) for seen in runs], [(seen["all"], seen) for seen in runs],
    ))  # fmt: skip
    return [
        Line(
            "the store's share of a tap's processor time", "the whole tap", "%", tuple(map(share, runs)), GOAL, "at most",
            f"{took:.2f} of {whole:.2f} ms a turn; {median(s['turns'] / s['groups'] for s in runs):.0f} turns a group",
            raw={"repeats": runs},
        )
    ]  # fmt: skip
