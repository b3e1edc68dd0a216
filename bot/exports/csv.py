"""CSV that opens in any spreadsheet as what it is: text, never a formula."""

import csv
import io
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Protocol, runtime_checkable

from bot.exports.beside import beside
from bot.exports.text import fitted, instant, readable

FORMULA_MARKS = frozenset("=+-@\t\r\n＝＋－＠")
"""A cell that begins so may be run by a spreadsheet (OWASP, “CSV Injection”); it gets a leading apostrophe."""
LOT = 1000


@runtime_checkable
class Lines(Protocol):
    """Rows that can also be had as the lines of a CSV file, many times faster than value by value."""

    def csv(
        self, cell: Callable[[object], str], lines: Callable[[Iterable[Sequence[object]]], bytes]
    ) -> Iterator[tuple[int, bytes]]:
        """(how many rows, their lines) of one lot after another, as `cell` and `lines` would write them."""


def write(header: Sequence[str], rows: Iterable[Sequence[object]], out: Path) -> int:
    """Write header and rows to `out` through a file beside it that is renamed at the end; the number of rows."""
    with beside(out) as place, place.open("wb") as file:
        return stream(header, rows, file)


def stream(header: Sequence[str], rows: Iterable[Sequence[object]], out: BinaryIO) -> int:
    """Write the mark that spreadsheets look for, header and rows as they come; the number of rows."""
    out.write(BOM_UTF8 + lines([header]))
    count = 0
    for many, said in rows.csv(cell, lines) if isinstance(rows, Lines) else _by_value(rows):
        out.write(said)
        count += many
    return count


def _by_value(rows: Iterable[Sequence[object]]) -> Iterator[tuple[int, bytes]]:
    coming = iter(rows)
    while lot := [[cell(value) for value in row] for row in islice(coming, LOT)]:
        yield len(lot), lines(lot)


def lines(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as they stand in a file."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def cell(value: object) -> str:
    """A value as a spreadsheet may safely read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    text = readable(str(value))
    if text.lstrip(" ")[:1] in FORMULA_MARKS or text.startswith("#"):
        text = "'" + text
    return fitted(text)
