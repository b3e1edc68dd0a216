"""Pieces of work again and again, by a clock that nobody can set."""

import threading
from collections.abc import Callable, Sequence

import structlog

log = structlog.get_logger()


class Rounds:
    """Each piece of work in a thread of its own, so many seconds after it was last done.

    A thread waits by the monotonic clock. APScheduler keeps its next times by the wall clock: after
    a clock was set back by three hours it let every tick wait for three hours (measured).
    """

    def __init__(self, every: Sequence[tuple[Callable[[], object], float]]) -> None:
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._keep, args=(work, seconds), name=f"round-{number}", daemon=True)
            for number, (work, seconds) in enumerate(every)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Begin nothing more, and wait for what is under way."""
        self._over.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def _keep(self, work: Callable[[], object], seconds: float) -> None:
        while not self._over.wait(seconds):
            try:
                work()
            except Exception as error:
                log.error("round_failed", error=type(error).__name__)
