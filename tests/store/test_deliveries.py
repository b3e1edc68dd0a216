"""What a tick owes: one lesson a day at most, at the hour the learner's own wall shows."""

import threading
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from bot.store import deliveries
from bot.store.tables import assignments
from tests.store.conftest import Store, somebody

BERLIN, SHANGHAI, NEW_YORK = "Europe/Berlin", "Asia/Shanghai", "America/New_York"


def at(text: str, zone: str = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def enrolled(store: Store, number: int, *days: str, wakes: datetime, **changes: Any) -> None:
    """Somebody who is owed one unit for each of these days."""
    store.add(somebody(number, **changes))
    store.insert("wakes", {"learner_id": number, "at": wakes})
    for position, day in enumerate(days):
        store.insert("assignments", {
            "id": number * 100 + position, "learner_id": number, "track": "t", "unit": f"unit-{position}",
            "unit_kind": "lesson", "position": position, "assigned_on": date.fromisoformat(day), "due_on": None,
            "attempts": 0, "content_version": "", "exempt": False, "version": 0,
        })  # fmt: skip


def strike(store: Store, now: datetime) -> int:
    return int(store.do(lambda c: deliveries.strike(c, now)))


def every(store: Store, since: datetime, to: datetime, **step: float) -> list[str]:
    """Tick from one instant to another; the instants at which something was owed, as the wall shows them."""
    now, found = since, []
    while now <= to:
        found += [f"{now:%d %H:%M}"] * strike(store, now)
        now = (now.astimezone(ZoneInfo("UTC")) + timedelta(**step)).astimezone(since.tzinfo)
    return found


def owed(store: Store) -> list[tuple[int, int]]:
    return sorted((row["learner_id"], row["assignment_id"]) for row in store.all_of("outbox"))


def test_a_lesson_comes_once_when_the_hour_strikes(store: Store) -> None:
    enrolled(store, 1, "2026-11-30", wakes=at("2026-11-30T09:00"))
    assert every(store, at("2026-11-30T08:00"), at("2026-12-02T12:00"), minutes=10) == ["30 09:00"]
    assert owed(store) == [(1, 100)]


def test_one_lesson_a_day_however_many_are_due(store: Store) -> None:
    enrolled(store, 1, "2026-11-30", "2026-11-30", "2026-11-30", wakes=at("2026-11-30T09:00"))
    found = every(store, at("2026-11-30T08:00"), at("2026-12-02T12:00"), minutes=30)
    assert found == ["30 09:00", "01 09:00", "02 09:00"]


def test_everybody_is_woken_at_the_hour_of_their_own_wall(store: Store) -> None:
    enrolled(store, 1, "2026-11-30", wakes=at("2026-11-30T09:00"))
    enrolled(store, 2, "2026-11-30", wakes=at("2026-11-30T09:00", BERLIN), time_zone=BERLIN)
    assert every(store, at("2026-11-30T08:00"), at("2026-11-30T23:00"), minutes=30) == [
        "30 09:00",
        "30 16:00",
    ]


def test_the_hour_that_somebody_chose_is_kept(store: Store) -> None:
    enrolled(store, 1, "2026-11-30", wakes=at("2026-11-30T12:30"), lesson_at=time(12, 30))
    assert every(store, at("2026-11-30T08:00"), at("2026-12-01T18:00"), minutes=10) == ["30 12:30"]


def test_staff_hear_nothing_at_the_weekend_and_business_owners_do(store: Store) -> None:
    saturday = at("2026-12-05T09:00")
    enrolled(store, 1, "2026-12-05", wakes=saturday, audience="employee")
    enrolled(store, 2, "2026-12-05", wakes=saturday)
    assert every(store, at("2026-12-05T08:00"), at("2026-12-07T12:00"), minutes=30) == [
        "05 09:00",
        "07 09:00",
        "07 09:00",
    ], "staff get their lesson and their card"
    owed_rows = [row for row in store.all_of("outbox") if row["state"] == "owed" and row["assignment_id"]]
    assert sorted(row["assignment_id"] for row in owed_rows) == [100, 200]


@pytest.mark.parametrize(
    "change",
    [
        {"unreachable": "blocked"},
        {"left_on": date(2026, 11, 1)},
        {"account_id": None},
        {"hired_on": date(2026, 12, 24)},
    ],
)
def test_who_is_away_is_owed_nothing(store: Store, change: dict[str, Any]) -> None:
    enrolled(store, 1, "2026-11-30", wakes=at("2026-11-30T09:00"), **change)
    assert every(store, at("2026-11-30T08:00"), at("2026-12-02T12:00"), hours=1) == []


def test_what_is_done_or_exempt_is_not_announced(store: Store) -> None:
    enrolled(store, 1, "2026-11-30", "2026-11-30", wakes=at("2026-11-30T09:00"))
    store.do(lambda c: c.execute(update(assignments).where(assignments.c.id == 100).values(exempt=True)))
    store.do(
        lambda c: c.execute(
            update(assignments).where(assignments.c.id == 101).values(completed_at=at("2026-11-29T10:00"))
        )
    )
    assert strike(store, at("2026-11-30T09:00")) == 0


def test_two_replicas_that_tick_at_once_owe_it_once(store: Store) -> None:
    enrolled(store, 1, "2026-11-30", wakes=at("2026-11-30T09:00"))
    if not store.is_sqlite:
        now = at("2026-11-30T09:00")
        with store.writing.connect() as first, store.writing.connect() as second:
            one = first.begin()
            assert deliveries.strike(first, now) == 1
            other: list[int] = []

            def tick() -> None:
                with second.begin():
                    other.append(deliveries.strike(second, now))

            thread = threading.Thread(target=tick)
            thread.start()
            one.commit()
            thread.join(20)
            assert other == [0]
    else:
        assert [strike(store, at("2026-11-30T09:00")) for _ in range(2)] == [1, 0]
    assert owed(store) == [(1, 100)]


@pytest.mark.parametrize(
    ("zone", "hour", "since", "to", "expected"),
    [
        # An hour that does not exist on 29 March: the first valid minute after it.
        (BERLIN, time(9), "2026-03-27T08:00", "2026-03-31T12:00", ["27 09:00", "28 09:00", "29 09:00", "30 09:00", "31 09:00"]),
        (BERLIN, time(9), "2026-10-24T08:00", "2026-10-26T12:00", ["24 09:00", "25 09:00", "26 09:00"]),
        (NEW_YORK, time(20, 30), "2026-10-31T20:00", "2026-11-02T21:00", ["31 20:30", "01 20:30", "02 20:30"]),
    ],
)  # fmt: skip
def test_a_change_of_the_clocks_neither_skips_nor_doubles_a_day(
    store: Store, zone: str, hour: time, since: str, to: str, expected: list[str]
) -> None:
    began = at(since, zone)
    days = [(began.date() + timedelta(days=n)).isoformat() for n in range(9)]
    wakes = began.replace(hour=hour.hour, minute=hour.minute)
    enrolled(store, 1, *days, wakes=wakes, time_zone=zone, lesson_at=hour)
    assert every(store, began, at(to, zone), minutes=15) == expected


def test_an_hour_inside_the_quiet_time_brings_its_lesson_in_the_morning(store: Store) -> None:
    enrolled(store, 1, "2026-11-30", wakes=at("2026-11-30T23:00"), lesson_at=time(23))
    assert every(store, at("2026-11-30T20:00"), at("2026-12-03T12:00"), minutes=30) == ["30 23:00"]
    assert [row["due_at"] for row in store.all_of("outbox")] == [at("2026-12-01T08:00")]


def test_after_a_day_of_silence_one_message_comes_and_no_burst(store: Store) -> None:
    enrolled(store, 1, "2026-11-30", "2026-11-30", "2026-11-30", wakes=at("2026-11-30T09:00"))
    back = at("2026-12-01T10:20")
    assert every(store, back, at("2026-12-01T23:00"), minutes=20) == ["01 10:20"]
    assert every(store, at("2026-12-02T07:00"), at("2026-12-02T12:00"), minutes=20) == ["02 09:00"]


def test_who_was_missed_at_night_is_told_at_their_next_hour(store: Store) -> None:
    enrolled(store, 1, "2026-11-30", wakes=at("2026-11-30T09:00"))
    assert every(store, at("2026-11-30T22:30"), at("2026-12-01T12:00"), minutes=30) == ["01 09:00"]


def test_who_was_missed_is_not_told_before_their_hour_on_the_next_day(store: Store) -> None:
    enrolled(store, 1, "2026-11-30", wakes=at("2026-11-30T12:30"), lesson_at=time(12, 30))
    assert every(store, at("2026-12-01T08:10"), at("2026-12-01T18:00"), minutes=20) == ["01 12:30"]


def test_who_sleeps_is_not_looked_at_until_their_hour(store: Store) -> None:
    for number in range(1, 40):
        enrolled(store, number, "2026-11-30", wakes=at("2026-12-24T09:00"))
    assert strike(store, at("2026-12-24T08:59")) == 0
    assert all(row["at"] == at("2026-12-24T09:00") for row in store.all_of("wakes"))
    assert strike(store, at("2026-12-24T09:00")) == 39
