"""`python -m benchmarks.profiling`: where the time of the same taps goes, in both threads.

cProfile makes every Python call dearer and C code cheap, so shares are a guide; what a change
gains is for `python -m benchmarks` to say.
"""

import pstats
import signal
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measuring import Load, during, wait_until
from benchmarks.profiled import LOOP, WRITER
from benchmarks.programs import PROFILED

TOP = 25


def main(seconds: float = 8.0) -> None:
    """Tap for a while and print the functions that took most."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as made:
        folder = Path(made)
        with during(PROFILED, Load(200), folder) as (control, program):
            before = control.ask("counts")
            program.send_signal(signal.SIGUSR1)
            time.sleep(seconds)
            program.send_signal(signal.SIGUSR1)
            after = control.ask("counts")
            wait_until((folder / LOOP).exists)
            wait_until((folder / WRITER).exists)
            time.sleep(0.5)  # the file stands before it is full
        taps = after["taps"] - before["taps"]
        for name in (LOOP, WRITER):
            print(f"{name}, {taps} taps")
            pstats.Stats(str(folder / name), stream=sys.stdout).sort_stats("tottime").print_stats(TOP)


if __name__ == "__main__":
    main()
