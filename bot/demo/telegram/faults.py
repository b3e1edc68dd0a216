"""Faults a test asks for: which call they strike, how often, and what the bot gets to see."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from bot.demo.telegram.refusals import Refused, too_many

FaultKind = Literal["refuse", "hang", "cut", "slow"]

_WORDS = {
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass(slots=True)
class Fault:
    """One scripted fault.

    ``refuse`` answers with ``status`` and ``description`` and has no effect; ``hang`` waits ``seconds`` and
    closes the line without effect; ``cut`` lets the call take effect and closes the line without an answer;
    ``slow`` lets it take effect after ``seconds``.
    """

    kind: FaultKind
    method: str | None = None
    """None strikes every method."""
    chat_id: int | None = None
    """None strikes every chat."""
    count: int | None = 1
    """How often it strikes; None is for ever."""
    status: int = 500
    description: str | None = None
    retry_after: int | None = None
    seconds: float = 0.0
    skip: int = 0
    """How many calls pass before the first is struck."""
    migrate_to_chat_id: int | None = None

    def fits(self, method: str, chat_id: int | None) -> bool:
        """Whether a call is one this fault waits for."""
        if self.method is not None and self.method.lower() != method.lower():
            return False
        return self.chat_id is None or self.chat_id == chat_id

    def refusal(self) -> Refused:
        """What the bot is told by a ``refuse``."""
        if self.retry_after is not None:
            return too_many(self.retry_after)
        description = self.description or _WORDS.get(self.status, "Internal Server Error")
        parameters: dict[str, Any] = {}
        if self.migrate_to_chat_id is not None:
            parameters["migrate_to_chat_id"] = self.migrate_to_chat_id
        return Refused(self.status, description, **parameters)

    @property
    def name(self) -> str:
        """How the ledger calls it."""
        if self.kind != "refuse":
            return self.kind
        return "429" if self.retry_after is not None else str(self.status)


class Faults:
    """The faults still to come, in the order they were asked for."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    @property
    def are_waiting(self) -> bool:
        """Whether any is left."""
        return bool(self._waiting)

    def add(self, fault: Fault) -> None:
        """Script one more; it is copied, so that one description may serve several times."""
        self._waiting.append(replace(fault))

    def clear(self) -> None:
        """No more faults."""
        self._waiting.clear()

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """The fault that strikes this call, if any; it is counted."""
        for fault in self._waiting:
            if not fault.fits(method, chat_id):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                return None
            if fault.count is not None:
                fault.count -= 1
                if fault.count <= 0:
                    self._waiting.remove(fault)
            return fault
        return None
