"""What one person asks of somebody else's record; it is carried out a moment later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Order:
    """One open wish of `by_id` about `learner_id`."""

    id: int
    kind: str
    by_id: int
    learner_id: int
    args: Mapping[str, Any]
    made_at: datetime


class Declined(Exception):
    """What was asked changes nothing, or may not be; the message is the outcome, without personal data."""
