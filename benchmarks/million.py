"""A big company in one database, made by a statement a table: most of it asleep, some of it due at one hour.

Of a hundred who are due: 60 staff get a lesson, 10 a reminder, 5 both in one message, 2 hear that they are late,
3 are on leave, 12 business owners get a lesson and 6 get nothing today, 1 gets questions to look at again, and 1
is in the middle of something. Six of the first sixty are new hires. A quarter has questions waiting as well.
They live on three walls of one hour, with five due days, two tracks and four lessons among them; each has three
lessons behind them, with what was said of these, and two to come.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, Engine, text

from bot.rules.curriculum import Content
from bot.store import enrolling
from bot.store.engine import is_sqlite
from bot.store.tables import micro

NOW = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
"""Monday, 09:00 where the due ones live."""
TODAY = NOW.date()
LOTS = 5
"""Of people who are due a minute after one another, so that one database serves five repeats."""
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ID = 1_000
"""A learner's rows have ids from theirs times this."""
ZONES = "CASE n / 100 % 3 WHEN 0 THEN 'Asia/Shanghai' WHEN 1 THEN 'Asia/Taipei' ELSE 'Asia/Singapore' END"
TRACK = "CASE WHEN n % 100 < 6 THEN 'new-hire' WHEN n / 100 % 2 = 0 THEN 'role-customer-service' ELSE 'role-manager' END"
IS_OWNER = "n % 100 BETWEEN 80 AND 97"
HAS_LESSON = "(n % 100 < 60 OR n % 100 BETWEEN 70 AND 74 OR n % 100 BETWEEN 77 AND 91 OR n % 100 = 99)"
IS_REMINDED = "(n % 100 BETWEEN 60 AND 76)"


def fill(engine: Engine, content: Content, people: int, lot: int) -> None:
    """Fill an empty schema: so many people, of whom `LOTS` times a lot are due; a lot is whole hundreds."""
    with engine.connect() as connection:
        fast(connection)
        with connection.begin():
            for statement in statements(connection, content, people, lot):
                connection.execute(text(statement))
        if not is_sqlite(connection):  # it does so by itself; nobody tells SQLite to
            connection.exec_driver_sql("ANALYZE")
        connection.commit()
    engine.dispose()  # with what was set to make it fast


def fast(connection: Connection) -> None:
    """Nobody looks at references or waits for the disk while it is made."""
    if is_sqlite(connection):
        raw = connection.connection.dbapi_connection
        assert raw is not None
        for pragma in ("foreign_keys=OFF", "synchronous=OFF", "cache_size=-400000", "temp_store=MEMORY"):
            raw.execute(f"PRAGMA {pragma}")
    else:
        connection.execute(text("SET session_replication_role = replica"))
        connection.commit()


def statements(connection: Connection, content: Content, people: int, lot: int) -> list[str]:
    """One a table."""
    lite, due = is_sqlite(connection), LOTS * lot
    series = (
        "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {0}) SELECT n FROM s"
        if lite
        else "SELECT n FROM generate_series(1, {0}) AS s(n)"
    )

    def on(day: date) -> str:
        return f"'{day}'" if lite else f"DATE '{day}'"

    def each(table: str, columns: str, values: str, where: str = "true", of: str = "struck") -> str:
        return f"INSERT INTO {table} ({columns}) SELECT {values} FROM {of} WHERE {where}"

    def owed(k: str, unit: str, assigned: str, due_on: str, done: str, where: str, of: str = "struck") -> str:
        return each(
            "assignments",
            "id, learner_id, track, unit, unit_kind, position, assigned_on, due_on, started_at, completed_at, "
            "attempts, content_version, exempt, version",
            f"n * {ID} + {k}, n, {TRACK}, {unit}, 'lesson', {k}, {assigned}, {due_on}, {done}, {done}, "
            "1, '', false, 0", where, of,
        )  # fmt: skip

    def said(k: str, j: str, kind: str, day: str, assignment: str, where: str, of: str = "struck") -> str:
        return each(
            "outbox",
            'id, learner_id, chat_id, lane, care, state, wish, wish_args, screen, sealed, assignment_id, slot, "on", '
            "daily, made_at, due_at, sends, sent_at, message_id",
            f"n * {ID} + {j}, n, n, 2, 'resend', 'sent', 'lesson_due', '{{}}', 'due:' || (n * {ID} + {k}), false, "
            f"{assignment}, {kind}, {day}, {f'substr({kind}, 1, 6)'}, {micro(NOW - 7 * DAY)}, {micro(NOW - 7 * DAY)}, 1, "
            f"{micro(NOW - 7 * DAY)}, n * {ID} + {j}", where, of,
        )  # fmt: skip

    last = f"({due_day(on)})"
    done = f"{micro(NOW - 3 * DAY)}"
    past = f"CASE k WHEN 0 THEN {on(TODAY - 20 * DAY)} WHEN 1 THEN {on(TODAY - 15 * DAY)} ELSE {on(TODAY - 9 * DAY)} END"
    three = "struck, (SELECT 0 AS k UNION ALL SELECT 1 UNION ALL SELECT 2) AS three"
    two = "struck, (SELECT 5 AS k UNION ALL SELECT 6) AS two"
    later = f"CASE k WHEN 5 THEN {on(TODAY + 7 * DAY)} ELSE {on(TODAY + 14 * DAY)} END"
    version = enrolling.version_of(content)
    return [
        "CREATE TEMPORARY TABLE everybody (n BIGINT)", f"INSERT INTO everybody {series.format(people)}",
        "CREATE TEMPORARY TABLE struck (n BIGINT)", f"INSERT INTO struck {series.format(due)}",
        each(
            "learners",
            "id, audience, language, time_zone, name, staff_number, department, job, manager_id, lesson_at, account_id, "
            "joined_at, rights, version, rest_days, reminders, away_from, away_until",
            f"n, CASE WHEN {IS_OWNER} THEN 'borrower' ELSE 'employee' END, 'en', {ZONES}, 'Person ' || n, "
            f"CASE WHEN {IS_OWNER} THEN NULL ELSE 'S' || n END, 'Department', '', "
            f"CASE WHEN {IS_OWNER} OR n % 20 = 0 THEN NULL ELSE n - n % 20 + 20 END, '09:00', n, {micro(NOW - 400 * DAY)}, "
            f"'', 0, CASE WHEN n / 100 % 10 = 7 THEN '56' END, true, "
            f"CASE WHEN n % 100 BETWEEN 77 AND 79 THEN {on(TODAY - DAY)} END, "
            f"CASE WHEN n % 100 BETWEEN 77 AND 79 THEN {on(TODAY + 5 * DAY)} END", of="everybody",
        ),
        each(
            "wakes", "learner_id, at",
            f"n, CASE WHEN n <= {due} THEN {micro(NOW)} + (n - 1) / {max(lot, 1)} * 60000000 "
            f"ELSE {micro(NOW + DAY)} + n % 1440 * 60000000 END", of="everybody",
        ),
        each("plans", "learner_id, version, manages, curriculum",
            f"n, 0, NOT ({IS_OWNER}) AND n % 20 = 0, '{version}'", of="everybody"),
        each("enrolments", "id, learner_id, track, started_on",
            f"n, n, {TRACK}, CASE WHEN n % 100 < 3 THEN {on(TODAY - 3 * DAY)} WHEN n % 100 < 6 THEN {on(TODAY - 60 * DAY)} ELSE {on(TODAY - 400 * DAY)} END"),
        owed("k", "'done-' || k", past, past, done, "true", three),
        owed("3", "'lesson-' || (n / 100 % 4)", on(TODAY),
            f"CASE WHEN {IS_OWNER} THEN NULL ELSE {last} END", "NULL", HAS_LESSON),
        owed("4", "'earlier-' || (n / 100 % 4)", on(TODAY - 10 * DAY),
            f"CASE WHEN n % 100 < 75 THEN {on(TODAY)} ELSE {on(TODAY - 3 * DAY)} END", "NULL", IS_REMINDED),
        owed("k", "'later-' || k", later, later, "NULL", f"NOT ({IS_OWNER}) AND n % 100 <> 98", two),
        said("k", "k", "'lesson'", past, f"n * {ID} + k", "true", three),
        said("k", "10 + k", "'card'", past, "NULL", "true", three),
        said("4", "4", "'lesson'", on(TODAY - 10 * DAY), f"n * {ID} + 4", IS_REMINDED),
        each("memories", "id, learner_id, lesson, stability, difficulty, looked_on, due_on, looks, parameters, version",
            f"n * {ID} + k, n, 'done-' || k, 5.0, 5.0, {on(TODAY - 9 * DAY)}, "
            f"CASE WHEN n % 100 = 98 OR n / 100 % 4 = 0 THEN {on(TODAY)} ELSE {on(TODAY + 9 * DAY)} END, 1, 'fsrs-6', 0",
            of=three),
        each("attempts", 'id, learner_id, kind, unit, content_version, started_at, stage, card, queue, orders, number, '
            'picks, "last", asked, "right", missed_must, node, path, ending, finished_at, closed, version',
            f"n * {ID} + k, n, 'lesson', 'done-' || k, '', {done}, 'done', 0, '[]', '[]', 3, '', '', 3, 3, false, '', "
            f"'[]', '', CASE WHEN n % 100 = 99 AND k = 2 THEN NULL ELSE {done} END, false, 3", of=three),
        each("outbox", "id, learner_id, chat_id, lane, care, state, screen, sealed, made_at, due_at, sends",
            f"n * {ID} + 20, n, n, 0, 'resend', 'sent', 'attempt:' || (n * {ID} + 2), false, {micro(NOW)}, {micro(NOW)}, 1",
            "n % 100 = 99"),
        f"INSERT INTO marks (name, at, note) VALUES ('curriculum', {micro(NOW)}, '{version}'), ('tick', {micro(NOW - 2 * MINUTE)}, '')",
        "DROP TABLE everybody", "DROP TABLE struck",
    ]  # fmt: skip


def due_day(on: Callable[[date], str]) -> str:
    """One of five days, by the hundred somebody is in."""
    cases = " ".join(f"WHEN {k} THEN {on(TODAY + (3 + k) * DAY)}" for k in range(4))
    return f"CASE n / 100 % 5 {cases} ELSE {on(TODAY + 8 * DAY)} END"
