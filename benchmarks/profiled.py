"""The service under cProfile, the event loop and the writer apart; `python -m benchmarks.profiling` runs it."""

import cProfile
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from bot.cli import main as cli
from bot.store.writer import Writer

LOOP, WRITER = "loop.prof", "writer.prof"


def main() -> None:
    """Run what the command line says; on SIGUSR1 write both profiles, each in the thread it is of."""
    folder = Path(os.environ["FRAUDWISE_DATA_DIR"])
    loop = cProfile.Profile()
    written = threading.Event()
    asked = threading.Event()

    def keep_writer(commit: Any, profile: cProfile.Profile) -> Any:
        def committed(self: Writer, *rest: Any) -> None:
            profile.enable()
            try:
                commit(self, *rest)
            finally:
                profile.disable()
            if asked.is_set() and not written.is_set():
                profile.dump_stats(folder / WRITER)
                written.set()

        return committed

    def dump(_signal: int, _frame: FrameType | None) -> None:
        loop.disable()
        loop.dump_stats(folder / LOOP)
        asked.set()
        loop.enable()

    Writer._commit = keep_writer(Writer._commit, cProfile.Profile())  # type: ignore[method-assign]
    signal.signal(signal.SIGUSR1, dump)
    loop.enable()
    cli(sys.argv[1:])


if __name__ == "__main__":
    main()
