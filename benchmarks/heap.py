"""A million completions, made inside the database by a few statements: `python -m benchmarks.heap URL [ROWS]`."""

import sys

from sqlalchemy import Connection, text

from bot.store import engine

UNITS = 20
"""Assignments a person has."""
ROWS = 1_000_000
EPOCH = 1_767_225_600_000_000
"""2026-01-01 in UTC, as tables keep instants."""
FIRST = 9_000_000_000_000
"""Ids begin here; five hundred thousand people fit below the next round number."""

SQLITE_COUNT = "WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < :count - 1)"
POSTGRESQL_COUNT = "WITH n AS MATERIALIZED (SELECT generate_series(0, :count - 1) AS n)"
PEOPLE = """
INSERT INTO learners (id, audience, language, time_zone, name, staff_number, department, job, manager_id,
    lesson_at, rights, version, unreachable, left_on)
{count}
SELECT {first} + n, 'employee', CASE n % 3 WHEN 0 THEN 'en' ELSE 'zh-Hans' END, 'Asia/Shanghai',
    CASE WHEN n % 1000 = 7 THEN '=' ELSE '' END || CASE n % 3 WHEN 0 THEN 'Person ' ELSE '陈梅 ' END
        || ({mixed}), {padded}, 'Department ' || (n / 12 % 40),
    CASE WHEN n % 12 = 0 THEN 'manager' ELSE 'credit-officer' END,
    CASE WHEN n % 12 = 0 THEN NULL ELSE {first} + n / 12 * 12 END, '09:00', '', 0,
    CASE WHEN n % 50 = 3 THEN 'blocked' END, {left}
FROM n ORDER BY n
"""
"""Names in another order than ids, one in a thousand dangerous to a spreadsheet."""
OWED = """
INSERT INTO assignments (id, learner_id, track, unit, unit_kind, position, assigned_on, due_on, started_at,
    completed_at, score_percent, attempts, content_version, exempt, version)
{count}
SELECT {first} + n, {first} + n / {units}, CASE WHEN n % {units} < 12 THEN 'staff-core' ELSE 'credit-officer' END,
    'a-unit-of-the-track-' || (n % {units}),
    CASE WHEN n % {units} = 19 THEN 'test' WHEN n % 5 = 4 THEN 'case' ELSE 'lesson' END, n % {units},
    {assigned}, CASE WHEN n % 7 <> 0 THEN {due} END,
    CASE WHEN n % 4 <> 0 THEN {epoch} + {spread} END,
    CASE WHEN n % 2 <> 0 THEN {epoch} + {spread} + 300000000 + n % 1000000 END,
    CASE WHEN n % 2 <> 0 THEN 40 + n % 61 END, n % 4, CASE WHEN n % 4 <> 0 THEN 'c0ffee0123456789' ELSE '' END,
    n % 97 = 5, 1
FROM n ORDER BY n
"""
WORDS = {
    "sqlite": {
        "padded": "printf('%07d', n)", "left": "'2026-11-01'", "mixed": "n * 7919 % 1000003",
        "assigned": "date('2026-01-05', '+' || (n % 300) || ' days')",
        "due": "date('2026-01-19', '+' || (n % 300) || ' days')",
        "spread": "n % 300 * 86400000000 + n * 48271 % 86400 * 1000000",
    },
    "postgresql": {
        "padded": "lpad(n::text, 7, '0')", "left": "date '2026-11-01'", "mixed": "n::bigint * 7919 % 1000003",
        "assigned": "date '2026-01-05' + n % 300", "due": "date '2026-01-19' + n % 300",
        "spread": "n::bigint % 300 * 86400000000 + n::bigint * 48271 % 86400 * 1000000",
    },
}  # fmt: skip


def fill(connection: Connection, rows: int) -> None:
    """Put in so many completions, of a twentieth of as many people who have left: nothing is planned for them."""
    name = connection.dialect.name
    counting = SQLITE_COUNT if name == "sqlite" else POSTGRESQL_COUNT
    for words, count in ((PEOPLE, rows // UNITS), (OWED, rows)):
        said = words.format(count=counting, first=FIRST, units=UNITS, epoch=EPOCH, **WORDS[name])
        connection.execute(text(said), {"count": count})


def make(url: str, rows: int = ROWS) -> None:
    """A database at the newest schema with so many completions, ready to be read."""
    writing, reading = engine.connect(url, outlives="kill")
    engine.create(writing)
    with writing.begin() as connection:
        fill(connection, rows)
    with writing.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if engine.is_sqlite(writing) else "VACUUM ANALYZE")
    writing.dispose()
    reading.dispose()


if __name__ == "__main__":
    make(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else ROWS)
