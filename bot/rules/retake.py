"""When somebody may try again what they have not passed, and when a colleague is offered first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.rules import completion
from bot.rules.attempt import Attempt

WAIT, LONG_WAIT = timedelta(hours=24), timedelta(days=7)
"""After a try; and after the last of the tries that are a day apart."""
ALONE = 2
"""After so many without a pass a talk helps more than another set."""
TRIES = 4
"""Of a quiz, and of a test whose track says nothing else."""


@dataclass(frozen=True, slots=True)
class Retake:
    """How somebody stands with one quiz or test: what they tried since they last passed it."""

    tries: int
    opens_at: datetime | None
    """When the next set opens; None: at once, nothing was tried yet."""
    last: Attempt | None
    """The latest attempt, passed or not."""

    @property
    def asked(self) -> tuple[str, ...]:
        """What was asked the last time."""
        return self.last.queue if self.last else ()

    def is_shut(self, now: datetime) -> bool:
        return self.opens_at is not None and now < self.opens_at

    @property
    def wants_company(self) -> bool:
        return self.tries >= ALONE


def standing(finished: Sequence[Attempt], tries: int = TRIES) -> Retake:
    """From the attempts at one quiz or test that were finished, the earliest first."""
    since_passed: list[Attempt] = []
    for one in finished:
        since_passed = [] if completion.result(one).passed else [*since_passed, one]
    last = finished[-1] if finished else None
    if not since_passed or since_passed[-1].finished_at is None:
        return Retake(0, None, last)
    wait = WAIT if len(since_passed) < tries else LONG_WAIT
    return Retake(len(since_passed), since_passed[-1].finished_at + wait, last)
