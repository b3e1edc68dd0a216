"""What the sender asks of the store and of the transport."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from bot.rules.answers import Answer
from bot.rules.sending import Outcome, Posting


class Skip(Exception):
    """This wish is no longer wanted; the reason goes into its row."""


class NotNow(Exception):
    """This wish is wanted later: its reason, and after how long."""

    def __init__(self, why: str, after: timedelta) -> None:
        super().__init__(why)
        self.after = after


class Post(Protocol):
    """`Transport.post`: one call, once; it never raises."""

    async def __call__(
        self, method: str, params: Mapping[str, Any], files: Mapping[str, str] | None = None
    ) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Outbox:
    """The store's outbox; every call resolves after its commit, or raises (`Busy`: try again)."""

    claim: Callable[[int, Sequence[int]], Awaitable[Sequence[Posting]]]
    """At most so many rows that are due, none of these chats."""
    note: Callable[[Sequence[Outcome]], Awaitable[None]]
    renew: Callable[[], Awaitable[Collection[int]]]
    """Keeps every claim of this process; the ids it still holds."""
    release: Callable[[], Awaitable[None]]
    """Gives back every claim of this process."""
    render: Callable[[Posting], Awaitable[Posting]]
    """A wish → a call, stored before it is returned; raises `Skip` where nothing is to be sent."""
