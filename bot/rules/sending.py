"""A message owed to somebody, and what became of it, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Lane = Literal["replies", "desk", "lessons", "broadcast"]
LANES: tuple[Lane, ...] = ("replies", "desk", "lessons", "broadcast")
"""In the order in which they are served."""

CARD = "training"
"""The pinned card of one's training: the wish that makes or changes it, and the screen it is known by."""

ASKED_TO_WAIT = "asked to wait"
"""Why a row waits whose chat Telegram wants nothing sent to for a while."""

Care = Literal["resend", "once"]
"""What to do when nobody knows whether it arrived: try once more, or never again."""

State = Literal["sent", "later", "unreachable", "unknown", "skipped", "refused"]


@dataclass(frozen=True, slots=True)
class Posting:
    """A claimed outbox row: a Bot API call to post, or a wish still to be made into one."""

    id: int
    learner_id: int | None
    chat_id: int
    lane: Lane
    care: Care
    sends: int
    """How often it was posted before this claim."""
    method: str | None
    params: Mapping[str, Any]
    """JSON values as the Bot API takes them; ``reply_markup`` is a dict."""
    wish: str | None
    wish_args: Mapping[str, Any]
    due_at: datetime
    files: Mapping[str, str] = field(default_factory=dict)
    """Parameter → path of a file made for this row."""
    sealed: bool = False
    made_at: datetime | None = None
    """When it was first owed; None where that is now."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one posting."""

    id: int
    state: State
    at: datetime
    message_id: int | None = None
    reason: str | None = None
    until: datetime | None = None
    """With ``later``: not before this instant."""
    chat_id: int | None = None
    """The new chat after a group was migrated."""
    holds_chat: bool = False
    """With ``later``: nothing else may go to this chat before, from no process."""
    is_to_pin: bool = False
    """A card that has arrived for the first time, and belongs on top of its chat."""
