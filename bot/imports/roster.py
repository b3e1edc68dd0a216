"""A roster in CSV or XLSX: every fault of the file in one sentence with its line, or nothing but good lines."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from zoneinfo import available_timezones

from bot.imports import sheets
from bot.rules.languages import LANGUAGES
from bot.rules.people import JOBS, Learner
from bot.rules.roster import NUMBER_LIMIT, Answers, RosterLine, completed, doubts

COLUMNS = (
    "staff_number", "name", "department", "job", "manager_staff_number", "hire_date", "language", "time_zone",
)  # fmt: skip
REQUIRED = ("staff_number", "name")
WORDS = frozenset({"name", "department"})
"""What people write; everything else is read in its plainest form, so that ０１０２ is 0102."""
FIELD_LIMIT = 200
LIMITS = {"staff_number": NUMBER_LIMIT, "manager_staff_number": NUMBER_LIMIT}
YEARS = range(1950, 2101)
JOINERS = "\u200c\u200d"
"""Invisible, and part of how some names are written."""
DAY = re.compile(r"(\d{4})([-/.年])(\d{1,2})(?:\2|月)(\d{1,2})日?")
"""2026-03-02, and as spreadsheets in Chinese write it: 2026/3/2, 2026年3月2日. No other order can be told apart."""
ROUNDED = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)
"""What a spreadsheet makes of a long number in a narrow column."""
Values = dict[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Roster:
    lines: tuple[RosterLine, ...]
    faults: tuple[Fault, ...]
    ignored: tuple[str, ...] = ()
    """Columns of the file that mean nothing here."""
    others: tuple[str, ...] = ()
    """Sheets of the file that were not read."""


def read(
    path: Path,
    *,
    language: str,
    time_zone: str,
    known: Sequence[Learner] = (),
    answers: Answers | None = None,
) -> Roster:
    """Read and check a whole roster against everybody known, whether here or gone.

    Where the file lacks a column, what is known stays. Raises nothing but what opening a file raises.
    """
    try:
        sheet = sheets.read(path)
        header, rows = _head(sheet)
    except sheets.Unreadable as why:
        return Roster((), (Fault(why.line, str(why)),))
    ignored = tuple(name for name in header if name and name not in COLUMNS)
    lines, faults = _lines(header, rows)
    if not lines:
        faults.append(Fault(1, "there is nobody below the first line."))
    faults += _across(lines, _managers(known), "manager_staff_number" in header)
    found = [_line(number, values, language, time_zone) for number, values in lines]
    if not faults:
        faults += _doubtful(found, known, answers or Answers())
    if faults:
        return Roster((), tuple(sorted(faults, key=lambda fault: fault.line)), ignored, sheet.others)
    return Roster(tuple(completed(found, known, header)), (), ignored, sheet.others)


def _head(sheet: sheets.Sheet) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The names of the columns, and the rows below them; empty lines above do not matter."""
    rows = [(number, row) for number, row in sheet.rows if any(cell.strip() for cell in row)]
    names = rows[0][1] if rows else []
    header = [_plain("staff_number", name).lower().replace(" ", "_") for name in names]
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        raise sheets.Unreadable(f"the column {missing[0]} is missing. The first line names the columns.")
    named = [name for name in header if name]
    if len(set(named)) != len(named):
        raise sheets.Unreadable("a column stands twice in the first line.")
    return header, rows[1:]


def _lines(
    header: list[str], rows: list[tuple[int, list[str]]]
) -> tuple[list[tuple[int, Values]], list[Fault]]:
    lines: list[tuple[int, Values]] = []
    faults: list[Fault] = []
    for number, row in rows:
        said = dict(zip(header, row, strict=False))
        values = {name: _plain(name, said.get(name, "")) for name in COLUMNS}
        if not any(values.values()):
            continue
        lines.append((number, values))
        faults += [Fault(number, sentence) for sentence in _faults(values)]
        if any(cell.strip() for cell in row[len(header) :]):
            faults.append(Fault(number, "there are more fields than columns."))
    return lines, faults


def _plain(name: str, text: str) -> str:
    """A field without what nobody meant: spaces around it, line ends in it, wide letters in a number."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(unicodedata.normalize("NFC" if name in WORDS else "NFKC", text).split())


def _faults(values: Values) -> Iterator[str]:
    for name in REQUIRED:
        if not values[name]:
            yield f"{name} is empty."
    for name, value in values.items():
        if len(value) > (limit := LIMITS.get(name, FIELD_LIMIT)):
            yield f"{name} is longer than {limit} characters."
        if hidden := _hidden(value):
            yield f"{name} holds a character that cannot be seen ({hidden}); type it anew."
    for name in LIMITS:
        if ROUNDED.fullmatch(values[name]):
            yield f"{name} “{values[name]}” was rounded by a spreadsheet; format the column as text and type it anew."
    if values["job"] and _job(values["job"]) is None:
        yield f"job “{_short(values['job'])}” is not one of {', '.join(JOBS)}."
    if values["language"] and values["language"] not in LANGUAGES:
        yield f"language “{_short(values['language'])}” is not one of {', '.join(LANGUAGES)}."
    if values["time_zone"] and values["time_zone"] not in _zones():
        yield f"time_zone “{_short(values['time_zone'])}” is not known; write it like Asia/Singapore."
    if values["hire_date"] and _day(values["hire_date"]) is None:
        yield f"hire_date “{_short(values['hire_date'])}” is not a day; write it like 2026-03-02."
    if values["manager_staff_number"] and values["manager_staff_number"] == values["staff_number"]:
        yield "somebody cannot be their own manager."


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _short(text: str) -> str:
    """What may be repeated on a terminal."""
    seen = "".join(letter if letter.isprintable() else "?" for letter in text)
    return seen if len(seen) <= 40 else seen[:40] + "…"


def _hidden(text: str) -> str | None:
    """The first character that turns text around, or is not there at all to the eye."""
    if text.isascii() and text.isprintable():
        return None
    for letter in text:
        if letter not in JOINERS and unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp"):
            return f"U+{ord(letter):04X}"
    return None


def _job(text: str) -> str | None:
    """A job as written by people: Credit officer is credit-officer."""
    job = text.casefold().replace(" ", "-").replace("_", "-")
    return job if job in JOBS else None


def _day(text: str) -> date | None:
    found = DAY.fullmatch(text)
    if found is None or int(found[1]) not in YEARS:
        return None
    try:
        return date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        return None


def _line(number: int, values: Values, language: str, time_zone: str) -> RosterLine:
    return RosterLine(
        values["staff_number"], values["name"], values["department"], _job(values["job"]) or "",
        values["manager_staff_number"] or None, _day(values["hire_date"]), values["language"] or language,
        values["time_zone"] or time_zone, number,
    )  # fmt: skip


def _managers(known: Sequence[Learner]) -> dict[str, str | None]:
    numbers = {learner.id: learner.staff_number for learner in known}
    return {
        learner.staff_number: numbers.get(learner.manager_id or 0)
        for learner in known
        if learner.staff_number is not None
    }


def _across(
    lines: list[tuple[int, Values]], known: Mapping[str, str | None], names_managers: bool
) -> Iterator[Fault]:
    """Faults that only the whole file shows: numbers that stand twice, managers that nobody is, circles."""
    first: dict[str, int] = {}
    for number, line in lines:
        mine = line["staff_number"]
        if mine and mine in first:
            yield Fault(number, f"staff_number {_short(mine)} stands already on line {first[mine]}.")
        first.setdefault(mine, number)
    if not names_managers:
        return
    managers = {**known, **{line["staff_number"]: line["manager_staff_number"] or None for _, line in lines}}
    for number, line in lines:
        mine, manager = line["staff_number"], line["manager_staff_number"]
        if manager and manager not in managers:
            yield Fault(number, f"manager_staff_number {_short(manager)} is neither in this file nor known.")
        elif manager != mine and _circles(mine, managers):
            yield Fault(number, f"{_short(mine)} would be, over others, their own manager.")


def _circles(start: str, managers: dict[str, str | None]) -> bool:
    seen: set[str] = set()
    above = managers.get(start)
    while above is not None and above not in seen:
        if above == start:
            return True
        seen.add(above)
        above = managers.get(above)
    return False


def _doubtful(lines: Sequence[RosterLine], known: Sequence[Learner], answers: Answers) -> Iterator[Fault]:
    """Numbers that carry another name now: the same person, or somebody new? Their answers hang on it."""
    for line, before in doubts(lines, known, answers):
        number = line.staff_number
        if before.left_on is not None:
            was = f"belonged to {before.name}, who left on {before.left_on}, and is {line.name} here"
        else:
            was = f"is {before.name} so far and {line.name} here"
        yield Fault(
            line.number,
            f"staff_number {number} {was}. If that is the same person, say --same-person {number}; "
            f"if somebody new, --new-person {number}.",
        )
