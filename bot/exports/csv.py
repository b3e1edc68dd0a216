"""CSV that opens in any spreadsheet as what it is: text, never a formula."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TextIO

from bot.exports.beside import beside
from bot.exports.text import fitted, instant, readable

FORMULA_MARKS = frozenset("=+-@\t\r\n＝＋－＠")
"""A cell that begins so may be run by a spreadsheet (OWASP, “CSV Injection”); it gets a leading apostrophe."""


def write(header: Sequence[str], rows: Iterable[Sequence[object]], out: Path) -> int:
    """Write header and rows to `out` through a file beside it that is renamed at the end; the number of rows."""
    with beside(out) as place, place.open("w", encoding="utf-8-sig", newline="") as file:
        return stream(header, rows, file)


def stream(header: Sequence[str], rows: Iterable[Sequence[object]], out: TextIO) -> int:
    """Write header and rows as they come; the number of rows."""
    writer = csv.writer(out)
    writer.writerow(header)
    count = 0
    for row in rows:
        writer.writerow([cell(value) for value in row])
        count += 1
    return count


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
