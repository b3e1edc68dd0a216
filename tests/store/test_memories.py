"""Memories of lessons that were completed before there were memories."""

import json
from datetime import date

from sqlalchemy import select, text

from bot.rules import memory
from bot.store import rows, tables
from bot.store.engine import connect
from bot.store.migrations import upgrade

AT = 1_790_000_000_000_000  # 21 September 2026 in UTC
LEARNER = (
    "INSERT INTO learners (id, audience, language, time_zone, name, department, job, lesson_at, rights, version)"
    " VALUES (7, 'borrower', 'en', 'Asia/Shanghai', '', '', '', '09:00', '', 0)"
)
EVENT = text(
    "INSERT INTO events (id, learner_id, kind, at, payload, content_version)"
    " VALUES (:id, 7, 'completed', :at, :payload, 'v')"
)


def test_an_upgrade_begins_the_memories_of_what_was_completed_before(database_url: str) -> None:
    engine = connect(database_url)[0]
    upgrade(engine, "0002")
    done = [
        ("a", "lesson", 3, 3),
        ("b", "lesson", 3, 0),
        ("a", "lesson", 3, 1),
        ("advance-fees", "quiz", 5, 5),
    ]
    with engine.begin() as connection:
        connection.execute(text(LEARNER))
        for number, (unit, kind, asked, right) in enumerate(done):
            payload = json.dumps({"kind": kind, "unit": unit, "asked": asked, "right": right})
            connection.execute(EVENT, {"id": number, "at": AT + number, "payload": payload})
    upgrade(engine)
    with engine.connect() as connection:
        found = [rows.memory_of(row) for row in connection.execute(select(tables.memories))]
    on = date(2026, 9, 21)
    assert sorted((m.lesson, m.looked_on, m.due_on) for m in found) == [
        ("a", on, memory.begin(0, 7, "a", True, on).due_on), ("b", on, memory.begin(0, 7, "b", False, on).due_on)
    ]  # fmt: skip
    engine.dispose()
