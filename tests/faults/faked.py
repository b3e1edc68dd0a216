"""Another clock for whole processes, which can be set while they run; the monotonic clock stays as it is."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path


@dataclass
class Faked:
    """What the wall clocks of the bots show, and when that was changed."""

    library: Path
    file: Path
    ahead: float = 0.0
    """Seconds before real time."""
    _changes: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.set(0)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(self.library),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, ahead: float) -> None:
        """From now on they are so far ahead of real time, or behind it."""
        new = self.file.with_suffix(".new")
        new.write_text(f"{ahead:+.0f}\n")
        new.replace(self.file)  # nobody reads half of it
        self.ahead = ahead
        self._changes.append((time.time(), ahead))

    def now(self) -> int:
        """What they show, in microseconds."""
        return int((time.time() + self.ahead) * 1_000_000)

    def shown(self, at: datetime) -> datetime:
        """What they showed at this instant of real time."""
        ahead = next(ahead for since, ahead in reversed(self._changes) if since <= at.timestamp())
        return at + timedelta(seconds=ahead)

    def since_set(self, at: datetime) -> float:
        """Seconds from the last change before this instant."""
        return at.timestamp() - max(since for since, _ in self._changes if since <= at.timestamp())


def zone_at(hour: int) -> str:
    """A zone without summer time in which it is this hour now."""
    ahead = (hour - datetime.now(UTC).hour + 11) % 24 - 11
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"
