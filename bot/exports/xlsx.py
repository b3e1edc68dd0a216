"""XLSX with typed cells: dates are dates, figures figures, and text is text, never a formula or a link."""

import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from bot.exports.beside import beside
from bot.exports.text import fitted, instant, readable

ROWS_A_SHEET = 1_048_575
"""Excel's 1,048,576 without the header; what is more goes on a sheet of its own."""
FIRST_DAY = date(1900, 3, 1)
"""Excel counts days from here as everybody does; before, it knows a 29 February 1900, and nothing at all before that year."""
EXACT = 10**15
"""A spreadsheet's figures keep 15 digits; a longer one is text."""
WIDEST = 48
OPTIONS = {
    "constant_memory": True, "in_memory": False, "strings_to_formulas": False, "strings_to_numbers": False,
    "strings_to_urls": False,
}  # fmt: skip
NOT_IN_A_TAB = str.maketrans(dict.fromkeys(r"[]:*?/\'", "-"))


def write(
    header: Sequence[str], rows: Iterable[Sequence[object]], out: Path, *, rows_a_sheet: int = ROWS_A_SHEET
) -> int:
    """Write header and rows to `out`, one row in memory at a time; the number of rows."""
    # What XlsxWriter keeps on disk meanwhile holds names: it lies beside the file and goes with it.
    with beside(out) as place, tempfile.TemporaryDirectory(dir=out.parent, prefix=".") as folder:
        book = xlsxwriter.Workbook(str(place), {**OPTIONS, "tmpdir": folder})
        try:
            sheets = [_Sheet(book, out.stem, header)]
            for row in rows:
                if sheets[-1].count == rows_a_sheet:
                    sheets.append(_Sheet(book, f"{len(sheets) + 1} {out.stem}", header))
                sheets[-1].add(row)
            for sheet in sheets:
                sheet.finish()
        finally:
            book.close()
    return sum(sheet.count for sheet in sheets)


class _Sheet:
    """One sheet: a header that stays in sight, rows under it, a filter on each column."""

    def __init__(self, book: Any, name: str, header: Sequence[str]) -> None:
        self._sheet = book.add_worksheet(name.translate(NOT_IN_A_TAB)[:31])
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._widths = [len(title) + 3 for title in header]
        self.count = 0
        bold = book.add_format({"bold": True})
        for column, title in enumerate(header):
            self._sheet.write_string(0, column, title, bold)
        self._sheet.freeze_panes(1, 0)

    def add(self, row: Sequence[object]) -> None:
        self.count += 1
        for column, value in enumerate(row):
            self._cell(column, value)

    def _cell(self, column: int, value: object) -> None:
        """One cell by its type; an instant is text, for a spreadsheet's own times carry no offset."""
        place = (self.count, column)
        if value is None or value == "":
            return
        if isinstance(value, bool):
            self._sheet.write_boolean(*place, value)
        elif isinstance(value, int) and abs(value) < EXACT:
            self._sheet.write_number(*place, value)
        elif isinstance(value, date) and not isinstance(value, datetime) and value >= FIRST_DAY:
            self._sheet.write_datetime(*place, value, self._day)
        else:
            text = instant(value) if isinstance(value, datetime) else fitted(readable(str(value)))
            self._sheet.write_string(*place, text)
            if len(text) >= self._widths[column]:
                self._widths[column] = min(WIDEST, len(text) + 2)

    def finish(self) -> None:
        for column, units in enumerate(self._widths):
            self._sheet.set_column(column, column, max(units, 11))
        self._sheet.autofilter(0, 0, max(self.count, 1), len(self._widths) - 1)
