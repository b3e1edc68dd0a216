"""Names that a spreadsheet would run, break on or change, from the database into CSV and XLSX and read back.

Read back by `csv` and by calamine, a reader of its own, and the sheet's XML is looked through for formulas and errors.
"""

import csv
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine

from bot.exports import FORMATS
from bot.rules.people import Learner
from bot.store import engine as database
from bot.store import ids, rows, tables
from bot.store.completions import COLUMNS, Scope
from bot.store.snapshot import snapshot
from tests.cast import MONDAY, ZONE
from tests.faults.table import Seen

NAMES = [
    '=HYPERLINK("http://evil.example","click")', "+cmd|' /C calc'!A0", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1",
    "a\0b", "\0=1", "＝1", "#N/A", "#REF!", "\x07", "\x07=1", "  =1", "x" * 33_000, "=" + "y" * 33_000, "🦊" * 17_000,
    "<r><t>a</t></r>", '<r></is></c><c r="Z9"><f>1+1</f></c><c><is></r>', "<b>&amp;</b>", "_x0041_", "TRUE", "1e5",
    "0x1F", "2026-03-02", "3/4", "=1+1", "Chen Mei", "陈梅", "",
]  # fmt: skip
DANGEROUS = "=+-@\t\r\n＝＋－＠"
LETTERS = "=+-@#\t\r\n ＝ab'\",;|!<r>&é陈🦊\x07\x1b\u202e\u2028"
MARK = " …[cut]"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def hostile(count: int) -> Iterator[str]:
    """The names of the promise, then others made of the same letters."""
    dice = random.Random(30)
    yield from NAMES
    for _ in range(count - len(NAMES)):
        yield "".join(dice.choices(LETTERS, k=dice.randrange(1, 12)))


def filled(url: str, names: list[str]) -> Engine:
    """A database of people with these names, each owed one lesson; the reader's side of it."""
    writing, reading = database.connect(url, outlives="kill")
    database.create(writing)
    staff = [
        Learner(
            number, "employee", "en", ZONE, name=name, staff_number=f"{number:06d}", department=names[-number]
        )
        for number, name in enumerate(names, 1)
    ]
    owed = [
        {"id": ids.new(), "learner_id": one.id, "track": "staff", "unit": "a-unit", "unit_kind": "lesson", "position": 0,
         "assigned_on": MONDAY.date(), "attempts": 0, "content_version": "", "exempt": False, "version": 0}
        for one in staff
    ]  # fmt: skip
    with writing.begin() as connection:
        connection.execute(tables.learners.insert(), list(map(rows.learner_values, staff)))
        connection.execute(tables.assignments.insert(), owed)
    writing.dispose()
    return reading


def written(reading: Engine, form: str, out: Path) -> Path:
    with snapshot(reading) as kept:
        FORMATS[form](COLUMNS, kept.completions(Scope(), "Q", "Asia/Shanghai", MONDAY), out)
    return out


def plain(text: str) -> str:
    """A text without what no cell may hold; ends of lines as a spreadsheet reads them."""
    kept = "".join(letter for letter in text if letter >= " " or letter in "\t\n\r")
    return kept.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.fault(30, small=200, full=20_000)
def test_no_name_is_run_broken_or_lost(database_url: str, tmp_path: Path, size: int, seen: Seen) -> None:
    on_sqlite = database_url.startswith("sqlite")
    names = [name for name in hostile(size) if on_sqlite or "\0" not in name]  # PostgreSQL keeps no NUL
    reading = filled(database_url, names)
    in_csv, run = _read_csv(written(reading, "csv", tmp_path / "out.csv"))
    in_xlsx, errors = _read_xlsx(written(reading, "xlsx", tmp_path / "out.xlsx"))
    reading.dispose()
    numbers = {f"{number:06d}": name for number, name in enumerate(names, 1)}
    wrong = [
        (form, number)
        for form, found in (("csv", in_csv), ("xlsx", in_xlsx))
        for number, name in numbers.items()
        if not _is_kept(name, found.get(number), form)
    ]
    lost = len(numbers) - min(len(in_csv), len(in_xlsx))
    seen.says(
        lost=lost, doubled=len(run) + len(errors),
        note=f"{len(names):,} names in CSV and XLSX: {len(run)} cells begin like a formula, {len(errors)} formulas or "
        f"errors in the XML, {len(wrong)} texts changed",
    )  # fmt: skip
    assert (lost, run, errors, wrong) == (0, [], [], [])


def _read_csv(file: Path) -> tuple[dict[str, str], list[str]]:
    """Name by staff number, and cells that a spreadsheet would run."""
    csv.field_size_limit(200_000)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        found = list(csv.reader(lines))
    assert found[0] == list(COLUMNS)
    run = [
        cell
        for row in found
        for cell in row
        if cell.lstrip(" ")[:1] in tuple(DANGEROUS) or cell.startswith("#") or "\0" in cell
    ]
    return {row[2]: row[3] for row in found[1:]}, run


def _read_xlsx(file: Path) -> tuple[dict[str, str], list[str]]:
    """The same from a spreadsheet; and formulas, errors and links that stand in it."""
    found = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    with zipfile.ZipFile(file) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        links = [name for name in book.namelist() if "rels" in name and "sheet" in name]
    cells = sheet.iter(f"{SHEET}c")
    odd = [
        cell.get("r", "")
        for cell in cells
        if cell.get("t") in ("e", "str") or cell.find(f"{SHEET}f") is not None
    ]
    return {str(row[2]): str(row[3]) for row in found[1:]}, [*odd, *links]


def _is_kept(name: str, found: str | None, form: str) -> bool:
    """Whether a cell says this name: whole, or its beginning and the mark."""
    if found is None:
        return False
    said, meant = plain(found), plain(name)
    if form == "csv" and said.startswith("'") and not meant.startswith("'"):
        said = said[1:]
    if said.endswith(MARK) and not meant.endswith(MARK):
        return len(said) > 16_000 and meant.startswith(said.removesuffix(MARK))
    return said == meant
