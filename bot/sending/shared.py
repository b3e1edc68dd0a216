"""Slots that are drawn from the database: processes with one token count together."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.rules.sending import Lane
from bot.rules.slots import HOLD, LIFE, MOST, QUIET, SECOND, WINDOW, Ask, Grant, Slot
from bot.sending.limiter import Slots
from bot.sending.notes import complain

SEEN_EVERY = QUIET / SECOND / 2.5
"""Seconds after which a process that sends nothing says that it is there."""
PATIENCE = 1.0
"""Seconds until somebody who waits for an answer of the database looks again by itself."""
TROUBLED = 0.5
"""Seconds until the next ask after one that failed."""
SAMPLES_LAST = 10.0
"""Seconds; two clocks that run freely come apart by less than a millisecond in that time."""
LONGEST_LIFE = 2 * SECOND


@dataclass(slots=True)
class Offset:
    """What the shared clock shows when ours shows something: never exactly, but between two bounds.

    The shared clock was read somewhere between our asking and the answer.
    """

    is_ours: bool
    _samples: deque[tuple[float, float, float]] = field(default_factory=deque)
    _least: float = 0.0
    _most: float = 0.0

    def note(self, asked: float, theirs: int, answered: float) -> None:
        """One reading; the tightest of the last seconds count."""
        if self.is_ours:
            return
        read = theirs / SECOND
        self._samples.append((answered, asked - read, answered - read))
        while self._samples[0][0] < answered - SAMPLES_LAST:
            self._samples.popleft()
        self._least = max(least for _, least, _ in self._samples)
        self._most = min(most for _, _, most in self._samples)
        if self._least > self._most:  # one of the clocks was set
            self._samples = deque([self._samples[-1]])
            _, self._least, self._most = self._samples[0]

    def surely_after(self, theirs: int) -> float:
        """Our time from which on theirs has surely come."""
        return theirs / SECOND + self._most

    def surely_before(self, theirs: int) -> float:
        """Our time up to which theirs has surely not passed."""
        return theirs / SECOND + self._least

    def at_most(self, ours: float) -> int:
        """The latest that the shared clock can show at this time of ours."""
        return int((ours - self._least) * SECOND) + 1


def _kind(lane: Lane) -> str:
    return "replies" if lane == "replies" else "others"


class SharedSlots:
    """`Slots` for processes that share a token: whoever is alone holds them all, else they come in lots.

    What is not used in its time is given up. One ask is under way at most; `on_change` is called when it
    is answered.
    """

    def __init__(
        self,
        per_second: int,
        ask: Callable[[Ask], Awaitable[Grant]],
        by: str,
        *,
        is_our_clock: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_second = per_second
        self._ask = ask
        self._by = by
        self._clock = clock
        self._offset = Offset(is_our_clock)
        self._own = Slots(per_second, clock)
        """All places, while they are ours."""
        self._own_until = 0.0
        self._renew_at = 0.0
        self._must_give_back = False
        self._lot: deque[Slot] = deque()
        self._used: list[tuple[int, int]] = []
        """Of the last lot, to be told with the next ask."""
        self._taken = 0
        """Calls since the last ask: about as many will follow."""
        self._low = 0
        """Ask for more when so few are left."""
        self._life = LIFE
        self._pause = 0.0
        self._paused_until = 0.0
        self._not_before = {"replies": 0.0, "others": 0.0}
        self._asking: asyncio.Task[None] | None = None
        self._seeing: asyncio.Task[None] | None = None
        self._trouble = 0
        self._is_open = False
        self.on_change: Callable[[], None] = lambda: None

    async def start(self) -> None:
        """Let the others know that there is one more."""
        self._is_open = True
        self._seeing = asyncio.create_task(self._keep_being_seen(), name="slots-seen")

    async def stop(self) -> None:
        """Give back what is held."""
        self._is_open = False
        tasks = [task for task in (self._seeing, self._asking) if task is not None]
        if self._seeing is not None:
            self._seeing.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1.0)
        with contextlib.suppress(Exception):  # what is not given back is free again in `HOLD`
            async with asyncio.timeout(1.0):
                await self._ask(self._said(leaves=True))

    def wait(self, lane: Lane) -> float:
        """Seconds until a call of this lane may start; 0 is now."""
        now = self._clock()
        if now < self._own_until and not self._must_give_back:
            if now >= self._renew_at:
                self._draw(lane)
            return self._own.wait(lane)
        self._drop(now)
        if len(self._lot) <= self._low:
            self._draw(lane)
        if self._lot:
            return max(0.0, self._offset.surely_after(self._lot[0].opens) - now)
        again_in = self._not_before[_kind(lane)] - now
        return again_in if again_in > 0 else PATIENCE

    def take(self, lane: Lane) -> None:
        """Note that a call starts now."""
        now = self._clock()
        self._taken += 1
        if now < self._own_until and not self._must_give_back:
            self._own.take(lane)
        elif self._lot:
            self._used.append((self._lot.popleft().mark, self._offset.at_most(now)))

    def paused(self) -> float:
        """Seconds for which another process wants nothing sent."""
        return max(0.0, self._paused_until - self._clock())

    def start_slowly(self, at: float) -> None:
        """Only what is ours alone starts slowly; others know nothing of our troubles."""
        self._own.start_slowly(at)

    def pause(self, until: float) -> None:
        """Nobody sends before `until`."""
        self._pause = max(self._pause, until)
        self._start_asking(lambda: self._said())

    # Asking

    def _drop(self, now: float) -> None:
        """Give up what was not used in its time."""
        while self._lot and now >= self._offset.surely_before(self._lot[0].closes):
            slot = self._lot.popleft()
            self._used.append((slot.mark, slot.opens - WINDOW))

    def _draw(self, lane: Lane) -> None:
        if self._is_open and self._clock() >= self._not_before[_kind(lane)]:
            self._start_asking(lambda: self._said(lane))

    def _start_asking(self, said: Callable[[], Ask]) -> None:
        if self._asking is None:
            self._asking = asyncio.create_task(self._draw_now(said), name="slots-ask")

    def _said(self, lane: Lane | None = None, *, leaves: bool = False) -> Ask:
        """What to tell the others, and how many places this lane would like."""
        now = self._clock()
        many = 0
        if lane == "replies":
            many = min(MOST, 2 * self._taken + 2)
        elif lane is not None:
            many = min(MOST, self._per_second * self._life // SECOND + 1)
        self._low = many // 2 if lane != "replies" else min(self._taken, many // 2)
        self._taken = 0
        is_over = self._must_give_back or leaves
        back = tuple(self._offset.at_most(at) for at in self._own.free_at()) if is_over else None
        pause = max(0, int((self._pause - now) * SECOND))
        used, self._used, self._pause = tuple(self._used), [], 0.0
        return Ask(self._by, many, lane == "replies", self._life, used, back, pause, leaves)

    async def _draw_now(self, said: Callable[[], Ask]) -> None:
        asked, ask = self._clock(), said()
        try:
            grant = await self._ask(ask)
        except Exception as error:
            self._trouble += 1
            complain("slots_not_taken", error, self._trouble)
            self._not_before = dict.fromkeys(self._not_before, self._clock() + TROUBLED)
            self._pause = max(self._pause, asked + ask.pause / SECOND if ask.pause else 0.0)
        else:
            self._trouble = 0
            self._heard(ask, grant, asked)
        finally:
            self._asking = None
        if self._pause and not self._trouble:
            self.pause(self._pause)
        if self._is_open:
            self.on_change()

    def _heard(self, ask: Ask, grant: Grant, asked: float) -> None:
        now = self._clock()
        self._offset.note(asked, grant.now, now)
        self._life = min(LONGEST_LIFE, max(LIFE, int(4 * (now - asked) * SECOND)))
        self._paused_until = self._offset.surely_after(grant.paused_until)
        if grant.again_in:
            self._not_before["replies" if ask.is_reply else "others"] = now + grant.again_in / SECOND
        if ask.back is not None:
            self._own_until, self._must_give_back = 0.0, False
        if grant.is_wanted_back:
            self._must_give_back = True
        elif grant.alone_until:
            self._hold(grant)
        self._lot.extend(grant.slots)

    def _hold(self, grant: Grant) -> None:
        """All places are ours for a while."""
        if grant.alone is not None:
            self._own.resume(self._offset.surely_after(at) for at in sorted(grant.alone))
            self._lot.clear()
        self._own_until = self._offset.surely_before(grant.alone_until)
        self._renew_at = self._own_until - HOLD / SECOND / 2

    async def _keep_being_seen(self) -> None:
        while True:
            self._start_asking(lambda: self._said())
            await asyncio.sleep(SEEN_EVERY)
