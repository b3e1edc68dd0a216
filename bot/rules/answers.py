"""What Telegram answered to one call, sorted by what is to be done about it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

Why = Literal["blocked", "deactivated", "kicked", "group-deleted", "chat-not-found", "never-started"]


@dataclass(frozen=True, slots=True)
class Sent:
    """Telegram did it, or it was already so."""

    result: Any = True

    @property
    def message_id(self) -> int | None:
        """The id of the message that was made or changed, where there is one."""
        return self.result.get("message_id") if isinstance(self.result, dict) else None


@dataclass(frozen=True, slots=True)
class TryLater:
    """It had no effect; the same call may work later."""

    reason: str
    after: timedelta | None = None
    """As Telegram asks; None where the caller chooses."""
    everybody: bool = False
    """Not about this call or chat: no call would get through just now."""
    slow: bool = False
    """About this account: asking again within seconds is of no use."""


@dataclass(frozen=True, slots=True)
class Flooded:
    """Too many calls (429): none to this chat before the time is over."""

    after: timedelta


@dataclass(frozen=True, slots=True)
class Unreachable:
    """This chat takes nothing from us until its person changes that."""

    why: Why


@dataclass(frozen=True, slots=True)
class Refused:
    """This call will never work."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It left us and no answer came: it may have arrived."""

    reason: str


@dataclass(frozen=True, slots=True)
class Migrated:
    """The group lives on under another id."""

    chat_id: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """Another process receives updates with this token, or a webhook does."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """It was done, but the answer is not what we can read; the update ids seen in it."""

    update_ids: tuple[int, ...] = ()


Answer = Sent | TryLater | Flooded | Unreachable | Refused | Unknown | Migrated | Conflict | Unreadable
