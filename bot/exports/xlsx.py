"""XLSX with typed cells: dates are dates, figures figures, and text is text, never a formula or a link."""

import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from bot.exports.beside import beside
from bot.exports.text import SURELY_FITS, fitted, instant, readable

ROWS_A_SHEET = 1_048_575
"""Excel's 1,048,576 without the header; what is more goes on a sheet of its own."""
FIRST_DAY = date(1900, 3, 1)
"""Excel counts days from here as everybody does; before, it knows a 29 February 1900, and nothing at all before that year."""
DAY_0 = date(1899, 12, 30).toordinal()
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
        self._write_string, self._write_number = self._sheet.write_string, self._sheet.write_number
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._plain = book.add_format()
        self._widths = [len(title) + 3 for title in header]
        self.count = 0
        bold = book.add_format({"bold": True})
        for column, title in enumerate(header):
            self._sheet.write_string(0, column, title, bold)
        self._sheet.freeze_panes(1, 0)

    def add(self, row: Sequence[object]) -> None:
        """One row; each cell by the type of its value. An instant is text, for a spreadsheet's own times carry no offset."""
        self.count += 1
        for column, value in enumerate(row):
            if value.__class__ is str:
                self._text(column, value)
            elif value is not None:
                self._other(column, value)

    def _text(self, column: int, text: str) -> None:
        if not text.isprintable() or len(text) > SURELY_FITS:
            text = fitted(readable(text))
        if not text:
            return
        if text.startswith("<r>") and text.endswith("</r>"):
            # XlsxWriter takes it for its own markup and would write it as it stands
            self._sheet.write_rich_string(self.count, column, self._plain, text[:1], self._plain, text[1:])
        else:
            self._write_string(self.count, column, text)
        if len(text) >= self._widths[column]:
            self._widths[column] = min(WIDEST, len(text) + 2)

    def _other(self, column: int, value: object) -> None:
        place = (self.count, column)
        if isinstance(value, bool):
            self._sheet.write_boolean(*place, value)
        elif isinstance(value, int) and abs(value) < EXACT:
            self._write_number(*place, value)
        elif isinstance(value, date) and not isinstance(value, datetime) and value >= FIRST_DAY:
            self._write_number(*place, value.toordinal() - DAY_0, self._day)
        else:
            self._text(column, instant(value) if isinstance(value, datetime) else str(value))

    def finish(self) -> None:
        for column, units in enumerate(self._widths):
            self._sheet.set_column(column, column, max(units, 11))
        self._sheet.autofilter(0, 0, max(self.count, 1), len(self._widths) - 1)
