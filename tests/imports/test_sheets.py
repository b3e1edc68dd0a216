"""Spreadsheets as people save them, and as nobody should: read, or refused in one sentence."""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from bot.imports import sheets
from bot.imports.roster import Roster, read
from bot.imports.sheets import text_of

HEAD = ("staff_number", "name", "manager_staff_number", "hire_date")


def book(tmp_path: Path, *pages: Sequence[Sequence[Any]], merge: str = "") -> Path:
    file = tmp_path / "roster.xlsx"
    with xlsxwriter.Workbook(file) as workbook:
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        for page in pages:
            sheet = workbook.add_worksheet()
            for row, cells in enumerate(page):
                for column, cell in enumerate(cells):
                    if isinstance(cell, date):
                        sheet.write_datetime(row, column, cell, day)
                    elif cell is not None:
                        sheet.write(row, column, cell)
            if merge:
                sheet.merge_range(merge, "merged")
    return file


def roster(file: Path) -> Roster:
    return read(file, language="en", time_zone="UTC")


def sentences(file: Path) -> list[str]:
    return [str(fault) for fault in roster(file).faults]


def test_numbers_are_numbers_text_is_text_and_days_are_days(tmp_path: Path) -> None:
    found = roster(book(tmp_path, [HEAD, ("0101", "Lin Ling", None, date(2020, 1, 6)), (102, "陈梅", "0101", datetime.fromisoformat("2026-03-02")), (103.0, "Zhao Wei", 102, "2026/3/2")]))  # fmt: skip
    assert found.faults == ()
    assert [(p.staff_number, p.manager_staff_number, str(p.hired_on)) for p in found.lines] == [
        ("0101", None, "2020-01-06"), ("102", "0101", "2026-03-02"), ("103", "102", "2026-03-02"),
    ]  # fmt: skip


def test_only_the_first_sheet_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    found = roster(book(tmp_path, [HEAD, ("1", "A")], [("anything",)], [("else",)]))
    assert [person.name for person in found.lines] == ["A"]
    assert found.others == ("Sheet2", "Sheet3")


def test_empty_lines_and_columns_are_passed_over_and_lines_still_count_right(tmp_path: Path) -> None:
    page = [(), (), (None, *HEAD), (), (None, "1", "A"), (), (None, "2", "B", None, "soon")]
    assert sentences(book(tmp_path, page)) == [
        "Line 7: hire_date “soon” is not a day; write it like 2026-03-02."
    ]


def test_merged_cells_say_what_is_missing_and_where(tmp_path: Path) -> None:
    assert sentences(book(tmp_path, [HEAD, ("1", "A")], merge="A3:B4")) == ["Line 3: name is empty."]


def test_a_number_that_a_spreadsheet_rounded_is_not_taken_for_one(tmp_path: Path) -> None:
    assert sentences(book(tmp_path, [HEAD, (1234567890123456789, "A")])) == [
        "Line 2: staff_number “1.234568E+18” was rounded by a spreadsheet; format the column as text and type it anew."
    ]


def test_an_empty_spreadsheet_says_which_column_it_lacks(tmp_path: Path) -> None:
    assert sentences(book(tmp_path, [])) == [
        "Line 1: the column staff_number is missing. The first line names the columns."
    ]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("0101", "0101"), (101.0, "101"), (101, "101"), (1.5, "1.5"), (-0.0, "0"), (1e15, "1.000000E+15"), (float("inf"), "inf"), (float("nan"), "nan"),
        (True, "TRUE"), (date(2026, 3, 2), "2026-03-02"), (datetime.fromisoformat("2026-03-02"), "2026-03-02"),
        (datetime.fromisoformat("2026-03-02T09:30"), "2026-03-02T09:30:00"), (time(9), "09:00:00"), (timedelta(hours=30), "1 day, 6:00:00"), ("", ""),
    ],
)  # fmt: skip
def test_a_cell_is_what_one_would_have_typed(cell: Any, text: str) -> None:
    assert text_of(cell) == text


def test_a_protected_or_old_spreadsheet_says_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "roster.xlsx"
    file.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600)
    said = (
        "the file is protected by a password or of an old Excel. Save it as .xlsx without a password, or as"
    )
    assert sentences(file) == [f"Line 1: {said} “CSV UTF-8”."]


def test_a_zip_under_a_password_says_so(tmp_path: Path) -> None:
    content = bytearray(book(tmp_path, [HEAD]).read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    file = tmp_path / "locked.xlsx"
    file.write_bytes(content)
    assert sentences(file) == [
        "Line 1: the file is protected by a password. Save it as “CSV UTF-8” and try again."
    ]


def test_a_file_that_is_larger_than_any_roster_is_not_even_read(tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    with file.open("wb") as out:
        out.truncate(sheets.FILE_LIMIT + 1)
    assert sentences(file) == ["Line 1: the file is larger than 20 MB; a roster is not."]


def test_more_lines_than_any_roster_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_text("staff_number,name\n" + "1,A\n" * sheets.ROWS_LIMIT)
    assert sentences(file) == ["Line 1: the file has more than 50,000 lines."]


def test_a_bomb_that_says_what_it_is_is_refused_unopened(tmp_path: Path) -> None:
    file = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b"0" * 70_000_000)
    assert file.stat().st_size < 1_000_000
    assert sentences(file) == [
        "Line 1: the spreadsheet unpacks to more than a roster may hold. Save it as “CSV UTF-8” and try again."
    ]


def with_first_sheet(tmp_path: Path, xml: bytes, *, says: int | None = None) -> Path:
    """A spreadsheet whose first sheet is this, and which may lie about how large it is."""
    whole, file = book(tmp_path, [HEAD, ("1", "A")]), tmp_path / "odd.xlsx"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, xml if name == "xl/worksheets/sheet1.xml" else old.read(name))
    if says is not None:
        size = struct.pack("<I", len(xml))
        file.write_bytes(file.read_bytes().replace(size, struct.pack("<I", says)))
    return file


MAIN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
REFUSED = (
    "Line 1: the spreadsheet needs more memory or time than a roster may. Save it as “CSV UTF-8” and try again.",
    "Line 1: the first sheet has more than 200 columns or 50,000 lines.",
    "Line 1: the spreadsheet cannot be read. Save it as “CSV UTF-8” and try again.",
)


def test_one_cell_far_out_does_not_take_the_memory_of_the_machine(tmp_path: Path) -> None:
    cells = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    found = sentences(with_first_sheet(tmp_path, MAIN + cells + b"</sheetData></worksheet>"))
    assert len(found) == 1 and found[0] in REFUSED


def test_a_bomb_that_lies_about_its_size_is_stopped_while_it_unpacks(tmp_path: Path) -> None:
    xml = MAIN + b"<row><c><v>1</v></c></row>" * 6_000_000 + b"</sheetData></worksheet>"
    found = sentences(with_first_sheet(tmp_path, xml, says=1000))
    assert len(found) == 1 and found[0] in REFUSED


@pytest.mark.parametrize("content", [b"", b"<", MAIN, MAIN + b"<row><c t='s'><v>999999</v></c></row></sheetData></worksheet>"])  # fmt: skip
def test_a_broken_sheet_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    assert len(sentences(with_first_sheet(tmp_path, content))) == 1


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04", b"PK\x03\x04" + zlib.compress(b"x" * 99), b"PK\x05\x06" + b"\0" * 18]
)
def test_half_a_file_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "half.xlsx"
    file.write_bytes(content)
    assert len(sentences(file)) == 1


def test_a_zip_of_something_else_is_a_sentence(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("readme.txt", "no sheet")
    file = tmp_path / "other.zip"
    file.write_bytes(made.getvalue())
    assert sentences(file) == [
        "Line 1: the spreadsheet cannot be read. Save it as “CSV UTF-8” and try again."
    ]
