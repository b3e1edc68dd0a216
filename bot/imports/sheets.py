"""Rows of a CSV file or of a spreadsheet's first sheet; neither is trusted, and what cannot be read is a sentence."""

import codecs
import csv
import io
import multiprocessing
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

FILE_LIMIT = 20_000_000
UNPACKED_LIMIT = 200_000_000
"""Bytes; a spreadsheet of 50,000 people unpacks to about 25 million."""
PARTS_LIMIT = 1_000
ROWS_LIMIT = 50_000
COLUMNS_LIMIT = 200
MEMORY, SECONDS = 1_500_000_000, 60
"""What a spreadsheet may cost while it is read: one cell far out makes a grid of billions."""
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
LARGEST_WHOLE = 10.0**15
"""Beyond it a spreadsheet has rounded a number before we see it."""
AS_CSV = "Save it as “CSV UTF-8” and try again."


class Unreadable(ValueError):
    """The file cannot be read as rows; the message says why and what to do."""

    def __init__(self, sentence: str, line: int = 1) -> None:
        super().__init__(sentence)
        self.line = line


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows with the line each ends on, the first row included, and the sheets that were left out."""

    rows: list[tuple[int, list[str]]]
    others: tuple[str, ...] = ()


def read(path: Path) -> Sheet:
    """Every row of the file, or `Unreadable`."""
    if path.stat().st_size > FILE_LIMIT:
        raise Unreadable(f"the file is larger than {FILE_LIMIT // 1_000_000} MB; a roster is not.")
    content = path.read_bytes()
    if content.startswith(OLE):
        raise Unreadable(
            "the file is protected by a password or of an old Excel. Save it as .xlsx without a password, or as “CSV UTF-8”."
        )
    sheet = _xlsx(content) if content.startswith(ZIP) else Sheet(list(_csv(_text(content))))
    if len(sheet.rows) > ROWS_LIMIT:
        raise Unreadable(f"the file has more than {ROWS_LIMIT:,} lines.")
    return sheet


def _text(content: bytes) -> str:
    """The text of a CSV file that says, or shows, which encoding it is in."""
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(_other_encoding(content)) from None
    if "\0" in text:
        raise Unreadable("the file holds NUL characters; it is not a CSV file.")
    return text


def _other_encoding(content: bytes) -> str:
    """GBK and Big5 overlap, so they are recognised together and never guessed at."""
    for encoding in ("gb18030", "big5"):
        try:
            decoded = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if sum("\u4e00" <= letter <= "\u9fff" for letter in decoded) > 1:
            return (
                f"the file is not UTF-8; it looks like GBK or Big5, as Excel in Chinese saves “CSV”. {AS_CSV}"
            )
    return f"the file is not UTF-8. {AS_CSV}"


def _csv(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows of a CSV file; commas, semicolons or tabs, whichever its first line holds most of."""
    first = text.lstrip("\r\n").splitlines()[:1] or [""]
    mark = max(",;\t", key=first[0].count)
    # strict, since a quotation mark that is never closed would swallow the people below it
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    while True:
        began = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "expected" in str(error):
                raise Unreadable('a quotation mark (") is not closed, or closed too early.', began) from None
            raise Unreadable(f"the file cannot be read as CSV ({error}).", reader.line_num) from None
        if reader.line_num > ROWS_LIMIT * 2:
            raise Unreadable(f"the file has more than {ROWS_LIMIT:,} lines.")
        yield reader.line_num, row


def _xlsx(content: bytes) -> Sheet:
    """The first sheet, read by a process of its own that may cost so much and no more."""
    _refuse_bombs(content)
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawning, initializer=_frugally) as pool:
        try:
            found = pool.submit(_first_sheet, content).result()
        except BrokenProcessPool:
            raise Unreadable(
                f"the spreadsheet needs more memory or time than a roster may. {AS_CSV}"
            ) from None
    if isinstance(found, str):
        raise Unreadable(found)
    return found


def _refuse_bombs(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError):
        raise Unreadable(f"the file is not a whole spreadsheet. {AS_CSV}") from None
    if len(parts) > PARTS_LIMIT or sum(part.file_size for part in parts) > UNPACKED_LIMIT:
        raise Unreadable(f"the spreadsheet unpacks to more than a roster may hold. {AS_CSV}")
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable(f"the file is protected by a password. {AS_CSV}")


def _frugally() -> None:
    """Let the system end this process when it costs too much, whatever the file says of itself."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _first_sheet(content: bytes) -> Sheet | str:
    """In the worker: the rows, or a sentence."""
    from python_calamine import CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        if not book.sheet_names:
            return "the spreadsheet has no sheet."
        sheet = book.get_sheet_by_index(0)
        if sheet.total_width > COLUMNS_LIMIT or sheet.total_height > ROWS_LIMIT:
            return f"the first sheet has more than {COLUMNS_LIMIT} columns or {ROWS_LIMIT:,} lines."
        rows = [[text_of(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    except Exception:
        return f"the spreadsheet cannot be read. {AS_CSV}"
    return Sheet(list(enumerate(rows, 1)), tuple(book.sheet_names[1:]))


def text_of(cell: Any) -> str:
    """A cell as it would be typed: 101.0 is 101, a date is a day."""
    match cell:
        case bool():
            return str(cell).upper()
        case float() if cell.is_integer():
            return str(int(cell)) if abs(cell) < LARGEST_WHOLE else f"{cell:E}"
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case date() | datetime() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
    return str(cell)
