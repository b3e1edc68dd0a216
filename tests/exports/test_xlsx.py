"""XLSX as Excel reads it: typed cells, no formula, nothing lost, whatever the number of rows."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from xml.etree import ElementTree

import pytest
from python_calamine import CalamineWorkbook

from bot.exports import FORMATS, STREAMS
from bot.exports.text import CELL_LIMIT
from bot.exports.xlsx import write
from tests.exports.test_csv import DANGEROUS

HEADER = ("name", "value")
NAMES = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
EXCEL_BEGAN = date(1899, 12, 30)


def sheet(out: Path, number: int = 1) -> ElementTree.Element:
    with zipfile.ZipFile(out) as book:
        return ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))


def cells(out: Path, number: int = 1) -> list[dict[str, object]]:
    """Column letter → value by the cell's own type, one dict a row."""
    return [
        {re.sub(r"\d", "", c.get("r", "")): _value(c) for c in row.iterfind("m:c", NAMES)}
        for row in sheet(out, number).iterfind(".//m:row", NAMES)
    ]


def _value(cell: ElementTree.Element) -> object:
    kind, value = cell.get("t", "n"), cell.findtext("m:v", namespaces=NAMES)
    if kind == "inlineStr":
        text = cell.findtext("m:is/m:t", namespaces=NAMES) or ""
        return re.sub(r"_x([0-9A-F]{4})_", lambda hit: chr(int(hit[1], 16)), text)
    assert value is not None
    if kind == "b":
        return value == "1"
    return EXCEL_BEGAN + timedelta(days=int(value)) if cell.get("s") else float(value)


def written(tmp_path: Path, *rows: Sequence[object]) -> list[dict[str, object]]:
    out = tmp_path / "out.xlsx"
    assert FORMATS["xlsx"](HEADER, rows, out) == len(rows)
    return cells(out)


@pytest.mark.parametrize(
    "text", [*DANGEROUS, "http://evil.example", "mailto:a@b.example", "00123", "1e5", "TRUE", "_x0041_"]
)
def test_text_is_text_whatever_it_looks_like(tmp_path: Path, text: str) -> None:
    seen = "".join(letter for letter in text if letter >= " " or letter in "\t\r\n").replace("\r", "\n")
    value = str(written(tmp_path, (text, "next"))[1]["A"]).replace("\r", "\n")
    assert value == seen
    assert not sheet(tmp_path / "out.xlsx").findall(".//m:f", NAMES)
    with zipfile.ZipFile(tmp_path / "out.xlsx") as book:
        assert not [name for name in book.namelist() if "rels" in name and "sheet" in name], "a link was made"


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        (True, True), (False, False), (0, 0.0), (-7, -7.0), (date(2026, 3, 2), date(2026, 3, 2)),
        (date(1850, 1, 1), "1850-01-01"), (2**62, str(2**62)), (date(2, 1, 1), "0002-01-01"),
        (datetime(2026, 3, 2, 9, 0, 1, 999, tzinfo=timezone(timedelta(hours=8))), "2026-03-02T09:00:01+08:00"),
        (datetime(2026, 3, 2, tzinfo=UTC), "2026-03-02T00:00:00+00:00"), ("陈梅", "陈梅"), ("🦊 fox", "🦊 fox"),
    ],
)  # fmt: skip
def test_a_cell_is_of_the_type_of_its_value(tmp_path: Path, value: object, seen: object) -> None:
    assert written(tmp_path, (value, "next"))[1] == {"A": seen, "B": "next"}


@pytest.mark.parametrize(
    "text",
    [
        "<r></r>",
        "<r><t>a</t></r>",
        '<r></is></c><c r="Z9"><f>1+1</f><v>0</v></c><c r="Y9" t="inlineStr"><is></r>',
    ],
)
def test_what_looks_like_the_markup_of_a_cell_is_text(tmp_path: Path, text: str) -> None:
    written(tmp_path, (text, "next"))
    read = CalamineWorkbook.from_path(tmp_path / "out.xlsx").get_sheet_by_index(0).to_python()
    assert read[1] == [text, "next"]
    assert not sheet(tmp_path / "out.xlsx").findall(".//m:f", NAMES)


def test_what_is_nothing_is_an_empty_cell(tmp_path: Path) -> None:
    assert written(tmp_path, (None, "y"), ("", "x"))[1:] == [{"B": "y"}, {"B": "x"}]


def test_what_is_longer_than_a_cell_is_cut_and_says_so(tmp_path: Path) -> None:
    value = str(written(tmp_path, ("x" * 40_000, ""))[1]["A"])
    assert len(value) == CELL_LIMIT and value.endswith(" …[cut]")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("🦊" * 16_383, "🦊" * 16_383),
        ("🦊" * 16_384, "🦊" * 16_380 + " …[cut]"),
        ("a" + "🦊" * 20_000, "a" + "🦊" * 16_379 + " …[cut]"),
    ],
)
def test_a_cell_is_measured_as_spreadsheets_do(tmp_path: Path, text: str, kept: str) -> None:
    assert written(tmp_path, (text, ""))[1] == {"A": kept}


def test_the_header_stays_in_sight_and_every_column_has_a_filter(tmp_path: Path) -> None:
    written(tmp_path, *[("x" * 30, "y")] * 5)
    root = sheet(tmp_path / "out.xlsx")
    pane, filtered = root.find(".//m:pane", NAMES), root.find(".//m:autoFilter", NAMES)
    assert pane is not None and (pane.get("state"), pane.get("ySplit")) == ("frozen", "1")
    assert filtered is not None and filtered.get("ref") == "A1:B6"
    widths = [float(column.get("width", 0)) for column in root.iterfind(".//m:col", NAMES)]
    assert widths[0] > 30 and widths[1] < 20


def test_more_rows_than_a_sheet_holds_go_on_the_next(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    assert write(HEADER, ((f"n{n}", n) for n in range(25)), out, rows_a_sheet=10) == 25
    found = [cells(out, number) for number in (1, 2, 3)]
    assert [len(rows) for rows in found] == [11, 11, 6]
    assert all(rows[0] == {"A": "name", "B": "value"} for rows in found)
    assert [row["B"] for rows in found for row in rows[1:]] == list(map(float, range(25)))


def test_a_file_that_breaks_half_way_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    written(tmp_path, ("old", "1"))

    def breaks() -> Iterator[tuple[object, ...]]:
        yield ("new", "1")
        raise RuntimeError("the line was cut")

    with pytest.raises(RuntimeError):
        FORMATS["xlsx"](HEADER, breaks(), tmp_path / "out.xlsx")
    assert cells(tmp_path / "out.xlsx")[1] == {"A": "old", "B": "1"}
    assert [path.name for path in tmp_path.iterdir()] == ["out.xlsx"]


def test_a_name_that_no_sheet_may_have_is_made_one(tmp_path: Path) -> None:
    assert write(HEADER, [], tmp_path / "what's [this] ?*: a very long name indeed.xlsx") == 0


def test_a_spreadsheet_is_no_stream() -> None:
    assert set(FORMATS) - set(STREAMS) == {"xlsx"}
