"""How much of one account is let in, so that a flood from one holds up nobody else.

It stands before the writer and counts in this process alone: with several replicas an account may
have as many allowances. Nobody meets it by tapping fast: it lets a hundred and twenty through at
once and five a second for ever, and a person at a quiz makes three or four.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bot.chat.telegram import Heard
from bot.rules import cries

Passage = Literal["in", "told", "shed"]
"""Handled as always · let go by and told so · let go by in silence, since they were told a moment ago."""
AT_ONCE = 24.0
"""Seconds of the allowance that may come at once."""
CRIES_A_MINUTE = 30
"""Calls for help have an allowance of their own, which no other flood uses up."""
TELL_EVERY = 60.0
MANY = 5_000
"""Accounts that are remembered before those are forgotten who have been quiet for a minute."""
HELP = ("report", "reports", "help")
HELP_BUTTON = "x."


@dataclass(slots=True)
class Allowance:
    """So many may come now; it grows with time up to a most."""

    left: float
    at: float

    def takes(self, now: float, per_second: float, most: float) -> bool:
        """Whether one more may come; it is counted if so."""
        self.left = min(most, self.left + (now - self.at) * per_second)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


@dataclass(slots=True)
class Visitor:
    """What one account used lately."""

    all: Allowance
    cries: Allowance
    told_at: float = float("-inf")


class Turnstile:
    """Says of each update whether it comes in. What is shed is not noted, so that it counts as never sent."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_minute / 60
        self._most = max(1.0, self._per_second * AT_ONCE)
        self._clock = clock
        self._visitors: dict[int, Visitor] = {}
        self._forget_at = 0.0

    def passage(self, heard: Heard) -> Passage:
        """What becomes of this update. Whether somebody can be reached is always noted: they cannot make it up."""
        if not self._per_second or heard.is_unread or heard.kind in ("blocked", "unblocked"):
            return "in"
        now = self._clock()
        visitor = self._visitor(heard.account_id, now)
        if visitor.all.takes(now, self._per_second, self._most):
            return "in"
        if is_cry(heard) and visitor.cries.takes(now, CRIES_A_MINUTE / 60, CRIES_A_MINUTE):
            return "in"
        if now - visitor.told_at < TELL_EVERY:
            return "shed"
        visitor.told_at = now
        return "told"

    def _visitor(self, account_id: int, now: float) -> Visitor:
        visitor = self._visitors.get(account_id)
        if visitor is None:
            if len(self._visitors) >= MANY and now >= self._forget_at:
                self._forget(now)
            visitor = Visitor(Allowance(self._most, now), Allowance(CRIES_A_MINUTE, now))
            self._visitors[account_id] = visitor
        return visitor

    def _forget(self, now: float) -> None:
        """Drop whoever has their whole allowance back; at most once a second, for it looks at everybody."""
        self._forget_at = now + 1.0
        self._visitors = {
            account: one for account, one in self._visitors.items() if now - one.all.at < TELL_EVERY
        }


def is_cry(heard: Heard) -> bool:
    """Whether somebody asks for help: ✋, the commands of it, or their own words."""
    if heard.kind == "tap":
        return heard.tap.startswith(HELP_BUTTON)
    if heard.kind == "command":
        return heard.command in HELP
    return heard.kind == "words" and (cries.asks_for_help(heard.words) or cries.has_lost(heard.words))
