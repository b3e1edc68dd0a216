"""A team as the database counts it, on both databases."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from bot.rules.days import Days
from bot.rules.delivery import Assignment
from bot.rules.orders import Order
from bot.store import completions, digests, escalations, ids, orders, rows, team
from bot.store.completions import Scope
from bot.store.outbox import owe_all
from tests.cast import our_content
from tests.store.conftest import NOW, Store, somebody

HEAD, LING, MEI, WEI, OMAR, SANA = 1, 2, 3, 4, 5, 6
TODAY = NOW.date()
DAY = timedelta(days=1)


@pytest.fixture
def office(store: Store) -> Store:
    store.add(somebody(HEAD, audience="employee"))
    store.add(*(somebody(one, audience="employee", manager_id=HEAD) for one in (LING, OMAR)))
    store.add(*(somebody(one, audience="employee", manager_id=LING) for one in (MEI, WEI)))
    store.add(somebody(SANA, audience="employee", manager_id=OMAR))
    return store


def owe(store: Store, who: int, unit: str, due_on: date | None = None, **changes: Any) -> int:
    made = Assignment(
        ids.new(), who, changes.pop("track", "t"), unit, "lesson", 0, TODAY - 9 * DAY, due_on, **changes
    )
    store.insert("assignments", rows.assignment_values(made))
    return made.id


def answer(store: Store, who: int, right: bool) -> None:
    attempt = ids.new()
    values = {
        "id": attempt, "learner_id": who, "kind": "lesson", "unit": "u", "content_version": "v", "started_at": NOW,
        "stage": "done", "card": 0, "queue": "[]", "orders": "[]", "number": 1, "picks": "", "last": "", "asked": 1,
        "right": 1, "missed_must": False, "node": "", "path": "[]", "ending": "", "finished_at": NOW, "closed": False,
        "version": 0,
    }  # fmt: skip
    store.insert("attempts", values)
    store.insert("answers", {
        "attempt_id": attempt, "number": 0, "learner_id": who, "item": "i-01", "chosen": "a", "right": right,
        "first": True, "at": NOW,
    })  # fmt: skip


def test_a_member_is_counted_from_what_is_assigned_open_and_not_exempt(office: Store) -> None:
    owe(office, MEI, "a", TODAY - DAY)
    owe(office, MEI, "b", TODAY + DAY, completed_at=NOW)
    owe(office, MEI, "c", TODAY - 5 * DAY, exempt=True)
    owe(office, MEI, "d", TODAY - 9 * DAY, completed_at=NOW)
    owe(office, MEI, "d", TODAY + 3 * DAY, round=1)
    found = {m.id: m for m in office.do(lambda c: team.members(c, LING, TODAY))}
    assert set(found) == {MEI, WEI}
    assert (found[MEI].done, found[MEI].assigned, found[MEI].first_due) == (1, 3, TODAY - DAY)
    assert (found[WEI].done, found[WEI].assigned, found[WEI].first_due) == (0, 0, None)
    heads = office.do(lambda c: team.members(c, HEAD, TODAY))
    assert {m.id: m.manages for m in heads} == {LING: True, OMAR: True}


def test_a_unit_of_two_tracks_is_counted_once_and_exported_twice(office: Store) -> None:
    for track, done in (("t", NOW), ("u", None)):
        owe(office, MEI, "a", TODAY - DAY if done else TODAY + DAY, track=track, completed_at=done)
        owe(office, MEI, "b", TODAY + 2 * DAY if done else TODAY + 3 * DAY, track=track)
        owe(office, MEI, "c", TODAY - 9 * DAY, track=track, completed_at=NOW)
    mei = office.do(lambda c: team.member(c, MEI, TODAY))
    assert mei is not None and (mei.done, mei.assigned, mei.first_due) == (1, 3, TODAY + DAY)
    assert office.do(partial(completions.size, scope=Scope(manager_id=MEI))) == (1, 6)


def test_what_a_manager_hears_of_counts_a_unit_of_two_tracks_once(office: Store) -> None:
    for unit, tracks in (("a", "tu"), ("b", "t")):
        for track in tracks:
            row = owe(office, MEI, unit, TODAY - (9 if track == "u" else 8) * DAY, track=track)
            office.do(partial(hear, row=row))
    assert office.do(lambda c: escalations.open_below(c, LING)) == (2, TODAY - 9 * DAY)


def hear(connection: Any, row: int) -> None:
    one = team.assignment(connection, row)
    assert one is not None
    heard = escalations.Heard(team.people(connection, [MEI])[0], one, TODAY)
    owe_all(connection, escalations.messages(connection, [heard], Days(), NOW))


def test_topics_are_counted_for_the_whole_team_alone(office: Store) -> None:
    for who, right in ((MEI, True), (MEI, False), (WEI, False), (SANA, False)):
        answer(office, who, right)
    [figure] = office.do(
        lambda c: team.topic_figures(c, LING, {"codes": ("i-01", "i-02"), "brokers": ("x",)}, NOW)
    )
    assert (figure.topic, figure.people, figure.answered, figure.right) == ("codes", 2, 3, 1)
    assert not figure.shows


def test_an_export_holds_the_managers_own_and_everybody_below(office: Store) -> None:
    for who in (HEAD, LING, MEI, OMAR, SANA):
        owe(office, who, "a")
    sizes = [
        office.do(partial(completions.size, scope=Scope(manager_id=one))) for one in (HEAD, LING, OMAR, MEI)
    ]
    assert sizes == [(5, 5), (2, 2), (2, 2), (1, 1)]


def test_reminding_assigning_and_exempting_are_carried_out_once(office: Store) -> None:
    row = owe(office, MEI, "report-it-fast", TODAY + DAY)
    unit = next(u for u in our_content().units.values() if u.kind == "lesson" and u.slug != "report-it-fast")
    asked: list[tuple[str, dict[str, Any]]] = [
        ("remind", {}), ("remind", {}),
        ("assign", {"unit": unit.slug, "days": 5, "why": "typed", "reason": "=1+1"}), ("assign", {"unit": unit.slug, "days": 5}),
        ("exempt", {"assignment": row, "reason": "other", "note": "says so"}), ("exempt", {"assignment": row, "reason": "leave"}),
        ("end exemption", {"assignment": row}), ("end exemption", {"assignment": row}),
    ]  # fmt: skip
    for kind, args in asked:
        office.insert("orders", rows.order_values(Order(ids.new(), kind, LING, MEI, args, NOW)))
    office.insert("orders", rows.order_values(Order(ids.new(), "remind", OMAR, MEI, {}, NOW)))
    office.do(lambda c: orders.carry_out(c, NOW, our_content()))
    said = [one["outcome"] for one in office.all_of("orders")]
    assert said == ["done", "already so"] * 4 + ["not allowed"]
    wishes = [one["wish"] for one in office.all_of("outbox")]
    assert wishes == ["asked", "given", "exempted", "unexempted"]


def test_a_digest_is_owed_once_a_week_whoever_ticks(office: Store) -> None:
    monday = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
    hours = [monday + n * timedelta(hours=1) for n in range(4)]
    assert [office.do(partial(digests.step, now=at, days=Days())) for at in hours] == [(3, 0), *[(0, 0)] * 3]
    week = [monday + n * DAY for n in range(1, 8)]
    assert [office.do(partial(digests.step, now=at, days=Days()))[0] for at in week] == [0, 0, 0, 0, 0, 0, 3]
