"""Never too fast, and hardly slower than that."""

import bisect
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.sending import LANES, Lane
from bot.sending.limiter import BURST, WINDOW, Limiter

lanes = st.sampled_from(LANES)


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


def send_when_allowed(limiter: Limiter, clock: Clock, chat_id: int, lane: Lane) -> float:
    """Wait as the limiter says, then send; the time it went."""
    while (
        wait := max(limiter.gate(), limiter.wait_for_chat(chat_id, lane), limiter.wait_for_slot(lane))
    ) > 0:
        clock.time += wait
    limiter.take(chat_id, lane)
    return clock.time


def most_in_a_window(times: list[float]) -> int:
    """The most sends in any closed stretch of `WINDOW`."""
    return max(bisect.bisect_right(times, start + WINDOW) - at for at, start in enumerate(times))


@settings(max_examples=60, deadline=None)
@given(
    per_second=st.integers(1, 40),
    steps=st.lists(
        st.tuples(lanes, st.integers(0, 200), st.sampled_from([0.0, 0.0, 0.001, 0.02, 0.5, 1.009, 3.0])),
        min_size=20, max_size=150,
    ),
    refused_at=st.sets(st.integers(0, 149), max_size=3),
)  # fmt: skip
def test_there_are_never_more_than_so_many_in_any_window(
    per_second: int, steps: list[tuple[Lane, int, float]], refused_at: set[int]
) -> None:
    clock = Clock()
    limiter = Limiter(per_second, clock)
    times = []
    for number, (lane, chat_id, idle) in enumerate(steps):
        clock.time += idle
        times.append(send_when_allowed(limiter, clock, chat_id, lane))
        if number in refused_at:
            limiter.refused(None, 0.3)
    assert most_in_a_window(times) <= per_second


@pytest.mark.parametrize(("per_second", "at_least"), [(30, 29.5), (1000, 980)])
def test_a_broadcast_uses_nearly_all_there_is(per_second: int, at_least: float) -> None:
    clock = Clock()
    limiter = Limiter(per_second, clock)
    times = [send_when_allowed(limiter, clock, chat, "broadcast") for chat in range(per_second * 10)]
    assert len(times) / (times[-1] - times[0]) >= at_least


def test_late_timers_cost_a_broadcast_no_slots() -> None:
    clock = Clock()
    limiter = Limiter(1000, clock)
    sent = 0
    while clock.time < 1010:
        clock.time += 0.004
        while limiter.wait_for_slot("broadcast") == 0:
            limiter.take(sent, "broadcast")
            sent += 1
    assert sent / 10 >= 960


def test_a_reply_finds_a_slot_within_a_moment_of_a_broadcast() -> None:
    clock = Clock()
    limiter = Limiter(30, clock)
    waits = []
    for chat in range(300):
        send_when_allowed(limiter, clock, chat, "broadcast")
        if chat % 10 == 0:
            asked = clock.time
            waits.append(send_when_allowed(limiter, clock, 10_000 + chat, "replies") - asked)
    assert max(waits) <= 2 * WINDOW / 30


def test_the_first_second_starts_slowly() -> None:
    clock = Clock()
    limiter = Limiter(30, clock)
    times = [send_when_allowed(limiter, clock, chat, "replies") for chat in range(30)]
    assert times[9] - 1000.0 >= 0.25, "whoever ran before us may have used up the last second"


def test_a_person_may_get_a_few_replies_at_once_and_then_one_a_second() -> None:
    clock = Clock()
    limiter = Limiter(30, clock)
    clock.time += 5
    times = [send_when_allowed(limiter, clock, 1, "replies") for _ in range(BURST + 3)]
    assert times[BURST - 1] - times[0] == 0
    assert all(b - a >= WINDOW - 1e-6 for a, b in pairwise(times[BURST - 1 :]))


@pytest.mark.parametrize("lane", ["lessons", "broadcast"])
def test_what_nobody_waits_for_comes_one_a_second_in_a_chat(lane: Lane) -> None:
    clock = Clock()
    limiter = Limiter(30, clock)
    times = [send_when_allowed(limiter, clock, 1, "replies")]
    times += [send_when_allowed(limiter, clock, 1, lane) for _ in range(4)]
    assert all(b - a >= WINDOW - 1e-6 for a, b in pairwise(times))


def test_a_429_stops_its_chat_until_its_time_and_no_other() -> None:
    clock = Clock()
    limiter = Limiter(30, clock)
    limiter.refused(1, 3)
    assert limiter.wait_for_chat(1, "replies") == 3
    assert limiter.wait_for_chat(2, "replies") == 0
    assert limiter.gate() == 0
    clock.time += 3
    assert limiter.wait_for_chat(1, "replies") == pytest.approx(0, abs=1e-9)


def test_three_chats_refused_within_a_second_stop_everything_for_the_longest() -> None:
    clock = Clock()
    limiter = Limiter(30, clock)
    for chat, after in ((1, 3), (2, 7), (3, 5)):
        limiter.refused(chat, after)
        clock.time += 0.25
    assert limiter.gate() == pytest.approx(7 - 0.5)


def test_one_chat_refused_three_times_or_three_over_a_while_stop_nothing() -> None:
    clock = Clock()
    limiter = Limiter(30, clock)
    for chat in (1, 1, 1):
        limiter.refused(chat, 3)
    for chat in (2, 3, 4):
        clock.time += 0.6
        limiter.refused(chat, 3)
    assert limiter.gate() == 0


def test_a_429_that_names_no_chat_stops_everything() -> None:
    clock = Clock()
    limiter = Limiter(30, clock)
    limiter.refused(None, 4)
    assert limiter.gate() == 4


def test_a_shorter_pause_does_not_end_a_longer_one() -> None:
    clock = Clock()
    limiter = Limiter(0, clock)
    limiter.refused(None, 4)
    limiter.refused(None, 1)
    assert limiter.gate() == 4


def test_nought_switches_pacing_off_but_not_pauses() -> None:
    clock = Clock()
    limiter = Limiter(0, clock)
    for _ in range(100):
        assert limiter.wait_for_slot("broadcast") == limiter.wait_for_chat(1, "broadcast") == 0
        limiter.take(1, "broadcast")
    limiter.refused(1, 2)
    assert limiter.wait_for_chat(1, "replies") == 2


def test_chats_are_forgotten_when_they_are_rested() -> None:
    clock = Clock()
    limiter = Limiter(1000, clock)
    for chat in range(12_000):
        clock.time += 0.001
        limiter.take(chat, "broadcast")
    assert len(limiter._chats) <= 6_100
