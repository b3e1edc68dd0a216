"""The service with a meter in its writer thread: how much of it journeys take; what is left is the store's.

`benchmarks.store` runs it. At each SIGUSR1 what was counted so far is appended to a file, a line of JSON.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import Connection

from bot.chat import dispatch
from bot.cli import main as cli
from bot.store import group

FILE = "metered.jsonl"


class Meter:
    """Processor time inside journeys, without the queries that they make."""

    def __init__(self) -> None:
        self.journeys = 0.0
        self._depth = 0
        self.turns = self.groups = 0
        self._handle, self._run, self._execute = dispatch.handle, group.run, Connection.execute

    def run(self, connection: Connection, jobs: Sequence[group.TurnJob], claimant: str) -> Any:
        self.turns, self.groups = self.turns + len(jobs), self.groups + 1
        return self._run(connection, jobs, claimant)

    def handle(self, *rest: Any) -> Any:
        began, self._depth = time.thread_time(), 1
        try:
            return self._handle(*rest)
        finally:
            self.journeys += time.thread_time() - began
            self._depth = 0

    def execute(self, connection: Connection, *rest: Any, **more: Any) -> Any:
        if not self._depth or threading.current_thread().name != "writer":
            return self._execute(connection, *rest, **more)
        began = time.thread_time()
        try:
            return self._execute(connection, *rest, **more)
        finally:
            self.journeys -= time.thread_time() - began

    def signalled(self, _signal: int, _frame: FrameType | None) -> None:
        thread = next(one for one in threading.enumerate() if one.name == "writer")
        assert thread.ident is not None
        seen = {
            "writer": time.clock_gettime(time.pthread_getcpuclockid(thread.ident)), "journeys": self.journeys,
            "all": time.process_time(), "turns": self.turns, "groups": self.groups,
        }  # fmt: skip
        with (Path(os.environ["FRAUDWISE_DATA_DIR"]) / FILE).open("a") as out:
            out.write(json.dumps(seen) + "\n")


def main() -> None:
    """Run what the command line says."""
    meter = Meter()
    group.run = meter.run
    dispatch.handle = meter.handle  # type: ignore[assignment]
    Connection.execute = lambda self, *rest, **more: meter.execute(self, *rest, **more)  # type: ignore[method-assign]
    signal.signal(signal.SIGUSR1, meter.signalled)
    cli(sys.argv[1:])


if __name__ == "__main__":
    main()
