"""What a group reads for one account before its journeys run."""

from dataclasses import dataclass, field

from bot.rules.attempt import Attempt
from bot.rules.delivery import Assignment
from bot.rules.memory import Memory
from bot.rules.people import Learner


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What this learner was asked to type: the name of the question, and what it is about."""

    awaits: str = ""
    args: str = ""
    version: int = -1
    """-1: no row yet."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A one-time link, whom it is for, and whether it was neither used nor has run out."""

    id: int
    invited: Learner
    is_good: bool


@dataclass(slots=True)
class Loaded:
    """What a group read for one account before its journeys ran."""

    learner: Learner | None = None
    dialogue: Dialogue = field(default_factory=Dialogue)
    attempts: dict[int, Attempt] = field(default_factory=dict)
    """Open ones, and those that a tap named."""
    assignments: list[Assignment] = field(default_factory=list)
    memories: list[Memory] | None = None
    """Read when a turn first asks for them; few do."""
