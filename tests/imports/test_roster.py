"""A roster: every fault in one sentence with its line, and the whole file or nothing."""

import csv
import zlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.imports.roster import COLUMNS, Roster, read
from bot.rules.languages import LANGUAGES
from bot.rules.people import JOBS, Learner
from bot.rules.roster import Answers, RosterLine

GOOD = """\
staff_number,name,department,job,manager_staff_number,hire_date,language,time_zone
0101,Lin Ling,Credit,manager,,2020-01-06,zh-Hans,Asia/Shanghai
0102,陈梅,Credit,credit-officer,0101,2026-12-07,,
"""


def somebody(number: str, name: str = "Somebody", **changes: Any) -> Learner:
    """Somebody in the organisation already, whose id is that of their number."""
    return Learner(
        zlib.crc32(number.encode()), "employee", "en", "UTC", name=name, staff_number=number, **changes
    )


def roster(tmp_path: Path, content: str | bytes, *known: Learner, answers: Answers | None = None) -> Roster:
    file = tmp_path / "roster.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(file, language="en", time_zone="Asia/Singapore", known=known, answers=answers)


def faults(tmp_path: Path, content: str | bytes, *known: str) -> list[str]:
    found = roster(tmp_path, content, *(somebody(number) for number in known))
    return [str(fault) for fault in found.faults]


def people(*lines: str) -> str:
    return (
        "\n".join(["staff_number,name,job,manager_staff_number,hire_date,language,time_zone", *lines]) + "\n"
    )


def test_a_good_file_is_read_with_leading_zeros_and_the_organisations_defaults(tmp_path: Path) -> None:
    found = roster(tmp_path, GOOD)
    assert found.faults == ()
    mei = found.lines[1]
    assert (mei.staff_number, mei.name, mei.manager_staff_number) == ("0102", "陈梅", "0101")
    assert (mei.language, mei.time_zone, str(mei.hired_on)) == ("en", "Asia/Singapore", "2026-12-07")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_files_of_every_system_are_read(tmp_path: Path, encoding: str, end: str) -> None:
    found = roster(tmp_path, GOOD.replace("\n", end).encode(encoding))
    assert found.faults == ()
    assert [line.name for line in found.lines] == ["Lin Ling", "陈梅"]


@pytest.mark.parametrize(
    ("encoding", "name", "guess"),
    [
        ("gb18030", "陈梅", "; it looks like GBK or Big5, as Excel in Chinese saves “CSV”"),
        ("big5", "陳大文", "; it looks like GBK or Big5, as Excel in Chinese saves “CSV”"),
        ("latin-1", "Zoë", ""),
    ],
)
def test_another_encoding_is_refused_with_what_to_do(
    tmp_path: Path, encoding: str, name: str, guess: str
) -> None:
    content = GOOD.replace("陈梅", name).encode(encoding)
    assert faults(tmp_path, content) == [
        f"Line 1: the file is not UTF-8{guess}. Save it as “CSV UTF-8” and try again."
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_text_of_a_spreadsheet_is_read_when_it_says_what_it_is(tmp_path: Path, encoding: str) -> None:
    mark = "" if encoding == "utf-16" else "\ufeff"
    found = roster(tmp_path, (mark + GOOD.replace(",", "\t")).encode(encoding))
    assert [line.name for line in found.lines] == ["Lin Ling", "陈梅"]
    assert faults(tmp_path, GOOD.encode("utf-16-le"))[0].startswith("Line 1: the file ")


def test_semicolons_separate_too(tmp_path: Path) -> None:
    assert [line.name for line in roster(tmp_path, GOOD.replace(",", ";")).lines] == ["Lin Ling", "陈梅"]


def test_columns_may_stand_in_any_order_and_unknown_ones_are_named(tmp_path: Path) -> None:
    found = roster(tmp_path, "Name , salary,STAFF_NUMBER\nMei,1,0102\n")
    assert found.faults == () and found.ignored == ("salary",)
    assert (found.lines[0].staff_number, found.lines[0].name) == ("0102", "Mei")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (",Mei,,,,,", "staff_number is empty."),
        ("1,,,,,,", "name is empty."),
        ("1,Mei,wizard,,,,", "job “wizard” is not one of credit-officer, customer-service, it-ops, collections, manager."),
        ("1,Mei,,,,fr,", "language “fr” is not one of en, zh-Hans, zh-Hant."),
        ("1,Mei,,,,zh_Hans,", "language “zh_Hans” is not one of en, zh-Hans, zh-Hant."),
        ("1,Mei,,,,,Singapore City", "time_zone “Singapore City” is not known; write it like Asia/Singapore."),
        ("1,Mei,,,02/03/2026,,", "hire_date “02/03/2026” is not a day; write it like 2026-03-02."),
        ("1,Mei,,,2026-02-30,,", "hire_date “2026-02-30” is not a day; write it like 2026-03-02."),
        ("1,Mei,,1,,,", "somebody cannot be their own manager."),
        ("1,Mei,,99,,,", "manager_staff_number 99 is neither in this file nor known."),
        ("1,Mei,,,,,,,x", "there are more fields than columns."),
        ("1," + "x" * 201 + ",,,,,", "name is longer than 200 characters."),
        ("1" * 65 + ",Mei,,,,,", "staff_number is longer than 64 characters."),
    ],
)  # fmt: skip
def test_each_fault_is_one_sentence_with_its_line(tmp_path: Path, line: str, sentence: str) -> None:
    assert faults(tmp_path, people("7,Good,,,,,", line)) == [f"Line 3: {sentence}"]


def test_all_faults_of_a_file_are_told_at_once_and_none_of_it_is_good(tmp_path: Path) -> None:
    found = faults(tmp_path, people("1,,,,,,", "2,Mei,wizard,,x,,", "3,Wei,,,,,", "3,Sana,,,,,"))
    assert [line.split(":")[0] for line in found] == ["Line 2", "Line 3", "Line 3", "Line 5"]
    assert found[-1] == "Line 5: staff_number 3 stands already on line 4."


def test_circles_are_found_however_long(tmp_path: Path) -> None:
    found = faults(tmp_path, people("1,A,,2,,,", "2,B,,3,,,", "3,C,,1,,,", "4,D,,1,,,"))
    assert found == [f"Line {n}: {n - 1} would be, over others, their own manager." for n in (2, 3, 4)]


def test_a_circle_over_somebody_who_stands_in_no_line_is_found(tmp_path: Path) -> None:
    one = somebody("1", "A")
    found = roster(tmp_path, people("1,A,,2,,,"), one, somebody("2", manager_id=one.id))
    assert [str(fault) for fault in found.faults] == ["Line 2: 1 would be, over others, their own manager."]


def test_a_manager_whose_own_line_has_a_fault_is_in_the_file_all_the_same(tmp_path: Path) -> None:
    assert faults(tmp_path, people("1,A,wizard,,,,", "2,B,,1,,,"))[0].startswith("Line 2: job")
    assert len(faults(tmp_path, people("1,A,wizard,,,,", "2,B,,1,,,"))) == 1


def test_a_manager_who_is_known_already_need_not_stand_in_the_file(tmp_path: Path) -> None:
    assert faults(tmp_path, people("1,Mei,,0101,,,"), "0101") == []


@pytest.mark.parametrize("content", ["", "\n", "name\nMei\n", "staff_number name\n1 Mei\n"])
def test_a_file_without_its_columns_says_which_one(tmp_path: Path, content: str) -> None:
    found = faults(tmp_path, content)
    assert len(found) == 1 and "is missing. The first line names the columns." in found[0]


def test_a_column_twice_is_a_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, "staff_number,name,name\n1,a,b\n") == [
        "Line 1: a column stands twice in the first line."
    ]


def test_rubbish_is_refused_and_never_an_error(tmp_path: Path) -> None:
    for content in (b"\0\0\0", b"PK\x03\x04" + b"\0" * 40, b'staff_number,name\n1,"open', b"\xff\xfe\x00"):
        assert roster(tmp_path, content).faults or roster(tmp_path, content).lines


def test_a_field_beyond_all_measure_is_a_fault_and_not_a_crash(tmp_path: Path) -> None:
    found = faults(tmp_path, people(f"1,{'x' * 200_000},,,,,"))
    assert found == ["Line 2: the file cannot be read as CSV (field larger than field limit (131072))."]


def test_empty_lines_are_passed_over_and_lines_still_count_right(tmp_path: Path) -> None:
    assert faults(tmp_path, people("1,Mei,,,,,", "", ",,,,,,", "2,Wei,wizard,,,,"))[0].startswith(
        "Line 5: job"
    )


def test_a_name_over_two_lines_keeps_the_count(tmp_path: Path) -> None:
    assert faults(tmp_path, people('1,"Mei\nChen",,,,,', "2,Wei,wizard,,,,"))[0].startswith("Line 4: job")


def test_a_quotation_mark_that_is_never_closed_swallows_nobody(tmp_path: Path) -> None:
    found = faults(tmp_path, 'staff_number,name\n1,"Mei\n2,Wei\n3,Bo\n')
    assert found == ['Line 2: a quotation mark (") is not closed, or closed too early.']
    assert faults(tmp_path, 'staff_number,name\n1,"Mei" Chen\n') == found
    assert roster(tmp_path, 'staff_number,name\n1,Mei "M" Chen\n').lines[0].name == 'Mei "M" Chen'


def test_a_file_that_names_nobody_lets_nobody_go(tmp_path: Path) -> None:
    for nobody in ("staff_number,name\n", "staff_number,name\n,\n\n"):
        assert faults(tmp_path, nobody, "1") == ["Line 1: there is nobody below the first line."]


def test_no_manager_is_nobody(tmp_path: Path) -> None:
    assert isinstance(roster(tmp_path, GOOD).lines[0], RosterLine)
    assert roster(tmp_path, GOOD).lines[0].manager_staff_number is None


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "+65", "-Mei", "<b>Mei</b>", "{mei}", "{{ 1 }}", "O'Neill; DROP TABLE", "阿明🙂", "می\u200cخواهم", "Zoë", "𠮷野"])  # fmt: skip
def test_an_odd_name_is_a_name(tmp_path: Path, name: str) -> None:
    found = roster(tmp_path, f'staff_number,name\n1,"{name}"\n')
    assert [line.name for line in found.lines] == [name], found.faults


@pytest.mark.parametrize(
    ("letter", "code"),
    [("\u202e", "U+202E"), ("\u2066", "U+2066"), ("\u200b", "U+200B"), ("\u200e", "U+200E"), ("\x07", "U+0007"), ("\x1b", "U+001B"), ("\ue000", "U+E000"), ("\xad", "U+00AD")],
)  # fmt: skip
def test_what_cannot_be_seen_is_named_wherever_it_stands(tmp_path: Path, letter: str, code: str) -> None:
    found = faults(tmp_path, f"staff_number,name,department\n1,Mei{letter}Chen,A{letter}\n")
    assert found == [
        f"Line 2: {column} holds a character that cannot be seen ({code}); type it anew."
        for column in ("name", "department")
    ]
    assert letter not in "".join(faults(tmp_path, f"staff_number,name,job\n1{letter},A,x{letter}\n"))


def test_a_file_with_nul_is_none(tmp_path: Path) -> None:
    assert faults(tmp_path, "staff_number,name\n1,M\0ei\n") == [
        "Line 1: the file holds NUL characters; it is not a CSV file."
    ]


def test_what_people_write_otherwise_is_read_as_meant(tmp_path: Path) -> None:
    found = roster(
        tmp_path, "Staff Number,Name,Job,Hire date\n０１０２, Chen \xa0 Mei ,IT Ops,2026年3月2日\n"
    )
    mei = found.lines[0]
    assert (mei.staff_number, mei.name, mei.job, str(mei.hired_on)) == (
        "0102",
        "Chen Mei",
        "it-ops",
        "2026-03-02",
    )


@pytest.mark.parametrize("day", ["1.0", "20260302", "2026-W10-1", "1026-03-02", "9999-12-31", "2026-3/2", "02.03.2026", "3 March"])  # fmt: skip
def test_a_day_that_could_be_another_is_none(tmp_path: Path, day: str) -> None:
    assert faults(tmp_path, people(f"1,Mei,,,{day},,")) == [
        f"Line 2: hire_date “{day}” is not a day; write it like 2026-03-02."
    ]


@pytest.mark.parametrize("number", ["1.23457E+15", "1,2e+8", "1E+10"])
def test_a_number_that_was_rounded_is_not_taken(tmp_path: Path, number: str) -> None:
    assert "was rounded by a spreadsheet" in faults(tmp_path, people(f'"{number}",Mei,,,,,'))[0]


def test_a_long_word_is_not_repeated_whole(tmp_path: Path) -> None:
    found = faults(tmp_path, people(f"1,Mei,{'w' * 150},,,,"))
    assert found[0].startswith(f"Line 2: job “{'w' * 40}…” is not one of")


def test_a_number_of_somebody_who_left_under_another_name_is_asked_about(tmp_path: Path) -> None:
    gone = somebody("1", "Chen Mei", left_on=date(2026, 3, 2))
    file = people("1,Omar Haddad,,,,,")
    was = "staff_number 1 belonged to Chen Mei, who left on 2026-03-02, and is Omar Haddad here"
    what = "If that is the same person, say --same-person 1; if somebody new, --new-person 1"
    assert [str(fault) for fault in roster(tmp_path, file, gone).faults] == [f"Line 2: {was}. {what}."]
    for answers in (Answers(same=frozenset({"1"})), Answers(new=frozenset({"1"}))):
        assert roster(tmp_path, file, gone, answers=answers).faults == ()


def test_a_column_that_the_file_lacks_keeps_what_is_known(tmp_path: Path) -> None:
    boss = somebody("9")
    mei = somebody("1", "Mei", department="Credit", manager_id=boss.id)
    found = roster(tmp_path, "staff_number,name\n1,Mei\n9,Somebody\n", mei, boss)
    assert (found.lines[0].department, found.lines[0].manager_staff_number) == ("Credit", "9")


def test_managers_are_not_asked_about_where_the_file_names_none(tmp_path: Path) -> None:
    one, two = somebody("1"), somebody("2")
    circle = (one.with_(manager_id=two.id), two.with_(manager_id=one.id))
    assert roster(tmp_path, "staff_number,name\n1,Somebody\n", *circle).faults == ()


@given(content=st.binary(max_size=400))
def test_any_bytes_give_sentences(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.csv"
    for begins in (b"", b"\xef\xbb\xbfstaff_number,name\n", b"\xff\xfes\0", b"staff_number\tname\n"):
        file.write_bytes(begins + content)
        said_well(read(file, language="en", time_zone="UTC"))


@given(content=st.text(max_size=200))
def test_any_text_below_a_header_gives_sentences(
    tmp_path_factory: pytest.TempPathFactory, content: str
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.csv"
    file.write_bytes((",".join(COLUMNS) + "\n" + content).encode("utf-8", "surrogatepass"))
    said_well(read(file, language="en", time_zone="UTC"))


def said_well(found: Roster) -> None:
    """Either faults or lines, and each fault is one line of text that ends like a sentence."""
    assert not (found.faults and found.lines)
    for fault in found.faults:
        assert str(fault).endswith(".") and fault.line >= 1 and str(fault).isprintable()


WORD = st.text("abcXYZ陈梅é=+-@<>&'\";,\t |🙂", min_size=1, max_size=20).map(lambda s: " ".join(s.split()))
NAMES = WORD.filter(bool)


@st.composite
def rosters(draw: st.DrawFn) -> list[RosterLine]:
    """People with numbers of their own, each under somebody who stands above."""
    lines: list[RosterLine] = []
    for number in draw(
        st.lists(st.from_regex(r"[0-9A-Z]{1,8}", fullmatch=True), unique=True, min_size=1, max_size=8)
    ):
        above = [None, *(line.staff_number for line in lines)]
        lines.append(
            RosterLine(
                number, draw(NAMES), draw(WORD), draw(st.sampled_from(("", *JOBS))), draw(st.sampled_from(above)),
                draw(st.none() | st.dates(date(1950, 1, 1), date(2100, 12, 31))), draw(st.sampled_from(LANGUAGES)),
                draw(st.sampled_from(("UTC", "Asia/Shanghai", "America/Argentina/Buenos_Aires"))),
            )
        )  # fmt: skip
    return lines


def cells(line: RosterLine) -> list[str]:
    day = line.hired_on.isoformat() if line.hired_on else ""
    return [
        line.staff_number, line.name, line.department, line.job, line.manager_staff_number or "", day, line.language,
        line.time_zone,
    ]  # fmt: skip


@given(lines=rosters(), encoding=st.sampled_from(("utf-8", "utf-8-sig", "utf-16")), data=st.data())
def test_what_is_written_out_is_read_back_the_same_in_any_order_of_columns(
    tmp_path_factory: pytest.TempPathFactory, lines: list[RosterLine], encoding: str, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(COLUMNS))))
    file = tmp_path_factory.getbasetemp() / "same.csv"
    with file.open("w", encoding=encoding, newline="") as out:
        rows = [list(COLUMNS), *(cells(line) for line in lines)]
        csv.writer(out).writerows([[row[column] for column in order] for row in rows])
    found = read(file, language="en", time_zone="UTC")
    assert found.faults == () and list(found.lines) == lines
