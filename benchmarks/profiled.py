"""The service under cProfile, event loop and writer apart; `python -m benchmarks.profiling` runs it."""

import cProfile
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from bot.cli import main as cli
from bot.store.writer import Writer

LOOP, WRITER = "loop.prof", "writer.prof"


class Profiles:
    """Begins at the first SIGUSR1 and writes both files at the second, each in its own thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loop, self._writer = cProfile.Profile(), cProfile.Profile()
        self._running = self._ended = False
        self._commit = Writer._commit

    def signalled(self, _signal: int, _frame: FrameType | None) -> None:
        if not self._running:
            self._running = True
            self._loop.enable()
        elif not self._ended:
            self._ended = True
            self._loop.disable()
            self._loop.dump_stats(self._folder / LOOP)

    def commit(self, writer: Writer, *rest: Any) -> None:
        if not self._running or (self._folder / WRITER).exists():
            self._commit(writer, *rest)
            return
        self._writer.enable()
        try:
            self._commit(writer, *rest)
        finally:
            self._writer.disable()
        if self._ended:
            self._writer.dump_stats(self._folder / WRITER)


def main() -> None:
    """Run what the command line says."""
    profiles = Profiles(Path(os.environ["FRAUDWISE_DATA_DIR"]))
    Writer._commit = lambda self, *rest: profiles.commit(self, *rest)  # type: ignore[method-assign]
    signal.signal(signal.SIGUSR1, profiles.signalled)
    cli(sys.argv[1:])


if __name__ == "__main__":
    main()
