"""CSV that opens in any spreadsheet as what it is: text, never a formula."""

import csv
import os
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TextIO

FORMULA_MARKS = frozenset("=+-@\t\r\n＝＋－＠")
"""A cell that begins so may be run by a spreadsheet (OWASP, “CSV Injection”); it gets a leading apostrophe."""
CELL_LIMIT = 32_767
"""Characters an Excel cell holds; what is cut is marked."""
CUT = " …[cut]"


def write(header: Sequence[str], rows: Iterable[Sequence[object]], out: Path) -> int:
    """Write header and rows to `out` through a file beside it that is renamed at the end; the number of rows."""
    beside = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8-sig", newline="") as file:
            count = stream(header, rows, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)
    return count


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
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int):
        return str(value)
    text = "".join(letter for letter in str(value) if letter >= " " or letter in "\t\n\r")
    if text.lstrip(" ")[:1] in FORMULA_MARKS or text.startswith("#"):
        text = "'" + text
    return text if len(text) <= CELL_LIMIT else text[: CELL_LIMIT - len(CUT)] + CUT
