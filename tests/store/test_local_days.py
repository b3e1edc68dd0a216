"""The days of one person, whatever their clock does: exactly one lesson on each date of their own.

Through the steps of the tick and its tables. Summer time begins and ends at night, when nobody is
written to: such an hour strikes at its own minute, and its lesson waits for the morning.
"""

from collections import Counter
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from bot.rules import delivery
from bot.store import deliveries, tables
from bot.store.rows import LEARNERS, learner_of
from tests.faults.table import Seen
from tests.store.conftest import Store, somebody

BERLIN, NEW_YORK, SHANGHAI = "Europe/Berlin", "America/New_York", "Asia/Shanghai"
LESSONS = 9


def enrol(store: Store, number: int, first: date, zone: str, at: time, **changes: Any) -> None:
    """Somebody with more lessons than days, whose first hour strikes on this date."""
    store.add(somebody(number, time_zone=zone, lesson_at=at, **changes))
    store.insert("wakes", {"learner_id": number, "at": delivery.instant(first, at, zone)})
    store.insert("assignments", *[{
        "id": number * 100 + position, "learner_id": number, "track": "t", "unit": f"unit-{position}",
        "unit_kind": "lesson", "position": position, "assigned_on": first - timedelta(days=1), "due_on": None,
        "attempts": 0, "content_version": "", "exempt": False, "version": 0,
    } for position in range(LESSONS)])  # fmt: skip


def live(store: Store, since: datetime, to: datetime, minutes: int) -> None:
    """Tick every so many minutes of real time."""
    now = since.astimezone(ZoneInfo("UTC"))
    while now <= to:
        strike = partial(deliveries.strike, now=now)
        store.do(strike)
        now += timedelta(minutes=minutes)


def move(store: Store, number: int, zone: str, now: datetime) -> None:
    """What the journey writes when somebody names another city."""

    def work(connection: Any) -> None:
        of = tables.learners.c.id == number
        connection.execute(update(tables.learners).where(of).values(time_zone=zone))
        moved = learner_of(connection.execute(LEARNERS.where(of)).one())
        at = delivery.wake_after_move(moved, now)
        connection.execute(update(tables.wakes).where(tables.wakes.c.learner_id == number).values(at=at))

    store.do(work)


def lessons(store: Store, number: int | None = None) -> list[dict[str, Any]]:
    return [
        row for row in store.all_of("outbox")
        if row["daily"] == "lesson" and row["state"] == "owed" and number in (None, row["learner_id"])
    ]  # fmt: skip


def local(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%m-%d %H:%M}"


@pytest.mark.fault(23, small=30, full=1)
@pytest.mark.parametrize(
    ("zone", "at", "first", "struck"),
    [
        (BERLIN, time(2, 30), date(2026, 3, 27), ["03-27 02:30", "03-28 02:30", "03-29 03:00", "03-30 02:30", "03-31 02:30"]),
        (BERLIN, time(2, 30), date(2026, 10, 23), ["10-23 02:30", "10-24 02:30", "10-25 02:30", "10-26 02:30", "10-27 02:30"]),
        (NEW_YORK, time(1, 30), date(2026, 10, 30), ["10-30 01:30", "10-31 01:30", "11-01 01:30", "11-02 01:30", "11-03 01:30"]),
        (BERLIN, time(9), date(2026, 3, 27), ["03-27 09:00", "03-28 09:00", "03-29 09:00", "03-30 09:00", "03-31 09:00"]),
        (SHANGHAI, time(0), date(2028, 2, 27), ["02-27 00:00", "02-28 00:00", "02-29 00:00", "03-01 00:00", "03-02 00:00"]),
        ("Pacific/Kiritimati", time(23, 30), date(2026, 12, 29), ["12-29 23:30", "12-30 23:30", "12-31 23:30", "01-01 23:30", "01-02 23:30"]),
        ("Pacific/Pago_Pago", time(8), date(2026, 12, 29), ["12-29 08:00", "12-30 08:00", "12-31 08:00", "01-01 08:00", "01-02 08:00"]),
    ],
    ids=str,
)  # fmt: skip
def test_an_hour_brings_one_lesson_on_each_date(
    store: Store, size: int, seen: Seen, zone: str, at: time, first: date, struck: list[str]
) -> None:
    enrol(store, 1, first, zone, at)
    dates = [first + timedelta(days=n) for n in range(len(struck))]
    begins, ends = delivery.instant(first, time(0), zone), delivery.instant(dates[-1], time(23, 59), zone)
    live(store, begins - timedelta(hours=2), ends, size)
    found = lessons(store)
    days = Counter(row["on"] for row in found)
    seen.says(
        lost=len(set(dates) - days.keys()), doubled=days.total() - len(days),
        note=f"{at:%H:%M} {zone} from {first}, a tick every {size} min",
    )  # fmt: skip
    assert days == Counter(dates)
    assert [local(row["made_at"], zone) for row in found] == struck
    assert not [row for row in found if delivery.is_quiet(delivery.local(row["due_at"], zone))]


@pytest.mark.fault(23, small=30, full=1)
@pytest.mark.parametrize(
    ("there", "at", "without"),
    [
        (SHANGHAI, time(9), 0),
        (NEW_YORK, time(9), 0),
        ("Pacific/Kiritimati", time(9), 0),  # 01:00 of the next date
        ("Pacific/Honolulu", time(9), 0),
        ("Pacific/Auckland", time(13), 1),  # 00:00 of the next date: the first one had no 13:00
        (SHANGHAI, time(13), 0),  # 19:00 there, the hour has gone by
        (SHANGHAI, time(20), 0),  # still to come on the same date
    ],
    ids=str,
)
def test_who_moves_at_noon_has_one_lesson_on_each_date(
    store: Store, size: int, seen: Seen, there: str, at: time, without: int
) -> None:
    first = date(2026, 11, 30)
    enrol(store, 1, first, BERLIN, at)
    noon = delivery.instant(first, time(12), BERLIN)
    live(store, noon - timedelta(hours=13), noon, size)
    move(store, 1, there, noon)
    live(store, noon, noon + timedelta(days=2, hours=11), size)
    found = lessons(store)
    days = Counter(row["on"] for row in found)
    last = delivery.local(noon + timedelta(days=2, hours=11), there)
    wanted = {first + timedelta(days=n) for n in range(without, (last.date() - first).days)}
    seen.says(
        lost=len(wanted - days.keys()), doubled=days.total() - len(days), note=f"{at:%H:%M} Berlin to {there}"
    )
    assert set(days.values()) == {1}
    assert wanted <= days.keys()


def test_who_moves_over_the_date_line_and_back_on_one_day_hears_once_on_each_date(store: Store) -> None:
    first = date(2026, 11, 30)
    east, west = "Pacific/Kiritimati", "Pacific/Pago_Pago"  # 25 hours apart
    enrol(store, 1, first, west, time(9))
    now = delivery.instant(first, time(10), west)
    live(store, now - timedelta(hours=2), now, 30)
    for zone in (east, west, east, west):
        move(store, 1, zone, now)
        live(store, now, now + timedelta(minutes=30), 30)
        now += timedelta(hours=1)
    live(store, now, now + timedelta(days=2), 30)
    days = Counter(row["on"] for row in lessons(store))
    assert set(days.values()) == {1}
    assert {first + timedelta(days=n) for n in range(3)} <= days.keys()


def test_two_people_on_both_sides_of_the_date_line_each_have_their_own_dates(store: Store) -> None:
    first = date(2028, 2, 28)
    enrol(store, 1, first, "Pacific/Kiritimati", time(9))
    enrol(store, 2, first, "Pacific/Pago_Pago", time(9))
    begins = delivery.instant(first, time(0), "Pacific/Kiritimati")
    live(store, begins, begins + timedelta(days=4), 60)
    for number in (1, 2):
        days = [row["on"] for row in lessons(store, number)]
        assert days[:3] == [first, date(2028, 2, 29), date(2028, 3, 1)]
        assert len(days) == len(set(days))
