"""The alarm when lessons stop going out, and whom they reach."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text, update

from bot.rules.sending import LANES
from bot.store import watching
from bot.store.tables import marks, outbox
from tests.store.conftest import NOW, Store, somebody

ADA, BEA, LEARNER = 1, 2, 3
LESSONS = LANES.index("lessons")


@pytest.fixture
def office(store: Store) -> Store:
    granted = frozenset({"administrator"})
    store.add(
        somebody(ADA, audience="employee", rights=granted), somebody(BEA, audience="employee", rights=granted)
    )
    store.add(*[somebody(n, audience="employee") for n in range(LEARNER, LEARNER + 8)])
    return store


def lesson(store: Store, number: int, due: datetime, state: str = "owed", **more: Any) -> None:
    row: dict[str, Any] = {column.name: None for column in outbox.c}
    row |= {
        "id": number, "learner_id": LEARNER + number % 8, "chat_id": LEARNER + number % 8, "lane": LESSONS, "care": "resend",
        "state": state, "sealed": False, "made_at": due, "due_at": due, "sends": 0, "wish": "lesson_due",
        "wish_args": "{}", "sent_at": due if state == "sent" else None,
    }  # fmt: skip
    store.insert("outbox", row | more)


def watch(store: Store, now: datetime, *, ticking: bool = True) -> int:
    def work(connection: Any) -> int:
        if ticking:
            watching.beat(connection, now)
        return watching.watch(connection, now)

    return int(store.do(work))


def told(store: Store) -> list[tuple[int, str]]:
    """(whom, what) in the order in which it was owed."""
    return [
        (row["learner_id"], row["wish"])
        for row in store.all_of("outbox")
        if row["wish"] in ("alarm", "all_clear")
    ]


def minutes(n: float) -> datetime:
    return NOW + timedelta(minutes=n)


def sent(store: Store, number: int, at: datetime) -> None:
    store.do(
        lambda c: c.execute(update(outbox).where(outbox.c.id == number).values(state="sent", sent_at=at))
    )


def test_each_administrator_is_told_once_that_lessons_stopped_and_once_that_they_go_again(
    office: Store,
) -> None:
    lesson(office, 100, NOW)
    assert [watch(office, minutes(n)) for n in range(40)] == [0] * 16 + [2] + [0] * 23
    assert told(office) == [(ADA, "alarm"), (BEA, "alarm")]
    sent(office, 100, minutes(40))
    assert [watch(office, minutes(n)) for n in range(40, 50)] == [0] * 5 + [2] + [0] * 4
    assert told(office)[2:] == [(ADA, "all_clear"), (BEA, "all_clear")]
    assert [row["name"] for row in office.all_of("marks")] == ["tick"]


def test_the_next_outage_is_told_anew(office: Store) -> None:
    for outage in range(2):
        begins = 60 * outage
        lesson(office, 100 + outage, minutes(begins))
        for n in range(20):
            watch(office, minutes(begins + n))
        sent(office, 100 + outage, minutes(begins + 20))
        for n in range(20, 30):
            watch(office, minutes(begins + n))
    assert [wish for _, wish in told(office)] == ["alarm", "alarm", "all_clear", "all_clear"] * 2


def test_what_comes_and_goes_within_minutes_is_one_outage(office: Store) -> None:
    lesson(office, 100, NOW)
    watch(office, minutes(20))
    for n in range(20, 80):
        if n % 4 == 0:
            sent(office, 100, minutes(n))
        elif n % 4 == 2:
            office.do(lambda c: c.execute(update(outbox).where(outbox.c.id == 100).values(state="owed")))
            office.do(lambda c: c.execute(update(marks).where(marks.c.name == "waiting").values(at=NOW)))
            office.do(lambda c: c.execute(update(outbox).where(outbox.c.id == 100).values(sent_at=None)))
        watch(office, minutes(n))
    assert told(office) == [(ADA, "alarm"), (BEA, "alarm")]


def test_lessons_put_off_because_telegram_is_away_are_waiting_too(office: Store) -> None:
    for n in range(30):
        office.do(lambda c: c.execute(text("DELETE FROM outbox WHERE wish = 'lesson_due'")))
        for number in (100, 101):
            lesson(office, number, minutes(n + 2), reason="try later: no answer")
        watch(office, minutes(n))
    assert told(office) == [(ADA, "alarm"), (BEA, "alarm")]


def test_one_chat_that_takes_nothing_is_no_outage(office: Store) -> None:
    lesson(office, 100, minutes(2), reason="try later: Forbidden")
    assert [watch(office, minutes(n)) for n in (0, 1)] == [0, 0]
    assert office.all_of("marks") == [{"name": "tick", "at": minutes(1), "note": ""}]


def test_what_is_owed_for_a_later_hour_waits_for_nobody(office: Store) -> None:
    lesson(office, 100, minutes(300))
    lesson(office, 101, minutes(300))
    assert [watch(office, minutes(n)) for n in (0, 20, 40)] == [0, 0, 0]


def test_a_clock_that_stopped_is_noticed_by_another_process(office: Store) -> None:
    watch(office, NOW)
    assert watch(office, minutes(9), ticking=False) == 0
    assert watch(office, minutes(11), ticking=False) == 2
    assert [row["note"] for row in office.all_of("marks") if row["name"] == "alarm"] == ["no tick"]


def test_five_refusals_in_a_row_are_told_and_four_are_not(office: Store) -> None:
    lesson(office, 99, NOW, "sent")
    for number in range(100, 104):
        lesson(office, number, NOW, "refused")
    assert watch(office, NOW) == 0
    lesson(office, 104, NOW, "refused")
    assert watch(office, NOW) == 2


def test_of_two_processes_that_notice_at_once_one_tells(office: Store) -> None:
    lesson(office, 100, NOW)
    both = threading.Barrier(2)

    def notice() -> None:
        both.wait()
        watch(office, minutes(20))

    threads = [threading.Thread(target=notice) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told(office)) == [(ADA, "alarm"), (BEA, "alarm")]


def test_the_mark_of_a_tick_never_goes_back(office: Store) -> None:
    office.do(lambda c: watching.beat(c, minutes(2)))
    office.do(lambda c: watching.beat(c, minutes(1)))
    assert office.all_of("marks") == [{"name": "tick", "at": minutes(2), "note": ""}]


def test_what_was_assigned_to_somebody_does_not_make_them_active(office: Store) -> None:
    for number, kind in ((1, "assigned"), (2, "answered")):
        office.insert("events", {
            "id": number, "learner_id": number, "kind": kind, "at": NOW, "payload": "{}", "content_version": "",
        })  # fmt: skip
    covered = office.do(lambda c: watching.coverage(c, NOW, NOW))
    assert covered.counts == {"active": 1, "silent": 9}
    assert [one.id for one in office.do(lambda c: watching.who(c, "active", 0, NOW, NOW))] == [2]
