"""One file per format; each writes rows as they come, so that any number fits."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

from bot.exports import csv, xlsx

Write = Callable[[Sequence[str], Iterable[Sequence[object]], Path], int]
Stream = Callable[[Sequence[str], Iterable[Sequence[object]], BinaryIO], int]

FORMATS: dict[str, Write] = {"csv": csv.write, "xlsx": xlsx.write}
"""Format → function that writes a header and rows to a path and tells how many rows."""
STREAMS: dict[str, Stream] = {"csv": csv.stream}
"""The same into an open file, for formats that may go to a terminal or a pipe."""
