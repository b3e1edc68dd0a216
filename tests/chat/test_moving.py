"""Somebody moves to another zone, and days that begin or end oddly, through the chat and the ticks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, update

from bot.store import tables
from tests.cast import MEI, World

pytestmark = pytest.mark.anyio


def lessons(world: World) -> list[date]:
    rows = world.all_of("outbox", world.learner(MEI).id)
    return [row["on"] for row in rows if row["daily"] == "lesson" and row["state"] == "sent"]


async def test_who_moves_east_after_their_hour_there_has_the_days_lesson_at_once_and_once(
    world: World,
) -> None:
    await world.arrive(MEI)
    mei = world.chat(MEI)

    def at_half_past_twelve(connection: Connection) -> None:
        connection.execute(update(tables.learners).values(lesson_at="12:30"))
        connection.execute(
            update(tables.wakes).values(at=world.clock() + timedelta(days=1, hours=3, minutes=30))
        )

    await world.write(at_half_past_twelve)
    await world.until_hour(1, 12)
    assert lessons(world) == [], "12:30 is still to come in Shanghai, and has gone by in Tokyo"
    await mei.say("/settings")
    await mei.tap("Time zone")
    await mei.say("Tokyo")
    await mei.tap("That's it")
    assert world.learner(MEI).time_zone == "Asia/Tokyo"
    await world.move(minutes=1)
    assert lessons(world) == [date(2026, 12, 1)]
    await world.move(hours=1)
    assert lessons(world) == [date(2026, 12, 1)]


async def test_a_pause_that_ends_on_the_day_of_the_gap_ends_there(world: World) -> None:
    world.clock.at = datetime(2026, 3, 26, 9, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)
    await world.arrive(MEI)

    def live_in_berlin(connection: Connection) -> None:
        there = {"time_zone": "Europe/Berlin", "rest_days": "", "paused_until": date(2026, 3, 29)}
        connection.execute(update(tables.learners).values(**there))
        connection.execute(update(tables.wakes).values(at=world.clock() + timedelta(days=1)))

    await world.write(live_in_berlin)
    for day in range(27, 31):
        await world.move(datetime.combine(date(2026, 3, day), time(9), ZoneInfo("Europe/Berlin")))
    assert lessons(world)[0] == date(2026, 3, 29)
