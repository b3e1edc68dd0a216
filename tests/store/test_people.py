"""The roster, invitations and rights in the store; completions and versions as they are read back."""

import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from bot.rules.roster import RosterLine
from bot.store import ids, people, rosters, versions
from bot.store.completions import COLUMNS, Completions, Scope
from bot.store.people import Nobody
from bot.store.tables import learners
from tests.store.conftest import NOW, Store, somebody


def line(number: str, name: str = "Somebody", manager: str | None = None, **changes: Any) -> RosterLine:
    values = {
        "department": "Credit",
        "job": "",
        "hired_on": None,
        "language": "en",
        "time_zone": "UTC",
    } | changes
    return RosterLine(number, name, manager_staff_number=manager, **values)


def imported(store: Store, *lines: RosterLine) -> tuple[int, int]:
    found: tuple[int, int] = store.do(lambda c: people.import_roster(c, lines, NOW))
    return found


def by_number(store: Store) -> dict[str, dict[str, Any]]:
    return {row["staff_number"]: row for row in store.all_of("learners")}


def test_an_import_adds_changes_and_leaves_and_says_how_many(store: Store) -> None:
    assert imported(store, line("1", "A"), line("2", "B", "1"), line("3", "C", "1")) == (3, 0)
    before = by_number(store)
    assert imported(store, line("1", "A"), line("2", "Bea", "1"), line("4", "D", "2")) == (1, 1)
    after = by_number(store)
    assert (after["2"]["name"], after["2"]["id"]) == ("Bea", before["2"]["id"])
    assert after["3"] == before["3"] and after["1"] == before["1"]
    assert after["4"]["manager_id"] == after["2"]["id"]
    assert after["3"]["manager_id"] == after["2"]["manager_id"] == after["1"]["id"]


def test_a_manager_may_stand_below_the_team(store: Store) -> None:
    imported(store, line("2", "B", "1"), line("1", "A"))
    rows = by_number(store)
    assert rows["2"]["manager_id"] == rows["1"]["id"]


def test_an_import_leaves_alone_what_somebody_chose_for_themselves(store: Store) -> None:
    imported(store, line("1", language="zh-Hans", time_zone="Asia/Shanghai"))
    store.do(
        lambda c: c.execute(
            update(learners).values(language="zh-Hant", time_zone="Asia/Taipei", joined_at=NOW)
        )
    )
    imported(store, line("1", "New Name", language="en", time_zone="UTC"))
    row = by_number(store)["1"]
    assert (row["name"], row["language"], row["time_zone"]) == ("New Name", "zh-Hant", "Asia/Taipei")


def test_somebody_who_changes_something_during_an_import_loses_nothing(store: Store) -> None:
    imported(store, line("1", "A"))
    if store.is_sqlite:
        return  # one transaction writes at a time
    done: list[tuple[int, int]] = []
    with store.writing.connect() as other:
        turn = other.begin()
        other.execute(update(learners).values(place="SG", version=learners.c.version + 1))
        thread = threading.Thread(target=lambda: done.append(imported(store, line("1", "Anna"))))
        thread.start()
        thread.join(0.3)
        assert not done, "the import waits for the one who was first"
        turn.commit()
    thread.join(20)
    row = by_number(store)["1"]
    assert (done, row["name"], row["place"]) == ([(0, 1)], "Anna", "SG")


def test_half_an_import_is_none(store: Store) -> None:
    with pytest.raises(IntegrityError):
        imported(store, line("1", "A"), line("2", None))  # type: ignore[arg-type]
    assert store.all_of("learners") == [] == store.all_of("audit")


def test_an_invitation_keeps_nothing_that_opens_it_and_the_last_one_counts(store: Store) -> None:
    imported(store, line("1", "A"))
    store.do(lambda c: people.invite(c, "1", b"first", NOW))
    store.do(lambda c: people.invite(c, "1", b"second", NOW))
    first, second = sorted(store.all_of("invitations"), key=lambda row: row["id"])
    assert first["expires_at"] == NOW and second["expires_at"] == NOW + timedelta(days=14)
    assert len(people.new_token()) >= 22 and people.new_token() != people.new_token()


def test_rights_are_given_and_taken_by_name_and_written_down(store: Store) -> None:
    imported(store, line("1", "A"))
    store.do(lambda c: people.grant(c, "1", "triager", NOW))
    store.do(lambda c: people.grant(c, "1", "trainer", NOW))
    store.do(lambda c: people.grant(c, "1", "triager", NOW, revoke=True))
    assert store.do(lambda c: people.by_number(c, "1")).rights == {"trainer"}
    assert [row["action"] for row in store.all_of("audit")][1:] == [
        "right granted",
        "right granted",
        "right revoked",
    ]


def test_who_has_a_team_is_a_manager_and_nobody_else(store: Store) -> None:
    imported(store, line("1", "A"), line("2", "B", "1"))
    boss, other = store.do(lambda c: [people.by_number(c, number) for number in ("1", "2")])
    assert (boss.rights, other.rights) == ({"manager"}, set())


def test_a_number_that_nobody_has_is_nobody(store: Store) -> None:
    with pytest.raises(Nobody):
        store.do(lambda c: people.invite(c, "99", b"x", NOW))
    with pytest.raises(Nobody):
        store.do(lambda c: people.grant(c, "99", "triager", NOW))


def test_two_records_cannot_share_an_account_or_a_staff_number(store: Store) -> None:
    store.add(somebody(1, staff_number="7"))
    for twin in (somebody(2, account_id=1), somebody(2, staff_number="7")):
        with pytest.raises(IntegrityError):
            store.add(twin)


def assigned(store: Store) -> None:
    imported(
        store,
        line("1", "Boss"),
        line("2", "Bea", "1"),
        line("3", "Abe", "1", department="IT"),
        line("4", "Other"),
    )
    rows = by_number(store)
    for position, number in enumerate(("2", "3", "4")):
        for unit in ("u1", "u2"):
            store.insert("assignments", {
                "id": ids.new(), "learner_id": rows[number]["id"], "track": f"t{unit}",
                "unit": unit, "unit_kind": "lesson", "position": position, "assigned_on": date(2026, 11, 30),
                "due_on": date(2026, 12, 1), "attempts": 0, "content_version": "", "exempt": False, "version": 0,
            })  # fmt: skip


def lines(store: Store, scope: Scope, now: datetime = NOW) -> list[dict[str, object]]:
    with store.reading.connect() as connection:
        found = Completions(connection, scope, "Org", "Asia/Shanghai", now)
        return [dict(zip(COLUMNS, row, strict=True)) for row in found]


@pytest.mark.parametrize(
    ("scope", "names"),
    [
        (Scope(), ["Abe", "Abe", "Bea", "Bea", "Other", "Other"]),
        (Scope(department="IT"), ["Abe", "Abe"]),
        (Scope(track="tu1"), ["Abe", "Bea", "Other"]),
        (Scope(since=date(2026, 12, 1)), []),
        (Scope(until=date(2026, 11, 29)), []),
        (
            Scope(since=date(2026, 11, 30), until=date(2026, 11, 30), track="tu2", department="Credit"),
            ["Bea", "Other"],
        ),
    ],
)
def test_completions_of_those_who_were_asked_for(store: Store, scope: Scope, names: list[str]) -> None:
    assigned(store)
    assert [row["name"] for row in lines(store, scope)] == names


def test_a_managers_completions_are_those_of_the_own_team(store: Store) -> None:
    assigned(store)
    boss = by_number(store)["1"]["id"]
    found = lines(store, Scope(manager_id=boss))
    assert {row["name"] for row in found} == {"Abe", "Bea"} and {row["manager"] for row in found} == {"Boss"}
    assert lines(store, Scope(manager_id=12345)) == []


def test_who_left_is_still_listed(store: Store) -> None:
    assigned(store)
    everybody = lines(store, Scope())
    store.do(lambda c: rosters.import_at_once(c, [line("1", "Boss")], NOW, NOW.date(), is_whole=True))
    assert {row["left_on"] for row in store.all_of("learners")} == {None, NOW.date()}
    assert lines(store, Scope()) == everybody


def test_a_day_after_its_due_date_it_is_overdue_by_the_organisations_clock(store: Store) -> None:
    assigned(store)
    on_its_day = datetime.fromisoformat("2026-12-01T23:59:00+08:00")
    assert {row["status"] for row in lines(store, Scope(), on_its_day)} == {"assigned"}
    assert {row["status"] for row in lines(store, Scope(), on_its_day + timedelta(minutes=1))} == {"overdue"}


def test_a_version_once_served_is_kept_as_it_was(store: Store) -> None:
    store.do(lambda c: versions.keep(c, [("v1", "slug", "the words"), ("v2", "slug", "newer")], NOW))
    store.do(lambda c: versions.keep(c, [("v1", "slug", "other words")], NOW))
    assert [versions.body(store.reading, v) for v in ("v1", "v2", "v3")] == ["the words", "newer", None]
