"""A roster in CSV: every fault of the file in one sentence with its line, or nothing but good lines."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import available_timezones

from bot.rules.languages import LANGUAGES
from bot.rules.people import JOBS
from bot.store.people import RosterLine

COLUMNS = (
    "staff_number", "name", "department", "job", "manager_staff_number", "hire_date", "language", "time_zone",
)  # fmt: skip
REQUIRED = ("staff_number", "name")
FIELD_LIMIT = 200
NUMBER_LIMIT = 64
"""A staff number's column in the database."""
LIMITS = {"staff_number": NUMBER_LIMIT, "manager_staff_number": NUMBER_LIMIT}


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
    ignored: tuple[str, ...]
    """Columns of the file that mean nothing here."""


def read(path: Path, *, language: str, time_zone: str, known: Mapping[str, str | None]) -> Roster:
    """Read and check a whole roster; `known` are the staff numbers that exist already, each with its manager's."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return _refused("the file is not UTF-8. Save it as “CSV UTF-8” and try again.")
    if "\0" in text:
        return _refused("the file holds NUL characters; it is not a CSV file.")
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        return _read(reader, language, time_zone, known)
    except csv.Error as error:
        return _refused(f"the file cannot be read as CSV ({error}).", reader.line_num + 1)


def _read(
    reader: "csv.DictReader[str]", language: str, time_zone: str, known: Mapping[str, str | None]
) -> Roster:
    header = [(name or "").strip().lower() for name in reader.fieldnames or []]
    reader.fieldnames = header
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        return _refused(f"the column {missing[0]} is missing. The first line names the columns.")
    if len(set(header)) != len(header):
        return _refused("a column stands twice in the first line.")
    ignored = tuple(name for name in header if name and name not in COLUMNS)
    lines: list[tuple[int, dict[str, str]]] = []
    faults: list[Fault] = []
    for row in reader:
        values = {name: (row.get(name) or "").strip() for name in COLUMNS}
        if not any(values.values()):
            continue
        lines.append((reader.line_num, values))
        faults += [Fault(reader.line_num, sentence) for sentence in _faults(values)]
        if row.get(None):
            faults.append(Fault(reader.line_num, "there are more fields than columns."))
    faults += _across(lines, known)
    if faults:
        return Roster((), tuple(sorted(faults, key=lambda fault: fault.line)), ignored)
    return Roster(tuple(_line(values, language, time_zone) for _, values in lines), (), ignored)


def _refused(sentence: str, line: int = 1) -> Roster:
    return Roster((), (Fault(line, sentence),), ())


def _faults(values: dict[str, str]) -> Iterator[str]:
    for name in REQUIRED:
        if not values[name]:
            yield f"{name} is empty."
    for name, value in values.items():
        if len(value) > (limit := LIMITS.get(name, FIELD_LIMIT)):
            yield f"{name} is longer than {limit} characters."
    if values["job"] and values["job"] not in JOBS:
        yield f"job “{values['job']}” is not one of {', '.join(JOBS)}."
    if values["language"] and values["language"] not in LANGUAGES:
        yield f"language “{values['language']}” is not one of {', '.join(LANGUAGES)}."
    if values["time_zone"] and values["time_zone"] not in available_timezones():
        yield f"time_zone “{values['time_zone']}” is not known; write it like Asia/Singapore."
    if values["hire_date"] and _day(values["hire_date"]) is None:
        yield f"hire_date “{values['hire_date']}” is not a day; write it like 2026-03-02."
    if values["manager_staff_number"] and values["manager_staff_number"] == values["staff_number"]:
        yield "somebody cannot be their own manager."


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _line(values: dict[str, str], language: str, time_zone: str) -> RosterLine:
    return RosterLine(
        values["staff_number"], values["name"], values["department"], values["job"],
        values["manager_staff_number"] or None, _day(values["hire_date"]), values["language"] or language,
        values["time_zone"] or time_zone,
    )  # fmt: skip


def _across(lines: list[tuple[int, dict[str, str]]], known: Mapping[str, str | None]) -> Iterator[Fault]:
    """Faults that only the whole file shows: numbers that stand twice, managers that nobody is, circles."""
    first: dict[str, int] = {}
    for number, line in lines:
        mine = line["staff_number"]
        if mine and mine in first:
            yield Fault(number, f"staff_number {mine} stands already on line {first[mine]}.")
        first.setdefault(mine, number)
    managers = {**known, **{line["staff_number"]: line["manager_staff_number"] or None for _, line in lines}}
    for number, line in lines:
        mine, manager = line["staff_number"], line["manager_staff_number"]
        if manager and manager not in managers:
            yield Fault(number, f"manager_staff_number {manager} is neither in this file nor known.")
        elif manager != mine and _circles(mine, managers):
            yield Fault(number, f"{mine} would be, over others, their own manager.")


def _circles(start: str, managers: dict[str, str | None]) -> bool:
    seen: set[str] = set()
    above = managers.get(start)
    while above is not None and above not in seen:
        if above == start:
            return True
        seen.add(above)
        above = managers.get(above)
    return False
