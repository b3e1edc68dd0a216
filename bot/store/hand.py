"""What carrying out an order has at hand."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.rules.curriculum import Content


@dataclass(frozen=True, slots=True)
class Hand:
    """The open transaction, the time, and what is taught now."""

    connection: Connection
    now: datetime
    content: Content
