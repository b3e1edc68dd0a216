"""How fast we may send: all together, in one chat, and not at all after a refusal."""

import time
from collections import deque
from collections.abc import Callable

from bot.rules.sending import Lane

WINDOW = 1.009
"""Seconds in which at most so many calls may start; with exactly 1 s, 30/s were refused now and then (measured)."""
BURST = 3
"""Replies one chat may get at once before 1/s holds; Telegram names no number. Its bot FAQ (“My bot is hitting limits”) and
telegram.constants.FloodLimit.MESSAGES_PER_SECOND_PER_CHAT: one a second in a chat, short bursts may go over."""
CATCH_UP = 0.05
"""Seconds of slots that lanes sent at an even pace may take at once after a late timer."""
STORM = 3
"""Chats refused within a second that mean it is not about the chats."""
FORGET_ABOVE = 5_000


class Slots:
    """A log of send times: never more than `per_second` in any `WINDOW`, from the first second on.

    Replies take a slot as soon as there is one; other lanes take theirs at an even pace, so a reply
    hardly ever finds the window used up by a burst. Processes that share a token will draw theirs
    from the database in lots behind these same two methods.
    """

    def __init__(self, per_second: int, clock: Callable[[], float]) -> None:
        self._per_second = per_second
        self._clock = clock
        self._gap = WINDOW / per_second if per_second else 0.0
        self._log: deque[float] = deque(maxlen=max(per_second, 1))
        self._even = clock()
        self.start_slowly(clock())

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

    def __init__(self, per_second: int = 30, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._slots = Slots(per_second, clock)
        self._pacing = per_second > 0
        self._chats: dict[int, tuple[float, float]] = {}
        """Chat → when its last call started, and how many more it might have had then."""
        self._forget_at = 0.0
        self._paused: dict[int, float] = {}
        self._all_paused_until = 0.0
        self._refusals: deque[tuple[float, int, float]] = deque(maxlen=64)

    def gate(self) -> float:
        """Seconds for which nothing at all may start."""
        return max(0.0, self._all_paused_until - self._clock())

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
            self.pause_all(after)
            return
        self._paused[chat_id] = max(until, self._paused.get(chat_id, 0.0))
        self._chats[chat_id] = (until - WINDOW, 0.0)
        self._refusals.append((now, chat_id, until))
        recent = [(chat, end) for at, chat, end in self._refusals if now - at <= 1.0]
        if len({chat for chat, _ in recent}) >= STORM:
            self.pause_all(max(end for _, end in recent) - now)

    def pause_all(self, seconds: float) -> None:
        """Start nothing for so long, and slowly after it."""
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
