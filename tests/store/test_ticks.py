"""The clock itself: what it makes of a tick that could not be, and of one that is cut off."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from bot.clock.ticks import Clock, Writing
from bot.rules.attempt import Attempt
from bot.rules.busy import Busy
from bot.store import deliveries, outages, rows
from bot.store.group import Stale
from tests.rules.test_tracks import SCHOOL
from tests.store.conftest import Store, somebody
from tests.web.logs import logging_to

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
SINCE = NOW - timedelta(hours=5)
"""When the last tick was; everybody's hour fell into the time since."""
WITH_A_LESSON = range(1, deliveries.BATCH + 21)
IN_A_QUESTION = range(1000, 1000 + outages.BATCH + 20)
"""More of either than one step takes."""
EVERYBODY = len(WITH_A_LESSON) + len(IN_A_QUESTION)


def clock(
    writer: Writing, now: datetime = NOW, territory: Callable[[str], str | None] = lambda _: None
) -> Clock:
    return Clock(writer, b"key", lambda: now, lambda: None, content=lambda: SCHOOL, territory=territory)


def collides(_zone: str) -> str | None:
    """Asked in the middle of a step: as if somebody changed a row of it just then."""
    raise Stale("assignments")


def breaks(_zone: str) -> str | None:
    raise ZeroDivisionError


@pytest.mark.parametrize(("meanwhile", "said"), [(collides, 0), (breaks, 1)])
def test_a_collision_is_no_error_and_what_it_undid_is_done_at_the_next_tick(
    store: Store, capsys: pytest.CaptureFixture[str], meanwhile: Callable[[str], None], said: int
) -> None:
    store.add(somebody(1, audience="employee"))
    with logging_to("INFO", "json", []):
        assert clock(store.writer(), territory=meanwhile).enrol() == 0
    assert capsys.readouterr().err.count("tick_failed") == said
    assert store.all_of("plans") == []
    assert clock(store.writer()).enrol() == 1
    assert [row["learner_id"] for row in store.all_of("plans")] == [1]


class CutOff:
    """The writer of a process that is killed after so many transactions: what came later never was."""

    def __init__(self, store: Store, after: int) -> None:
        self._store = store
        self.left = after
        self.owed: list[int] = []
        """Rows in the outbox after each."""

    def run(self, work: Callable[[Any], Any]) -> Future[Any]:
        done: Future[Any] = Future()
        self.left -= 1
        if self.left < 0:
            done.set_exception(Busy())
        else:
            done.set_result(self._store.do(work))
            self.owed.append(len(self._store.all_of("outbox")))
        return done


@pytest.fixture
def away(store: Store) -> Store:
    """Nobody has ticked for five hours, and many were to hear of a lesson, or were in a question."""
    both = (*WITH_A_LESSON, *IN_A_QUESTION)
    store.add(*[somebody(number) for number in both])
    store.insert("wakes", *[
        {"learner_id": number, "at": SINCE + timedelta(hours=1) if number in WITH_A_LESSON else NOW + timedelta(hours=9)}
        for number in both
    ])  # fmt: skip
    store.insert("assignments", *[{
        "id": number, "learner_id": number, "track": "t", "unit": "u", "unit_kind": "lesson", "position": 0,
        "assigned_on": SINCE.date(), "due_on": None, "attempts": 0, "content_version": "", "exempt": False, "version": 0,
    } for number in WITH_A_LESSON])  # fmt: skip
    store.insert("attempts", *[
        rows.attempt_values(Attempt(number, number, "lesson", "u", "v", SINCE, "question")) for number in IN_A_QUESTION
    ])  # fmt: skip
    empty: dict[str, Any] = dict.fromkeys(("reason", "files", "wish", "wish_args", "slot", "on"))
    store.insert("outbox", *[empty | {
        "id": number, "learner_id": number, "chat_id": number, "lane": 0, "care": "resend", "state": "sent",
        "screen": f"attempt:{number}", "sealed": False, "made_at": SINCE, "due_at": SINCE, "sends": 1,
    } for number in IN_A_QUESTION])  # fmt: skip
    store.insert("marks", {"name": "tick", "at": SINCE, "note": ""})
    return store


def told(store: Store) -> Counter[int]:
    return Counter(row["learner_id"] for row in store.all_of("outbox") if row["wish"] is not None)


def words(store: Store) -> set[tuple[str, str]]:
    return {(row["wish"], row["wish_args"]) for row in store.all_of("outbox") if row["wish"] is not None}


STEPS = 6
"""Notice it · two steps of lessons · two of questions · the mark of the tick."""


@pytest.mark.parametrize("after", range(STEPS + 1))
def test_killed_between_two_steps_it_is_gone_on_with_and_everybody_is_told_once(
    away: Store, after: int
) -> None:
    killed = CutOff(away, after)
    clock(killed).tick()
    first, marks = told(away), {row["name"] for row in away.all_of("marks")}
    one, lessons = deliveries.BATCH, len(WITH_A_LESSON)
    some = {2: one, 3: lessons, 4: lessons + outages.BATCH}
    assert len(first) == some.get(after, 0 if after < 2 else EVERYBODY)
    assert ("making up" in marks) == (1 <= after < 5), "it stays until the last one was told"
    next_one = CutOff(away, 100)
    clock(next_one, NOW + timedelta(minutes=1)).tick()
    assert told(away) == Counter((*WITH_A_LESSON, *IN_A_QUESTION))
    assert words(away) == {
        ("digest", rows.dump({"since": SINCE.isoformat(), "until": (NOW + late).isoformat()}))
        for late in [timedelta(minutes=0 if after else 1)]
    }
    assert {row["name"]: row["at"] for row in away.all_of("marks")} == {"tick": NOW + timedelta(minutes=1)}


def test_killed_and_away_for_an_hour_more_it_is_one_time_away_and_nobody_is_told_twice(away: Store) -> None:
    clock(CutOff(away, 4)).tick()
    first = told(away)
    again = NOW + timedelta(hours=1)
    clock(CutOff(away, 100), again).tick()
    assert told(away) == Counter((*WITH_A_LESSON, *IN_A_QUESTION)) and len(first) == EVERYBODY - 20
    assert {args for _, args in words(away)} == {
        rows.dump({"since": SINCE.isoformat(), "until": until.isoformat()}) for until in (NOW, again)
    }


def test_no_step_of_it_is_long(away: Store) -> None:
    whole = CutOff(away, 100)
    clock(whole).tick()
    owed = whole.owed
    assert len(whole.owed) == STEPS
    assert max(after - before for before, after in pairwise(owed)) == deliveries.BATCH


def test_after_it_the_hours_strike_as_always(away: Store) -> None:
    ours = clock(away.writer())
    assert ours.tick() == EVERYBODY
    assert ours.tick() == 0
    assert told(away).total() == EVERYBODY
