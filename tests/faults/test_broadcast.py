"""A broadcast whose sender is killed, asked to stop, or one of several; and people who quiz meanwhile.

The judge is the small Telegram's ledger and a fresh read of the database.
"""

import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import cycle, pairwise

import pytest

from tests.faults.broadcasting import (
    IN_FLIGHT,
    all_through,
    arrived,
    has_arrived,
    let_claims_run_out,
    owe,
    readers,
    seconds_until_more,
    senders,
    slow_line,
    told,
)
from tests.faults.table import Seen
from tests.processes.far_end import Person
from tests.processes.stage import Stage

pytestmark = pytest.mark.slow
FULL = 10_000
FEW = 8
"""Messages in flight where the sender is killed; elsewhere as many as it takes by itself."""
PER_SECOND = 30
TIMES = 5
"""How often it is killed, or stopped, in the full size."""
SECOND_NAMES = "abc"


def marks(size: int) -> list[int]:
    """After how many messages the sender is struck."""
    times = TIMES if size == FULL else 1
    return [size * (number + 1) // (times + 1) for number in range(times)]


@pytest.mark.fault(1, small=150, full=FULL)
def test_a_broadcast_survives_that_its_sender_is_killed(stage: Stage, size: int, seen: Seen) -> None:
    chats = readers(stage, size)
    bots = senders(stage, 1, 3, full=size == FULL, in_flight=FEW)
    slow_line(stage)
    owe(stage, chats)
    worst = 0.0
    for number, mark in enumerate(marks(size)):
        has_arrived(stage, mark)
        victim = number % len(bots)
        bots[victim].kill()
        struck = time.monotonic()
        bots[victim] = stage.bot(webhook=True, replica=SECOND_NAMES[victim], SENDS_IN_FLIGHT=str(FEW))
        worst = max(worst, seconds_until_more(stage, struck))
    if size < FULL:
        let_claims_run_out(stage)
    all_through(stage)
    found, allowed = told(stage), FEW * len(marks(size))
    seen.says(
        lost=found.lost, doubled=found.repeats, allowed=allowed, worst_delay=worst,
        note=f"killed {len(marks(size))} ×, {len(bots)} senders, {FEW} in flight",
    )  # fmt: skip
    assert (found.lost, found.unexplained) == (0, 0)
    assert found.repeats <= allowed
    assert worst <= 30


@pytest.mark.fault(2, small=0, full=FULL)
def test_a_broadcast_survives_that_its_sender_is_asked_to_stop(stage: Stage, size: int, seen: Seen) -> None:
    chats = readers(stage, size)
    bots = senders(stage, 1, 3, full=size == FULL)
    slow_line(stage)
    owe(stage, chats)
    worst, ended = 0.0, []
    for number, mark in enumerate(marks(size)):
        has_arrived(stage, mark)
        victim = number % len(bots)
        ended.append(bots[victim].stop())
        struck = time.monotonic()
        bots[victim] = stage.bot(webhook=True, replica=SECOND_NAMES[victim])
        worst = max(worst, seconds_until_more(stage, struck))
    all_through(stage)
    found = told(stage)
    slowest = max(seconds for _, seconds in ended)
    seen.says(
        lost=found.lost, doubled=found.repeats, worst_delay=worst,
        note=f"stopped {len(ended)} ×, {len(bots)} senders, the slowest stop {slowest:.1f} s",
    )  # fmt: skip
    assert (found.lost, found.repeats) == (0, 0)
    assert {code for code, _ in ended} == {0}
    assert slowest < 10
    assert worst <= 30


@pytest.mark.fault(3, small=200, full=FULL)
def test_several_that_drain_one_outbox_repeat_nothing_and_outlive_one_another(
    stage: Stage, size: int, seen: Seen
) -> None:
    chats = readers(stage, size)
    bots = senders(stage, 4, 3, full=size == FULL)
    slow_line(stage)
    owe(stage, chats[: size // 2], text="first")
    all_through(stage)
    before = told(stage, "first")
    owe(stage, chats[size // 2 :], text="second")
    has_arrived(stage, arrived(stage) + size // 8)
    bots[0].kill()
    struck = time.monotonic()
    if size < FULL:
        let_claims_run_out(stage)
    all_through(stage)
    worst = time.monotonic() - struck
    after = told(stage, "second")
    seen.says(
        lost=before.lost + after.lost, doubled=before.repeats + after.repeats, allowed=IN_FLIGHT, worst_delay=worst,
        note=f"{len(bots)} senders, one killed; {before.repeats} repeats before it",
    )  # fmt: skip
    assert (before.lost, before.repeats, after.lost, after.unexplained) == (0, 0, 0, 0)
    assert after.repeats <= IN_FLIGHT
    assert worst <= 60 + 120 * (size == FULL)


def replies_after(stage: Stage, acts: dict[int, list[datetime]]) -> list[float]:
    """Seconds from each act to the next message or edit in its chat."""
    answers = defaultdict(list)
    for call in stage.telegram.calls():
        if call["method"] in ("sendMessage", "editMessageText") and call["ok"]:
            answers[call["chat_id"]].append(datetime.fromisoformat(call["at"]))
    waits = []
    for person, times in acts.items():
        for act in times:
            following = [at for at in answers[person] if at >= act]
            waits.append((following[0] - act).total_seconds() if following else float("inf"))
    return sorted(waits)


QUIZZING = 50
EVERY = 0.4
"""Seconds between two taps of the crowd: each of the fifty takes twenty seconds over a question."""


@pytest.mark.fault(12, small=0, full=FULL)
def test_people_quiz_while_a_broadcast_uses_up_the_limit(
    stages: Callable[..., Stage], sqlite_url: Callable[[], str], size: int, seen: Seen
) -> None:
    stage = stages(sqlite_url(), "--rates", str(PER_SECOND))
    chats = readers(stage, size)
    stage.bot(SENDS_PER_SECOND=str(PER_SECOND)).ready()
    crowd = [Person(stage.telegram, 5001 + number, "P") for number in range(QUIZZING)]
    for person in crowd:
        person.start()
        person.write("/quiz first-hour")
    stage.settle(60)
    began, before = time.monotonic(), len(stage.telegram.calls())
    owe(stage, chats)
    acts: dict[int, list[datetime]] = defaultdict(list)
    turns = cycle(crowd)
    while stage.one("SELECT count(*) FROM outbox WHERE state = 'owed' AND lane = 3"):
        person = next(turns)
        kind = next((kind for kind in "agk" if person.of_kind(kind)), None)
        acts[person.id].append(datetime.now(UTC))
        if kind == "a":
            (data, message), _ = person.next_tap()
            person.tap(message, data)
        elif kind is not None:
            person.press(kind)
        else:
            person.write("/quiz first-hour")
        time.sleep(EVERY)
    all_through(stage)
    seconds = time.monotonic() - began
    stage.settle()
    counted = [
        it for it in stage.telegram.calls()[before:] if it["method"] in ("sendMessage", "editMessageText")
    ]
    refused = sum(call["status"] == 429 for call in counted)
    waits, found = replies_after(stage, acts), told(stage)
    p95 = waits[len(waits) * 95 // 100]
    seen.says(
        lost=found.lost, doubled=found.repeats, worst_delay=p95,
        note=f"{refused} × 429 of {len(counted)} in {seconds:.0f} s; the delay is p95 of {len(waits)} replies",
    )  # fmt: skip
    assert (found.lost, found.repeats) == (0, 0)
    assert refused <= len(counted) // 100
    assert p95 < 1


SHARED = 100
"""A second, over all replicas."""


@pytest.mark.fault(12, small=0, full=3_000)
def test_three_replicas_keep_one_limit_together(
    stages: Callable[..., Stage], postgresql_url: Callable[[], str], size: int, seen: Seen
) -> None:
    stage = stages(postgresql_url(), "--rates", str(SHARED))
    chats = readers(stage, size)
    stage.replicas(3, SENDS_PER_SECOND=str(SHARED))
    owe(stage, chats)
    has_arrived(stage, 1)
    began = time.monotonic()
    all_through(stage)
    seconds = time.monotonic() - began
    calls = stage.telegram.calls("sendMessage")
    refused, found = sum(call["status"] == 429 for call in calls), told(stage)
    seen.says(
        lost=found.lost, doubled=found.repeats,
        note=f"3 senders, {refused} × 429 of {len(calls)}, {size / seconds:.1f} of {SHARED} a second",
    )  # fmt: skip
    assert (found.lost, found.repeats) == (0, 0)
    assert refused <= len(calls) // 100
    assert size / seconds > SHARED / 2, "a storm of 429 would halve it"


def test_marks_lie_apart() -> None:
    assert marks(FULL) == [1666, 3333, 5000, 6666, 8333]
    assert all(earlier < later for earlier, later in pairwise(marks(FULL)))
