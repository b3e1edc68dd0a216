"""One file per format; each writes rows as they come, so that any number fits."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from bot.exports import csv

Write = Callable[[Sequence[str], Iterable[Sequence[object]], Path], int]

FORMATS: dict[str, Write] = {"csv": csv.write}
"""Format → function that writes a header and rows to a path and tells how many rows."""
