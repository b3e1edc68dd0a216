"""A file that is there whole or not at all."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

EVERY = 0.2
"""Seconds between two looks at what can go to the disk already: else a large file is waited for at its end."""


@contextmanager
def beside(out: Path) -> Iterator[Path]:
    """A path next to `out` to write to; it takes the place of `out` when all went well, else it is removed."""
    place = out.with_name(f".{out.name}.{os.getpid()}")
    over = threading.Event()
    syncing = threading.Thread(target=_keep_syncing, args=(place, over), name="sync", daemon=True)
    syncing.start()
    try:
        try:
            yield place
        finally:
            over.set()
            syncing.join()
        _sync(place)
        place.replace(out)
    finally:
        place.unlink(missing_ok=True)


def _keep_syncing(place: Path, over: threading.Event) -> None:
    while not over.wait(EVERY):
        with suppress(OSError):  # not there yet; what cannot be written the last sync says
            _sync(place)


def _sync(place: Path) -> None:
    with place.open("rb") as file:
        os.fsync(file.fileno())
