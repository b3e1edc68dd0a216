"""A file that is there whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def beside(out: Path) -> Iterator[Path]:
    """A path next to `out` to write to; it takes the place of `out` when all went well, else it is removed."""
    place = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        yield place
        with place.open("rb") as file:
            os.fsync(file.fileno())
        place.replace(out)
    finally:
        place.unlink(missing_ok=True)
