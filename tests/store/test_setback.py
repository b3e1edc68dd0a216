"""A clock that was set back: nothing waits for it to come there again, and nothing comes twice."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from bot.rules import delivery
from bot.rules.attempt import Attempt
from bot.store import deliveries, outbox, rows, setback
from bot.store.rows import LEASE
from tests.store.conftest import Store, somebody
from tests.store.test_outbox import claimed, owe
from tests.store.test_ticks import CutOff, clock

BEFORE = datetime(2026, 3, 3, 12, tzinfo=UTC)
NOW = BEFORE - timedelta(hours=3)


def ticked(store: Store, at: datetime = BEFORE) -> None:
    store.insert("marks", {"name": "tick", "at": at, "note": ""})


def row(store: Store, number: int) -> dict[str, Any]:
    return next(row for row in store.all_of("outbox") if row["id"] == number)


def test_what_was_due_before_is_sent_at_the_next_tick(store: Store) -> None:
    ticked(store)
    owe(store, 1, due_at=BEFORE - timedelta(minutes=5))
    owe(store, 2, due_at=BEFORE + timedelta(seconds=30))  # put off for a moment
    owe(store, 3, due_at=BEFORE + timedelta(hours=9))  # for tomorrow morning
    owe(store, 4, due_at=NOW - timedelta(seconds=1))
    assert claimed(store, now=NOW) == [4]
    clock(CutOff(store, 100), NOW).put_right()
    assert claimed(store, now=NOW) == [1, 2]
    assert row(store, 3)["due_at"] == BEFORE + timedelta(hours=9)
    assert store.all_of("marks") == [{"name": "tick", "at": NOW, "note": ""}]


def test_rows_of_a_process_that_is_gone_are_taken_over_within_a_lease(store: Store) -> None:
    ticked(store)
    owe(store, 1, due_at=NOW)
    assert claimed(store, "gone", BEFORE) == [1]
    clock(CutOff(store, 100), NOW).put_right()
    assert claimed(store, "next", NOW + LEASE) == []
    assert claimed(store, "next", NOW + LEASE + timedelta(seconds=1)) == [1]


def test_rows_of_a_process_that_is_there_stay_its_own(store: Store) -> None:
    ticked(store)
    owe(store, 1, due_at=NOW)
    assert claimed(store, "there", BEFORE) == [1]
    clock(CutOff(store, 100), NOW).put_right()
    assert store.do(lambda c: outbox.renew(c, by="there", now=NOW + LEASE)) == [1]
    assert claimed(store, "next", NOW + LEASE + timedelta(seconds=1)) == []


def test_just_after_it_was_set_forward_no_claim_is_held_to_have_run_out(store: Store) -> None:
    owe(store, 1, due_at=NOW)
    owe(store, 2, due_at=NOW)
    assert claimed(store, "there", NOW, limit=1) == [1]

    def claim(**how: Any) -> list[int]:
        return [p.id for p in store.do(lambda c: outbox.claim(c, by="next", now=BEFORE, limit=9, **how))]

    assert claim(takes_over=False) == [2]
    seems = store.do(lambda c: outbox.long_over(c, by="next", now=BEFORE))
    assert seems == {"there": NOW + LEASE}
    assert claim(spared=seems) == []
    assert claim() == [1]


@pytest.mark.parametrize("count", [setback.BATCH - 1, setback.BATCH, 2 * setback.BATCH + 5])
def test_a_broadcast_is_put_right_in_steps_and_the_mark_moves_with_the_last(store: Store, count: int) -> None:
    ticked(store)
    store.insert("outbox", *[
        outbox.owed_row(
            outbox.wished(somebody(1), "notice", {}, BEFORE, "broadcast"), BEFORE, assignment_id=None, slot=None
        ) | {"id": number, "learner_id": None}
        for number in range(count)
    ])  # fmt: skip
    left = count
    while left:
        assert store.do(lambda c: setback.step(c, NOW)) == min(left, setback.BATCH)
        left = max(0, left - setback.BATCH)
        assert store.all_of("marks")[0]["at"] == BEFORE, "killed here, the next one goes on"
    assert {row["due_at"] for row in store.all_of("outbox")} == {NOW}
    assert store.do(lambda c: setback.step(c, NOW)) == 0
    assert store.all_of("marks")[0]["at"] == NOW


def test_machines_whose_clocks_differ_a_little_put_nothing_right(store: Store) -> None:
    ticked(store, NOW + timedelta(seconds=59))
    owe(store, 1, due_at=NOW + timedelta(seconds=30))
    assert store.do(lambda c: setback.step(c, NOW)) == 0
    assert row(store, 1)["due_at"] == NOW + timedelta(seconds=30)


@pytest.mark.parametrize("days", [2, 30, 400])
def test_after_a_clock_that_was_days_ahead_hours_strike_on_the_next_day_and_no_day_brings_two(
    store: Store, days: int
) -> None:
    mei = somebody(1, audience="employee", time_zone="Europe/Berlin", lesson_at=time(9))
    store.add(mei)
    store.insert("assignments", *[{
        "id": number, "learner_id": 1, "track": "t", "unit": f"u{number}", "unit_kind": "lesson", "position": number,
        "assigned_on": NOW.date() - timedelta(days=9), "due_on": None, "attempts": 0, "content_version": "", "exempt": False, "version": 0,
    } for number in range(9)])  # fmt: skip
    struck = delivery.instant(NOW.date(), time(9), "Europe/Berlin")
    ahead = NOW + timedelta(days=days)
    store.insert("wakes", {"learner_id": 1, "at": struck})
    store.do(lambda c: deliveries.strike(c, NOW))
    assert [r["on"] for r in store.all_of("outbox") if r["daily"] == "lesson"] == [NOW.date()]
    store.do(lambda c: deliveries.strike(c, ahead))
    ticked(store, ahead)
    clock(CutOff(store, 100), NOW).put_right()
    assert NOW < store.all_of("wakes")[0]["at"] <= NOW + timedelta(days=1)
    for day in range(1, 4):
        clock(CutOff(store, 100), NOW + timedelta(days=day)).strike()
    on = [row["on"] for row in store.all_of("outbox") if row["daily"] == "lesson"]
    assert len(on) == len(set(on))
    assert {NOW.date() + timedelta(days=day) for day in range(4)} <= {*on, ahead.date()}


def test_an_answer_that_seems_to_come_from_the_future_keeps_nobody_in_a_lesson(store: Store) -> None:
    store.add(somebody(1))
    store.insert("attempts", rows.attempt_values(Attempt(1, 1, "lesson", "u", "v", BEFORE, "question")))
    owe(store, 5, learner_id=1, screen="attempt:1", made_at=BEFORE)
    assert store.do(lambda c: deliveries._inside(c, [1], BEFORE)) == {1}
    assert store.do(lambda c: deliveries._inside(c, [1], NOW)) == set()
