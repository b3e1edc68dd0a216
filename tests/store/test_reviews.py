"""The gentle push: on a day without a lesson, once, and not to whoever wants quiet."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select, update

from bot.rules import memory
from bot.rules.memory import Memory
from bot.rules.people import Learner
from bot.store import ids, rows, tables
from bot.store.deliveries import strike
from bot.store.engine import connect, create

MONDAY = datetime(2027, 3, 1, 1, 0, 30, tzinfo=UTC)
"""09:00 in Shanghai."""
MEI = Learner(
    7, "employee", "en", "Asia/Shanghai", "Mei", account_id=70, joined_at=MONDAY - timedelta(days=60)
)

OWED = {
    "id": 1, "learner_id": 7, "track": "new-hire", "unit": "report-it-fast", "unit_kind": "lesson", "position": 0,
    "assigned_on": MONDAY.date(), "due_on": date(2027, 3, 20), "attempts": 0, "content_version": "", "exempt": False,
    "version": 0, "round": 0,
}  # fmt: skip


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = connect(database_url)[0]
    create(made)
    yield made
    made.dispose()


def kept(number: int, days_ago: int = 30, learner: Learner = MEI) -> Memory:
    on = MONDAY.date() - timedelta(days=days_ago)
    return memory.begin(ids.new(), learner.id, f"lesson-{number}", True, on)


def settle(engine: Engine, learner: Learner, *memories: Memory) -> None:
    with engine.begin() as connection:
        connection.execute(tables.learners.insert(), rows.learner_values(learner))
        connection.execute(
            tables.wakes.insert(), {"learner_id": learner.id, "at": MONDAY - timedelta(seconds=30)}
        )
        if memories:
            connection.execute(tables.memories.insert(), [rows.memory_values(one) for one in memories])


def pushed(engine: Engine, days: int, *, sent: bool = True) -> list[date]:
    """The days of so many on which a push was owed."""
    for number in range(days):
        with engine.begin() as connection:
            strike(connection, MONDAY + timedelta(days=number))
            if sent:
                connection.execute(update(tables.outbox).values(state="sent"))
    o = tables.outbox.c
    with engine.connect() as connection:
        found = connection.execute(select(o.on).where(o.wish == "review_due").order_by(o.on))
        return list(found.scalars())


def test_two_questions_are_worth_a_message_and_one_alone_is_not(engine: Engine) -> None:
    settle(engine, MEI, kept(1))
    assert pushed(engine, 1) == []
    with engine.begin() as connection:
        connection.execute(tables.memories.insert(), rows.memory_values(kept(2)))
    assert pushed(engine, 2) == [date(2027, 3, 2)]


def test_an_hour_struck_twice_owes_it_once(engine: Engine) -> None:
    settle(engine, MEI, kept(1), kept(2))
    for _ in range(2):
        with engine.begin() as connection:
            connection.execute(update(tables.wakes).values(at=MONDAY - timedelta(seconds=30)))
    assert pushed(engine, 1) == [date(2027, 3, 1)]
    with engine.begin() as connection:
        connection.execute(update(tables.wakes).values(at=MONDAY))
        strike(connection, MONDAY + timedelta(minutes=1))
    assert len(pushed(engine, 0)) == 1


def look_again(connection: Connection, on: date) -> None:
    """One question is answered, and as soon as that another lesson falls due."""
    for row in connection.execute(select(tables.memories).order_by(tables.memories.c.due_on).limit(1)).all():
        seen = replace(memory.look(rows.memory_of(row), True, on), due_on=on)
        changed: dict[str, Any] = rows.memory_values(seen)
        connection.execute(update(tables.memories).where(tables.memories.c.id == row.id).values(changed))


def test_whoever_lets_it_lie_is_left_alone_for_three_days(engine: Engine) -> None:
    settle(engine, MEI, kept(1), kept(2), kept(3))
    assert pushed(engine, 11) == [date(2027, 3, day) for day in (1, 4, 8, 11)]


def test_whoever_takes_it_up_may_hear_again_the_next_working_day(engine: Engine) -> None:
    settle(engine, MEI, *(kept(n) for n in range(6)))
    assert pushed(engine, 1) == [date(2027, 3, 1)]
    with engine.begin() as connection:
        look_again(connection, MONDAY.date())
    assert pushed(engine, 2) == [date(2027, 3, 1), date(2027, 3, 2)]


def test_a_business_owner_hears_once_a_week_at_most(engine: Engine) -> None:
    tan = replace(MEI, audience="borrower", rest_days=frozenset())
    settle(engine, tan, *(kept(n) for n in range(6)))
    with engine.begin() as connection:
        connection.execute(tables.assignments.insert(), OWED | {"completed_at": MONDAY - timedelta(days=30)})
    assert pushed(engine, 1) == [date(2027, 3, 1)]
    with engine.begin() as connection:
        look_again(connection, MONDAY.date())
    assert pushed(engine, 9) == [date(2027, 3, 1), date(2027, 3, 8)]


def test_a_business_owner_who_only_looked_around_hears_nothing(engine: Engine) -> None:
    settle(engine, replace(MEI, audience="borrower"), *(kept(n) for n in range(6)))
    assert pushed(engine, 9) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"reminders": False}, {"paused_until": date(2027, 3, 6)}, {"unreachable": "blocked"},
        {"away_from": date(2027, 3, 1), "away_until": date(2027, 3, 6)}, {"left_on": date(2027, 2, 20)},
        {"rest_days": frozenset(range(5))},
    ],
    ids=lambda changes: next(iter(changes)),
)  # fmt: skip
def test_nothing_comes_to_whoever_wants_quiet_or_is_away(engine: Engine, changes: dict[str, Any]) -> None:
    settle(engine, replace(MEI, **changes), kept(1), kept(2), kept(3))
    assert pushed(engine, 5) == []


def test_a_weekend_is_a_day_of_rest(engine: Engine) -> None:
    settle(engine, MEI, kept(1))
    assert pushed(engine, 5) == []
    with engine.begin() as connection:
        connection.execute(tables.memories.insert(), rows.memory_values(kept(2)))
    assert pushed(engine, 8) == [date(2027, 3, 8)]


def test_a_day_with_a_lesson_has_no_push(engine: Engine) -> None:
    settle(engine, MEI, kept(1), kept(2))
    with engine.begin() as connection:
        connection.execute(tables.assignments.insert(), OWED)
    assert pushed(engine, 2) == [date(2027, 3, 2)]
