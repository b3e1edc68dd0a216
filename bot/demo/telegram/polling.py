"""getUpdates: one poller a token, updates kept until a higher offset confirms them."""

import asyncio
import time
from typing import Any

from bot.demo.telegram import limits
from bot.demo.telegram.refusals import bad, conflict
from bot.demo.telegram.updates import KINDS, OTHER_KINDS, Updates

_LONGEST = 50
"""Seconds a poll may wait; telegram-bot-api, Client.cpp, LONG_POLL_MAX_TIMEOUT."""
_TERMINATED = "terminated by other getUpdates request; make sure that only one bot instance is running"
_BY_WEBHOOK = "terminated by setWebhook request"
_WEBHOOK_IS_SET = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
_BETWEEN_CONFLICTS = 3.0
"""Seconds; a second conflict within them is told that much later, so that two pollers do not spin
(telegram-bot-api, Client.cpp, fail_query_conflict)."""


def wanted_kinds(value: Any) -> tuple[str, ...] | None:
    """``allowed_updates``: None leaves them as they are, an empty list is everything."""
    if value is None:
        return None
    if not isinstance(value, list):
        raise bad("can't parse allowed updates: expected an Array of strings")
    for kind in value:
        # Telegram ignores names it does not know; a misspelt one would silence the bot without a word.
        if kind not in KINDS and kind not in OTHER_KINDS:
            raise bad(f'unknown kind of update "{kind}"')
    return tuple(value)


class Poller:
    """The one who waits for updates, and who is turned away."""

    def __init__(self, updates: Updates, *, between_conflicts: float = _BETWEEN_CONFLICTS) -> None:
        self._updates = updates
        self._between_conflicts = between_conflicts
        self._waiting: asyncio.Future[str | None] | None = None
        self._next_conflict_at = 0.0

    async def get_updates(self, values: dict[str, Any], *, has_webhook: bool) -> list[dict[str, Any]]:
        """The oldest updates, waiting for the first when there is none and ``timeout`` allows."""
        if has_webhook:
            raise conflict(_WEBHOOK_IS_SET)
        kinds = wanted_kinds(values.get("allowed_updates"))
        if kinds is not None:
            self._updates.allowed = kinds
        self._confirm(values.get("offset", 0))
        # telegram-bot-api reads a limit outside 1..100 as 100, a negative timeout as none.
        limit = values.get("limit", limits.POLL)
        limit = limit if 1 <= limit <= limits.POLL else limits.POLL
        found = self._updates.first(limit)
        timeout = min(values.get("timeout", 0), _LONGEST)
        if not found and timeout > 0:
            await self._wait(float(timeout))
            found = self._updates.first(limit)
        return [pending.as_json() for pending in found]

    def _confirm(self, offset: int) -> None:
        if offset > 0:
            self._updates.confirm_below(offset)
        elif offset < 0:
            self._updates.from_end(-offset)

    async def _wait(self, seconds: float) -> None:
        """Wait for news; a poller who comes later ends the wait of the one before."""
        self.wake(_TERMINATED)
        mine: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._waiting = mine
        try:
            reason = await asyncio.wait_for(asyncio.shield(mine), seconds)
        except TimeoutError:
            return
        finally:
            if self._waiting is mine:
                self._waiting = None
        if reason is not None:
            await self._turn_away(reason)

    async def _turn_away(self, reason: str) -> None:
        now = time.monotonic()
        if now < self._next_conflict_at:
            await asyncio.sleep(self._between_conflicts)
        else:
            self._next_conflict_at = now + self._between_conflicts
        raise conflict(reason)

    def wake(self, reason: str | None = None) -> None:
        """End the wait: with None there is news, with a reason somebody else took over."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_result(reason)

    def end_for_webhook(self) -> None:
        """A webhook was set: whoever polls is turned away."""
        self.wake(_BY_WEBHOOK)
