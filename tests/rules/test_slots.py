"""However late a process fires within what it was given, no window holds more than the limit."""

import bisect
import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.slots import (
    HOLD,
    LIFE,
    MOST,
    QUIET,
    SECOND,
    WINDOW,
    Ask,
    Grant,
    Places,
    Slot,
    hand_out,
    opened,
)


def most_in_a_window(times: list[int]) -> int:
    times = sorted(times)
    return max(bisect.bisect_right(times, start + WINDOW - 1) - at for at, start in enumerate(times))


@dataclass
class Process:
    """Fires at any moment within what it was given, tells of it as late as it likes, and may be lost."""

    name: str
    slots: list[Slot] = field(default_factory=list)
    used: list[tuple[int, int]] = field(default_factory=list)
    own: list[int] = field(default_factory=list)
    own_until: int = 0
    is_wanted_back: bool = False

    def ask(self, dice: random.Random) -> Ask:
        used, self.used = tuple(self.used), []
        back = tuple(self.own) if self.is_wanted_back else None
        life = dice.choice([LIFE, LIFE * 3])
        return Ask(self.name, dice.choice([0, 1, 5, 50]), dice.random() < 0.5, life, used, back)

    def hears(self, ask: Ask, grant: Grant) -> None:
        if ask.back is not None:
            self.is_wanted_back, self.own_until = False, 0
        if grant.is_wanted_back:
            self.is_wanted_back = True
        elif grant.alone_until:
            self.own_until = grant.alone_until
            if grant.alone is not None:
                self.own = list(grant.alone)
        self.slots += grant.slots

    def fire(self, now: int, dice: random.Random) -> list[int]:
        """Whatever may start now, or a part of it."""
        fired = []
        for slot in [it for it in self.slots if it.opens <= now]:
            if now < slot.closes and dice.random() < 0.6:
                self.slots.remove(slot)
                self.used.append((slot.mark, now))
                fired.append(now)
            elif now >= slot.closes:
                self.slots.remove(slot)
                if dice.random() < 0.5:
                    self.used.append((slot.mark, slot.opens - WINDOW))
        if now < self.own_until and not self.is_wanted_back:
            for at, free in enumerate(self.own):
                if free <= now and dice.random() < 0.4:
                    self.own[at] = now + WINDOW
                    fired.append(now)
        return fired


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 10**9), per_second=st.sampled_from([1, 2, 7, 30, 60]), processes=st.integers(1, 4),
    is_long_quiet=st.booleans(),
)  # fmt: skip
def test_no_window_ever_holds_more_than_the_limit(
    seed: int, per_second: int, processes: int, is_long_quiet: bool
) -> None:
    dice = random.Random(seed)
    now = 5_000_000
    places = opened(per_second, now)
    crowd = [Process(f"p{number}") for number in range(processes)]
    fired: list[int] = []
    for _ in range(250):
        now += dice.choice([0, 100, 3_000, 40_000, 150_000, 1_200_000])
        if is_long_quiet and dice.random() < 0.02:
            now += QUIET + 1
        process = dice.choice(crowd)
        if dice.random() < 0.02:
            crowd[crowd.index(process)] = Process(f"{process.name}+")  # killed, and started again
        elif dice.random() < 0.5:
            ask = process.ask(dice)
            places, grant = hand_out(places, ask, per_second, now)
            process.hears(ask, grant)
        for each in dice.sample(crowd, len(crowd)):
            fired += each.fire(now, dice)
    if fired:
        assert most_in_a_window(fired) <= per_second


def shared(per_second: int = 30, now: int = 10**9) -> Places:
    """Places that two processes have asked for, all of them free."""
    places = opened(per_second, now)
    for name in ("a", "b"):
        places, _ = hand_out(places, Ask(name), per_second, now + 2 * WINDOW)
    return places


def test_one_that_is_alone_holds_them_all_and_asks_once_a_while() -> None:
    places, grant = hand_out(opened(30, 10**9), Ask("a", 5), 30, 10**9)
    assert (grant.alone_until, len(grant.alone or ())) == (10**9 + HOLD, 30)
    _, again = hand_out(places, Ask("a", 5), 30, 10**9 + HOLD // 2)
    assert (again.alone_until, again.alone) == (10**9 + HOLD // 2 + HOLD, None)


def test_one_that_is_no_longer_alone_gives_back_before_others_get_any() -> None:
    now = 10**9
    places, grant = hand_out(opened(30, now), Ask("a", 5), 30, now)
    places, nothing = hand_out(places, Ask("b", 5, is_reply=True), 30, now + SECOND)
    assert (nothing.slots, nothing.again_in > 0) == ((), True)
    places, wanted = hand_out(places, Ask("a", 5), 30, now + SECOND)
    assert wanted.is_wanted_back
    free = tuple(at + SECOND // 10 for at in grant.alone or ())
    places, _ = hand_out(places, Ask("a", 0, back=free), 30, now + SECOND)
    _, some = hand_out(places, Ask("b", 5, is_reply=True), 30, now + SECOND)
    assert len(some.slots) == 5


def test_a_lot_is_never_larger_than_fifty() -> None:
    places = shared(1000)
    _, grant = hand_out(places, Ask("a", 1000, is_reply=True), 1000, places.seen_at)
    assert len(grant.slots) == MOST


def test_what_nobody_waits_for_comes_at_an_even_pace_over_all_processes() -> None:
    places = shared()
    now, opens = places.seen_at, []
    for step in range(100):
        places, grant = hand_out(places, Ask("ab"[step % 2], 5), 30, now + step * 20_000)
        opens += [slot.opens for slot in grant.slots]
    quarter = [
        bisect.bisect_left(sorted(opens), at + SECOND // 4) - bisect.bisect_left(sorted(opens), at)
        for at in opens
    ]
    assert max(quarter) <= 10


def test_a_reply_waits_no_longer_than_a_lot_while_another_process_sends_all_it_may() -> None:
    places = shared()
    now = places.seen_at
    for step in range(100):
        places, _ = hand_out(places, Ask("a", 5), 30, now + step * 50_000)
    _, reply = hand_out(places, Ask("b", 1, is_reply=True), 30, now + 100 * 50_000)
    assert reply.slots[0].opens - (now + 100 * 50_000) <= LIFE + 2 * WINDOW // 30


def test_a_place_that_was_used_early_is_free_early_and_one_given_up_at_once() -> None:
    places = shared(2)
    now = places.seen_at
    places, grant = hand_out(places, Ask("a", 2, is_reply=True), 2, now)
    first, second = grant.slots
    told = ((first.mark, now), (second.mark, second.opens - WINDOW))
    places, _ = hand_out(places, Ask("a", used=told), 2, now + 1000)
    assert sorted(places.free_at) == [now, now + WINDOW]


def test_a_pause_holds_for_everybody_and_ends_slowly() -> None:
    places = shared()
    now = places.seen_at
    places, _ = hand_out(places, Ask("a", pause=3 * SECOND), 30, now)
    _, during = hand_out(places, Ask("b", 5, is_reply=True), 30, now + 2 * SECOND)
    assert (during.slots, during.paused_until) == ((), now + 3 * SECOND)
    _, after = hand_out(places, Ask("b", 30, is_reply=True), 30, now + 3 * SECOND)
    assert after.slots[-1].opens - after.slots[0].opens >= LIFE


@pytest.mark.parametrize("back", [2 * SECOND, 3 * 3600 * SECOND])
def test_a_clock_that_was_set_back_stops_nobody_for_long(back: int) -> None:
    places = shared(now=10**11)
    now = places.seen_at - back
    places, none = hand_out(places, Ask("a", 5, is_reply=True), 30, now)
    assert not none.slots
    _, some = hand_out(places, Ask("a", 5, is_reply=True), 30, now + HOLD + WINDOW)
    assert len(some.slots) == 5


def test_another_limit_finds_as_many_places() -> None:
    places = shared(30)
    fewer, _ = hand_out(places, Ask("a"), 10, places.seen_at)
    more, _ = hand_out(fewer, Ask("a"), 40, places.seen_at)
    assert (len(fewer.free_at), len(more.free_at)) == (10, 40)
