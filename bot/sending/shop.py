"""What making a message takes, and what comes of it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from bot.chat.say import Spoken
from bot.rules.curriculum import Unit
from bot.rules.days import Days

Call = tuple[str, dict[str, Any], dict[str, str]]
"""(method, params, files)."""


class Shop(Protocol):
    """The workshop, as far as the makers of messages need it: words, titles, days, the time."""

    @property
    def unit(self) -> Callable[[str], Unit | None]: ...
    @property
    def say(self) -> Callable[..., Spoken]: ...
    @property
    def days(self) -> Callable[[], Days]: ...
    @property
    def now(self) -> Callable[[], datetime]: ...
