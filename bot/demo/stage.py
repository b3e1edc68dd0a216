"""What the demo page needs to know about the sample organisation and its movable clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

Group = Literal["learners", "manager", "desk", "trainer", "administrator"]
GROUPS: tuple[Group, ...] = ("learners", "manager", "desk", "trainer", "administrator")
"""The order in which the page lists its people."""


@dataclass(frozen=True, slots=True)
class StagePerson:
    """Somebody one can be in the demo; the page opens on the first one of `Stage.people()`.

    `role` and `about` are English words for the person trying the demo ("Credit officer", one
    sentence), `called` how one speaks of them ("Mei", "Mr Tan"). `start` is what the [Start] button of an empty chat sends, so that an invited
    employee arrives by the link they were given.
    """

    id: int
    name: str
    called: str
    role: str
    group: Group
    language: str
    time_zone: str
    initials: str
    about: str
    manager_id: int | None = None
    start: str = "/start"


@dataclass(frozen=True, slots=True)
class Moved:
    """What went out while the clock was moved: in all, and to each person's chat."""

    sent_total: int
    sent_to: Mapping[int, int] = field(default_factory=dict)


class Stage(Protocol):
    """The sample organisation, as far as the page may see and move it."""

    def now(self) -> datetime:
        """Return the simulated instant, aware and in UTC."""
        ...

    def people(self) -> list[StagePerson]:
        """List everybody, the most interesting first within each group."""
        ...

    async def move(self, to: datetime) -> Moved:
        """Run every tick up to `to` and return once all that it owed has been sent."""
        ...

    async def next_delivery(self) -> datetime | None:
        """Say when the next message falls due by itself, or None when nothing is planned."""
        ...

    def real_time(self, on: bool) -> None:
        """Let the clock run from now on at the pace of a wall clock, or stand still between moves."""
        ...

    @property
    def is_running(self) -> bool:
        """Whether the clock runs by itself."""
        ...

    def add_person(self, name: str, language: str) -> StagePerson:
        """Let somebody new exist, who has no history and has never written to the bot."""
        ...

    @property
    def organisation_zone(self) -> str:
        """The organisation's IANA time zone."""
        ...
