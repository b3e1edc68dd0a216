"""Nobody ran for a day, or the event loop stood still when lessons were due: each comes once, late or not.

The whole service in this process with a clock that is moved; the small Telegram's chats and a fresh
read of the tables are the judge.
"""

import time as real
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, update

from bot.clock.rounds import Rounds
from bot.store import ids, tables
from tests.cast import MONDAY, Someone, World, playing, until
from tests.faults.table import Seen

pytestmark = pytest.mark.anyio
ZONES = ("Asia/Shanghai", "Asia/Singapore", "Asia/Tokyo")
DAY = timedelta(days=1)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with playing(database_url, tmp_path) as world:
        yield world


async def enrolled(world: World, count: int) -> list[Someone]:
    """So many business owners, in one of three zones and plans; what it asks is due to be announced tomorrow."""
    them = [Someone(6000 + number, f"P{number}") for number in range(count)]
    for one in them:
        world.telegram.add_person(one.account, one.name, language_code="en")
    await world.arrive(*them)
    learners = [world.learner(one).id for one in them]
    units = [u.slug for u in world.content.units.values() if u.kind == "lesson" and u.audience == "borrower"]

    def owe(connection: Connection) -> None:
        for number, learner in enumerate(learners):
            of = tables.learners.c.id == learner
            zone = {"time_zone": ZONES[number % 3]}
            connection.execute(update(tables.learners).where(of).values(**zone))
            at = datetime(2026, 12, 1, 9, tzinfo=ZoneInfo(zone["time_zone"]))
            connection.execute(update(tables.wakes).where(tables.wakes.c.learner_id == learner).values(at=at))
            connection.execute(tables.assignments.insert(), [{
                "id": ids.new(), "learner_id": learner, "track": f"plan {number % 3}", "unit": unit, "unit_kind": "lesson",
                "position": position, "assigned_on": (MONDAY + DAY).date(), "due_on": None, "attempts": 0,
                "content_version": "", "exempt": False, "version": 0,
            } for position, unit in enumerate(units[: 1 + number % 3])])  # fmt: skip

    await world.write(owe)
    await world.strike()
    return them


def pushed(world: World) -> list[dict[str, Any]]:
    return [row for row in world.all_of("outbox") if row["wish"] in ("lesson_due", "digest")]


@pytest.mark.fault(25, small=6, full=600)
async def test_a_day_away_is_one_message_and_no_lesson_is_lost_or_told_twice(
    world: World, size: int, seen: Seen
) -> None:
    them = await enrolled(world, size)
    before = {one.account: len(world.chat(one).messages) for one in them}
    await world.move(hours=22.5)
    await world.come_back(world.clock.at + timedelta(hours=25))
    new = {one: world.chat(one).messages[before[one.account] :] for one in them}
    digests = [message.text for messages in new.values() for message in messages]
    told_late = sum("I was away from" in text and "Waiting:" in text for text in digests)

    for hours in (2, 24, 24, 24):  # the days after it bring the rest, one a day
        world.clock.at += timedelta(hours=hours)
        world.app.clock.tick()
        await world.settle()
    announced = Counter(row["assignment_id"] for row in pushed(world) if row["state"] == "sent")
    owed = {row["id"] for row in world.all_of("assignments")}
    seen.says(
        lost=len(owed - announced.keys()), doubled=announced.total() - len(announced),
        note=f"{len(digests)} messages to {size} people on coming back, {told_late} of them late digests",
    )  # fmt: skip
    assert [len(messages) for messages in new.values()] == [1] * size
    assert told_late == size
    assert announced == Counter(owed)


@pytest.mark.fault(25, small=1, full=3)
async def test_what_falls_due_while_the_event_loop_stands_still_is_done(
    world: World, size: int, seen: Seen
) -> None:
    them = await enrolled(world, 3)
    before = len(pushed(world))
    rounds = Rounds([(world.app.clock.tick, 0.05)])
    rounds.start()
    try:
        world.clock.at = datetime(2026, 12, 1, 9, 0, 1, tzinfo=ZoneInfo(ZONES[0]))
        began = real.monotonic()
        stand_still(size)

        def sent() -> bool:
            return len([row for row in pushed(world)[before:] if row["state"] == "sent"]) == len(them)

        await until(_waking(world, sent), "what was due is sent")
        late = real.monotonic() - began
    finally:
        rounds.stop()
    announced = Counter(row["assignment_id"] for row in pushed(world)[before:])
    seen.says(lost=len(them) - len(announced), doubled=announced.total() - len(announced), worst_delay=late)
    assert set(announced.values()) == {1}


def stand_still(seconds: float) -> None:
    """Nothing else runs in this loop meanwhile."""
    real.sleep(seconds)


def _waking(world: World, holds: Callable[[], bool]) -> Callable[[], bool]:
    """A clock that nobody started wakes nobody: look for it."""

    def wake_and_look() -> bool:
        world.app.sender.wake()
        return holds()

    return wake_and_look
