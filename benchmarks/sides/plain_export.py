"""What stands beside an export: a raw cursor into `csv`, COPY, a loop over XlsxWriter; no rule, no rename, no fsync.

`python -m benchmarks.sides.plain_export csv|unsorted|xlsx|copy PLACE OUT`
"""

import csv
import sqlite3
import sys
from datetime import date
from pathlib import Path
from typing import Any

COLUMNS = """
SELECT 'Qingchuan Credit' AS organisation, {id} AS learner_id, p.staff_number, p.name, p.audience, p.department,
    b.name AS manager, a.track, a.unit, a.unit_kind,
    CASE WHEN a.completed_at IS NOT NULL THEN 'completed' WHEN a.exempt THEN 'exempt'
         WHEN p.unreachable <> '' THEN 'unreachable' WHEN a.due_on < '2026-11-30' THEN 'overdue'
         WHEN a.started_at IS NOT NULL THEN 'in_progress' ELSE 'assigned' END AS status,
    a.assigned_on, a.due_on, {started_at} AS started_at, {completed_at} AS completed_at, a.score_percent,
    CASE WHEN a.unit_kind = 'test' AND a.score_percent IS NOT NULL THEN a.completed_at IS NOT NULL END AS passed,
    a.attempts, a.content_version
FROM assignments a JOIN learners p ON p.id = a.learner_id LEFT JOIN learners b ON b.id = p.manager_id
"""
ORDER = " ORDER BY p.name, p.id, a.track, a.position"
DAYS = (11, 12)
AS_KEPT = {name: f"a.{name}" for name in ("started_at", "completed_at")}


def instants(form: str) -> dict[str, str]:
    return {name: form.format(column=f"a.{name}") for name in AS_KEPT}


def to_csv(file: str, out: Path, order: str) -> None:
    """Instants stay the figures that are kept."""
    found = sqlite3.connect(file).execute(COLUMNS.format(id="a.learner_id", **AS_KEPT) + order)
    with out.open("w", encoding="utf-8-sig", newline="") as into:
        writer = csv.writer(into)
        writer.writerow([column[0] for column in found.description])
        writer.writerows(found)


def to_xlsx(file: str, out: Path) -> None:
    import xlsxwriter

    readable = instants("strftime('%Y-%m-%dT%H:%M:%S', {column} / 1000000 + 28800, 'unixepoch') || '+08:00'")
    found = sqlite3.connect(file).execute(COLUMNS.format(id="CAST(a.learner_id AS TEXT)", **readable) + ORDER)
    book = xlsxwriter.Workbook(str(out), {"constant_memory": True})
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    for column, title in enumerate(found.description):
        sheet.write_string(0, column, title[0])
    for number, row in enumerate(found, 1):
        for column, value in enumerate(row):
            if value is not None and value != "":
                _cell(sheet, number, column, value, day)
    book.close()


def _cell(sheet: Any, number: int, column: int, value: Any, day: Any) -> None:
    if column in DAYS:
        sheet.write_datetime(number, column, date.fromisoformat(value), day)
    elif column == 16:
        sheet.write_boolean(number, column, value)
    elif isinstance(value, int):
        sheet.write_number(number, column, value)
    else:
        sheet.write_string(number, column, value)


def to_copy(url: str, out: Path) -> None:
    import psycopg

    query = COLUMNS.format(id="a.learner_id", **instants("to_timestamp({column} / 1e6)")) + ORDER
    with (
        psycopg.connect(url) as connection,
        out.open("wb") as into,
        connection.cursor().copy(f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)") as copy,
    ):
        into.writelines(copy)


if __name__ == "__main__":
    kind, place, target = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    if kind == "copy":
        to_copy(place, target)
    elif kind == "xlsx":
        to_xlsx(place, target)
    else:
        to_csv(place, target, ORDER if kind == "csv" else "")
