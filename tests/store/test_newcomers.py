"""New hires: their manager hears on two days, administrators of who did not finish, and each once."""

import threading
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Update, delete, select, update

from bot.rules import newcomers as rules
from bot.rules.days import Days
from bot.rules.delivery import Assignment
from bot.store import deliveries, digests, escalations, ids, newcomers, rows, watching
from bot.store.outbox import owe_all
from bot.store.tables import assignments, enrolments, learners, outbox, wakes
from tests.store.conftest import NOW, Store, somebody

ADA, LING, MEI, WEI, VET = 1, 2, 3, 4, 5
TODAY = NOW.date()  # a Monday
DAY = timedelta(days=1)
DAYS = Days()


def begin(store: Store, who: int, units: int = 2) -> None:
    store.insert("wakes", {"learner_id": who, "at": NOW})
    store.insert(
        "enrolments", {"id": ids.new(), "learner_id": who, "track": rules.TRACK, "started_on": TODAY}
    )
    for position in range(units):
        made = Assignment(
            ids.new(), who, rules.TRACK, f"unit-{position}", "lesson", position, TODAY + position * DAY,
            TODAY + 11 * DAY,
        )  # fmt: skip
        store.insert("assignments", rows.assignment_values(made))


@pytest.fixture
def office(store: Store) -> Store:
    store.add(somebody(ADA, audience="employee", rights=frozenset({"administrator"})))
    store.add(somebody(LING, audience="employee"))
    store.add(*(somebody(one, audience="employee", manager_id=LING) for one in (MEI, WEI)))
    store.add(somebody(VET, audience="employee", manager_id=LING, hired_on=date(2019, 1, 1)))
    for one in (MEI, WEI, VET):
        begin(store, one)
    return store


def strike(store: Store, now: datetime) -> None:
    store.do(lambda c: deliveries.strike(c, now, DAYS))


def sent(store: Store) -> None:
    """Whatever is owed arrives."""
    store.do(lambda c: c.execute(
        update(outbox).where(outbox.c.state == "owed").values(state="sent", sent_at=outbox.c.due_at)
    ))  # fmt: skip


def done(store: Store, who: int) -> None:
    store.do(lambda c: c.execute(
        update(assignments).where(assignments.c.learner_id == who).values(completed_at=NOW)
    ))  # fmt: skip


def told(store: Store, *wishes: str) -> list[tuple[int, str, date]]:
    """(whom, what, on which day)."""
    return [
        (row["learner_id"], row["wish"], row["on"])
        for row in store.all_of("outbox")
        if row["wish"] in (wishes or ("team_late", "new_late")) and row["state"] != "skipped"
    ]


def fortnight(store: Store, days: int = 16) -> None:
    for n in range(days):
        strike(store, NOW + DAY * n)
        sent(store)


def news(store: Store, now: datetime) -> newcomers.News:
    found: newcomers.News = store.do(lambda c: newcomers.news(c, LING, now.date()))
    return found


def test_a_manager_hears_once_of_all_on_day_five_and_ten_and_administrators_after_it(office: Store) -> None:
    for n in range(16):
        strike(office, NOW + DAY * n)
        if n == 4:
            assert news(office, NOW + DAY * n) == newcomers.News(half=2), (
                "whoever came long ago is no new hire"
            )
        if n == 11:
            assert news(office, NOW + DAY * n) == newcomers.News(last=2)
        sent(office)
    new = [one for one in told(office) if one[1] == "new_late"]
    assert new == [(ADA, "new_late", TODAY + 14 * DAY)]
    days = [on for who, wish, on in told(office) if wish == "team_late"]
    assert days[:2] == [TODAY + 4 * DAY, TODAY + 11 * DAY] and len(days) == len(set(days))
    assert not news(office, NOW + 16 * DAY), "what was told is not told again"


def test_the_list_of_administrators_empties_as_people_finish(office: Store) -> None:
    fortnight(office)
    today = TODAY + 16 * DAY
    assert office.do(lambda c: newcomers.unfinished(c, today)) == {
        MEI: rules.Standing(TODAY, 1, 2), WEI: rules.Standing(TODAY, 1, 2),
    }  # fmt: skip
    done(office, MEI)
    assert set(office.do(lambda c: newcomers.unfinished(c, today))) == {WEI}


def test_who_is_done_by_day_ten_is_one_good_line_and_nothing_for_administrators(office: Store) -> None:
    fortnight(office, 5)
    done(office, MEI)
    done(office, WEI)
    for n in range(5, 16):
        strike(office, NOW + DAY * n)
        if n == 11:
            assert news(office, NOW + DAY * n) == newcomers.News(done=2)
        sent(office)
    assert [on for _, _, on in told(office, "team_late")] == [TODAY + 4 * DAY, TODAY + 11 * DAY]
    assert not told(office, "new_late")


def test_nothing_comes_to_a_manager_on_leave(office: Store) -> None:
    leave = {"away_from": TODAY + 3 * DAY, "away_until": TODAY + 8 * DAY}
    office.do(lambda c: c.execute(_learner(LING).values(leave)))
    strike(office, NOW + 4 * DAY)
    due = [row["due_at"] for row in office.all_of("outbox") if row["wish"] == "team_late"]
    assert len(due) == 1 and due[0].date() == TODAY + 8 * DAY, "on the first day back"


def test_the_week_begins_with_one_message_that_holds_the_news(office: Store) -> None:
    """Day 5 on a Monday: the digest of that morning tells, and no other message does."""
    monday = NOW + 7 * DAY
    office.do(lambda c: c.execute(update(enrolments).values(started_on=monday.date() - 6 * DAY)))
    strike(office, monday)
    assert office.do(lambda c: digests.step(c, monday, DAYS)) == (1, 0)
    due = {row["wish"]: row["due_at"] for row in office.all_of("outbox") if row["learner_id"] == LING}
    assert due["team_late"] == due["team_digest"] + timedelta(minutes=1)
    assert office.do(lambda c: digests.is_of_today(c, LING, monday.date()))
    assert news(office, monday)
    office.do(lambda c: c.execute(
        update(outbox).where(outbox.c.wish == "team_digest").values(state="sent", sent_at=monday)
    ))  # fmt: skip
    assert not news(office, monday), "the digest told of it, so the message of its own is not wanted"


def test_who_never_came_in_is_told_of_though_no_hour_of_theirs_strikes(office: Store) -> None:
    office.do(lambda c: c.execute(_learner(WEI).values(account_id=None, joined_at=None)))
    office.do(lambda c: c.execute(delete(wakes).where(wakes.c.learner_id == WEI)))
    early, noon = NOW - timedelta(minutes=50), NOW + timedelta(hours=3)
    assert [office.do(partial(newcomers.absent, now=early + DAY * n, days=DAYS)) for n in range(5)] == [
        (0, 0), (0, 0), (0, 0), (0, 0), (1, 0),
    ]  # fmt: skip
    [waits] = [row["due_at"] for row in office.all_of("outbox") if row["wish"] == "team_late"]
    assert waits == NOW + 4 * DAY + timedelta(minutes=1), (
        "it waits for the manager's hour, at which others are told of with it"
    )
    strike(office, NOW + 4 * DAY)
    assert told(office) == [(LING, "team_late", TODAY + 4 * DAY)]
    assert news(office, NOW + 4 * DAY) == newcomers.News(half=2)
    sent(office)
    done(office, MEI)
    for n in range(5, 16):
        office.do(partial(newcomers.absent, now=noon + DAY * n, days=DAYS))
        sent(office)
    assert set(office.do(lambda c: newcomers.unfinished(c, TODAY + 16 * DAY))) == {WEI}
    assert len(told(office, "new_late")) == 1


def test_two_replicas_tell_once(office: Store) -> None:
    def strike_too() -> None:
        writer = office.writer()
        writer.run(lambda c: deliveries.strike(c, NOW + 4 * DAY, DAYS)).result(30)

    threads = [threading.Thread(target=strike_too) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told(office) == [(LING, "team_late", TODAY + 4 * DAY)]
    marks = [row["slot"] for row in office.all_of("outbox") if (row["slot"] or "").startswith("day-5@")]
    assert marks == [f"day-5@{TODAY}"] * 2


def test_who_has_no_manager_to_tell_is_on_the_list_of_those_late(office: Store) -> None:
    office.do(lambda c: c.execute(_learner(LING).values(unreachable="blocked")))
    one = office.all_of("assignments")[0]
    late = escalations.Heard(somebody(one["learner_id"], manager_id=LING), _read(office, one["id"]), TODAY)
    office.do(lambda c: owe_all(c, escalations.messages(c, [late], DAYS, NOW)))
    assert office.do(lambda c: escalations.untold(c)) == {one["learner_id"]: 1}
    count, people = office.do(lambda c: watching.untold(c, 0))
    assert count == 1 and [(person.id, units) for person, units in people] == [(one["learner_id"], 1)]
    fortnight(office, 5)
    assert office.do(lambda c: escalations.untold(c)) == {one["learner_id"]: 1}, (
        "a new hire's day is no lateness"
    )
    done(office, one["learner_id"])
    assert office.do(lambda c: escalations.untold(c)) == {}


def _read(store: Store, number: int) -> Assignment:
    return rows.assignment_of(store.read(select(assignments).where(assignments.c.id == number))[0])


def _learner(number: int) -> Update:
    return update(learners).where(learners.c.id == number)
