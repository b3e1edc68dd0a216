"""The tick that keeps people level with their tracks: whom it looks at, what it writes, replicas, the log."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, text, update

from bot.rules import completion
from bot.rules.assignment import Assignment
from bot.rules.attempt import Attempt
from bot.rules.completion import Event
from bot.rules.curriculum import Content
from bot.rules.people import Learner
from bot.rules.tracks import Plan
from bot.store import enrolling, group, rows, tables
from bot.store.engine import connect
from tests.rules.test_tracks import NEW, SCHOOL, after, school
from tests.store.conftest import Store

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def mei(number: int = 1, **changes: Any) -> Learner:
    known = Learner(
        number, "employee", "en", "UTC", staff_number=f"{number:04}", account_id=number, joined_at=NOW
    )
    return known.with_(**changes)


def nowhere(_zone: str) -> str | None:
    return None


def enrol(store: Store, now: datetime = NOW, content: Content = SCHOOL) -> int:
    """One whole tick; how many steps it took."""

    def step(after: int) -> int:
        return int(store.do(lambda c: enrolling.enrol(c, content, nowhere, now, after)))

    steps = last = 0
    while last := step(last):
        steps += 1
    return steps


def change(store: Store, number: int, **changes: Any) -> None:
    """Change a record as the roster does, in a new version."""

    def work(c: Connection) -> None:
        learner = rows.learner_of(c.execute(rows.LEARNERS.where(tables.learners.c.id == number)).one())
        values = rows.learner_values(learner.with_(**changes))
        c.execute(group.UPDATES["learners"], {f"v_{name}": value for name, value in values.items()})

    store.do(work)


def owed(store: Store, number: int = 1) -> list[str]:
    found = [row for row in store.all_of("assignments") if row["learner_id"] == number]
    found.sort(key=lambda row: (row["track"], row["position"], row["round"]))
    return [f"{row['track']} {row['unit']} {row['round']} {row['exempt_reason'] or 'open'}" for row in found]


def on_tracks(store: Store, number: int = 1) -> list[str]:
    return sorted(
        row["track"]
        for row in store.all_of("enrolments")
        if row["learner_id"] == number and not row["ended_on"]
    )


def kinds(store: Store) -> list[str]:
    return [row["kind"] for row in store.all_of("events")]


def test_everybody_in_the_roster_is_enrolled_once(store: Store) -> None:
    store.add(*[mei(number, job="credit-officer") for number in range(1, 251)])
    assert enrol(store) == 5, "fifty people in a transaction"
    assert {tuple(on_tracks(store, number)) for number in (1, 100, 250)} == {("credit", "new", "year")}
    before = {name: store.all_of(name) for name in ("enrolments", "assignments", "events")}
    assert len(before["assignments"]) == 250 * 6
    assert enrol(store) == 0, "nobody changed, nobody is looked at"
    assert {name: store.all_of(name) for name in before} == before


def test_only_who_changed_is_looked_at_again(store: Store) -> None:
    store.add(mei(1), mei(2))
    enrol(store)
    told = len(kinds(store))
    change(store, 1, job="customer-service")
    assert enrol(store) == 1
    assert on_tracks(store, 1) == ["desk", "new", "year"]
    assert on_tracks(store, 2) == ["new", "year"]
    assert kinds(store)[told:] == ["enrolled", "assigned"]


def test_who_gets_a_first_report_joins_the_managers_track_though_their_own_record_is_unchanged(
    store: Store,
) -> None:
    store.add(mei(1), mei(2))
    enrol(store)
    change(store, 2, manager_id=1)
    enrol(store)
    assert on_tracks(store, 1) == ["heads", "new", "year"]
    change(store, 2, manager_id=None)
    enrol(store)
    assert on_tracks(store, 1) == ["new", "year"]
    assert owed(store, 1)[0] == "heads team 0 other role"


def test_whose_whole_team_has_left_is_on_the_managers_track_no_more(store: Store) -> None:
    store.add(mei(1), mei(2, manager_id=1), mei(3, manager_id=1))
    enrol(store)
    change(store, 2, left_on=NOW.date())
    enrol(store)
    assert on_tracks(store, 1) == ["heads", "new", "year"]
    change(store, 3, left_on=NOW.date())
    enrol(store)
    assert on_tracks(store, 1) == ["new", "year"]
    assert enrol(store) == 0, "and is not looked at for ever"


def test_a_day_that_brings_something_comes_by_itself(store: Store) -> None:
    store.add(mei(1, time_zone="Asia/Shanghai"))
    enrol(store)
    assert [row["at"] for row in store.all_of("events")] == [NOW] * len(kinds(store))
    midnight_there = datetime(2026, 3, 31, 16, tzinfo=UTC)
    assert enrol(store, midnight_there - timedelta(seconds=1)) == 0
    assert enrol(store, midnight_there) == 1
    assert "year phone 0 open" in owed(store)


def test_changed_tracks_reach_everybody_and_a_mended_sentence_nobody(store: Store) -> None:
    store.add(mei(1))
    enrol(store)
    mended = replace(SCHOOL, units={slug: replace(one, version="v2") for slug, one in SCHOOL.units.items()})
    assert enrol(store, content=mended) == 0
    more = school(replace(NEW, units=(*NEW.units, after("desks", 2, 9))))
    assert enrol(store, content=more) == 1
    assert "new desks 0 open" in owed(store)


def test_an_older_process_stops_planning_once_another_has_newer_tracks(store: Store) -> None:
    newer = school(NEW)
    store.do(lambda c: enrolling.take_charge(c, SCHOOL, NOW))
    assert store.do(lambda c: enrolling.is_in_charge(c, SCHOOL))
    store.do(lambda c: enrolling.take_charge(c, newer, NOW))
    assert not store.do(lambda c: enrolling.is_in_charge(c, SCHOOL))
    assert store.do(lambda c: enrolling.is_in_charge(c, newer))


def test_who_left_is_on_no_track(store: Store) -> None:
    store.add(mei(1))
    enrol(store)
    change(store, 1, left_on=date(2026, 3, 3))
    enrol(store, NOW + timedelta(days=1))
    assert on_tracks(store) == []
    assert {line.split(" ", 3)[3] for line in owed(store)} == {"other"}


def test_who_is_in_the_middle_of_a_turn_waits_for_the_next_tick(store: Store) -> None:
    store.add(mei(1), mei(2))
    if store.is_sqlite:
        enrol(store)
    else:
        elsewhere = connect(store.url)[0]
        with elsewhere.begin() as turn:
            assert turn.execute(text("SELECT pg_try_advisory_xact_lock(1)")).scalar()
            enrol(store)
            assert (on_tracks(store, 1), on_tracks(store, 2)) == ([], ["new", "year"])
        elsewhere.dispose()
        enrol(store)
    assert on_tracks(store, 1) == on_tracks(store, 2) == ["new", "year"]


def test_two_replicas_that_tick_at_once_enrol_once(store: Store) -> None:
    store.add(mei(1))
    if store.is_sqlite:
        enrol(store)
        assert enrol(store) == 0
    else:
        other = connect(store.url)[0]
        with store.writing.begin() as one, other.begin() as two:
            assert enrolling.enrol(one, SCHOOL, nowhere, NOW) == 1
            enrolling.enrol(two, SCHOOL, nowhere, NOW)
        other.dispose()
    assert len(store.all_of("enrolments")) == 2
    assert len(kinds(store)) == len(set(map(str, store.all_of("events")))) == 2 + 4


def test_a_row_that_changed_meanwhile_undoes_the_step(store: Store) -> None:
    store.add(mei(1, job="customer-service"))
    enrol(store)
    change(store, 1, job="")
    stale = [row for row in store.all_of("assignments") if row["track"] == "desk"]
    store.do(lambda c: c.execute(update(tables.assignments).values(version=7)))
    plan = Plan(changed=[Assignment(**stale[0])])
    with pytest.raises(group.Stale):
        store.do(lambda c: enrolling.write(c, [(mei(1), plan)], NOW))


def rebuilt(store: Store) -> dict[int, tuple[Any, ...]]:
    log = [
        Event(row["learner_id"], row["kind"], row["at"], json.loads(row["payload"]), row["content_version"])
        for row in store.all_of("events")
    ]
    return {
        number: (one.track, one.unit, one.round, one.assigned_on, one.due_on, one.exempt_reason)
        for number, one in completion.rebuild(log).items()
    }


def stands(store: Store) -> dict[int, tuple[Any, ...]]:
    return {
        row["id"]: (
            row["track"], row["unit"], row["round"], row["assigned_on"].isoformat(),
            row["due_on"] and row["due_on"].isoformat(), row["exempt_reason"],
        )
        for row in store.all_of("assignments")
    }  # fmt: skip


def test_what_was_assigned_moved_and_ended_can_be_rebuilt_from_the_log(store: Store) -> None:
    store.add(
        mei(1, job="customer-service", hired_on=date(2026, 4, 6)), mei(2, joined_at=None, account_id=None)
    )
    changes: tuple[dict[str, Any], ...] = (
        {}, {"hired_on": date(2026, 4, 10)}, {"job": "credit-officer"}, {"job": "customer-service"},
        {"left_on": date(2026, 5, 1)}, {"left_on": None},
    )  # fmt: skip
    for days, change_of in enumerate(changes):
        change(store, 1, **change_of)
        enrol(store, NOW + timedelta(days=20 * days))
    assert rebuilt(store) == stands(store)
    assert {"enrolled", "assigned", "due_moved", "exempted", "reopened", "ended"} == set(kinds(store))


def test_what_somebody_learnt_of_their_own_accord_counts_at_once(store: Store) -> None:
    store.add(mei(1))
    done = Attempt(5, 1, "lesson", "story", "v", NOW, "done", asked=3, right=2, finished_at=NOW)
    store.insert("attempts", rows.attempt_values(done))
    enrol(store)
    found = [row for row in store.all_of("assignments") if row["unit"] == "story"]
    assert [(row["completed_at"], row["score_percent"], row["attempts"]) for row in found] == [(NOW, 67, 1)]


def test_idle_it_reads_no_assignments(store: Store) -> None:
    store.add(*[mei(number) for number in range(1, 51)])
    enrol(store)
    asked: list[str] = []

    def heard(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(store.writing, "before_cursor_execute", heard)
    enrol(store)
    assert [statement for statement in asked if "FROM assignments" in statement] == []
    assert [statement for statement in asked if "FROM learners" in statement] != []
