"""The updates a bot has not confirmed yet, and how long Telegram keeps them."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from bot.demo.telegram import limits

# Bot API, Update: every kind this Telegram can make. Without a wish all of them are sent.
KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
# The other kinds the Bot API knows; a bot may ask for them and will not get any here.
OTHER_KINDS = (
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "message_reaction",
    "message_reaction_count",
    "inline_query",
    "chosen_inline_result",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
)


@dataclass(slots=True)
class Pending:
    """An update on its way, with the queue it must not overtake."""

    update_id: int
    kind: str
    body: dict[str, Any]
    queue: tuple[str, int]
    expires_at: datetime

    def as_json(self) -> dict[str, Any]:
        """The update as the bot receives it."""
        return {"update_id": self.update_id, self.kind: self.body}


class Updates:
    """One queue of updates; ids rise by one, and an update stays until it is confirmed or too old."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._pending: OrderedDict[int, Pending] = OrderedDict()
        self._ids = count(100_000_001)
        self.allowed: tuple[str, ...] = ()
        """As the bot asked; empty is everything."""
        self.expired: list[Pending] = []
        """What was never received in time, for whoever wants to count."""
        self.on_new: Callable[[], None] = lambda: None

    def push(self, kind: str, body: dict[str, Any], queue: tuple[str, int]) -> int | None:
        """Queue an update; its id, or None when the bot does not want this kind."""
        if self.allowed and kind not in self.allowed:
            return None
        life = limits.LIFE_OF_TAP if kind == "callback_query" else limits.LIFE_OF_UPDATE
        update_id = next(self._ids)
        self._pending[update_id] = Pending(update_id, kind, body, queue, self._now() + life)
        self.on_new()
        return update_id

    def alive(self) -> Iterator[Pending]:
        """What is still waiting, oldest first; what is too old is dropped on the way."""
        now = self._now()
        for pending in list(self._pending.values()):
            if pending.expires_at <= now:
                self.drop(pending.update_id)
                self.expired.append(pending)
            else:
                yield pending

    def confirm_below(self, offset: int) -> None:
        """Forget every update whose id is lower: a higher offset confirms it (Bot API, getUpdates)."""
        while self._pending:
            first = next(iter(self._pending))
            if first >= offset:
                return
            del self._pending[first]

    def from_end(self, number: int) -> None:
        """Keep the newest ``number`` updates: what a negative offset asks for."""
        while len(self._pending) > number:
            self._pending.popitem(last=False)

    def first(self, limit: int) -> list[Pending]:
        """The oldest updates, at most ``limit``."""
        found: list[Pending] = []
        now = self._now()
        for pending in self._pending.values():
            if len(found) == limit:
                break
            if pending.expires_at > now:
                found.append(pending)
        if len(found) < limit and len(found) < len(self._pending):
            return list(self.alive())[:limit]
        return found

    def drop(self, update_id: int) -> None:
        """Forget one update: delivered by webhook, or too old."""
        self._pending.pop(update_id, None)

    def drop_all(self) -> int:
        """Forget everything that waits; how much it was."""
        number = len(self._pending)
        self._pending.clear()
        return number

    def __len__(self) -> int:
        return len(self._pending)
