"""A roster coming in: staged where nobody looks, taken over whole, and no turn beside it loses anything."""

import threading
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.rules.people import Learner
from bot.rules.roster import Answers, Differences, RosterLine, differences
from bot.store import people, rosters, tables
from bot.store.engine import connect
from bot.store.rosters import Overtaken, Plan
from bot.store.turn import TurnStore
from tests.store.conftest import NOW, PATIENCE, Store

TODAY = NOW.date()


def line(number: str, name: str = "Somebody", boss: str | None = None, **changes: Any) -> RosterLine:
    return replace(RosterLine(number, name, "Credit", "", boss, None, "en", "UTC"), **changes)


def plan_of(store: Store, *lines: RosterLine, answers: Answers | None = None) -> Plan:
    with store.reading.connect() as connection:
        before = rosters.known(connection)
    found = differences(lines, before.people, TODAY, answers or Answers())
    return rosters.planned(lines, before, found, actor="command line", source="f.csv", now=NOW, today=TODAY)


def bring_in(store: Store, *lines: RosterLine, answers: Answers | None = None) -> Differences:
    plan = plan_of(store, *lines, answers=answers)
    rosters.bring_in(store.writing, plan, pause=lambda _seconds: None)
    return plan.found


def person(store: Store, number: str) -> dict[str, Any]:
    return next(row for row in store.all_of("learners") if row["staff_number"] == number)


def kinds(store: Store) -> list[str]:
    return [row["kind"] for row in store.all_of("events")]


def test_a_roster_comes_in_whole_and_leaves_no_copy_behind(store: Store) -> None:
    many = [line("0", "Boss")] + [line(str(n), f"P{n}", "0") for n in range(1, 2 * rosters.STEP + 3)]
    told: list[tuple[int, int]] = []
    plan = plan_of(store, *many)
    rosters.bring_in(store.writing, plan, lambda done, of: told.append((done, of)), lambda _seconds: None)
    assert len(store.all_of("learners")) == len(many)
    assert {row["manager_id"] for row in store.all_of("learners")} == {None, person(store, "0")["id"]}
    assert told[-1] == (len(many), len(many)) and len(told) == 3
    assert store.all_of("roster_lines") == []
    assert [(b["lines"], b["source"], b["applied_at"]) for b in store.all_of("roster_batches")] == [
        (len(many), "f.csv", NOW)
    ]
    assert [row["action"] for row in store.all_of("audit")] == ["roster imported"]


def test_the_same_roster_again_touches_no_row(store: Store) -> None:
    lines = (line("1", "A"), line("2", "B", "1", hired_on=date(2026, 1, 5)))
    bring_in(store, *lines)
    before = store.all_of("learners")
    assert bring_in(store, *lines).same == 2
    assert store.all_of("learners") == before and kinds(store) == []


def test_each_change_is_written_under_a_new_version_and_noted(store: Store) -> None:
    bring_in(store, line("1", "A"), line("2", "B"), line("3", "C"))
    bring_in(store, line("1", "Anna"), line("2", "B", "1", job="collections"), line("3", "C"))
    assert [(p["name"], p["job"], p["version"]) for p in (person(store, n) for n in "123")] == [
        ("Anna", "", 1), ("B", "collections", 1), ("C", "", 0),
    ]  # fmt: skip
    noted = store.all_of("events")
    assert [row["kind"] for row in noted] == ["roster_changed"]
    assert noted[0]["payload"] == '{"job":["","collections"],"manager_staff_number":["","1"]}'


def test_who_is_missing_leaves_at_once_and_all_they_held_is_gone(store: Store) -> None:
    bring_in(store, line("1", "A"), line("2", "B", "1"))
    store.do(lambda c: people.grant(c, "1", "administrator", NOW))
    store.do(lambda c: people.invite(c, "1", b"link", NOW))
    one = person(store, "1")["id"]
    store.insert("outbox", owed(1, one), owed(2, person(store, "2")["id"]))
    found = bring_in(store, line("2", "B", "1"))
    gone = person(store, "1")
    assert (gone["left_on"], gone["rights"]) == (TODAY, "")
    assert store.all_of("invitations")[0]["expires_at"] == NOW
    assert [(row["state"], row["reason"]) for row in store.all_of("outbox")] == [("skipped", "they left"), ("owed", None)]  # fmt: skip
    assert kinds(store) == ["left"]
    assert [row["object"] for row in store.all_of("audit") if row["action"] == "right revoked"] == [
        f"administrator learner:{one}"
    ]
    assert [p.staff_number for p in found.stranded] == ["2"], "the record names the manager who left"
    assert person(store, "2")["manager_id"] == one


def owed(number: int, learner: int) -> dict[str, Any]:
    from bot.rules.sending import Posting
    from bot.store.rows import outbox_values

    return outbox_values(Posting(number, learner, 7, "lessons", "resend", 0, None, {}, "w", {}, NOW), NOW)


def test_who_comes_back_finds_everything_but_the_rights(store: Store) -> None:
    bring_in(store, line("1", "A"), line("2", "B"))
    store.do(lambda c: people.grant(c, "1", "administrator", NOW))
    store.do(lambda c: c.execute(update(tables.learners).values(account_id=None, place="SG")))
    before = person(store, "1")
    bring_in(store, line("2", "B"))
    assert [p.staff_number for p in bring_in(store, line("1", "A"), line("2", "B")).back] == ["1"]
    after = person(store, "1")
    assert (after["id"], after["left_on"], after["rights"], after["place"]) == (before["id"], None, "", "SG")
    assert kinds(store) == ["left", "back"]


def test_business_owners_never_leave_by_a_roster(store: Store) -> None:
    store.add(Learner(7, "borrower", "en", "UTC", account_id=7))
    bring_in(store, line("1"))
    assert store.all_of("learners")[0]["left_on"] is None


def test_a_number_goes_to_somebody_new_and_the_old_record_keeps_its_answers(store: Store) -> None:
    bring_in(store, line("1", "Chen Mei"), line("2", "B"))
    old = person(store, "1")["id"]
    bring_in(store, line("1", "Omar Haddad", "2"), line("2", "B"), answers=Answers(new=frozenset({"1"})))
    assert person(store, "1")["name"] == "Omar Haddad" and person(store, "1")["id"] != old
    kept = person(store, f"1~{TODAY}")
    assert (kept["id"], kept["name"], kept["left_on"]) == (old, "Chen Mei", TODAY)


def test_a_killed_import_shows_nothing_and_the_next_one_clears_it_away(store: Store) -> None:
    bring_in(store, line("1", "A"))
    before = store.all_of("learners")
    plan = plan_of(store, line("1", "Anna"), *(line(str(n)) for n in range(2, 900)))
    batch = store.do(lambda c: rosters.begin(c, plan))
    store.do(lambda c: rosters.stage(c, batch, plan.lines[:500]))
    assert store.all_of("learners") == before
    bring_in(store, line("1", "A"))
    assert store.all_of("learners") == before and store.all_of("roster_lines") == []


def test_an_import_that_fails_at_the_last_step_changes_nothing(store: Store) -> None:
    bring_in(store, line("1", "A"))
    plan = plan_of(store, line("1", "Anna"), line("2"))
    broken = replace(plan, found=replace(plan.found, left=(replace(plan.found.new[0], rights=("triager",), learner_id=404),)))  # fmt: skip
    before = [store.all_of(table) for table in ("learners", "events", "audit")]
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        rosters.bring_in(store.writing, broken, pause=lambda _seconds: None)
    assert [store.all_of(table) for table in ("learners", "events", "audit")] == before


def test_of_two_imports_the_second_is_compared_again(store: Store) -> None:
    slow = plan_of(store, line("1", "A"))
    bring_in(store, line("1", "Anna"))
    with pytest.raises(Overtaken):
        rosters.bring_in(store.writing, slow, pause=lambda _seconds: None)
    assert person(store, "1")["name"] == "Anna"


def test_when_the_administrator_who_stays_lost_the_right_meanwhile_all_is_compared_again(
    store: Store,
) -> None:
    bring_in(store, line("1", "A"), line("2", "B"))
    for number in "12":
        store.do(partial(people.grant, staff_number=number, right="administrator", now=NOW))
    plan = plan_of(store, line("1", "A"))
    assert plan.found.last_administrators == ()
    store.do(lambda c: people.grant(c, "1", "administrator", NOW, revoke=True))
    with pytest.raises(Overtaken):
        rosters.bring_in(store.writing, plan, pause=lambda _seconds: None)
    assert (person(store, "2")["rights"], person(store, "2")["left_on"]) == ("administrator", None)
    again = plan_of(store, line("1", "A"))
    assert [one.staff_number for one in again.found.last_administrators] == ["2"]


def test_lines_that_another_import_cleared_away_are_missed(store: Store) -> None:
    plan = plan_of(store, line("1"), line("2"))
    batch = store.do(lambda c: rosters.begin(c, plan))
    store.do(lambda c: rosters.stage(c, batch, plan.lines))
    store.do(lambda c: rosters.clear(c, batch))
    with pytest.raises(Overtaken):
        store.do(lambda c: rosters.take_over(c, plan, batch))


def test_an_import_leaves_the_lines_of_another_that_is_on_its_way_alone(store: Store) -> None:
    """Else three at once clear each other away until one of them gives up."""
    first = plan_of(store, line("1", "A"))
    slow = plan_of(store, line("1", "Anna"), line("2"))
    batch = store.do(lambda c: rosters.begin(c, slow))
    store.do(lambda c: rosters.stage(c, batch, slow.lines))
    fast = store.do(lambda c: rosters.begin(c, first))
    store.do(lambda c: rosters.stage(c, fast, first.lines))
    store.do(lambda c: rosters.take_over(c, slow, batch))
    while store.do(lambda c: rosters.clear(c, batch)):
        pass
    assert {row["batch_id"] for row in store.all_of("roster_lines")} == {fast}
    assert person(store, "1")["name"] == "Anna"
    bring_in(store, line("1", "Anna"), line("2"))
    assert store.all_of("roster_lines") == []


def test_a_turn_that_began_before_a_roster_is_decided_anew_and_both_are_kept(store: Store) -> None:
    """The turn reads, the roster commits, the turn writes: on SQLite they queue, on PostgreSQL they meet."""
    bring_in(store, line("1", "A"))
    store.do(lambda c: c.execute(update(tables.learners).values(account_id=1, joined_at=NOW)))
    plan = plan_of(store, line("1", "Anna", job="collections"))
    runs: list[int] = []
    other, _ = connect(store.url)

    def journey(turn: TurnStore) -> None:
        assert turn.learner is not None
        runs.append(turn.learner.version)
        if len(runs) == 1 and not store.is_sqlite:
            rosters.bring_in(other, plan, pause=lambda _seconds: None)
        turn.save_learner(turn.learner.with_(place="SG"))

    store.writer().turn(store.job(journey)).result(PATIENCE)
    if store.is_sqlite:
        rosters.bring_in(other, plan, pause=lambda _seconds: None)
    other.dispose()
    row = person(store, "1")
    assert (row["name"], row["job"], row["place"], row["version"]) == ("Anna", "collections", "SG", 2)
    assert runs == ([0] if store.is_sqlite else [0, 1])


def test_a_roster_waits_for_a_turn_that_was_first_and_loses_nothing_of_it(store: Store) -> None:
    bring_in(store, line("1", "A"))
    plan = plan_of(store, line("1", "Anna"))
    with store.writing.connect() as turn, turn.begin():
        turn.execute(update(tables.learners).values(place="SG", version=tables.learners.c.version + 1))
        other, _ = connect(store.url)
        thread = threading.Thread(target=lambda: rosters.bring_in(other, plan))
        thread.start()
        thread.join(0.3)
        assert thread.is_alive(), "the import waits for the one who was first"
    thread.join(PATIENCE)
    other.dispose()
    row = person(store, "1")
    assert (row["name"], row["place"], row["version"]) == ("Anna", "SG", 2)


def test_while_a_roster_is_staged_others_write_between_its_steps(store: Store) -> None:
    plan = plan_of(store, *(line(str(n)) for n in range(1, 3 * rosters.STEP)))
    seen: list[int] = []

    def somebody_taps(_seconds: float) -> None:
        store.insert("updates", {"id": len(seen) + 1, "on": TODAY})
        with store.reading.connect() as connection:
            seen.append(len(connection.execute(select(tables.learners.c.id)).all()))

    other, _ = connect(store.url)
    rosters.bring_in(other, plan, pause=somebody_taps)
    other.dispose()
    assert len(seen) >= 5 and set(seen) <= {0, len(plan.lines)}, "nobody ever sees half of it"


def test_a_language_somebody_chose_meanwhile_is_not_taken_back(store: Store) -> None:
    bring_in(store, line("1", language="en"))
    plan = plan_of(store, line("1", "Anna", language="zh-Hans"))
    store.do(
        lambda c: c.execute(update(tables.learners).values(joined_at=NOW, language="zh-Hant", version=1))
    )
    rosters.bring_in(store.writing, plan, pause=lambda _seconds: None)
    assert (person(store, "1")["name"], person(store, "1")["language"]) == ("Anna", "zh-Hant")


def test_links_are_made_for_those_who_have_not_come_in_and_hold_none(store: Store) -> None:
    bring_in(store, *(line(n, f"P{n}") for n in "12345"))
    store.do(lambda c: people.invite(c, "2", b"open", NOW))
    store.do(lambda c: people.invite(c, "3", b"run out", NOW - timedelta(days=20)))
    joined = update(tables.learners).where(tables.learners.c.staff_number == "4").values(joined_at=NOW)
    store.do(lambda c: c.execute(joined))
    bring_in(store, *(line(n, f"P{n}") for n in "1234"))
    waiting = store.do(lambda c: people.without_a_link(c, NOW))
    assert [learner.staff_number for learner in waiting] == ["1", "3"]
    store.do(lambda c: people.invite_all(c, [(learner, learner.name.encode()) for learner in waiting], NOW))
    assert store.do(lambda c: people.without_a_link(c, NOW)) == []
    store.do(lambda c: people.invite_all(c, [], NOW))


def test_somebody_who_left_gets_no_link_and_no_right(store: Store) -> None:
    bring_in(store, line("1", "A"), line("2"))
    bring_in(store, line("2"))
    with pytest.raises(people.HasLeft, match="A"):
        store.do(lambda c: people.invite(c, "1", b"x", NOW))
    with pytest.raises(people.HasLeft, match="A"):
        store.do(lambda c: people.grant(c, "1", "administrator", NOW))
