"""What is owed when: working days, the learner's own clock, the order of what is due."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.rules import delivery
from bot.rules.delivery import Assignment
from bot.rules.people import Learner

BERLIN, NEW_YORK, SHANGHAI = "Europe/Berlin", "America/New_York", "Asia/Shanghai"
MONDAY, FRIDAY, SATURDAY, SUNDAY = (
    date(2026, 11, 30),
    date(2026, 12, 4),
    date(2026, 12, 5),
    date(2026, 12, 6),
)


def somebody(**changes: Any) -> Learner:
    return Learner(1, "borrower", "en", SHANGHAI, account_id=1).with_(**changes)


def owed(
    id: int = 1, position: int = 0, on: date = MONDAY, due: date | None = None, **changes: Any
) -> Assignment:
    return replace(Assignment(id, 1, "t", f"u{id}", "lesson", position, on, due), **changes)


@pytest.mark.parametrize(
    ("day", "at", "zone", "utc"),
    [
        # 02:30 does not exist in Berlin on 29 March 2026: 03:00 summer time is the first valid minute.
        (date(2026, 3, 29), time(2, 30), BERLIN, "2026-03-29T01:00Z"),
        (date(2026, 3, 28), time(2, 30), BERLIN, "2026-03-28T01:30Z"),
        # 02:30 comes twice on 25 October 2026: the first one counts.
        (date(2026, 10, 25), time(2, 30), BERLIN, "2026-10-25T00:30Z"),
        (date(2026, 10, 26), time(2, 30), BERLIN, "2026-10-26T01:30Z"),
        # 01:30 comes twice in New York on 1 November 2026.
        (date(2026, 11, 1), time(1, 30), NEW_YORK, "2026-11-01T05:30Z"),
        (date(2026, 3, 8), time(2, 0), NEW_YORK, "2026-03-08T07:00Z"),
        # Lord Howe moves by half an hour.
        (date(2026, 10, 4), time(2, 15), "Australia/Lord_Howe", "2026-10-03T15:30Z"),
        # Samoa left out a whole day; a day that never was ends at the first minute after it.
        (date(2011, 12, 30), time(9), "Pacific/Apia", "2011-12-30T10:00Z"),
        (date(2026, 11, 30), time(9), SHANGHAI, "2026-11-30T01:00Z"),
    ],
)
def test_a_wall_clock_time_becomes_one_instant(day: date, at: time, zone: str, utc: str) -> None:
    assert delivery.instant(day, at, zone) == datetime.fromisoformat(utc)


@pytest.mark.parametrize(
    ("zone", "hour", "first", "days"),
    [
        (BERLIN, time(2, 30), date(2026, 3, 27), 5),
        (BERLIN, time(2, 30), date(2026, 10, 23), 5),
        (NEW_YORK, time(1, 30), date(2026, 10, 30), 5),
        (SHANGHAI, time(0, 0), date(2026, 12, 30), 5),
        ("Pacific/Kiritimati", time(23, 59), date(2026, 12, 30), 5),
    ],
)
def test_an_hour_strikes_exactly_once_on_every_local_date(
    zone: str, hour: time, first: date, days: int
) -> None:
    learner = somebody(time_zone=zone, lesson_at=hour)
    now = delivery.instant(first, time(0), zone) - timedelta(seconds=1)
    struck = []
    for _ in range(days):
        now = delivery.next_wake(learner, now)
        struck.append(delivery.local(now, zone).date())
    assert struck == [first + timedelta(days=n) for n in range(days)]


def test_somebody_who_moves_at_noon_is_woken_once_on_each_date() -> None:
    learner = somebody(time_zone=SHANGHAI)
    first = delivery.next_wake(learner, datetime(2026, 11, 30, 0, 0, tzinfo=UTC))
    noon = datetime(2026, 11, 30, 12, 0, tzinfo=ZoneInfo(SHANGHAI))
    second = delivery.next_wake(learner.with_(time_zone=BERLIN), noon)
    assert first == datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
    assert second == datetime(2026, 11, 30, 8, 0, tzinfo=UTC), (
        "09:00 in Berlin; the day's one push is kept by a key"
    )


def test_the_next_strike_is_always_later_than_now() -> None:
    learner = somebody()
    strikes = delivery.next_wake(learner, datetime(2026, 11, 30, 1, 0, tzinfo=UTC))
    assert strikes == datetime(2026, 12, 1, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "quiet"), [("07:59", True), ("08:00", False), ("20:59", False), ("21:00", True), ("00:00", True), ("23:30", True)]
)  # fmt: skip
def test_nights_are_quiet(at: str, quiet: bool) -> None:
    moment = datetime.combine(MONDAY, time.fromisoformat(at), ZoneInfo(SHANGHAI))
    assert delivery.is_quiet(moment) == quiet


def test_what_is_due_first_is_announced_first_and_what_has_no_date_last() -> None:
    plan = [owed(1, 0), owed(2, 1, due=FRIDAY), owed(3, 2, due=MONDAY)]
    pushed: set[int] = set()
    order = []
    while (push := delivery.to_push(plan, frozenset(pushed), MONDAY)) is not None:
        order.append(push.id)
        pushed.add(push.id)
    assert order == [3, 2, 1]


@pytest.mark.parametrize(
    "change",
    [
        {"on": FRIDAY}, {"completed_at": datetime(2026, 11, 29, tzinfo=UTC)}, {"exempt": True},
    ],
)  # fmt: skip
def test_what_is_not_open_is_not_announced(change: dict[str, Any]) -> None:
    assert delivery.to_push([owed(**change)], frozenset(), MONDAY) is None


def test_a_unit_that_two_tracks_owe_is_announced_and_listed_once_by_its_earlier_due_date() -> None:
    twice = [owed(1, 0, due=SATURDAY, unit="u"), owed(2, 0, due=FRIDAY, unit="u", track="s"), owed(3, 1)]
    assert [a.id for a in delivery.ready(twice, MONDAY)] == [2, 3]
    push = delivery.to_push(twice, frozenset({2, 3}), MONDAY)
    assert push is None, "what another track owes of it was announced already"
    exempt = [twice[0], replace(twice[1], exempt=True)]
    assert [a.id for a in delivery.ready(exempt, MONDAY)] == [1]


def test_learn_offers_the_earliest_due_and_knows_what_comes_later() -> None:
    plan = [owed(1, 0, on=FRIDAY), owed(2, 1), owed(3, 2, on=SATURDAY)]
    first, later = delivery.next_open(plan, MONDAY), delivery.upcoming(plan, MONDAY)
    assert first is not None and first.id == 2
    assert later is not None and later.id == 1
    assert delivery.upcoming(plan, SATURDAY) is None


def test_the_first_status_that_applies_is_the_one_told() -> None:
    done, blocked = datetime(2026, 12, 1, tzinfo=UTC), somebody(unreachable="blocked")
    late = owed(due=MONDAY, started_at=done)
    assert delivery.status(replace(late, completed_at=done, exempt=True), blocked, FRIDAY) == "completed"
    assert delivery.status(replace(late, exempt=True), blocked, FRIDAY) == "exempt"
    assert delivery.status(late, blocked, FRIDAY) == "unreachable"
    assert delivery.status(late, somebody(), FRIDAY) == "overdue"
    assert delivery.status(late, somebody(), MONDAY) == "in_progress", "on its day it is not late"
    assert delivery.status(owed(), somebody(), FRIDAY) == "assigned"


def test_beginning_again_counts_a_try_and_keeps_the_first_instant() -> None:
    first, second = datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 2, tzinfo=UTC)
    begun = owed().begun(first).begun(second)
    assert (begun.started_at, begun.attempts) == (first, 2)


def test_a_hotline_ages_after_ninety_days() -> None:
    checked = date(2026, 11, 24)
    assert not delivery.is_stale(checked, checked + timedelta(days=90))
    assert delivery.is_stale(checked, checked + timedelta(days=91))
