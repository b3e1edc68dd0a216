"""CSV as a spreadsheet reads it: every cell is text, nothing is run, nothing is lost."""

import csv
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from bot.exports import FORMATS
from bot.exports.csv import cell
from bot.exports.text import CELL_LIMIT

HEADER = ("name", "value")
DANGEROUS = [
    '=HYPERLINK("http://evil.example","click")', "=1+1", "+cmd|' /C calc'!A0", "-1", "-2+3", "@SUM(A1)", "\t=1", "\r=1",
    "\n=1", "\n\n-1", "＝1", "＋1", "－1", "＠SUM", "#N/A", "\x07=1", "\0=1", "  =1", " \t=1", "\x0b=1", "\x1b-1",
]  # fmt: skip


def written(tmp_path: Path, *rows: Sequence[object]) -> list[list[str]]:
    out = tmp_path / "out.csv"
    assert FORMATS["csv"](HEADER, rows, out) == len(rows)
    with out.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_can_be_taken_for_a_formula_or_an_error(tmp_path: Path, text: str) -> None:
    value = written(tmp_path, (text, "next"))[1]
    assert value[0].startswith("'"), value
    assert value[1] == "next"
    assert not set(value[0]) & set("\0\x07\x0b\x1b")


@pytest.mark.parametrize(
    "text",
    [
        "00123",
        "0102",
        "Chen Mei",
        "陈梅",
        "a,b",
        'say "hi"',
        "two\nlines",
        "3,5",
        "1e5",
        "'quoted",
        "a=b",
        "<b>&</b>",
    ],
)
def test_what_is_harmless_stays_as_it_is(tmp_path: Path, text: str) -> None:
    assert written(tmp_path, (text, "x"))[1:] == [[text, "x"]]


def test_every_row_is_there_whatever_stands_in_it(tmp_path: Path) -> None:
    rows = [(text, str(number)) for number, text in enumerate([*DANGEROUS, "a\r\nb", "x" * 40_000])]
    read = written(tmp_path, *rows)
    assert read[0] == list(HEADER)
    assert [row[1] for row in read[1:]] == [str(number) for number in range(len(rows))]


def test_what_is_longer_than_a_cell_is_cut_and_says_so(tmp_path: Path) -> None:
    value = written(tmp_path, ("x" * 33_000, ""))[1][0]
    assert len(value) == CELL_LIMIT and value.endswith(" …[cut]")
    assert written(tmp_path, ("=" * 40_000, ""))[1][0].startswith("'=")


def test_the_file_begins_with_the_mark_that_spreadsheets_look_for(tmp_path: Path) -> None:
    written(tmp_path, ("陈梅", "1"))
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbfname,value\r\n")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), (True, "true"), (False, "false"), (0, "0"), (-7, "-7"), (date(2026, 3, 2), "2026-03-02"),
        (datetime(2026, 3, 2, 9, 0, 1, 999, tzinfo=timezone(timedelta(hours=8))), "2026-03-02T09:00:01+08:00"),
        (datetime(2026, 3, 2, tzinfo=UTC), "2026-03-02T00:00:00+00:00"), ("", ""),
    ],
)  # fmt: skip
def test_values_are_written_for_machines_to_read(value: object, text: str) -> None:
    assert cell(value) == text


def test_a_file_that_breaks_half_way_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    written(tmp_path, ("old", "1"))

    def breaks() -> object:
        yield ("new", "1")
        raise RuntimeError("the line was cut")

    with pytest.raises(RuntimeError):
        FORMATS["csv"](HEADER, breaks(), out)  # type: ignore[arg-type]
    assert "old" in out.read_text(encoding="utf-8-sig")
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
