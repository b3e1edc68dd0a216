"""The tests' way in: what people do, what they see, what is scripted to go wrong and what was called.

``POST /control/<verb>`` with a JSON object; the answer is JSON. What cannot be done is a 400 with a sentence
under ``error``.
"""

import base64
import inspect
from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from bot.demo.telegram import Attachment, Fault, Impossible, Message, SmallTelegram
from bot.demo.telegram.ledger import as_dict
from bot.demo.telegram.people import Chat

_DOES = (
    "add_person",
    "start",
    "write",
    "send_sticker",
    "send_voice",
    "forward",
    "edit",
    "tap",
    "press",
    "block",
    "unblock",
    "deactivate",
    "message",
    "chat",
    "answer",
    "add_to_group",
    "remove_from_group",
    "delete_group",
    "upgrade_group",
)
"""Verbs that are the people's own, under the same names and parameters."""


class Control:
    """What a test may ask of a small Telegram that runs in another process."""

    def __init__(
        self, telegram: SmallTelegram, move_clock: Callable[[timedelta], datetime] | None = None
    ) -> None:
        self._telegram = telegram
        self._move_clock = move_clock
        own = (
            "send_file",
            "fault",
            "clear_faults",
            "ledger",
            "counts",
            "pending",
            "expired",
            "clear",
            "clock",
        )
        self._verbs: dict[str, Callable[..., Any]] = {verb: getattr(telegram, verb) for verb in _DOES}
        self._verbs |= {verb: getattr(self, verb) for verb in own}

    @property
    def verbs(self) -> list[str]:
        """Everything that can be asked."""
        return sorted(self._verbs)

    def ask(self, verb: str, params: dict[str, Any]) -> Any:
        """Do it; the answer as JSON values. Raises ``Impossible`` with a sentence."""
        deed = self._verbs.get(verb)
        if deed is None:
            raise Impossible(f"there is no verb {verb!r}; there are {', '.join(self.verbs)}")
        try:
            inspect.signature(deed).bind(**params)
        except TypeError as error:
            raise Impossible(f"{verb}: {error}") from None
        return as_json(deed(**params))

    def send_file(self, person_id: int, name: str, mime: str, *, content: str = "", **more: Any) -> Message:
        """As the people's verb, with the content in base64."""
        return self._telegram.send_file(person_id, name, base64.b64decode(content), mime, **more)

    def fault(self, kind: Any, **more: Any) -> None:
        """Script a fault; the parameters are those of ``Fault``."""
        known = {each.name for each in fields(Fault)}
        unknown = more.keys() - known
        if unknown or kind not in ("refuse", "hang", "cut", "slow"):
            raise Impossible(f"a fault has kind refuse, hang, cut or slow, and {', '.join(sorted(known))}")
        self._telegram.fault(Fault(kind, **more))

    def clear_faults(self) -> None:
        """Nothing goes wrong any more."""
        self._telegram.faults.clear()

    def ledger(
        self, *, since: int = 0, limit: int = 1000, method: str | None = None, chat_id: int | None = None
    ) -> dict[str, Any]:
        """Calls from number ``since`` on, and the number to ask from next time."""
        calls = self._telegram.ledger[since : since + limit]
        found = [
            as_dict(call)
            for call in calls
            if method in (None, call.method) and chat_id in (None, call.chat_id)
        ]
        return {"calls": found, "next": since + len(calls), "total": len(self._telegram.ledger)}

    def counts(self) -> dict[str, dict[str, int]]:
        """How often each method was called, by what came of it."""
        counted: dict[str, Counter[str]] = {}
        for call in self._telegram.ledger:
            outcome = str(call.status) if call.status else "cut"
            counted.setdefault(call.method, Counter())[outcome] += 1
        return {method: dict(outcomes) for method, outcomes in counted.items()}

    def pending(self) -> list[dict[str, Any]]:
        """Updates that nobody has received yet."""
        return [each.as_json() for each in self._telegram.world.updates.alive()]

    def expired(self) -> list[dict[str, Any]]:
        """Updates that grew too old and were never received."""
        return [each.as_json() for each in self._telegram.world.updates.expired]

    def clear(self) -> None:
        """Forget the ledger, the faults and the updates; people and chats stay."""
        self._telegram.ledger.clear()
        self._telegram.faults.clear()
        self._telegram.world.updates.drop_all()

    def clock(self, seconds: float = 0.0) -> str:
        """Move the clock; the time it shows now."""
        if self._move_clock is None:
            raise Impossible("this clock cannot be moved from here")
        return self._move_clock(timedelta(seconds=seconds)).isoformat()


def as_json(value: Any) -> Any:
    """What the verbs give back, as JSON values."""
    if isinstance(value, Message):
        return message_json(value)
    if isinstance(value, Chat):
        shape = _fields(value)
        return {**shape, "pinned": value.pinned.message_id if value.pinned else None}
    if isinstance(value, Attachment):
        return {name: each for name, each in _fields(value).items() if name != "content"}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: as_json(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(each) for each in value]
    return _fields(value) if hasattr(value, "__dataclass_fields__") else value


def message_json(message: Message) -> dict[str, Any]:
    """A message as people see it, with its text as HTML too."""
    return {**_fields(message), "html": message.html}


def _fields(value: Any) -> dict[str, Any]:
    return {each.name: as_json(getattr(value, each.name)) for each in fields(value)}
