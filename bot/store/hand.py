"""What carrying out an order has at hand."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from bot.rules.curriculum import Content
from bot.rules.days import Days


@dataclass(frozen=True, slots=True)
class Hand:
    """The open transaction, the time, and what is taught now."""

    connection: Connection
    now: datetime
    content: Content
    days: Days = field(default_factory=Days)
    """Whose days are worked when."""
