"""How a call is refused: the status and Telegram's own words."""

from typing import Any


class Refused(Exception):
    """The call had no effect; Telegram answers with this status and description."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    def answer(self) -> dict[str, Any]:
        """The body of the answer, as the Bot API documents it under “Making requests”."""
        answer: dict[str, Any] = {"ok": False, "error_code": self.status, "description": self.description}
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


class Cut(ConnectionError):
    """The line is closed without an answer; the call may have taken effect."""

    def __init__(self, why: str, *, is_silence: bool = False) -> None:
        super().__init__(why)
        self.is_silence = is_silence
        """The caller waited for nothing, rather than losing the line."""


class Impossible(Exception):
    """Telegram's own apps would not let a person do this."""


def bad(description: str) -> Refused:
    """A 400 in Telegram's form."""
    return Refused(400, f"Bad Request: {description}")


def forbidden(description: str) -> Refused:
    """A 403 in Telegram's form."""
    return Refused(403, f"Forbidden: {description}")


def conflict(description: str) -> Refused:
    """A 409 in Telegram's form."""
    return Refused(409, f"Conflict: {description}")


def too_many(retry_after: int) -> Refused:
    """A 429 in Telegram's form."""
    return Refused(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)
