"""The updates a bot has not confirmed yet, and how long Telegram keeps them."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
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
        self._last_id = 100_000_000
        self.allowed: tuple[str, ...] = ()
        """As the bot asked; empty is everything."""
        self.expired: list[Pending] = []
        """What was never received in time, for whoever wants to count."""
        self.on_new: Callable[[], None] = lambda: None

    def skip_ahead(self, by: int) -> None:
        """Leave ids out: a Telegram that was started again must not give one twice."""
        self._last_id += by

    def push(self, kind: str, body: dict[str, Any], queue: tuple[str, int]) -> int | None:
        """Queue an update; its id, or None when the bot does not want this kind."""
        if self.allowed and kind not in self.allowed:
            return None
        life = limits.LIFE_OF_TAP if kind == "callback_query" else limits.LIFE_OF_UPDATE
        self._last_id += 1
        update_id = self._last_id
        self._pending[update_id] = Pending(update_id, kind, body, queue, self._now() + life)
        self.on_new()
        return update_id

    def alive(self) -> Iterator[Pending]:
        """What is still waiting, oldest first; what is too old is dropped on the way."""
        for pending in list(self._pending.values()):
            if self.is_alive(pending):
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

    def after(self, update_id: int) -> list[Pending]:
        """What came later than an update, oldest first."""
        found: list[Pending] = []
        for number in reversed(self._pending):
            if number <= update_id:
                break
            found.append(self._pending[number])
        return found[::-1]

    def is_alive(self, pending: Pending) -> bool:
        """Whether an update still waits; it is dropped when it is too old."""
        if pending.update_id not in self._pending:
            return False
        if pending.expires_at <= self._now():
            self.drop(pending.update_id)
            self.expired.append(pending)
            return False
        return True

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

    def dump(self) -> dict[str, Any]:
        """What waits, as JSON values."""
        waiting = [
            [each.update_id, each.kind, each.body, list(each.queue), each.expires_at.isoformat()]
            for each in self._pending.values()
        ]
        return {"last_id": self._last_id, "allowed": list(self.allowed), "waiting": waiting}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up what ``dump`` gave."""
        self._last_id, self.allowed = state["last_id"], tuple(state["allowed"])
        self._pending = OrderedDict(
            (number, Pending(number, kind, body, (queue[0], queue[1]), datetime.fromisoformat(until)))
            for number, kind, body, queue, until in state["waiting"]
        )
