"""How fast we may send: all together, in one chat, and not at all after a refusal."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol

from bot.rules import slots
from bot.rules.sending import Lane

WINDOW = slots.WINDOW / slots.SECOND
"""Seconds in which at most so many calls may start."""
BURST = 3
"""Replies one chat may get at once before 1/s holds; Telegram names no number. Its bot FAQ (“My bot is hitting limits”) and
telegram.constants.FloodLimit.MESSAGES_PER_SECOND_PER_CHAT: one a second in a chat, short bursts may go over."""
CATCH_UP = slots.CATCH_UP / slots.SECOND
"""Seconds of slots that lanes sent at an even pace may take at once after a late timer."""
STORM = 3
"""Chats refused within a second that mean it is not about the chats."""
FORGET_ABOVE = 5_000


class Pace(Protocol):
    """When calls may start, as far as all of them go."""

    on_change: Callable[[], None]
    """Called when a wait may have become shorter."""

    def wait(self, lane: Lane) -> float: ...
    def take(self, lane: Lane) -> None: ...
    def start_slowly(self, at: float) -> None: ...

    def pause(self, until: float) -> None:
        """Telegram wants nothing before this, from nobody who has our token."""
        ...

    def paused(self) -> float: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...


class Slots:
    """A log of send times: never more than `per_second` in any `WINDOW`, from the first second on.

    Replies take a slot as soon as there is one; other lanes take theirs at an even pace, so a reply
    hardly ever finds the window used up by a burst. `shared.SharedSlots` counts for several processes.
    """

    def __init__(self, per_second: int, clock: Callable[[], float]) -> None:
        self._per_second = per_second
        self._clock = clock
        self._gap = WINDOW / per_second if per_second else 0.0
        self._log: deque[float] = deque(maxlen=max(per_second, 1))
        self._even = clock()
        self.on_change: Callable[[], None] = lambda: None
        self.start_slowly(clock())

    async def start(self) -> None:
        """Nothing to do: nobody else counts here."""

    async def stop(self) -> None:
        """The same."""

    def free_at(self) -> list[float]:
        """When each of the places may be used again."""
        return [at + WINDOW for at in self._log]

    def resume(self, free_at: Iterable[float]) -> None:
        """Go on from places that were free then, the earliest first."""
        self._log.clear()
        self._log.extend(at - WINDOW for at in free_at)

    def pause(self, until: float) -> None:
        """Whoever counts alone has nobody to tell."""
        self.start_slowly(until)

    def paused(self) -> float:
        """Nobody else pauses us."""
        return 0.0

    def start_slowly(self, at: float) -> None:
        """From `at` on, as if the window before had been used up evenly: whoever was here before may have."""
        if self._per_second:
            before = (at - WINDOW + i * self._gap for i in range(self._per_second))
            self._log.extend(sorted((*self._log, *before)))  # the latest stay
            self._even = max(self._even, at)

    def wait(self, lane: Lane) -> float:
        """Seconds until a call of this lane may start; 0 is now."""
        if not self._per_second:
            return 0.0
        now = self._clock()
        free_in = self._log[0] + WINDOW - now
        if lane != "replies":
            free_in = max(free_in, self._even - now)
        # A window is closed at both ends, so the instant it ends is one too early.
        return free_in if free_in > 0 else 0.0 if self._log[0] + WINDOW < now else 1e-6

    def take(self, lane: Lane) -> None:
        """Note that a call starts now."""
        if self._per_second:
            now = self._clock()
            self._log.append(now)
            if lane != "replies":
                self._even = max(self._even, now - CATCH_UP) + self._gap


class Limiter:
    """Says when a call may start, and learns from refusals."""

    def __init__(
        self, per_second: int = 30, clock: Callable[[], float] = time.monotonic, shared: Pace | None = None
    ) -> None:
        self._clock = clock
        self._slots: Pace = shared or Slots(per_second, clock)
        self._pacing = per_second > 0
        self._chats: dict[int, tuple[float, float]] = {}
        """Chat → when its last call started, and how many more it might have had then."""
        self._forget_at = 0.0
        self._paused: dict[int, float] = {}
        self._all_paused_until = 0.0
        self._refusals: deque[tuple[float, int, float]] = deque(maxlen=64)

    async def start(self, on_change: Callable[[], None]) -> None:
        """Begin to count; `on_change` is called when something may start earlier than was said."""
        self._slots.on_change = on_change
        await self._slots.start()

    async def stop(self) -> None:
        """Give back what was taken ahead."""
        await self._slots.stop()

    def gate(self) -> float:
        """Seconds for which nothing at all may start."""
        return max(0.0, self._all_paused_until - self._clock(), self._slots.paused())

    def wait_for_chat(self, chat_id: int, lane: Lane) -> float:
        """Seconds until a call to this chat may start, as far as the chat goes."""
        now = self._clock()
        paused = self._paused.get(chat_id, 0.0) - now
        if paused > 0:
            return paused
        if not self._pacing or chat_id not in self._chats:
            return 0.0
        last, left = self._chats[chat_id]
        if lane in ("replies", "desk") and left + (now - last) / WINDOW >= 1:
            return 0.0
        needed = (1 - left) * WINDOW if lane in ("replies", "desk") else WINDOW
        return max(0.0, last + needed - now)

    def wait_for_slot(self, lane: Lane) -> float:
        """Seconds until a call of this lane may start, as far as all of us go."""
        return self._slots.wait(lane)

    def take(self, chat_id: int, lane: Lane) -> None:
        """Note that a call that counts starts now."""
        self._slots.take(lane)
        if self._pacing:
            now = self._clock()
            last, left = self._chats.get(chat_id, (now, float(BURST)))
            self._chats[chat_id] = (now, min(float(BURST), left + (now - last) / WINDOW) - 1)
            if len(self._chats) > FORGET_ABOVE and now >= self._forget_at:
                self._forget(now)

    def refused(self, chat_id: int | None, after: float) -> None:
        """Learn of a 429: this chat waits; without a chat, or after three chats in a second, everybody does."""
        now = self._clock()
        until = now + after
        if chat_id is None:
            self._pause_everybody(after)
            return
        self._paused[chat_id] = max(until, self._paused.get(chat_id, 0.0))
        self._chats[chat_id] = (until - WINDOW, 0.0)
        self._refusals.append((now, chat_id, until))
        recent = [(chat, end) for at, chat, end in self._refusals if now - at <= 1.0]
        if len({chat for chat, _ in recent}) >= STORM:
            self._pause_everybody(max(end for _, end in recent) - now)

    def _pause_everybody(self, seconds: float) -> None:
        """Telegram refuses this token as a whole: no process may start anything."""
        self.pause_all(seconds)
        self._slots.pause(self._clock() + seconds)

    def pause_all(self, seconds: float) -> None:
        """Start nothing in this process for so long, and slowly after it."""
        until = self._clock() + seconds
        if until > self._all_paused_until:
            self._all_paused_until = until
            self._slots.start_slowly(until)

    def _forget(self, now: float) -> None:
        """Drop the chats that are rested; once a second, for it looks at every chat."""
        self._forget_at = now + 1.0
        self._chats = {
            chat: (last, left)
            for chat, (last, left) in self._chats.items()
            if now - last < WINDOW or left + (now - last) / WINDOW < BURST
        }
        self._paused = {chat: until for chat, until in self._paused.items() if until > now}
