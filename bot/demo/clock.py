"""A clock that can be moved: the demo's day stands still, jumps, or runs."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class MovableClock:
    """Tells the demo's time. It stands until it is moved, and runs only after `run`."""

    def __init__(self, at: datetime, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._at = at.astimezone(UTC)
        self._monotonic = monotonic
        self._since: float | None = None

    def now(self) -> datetime:
        if self._since is None:
            return self._at
        return self._at + timedelta(seconds=self._monotonic() - self._since)

    @property
    def is_running(self) -> bool:
        return self._since is not None

    def run(self) -> None:
        """From here on at the pace of a wall clock."""
        if self._since is None:
            self._since = self._monotonic()

    def set(self, at: datetime) -> None:
        """Stand at this instant; the clock only goes forward."""
        self._at = max(at.astimezone(UTC), self.now())
        self._since = None
