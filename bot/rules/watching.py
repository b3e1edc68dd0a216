"""Whether lessons go out, and whom they reach: what administrators are told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

OVERDUE = timedelta(minutes=15)
"""A lesson that waits for longer, while no other gets through, is not going out."""
NO_TICK = timedelta(minutes=10)
"""Every replica ticks every 20 seconds."""
IN_A_ROW = 5
"""Lessons that Telegram refused, one after the other, before it is no chance."""
CALM = timedelta(minutes=5)
"""So long all has to be well before the all-clear: what comes and goes is one outage."""
ACTIVE_DAYS = 30
PAGE = 8
"""Names on one screen."""

Trouble = Literal["waiting", "no tick", "refused"]
Group = Literal["active", "silent", "not joined", "unreachable"]
GROUPS: tuple[Group, ...] = ("active", "silent", "not joined", "unreachable")
"""Everybody on the roster who works here is in exactly one of these."""
List = Literal["active", "silent", "not joined", "unreachable", "untold", "new"]
LISTS: tuple[List, ...] = (*GROUPS, "untold", "new")
"""What has a screen of names; a button counts them from 1. Whoever is on a list below the groups is in a group as well."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What can be seen of how lessons go out."""

    ticked_at: datetime | None = None
    """When somebody last looked for what is due; None: never yet."""
    waiting_since: datetime | None = None
    """Since when the oldest lesson that ought to be out is not."""
    delivered_at: datetime | None = None
    """When a lesson last got through."""
    last_refused: bool = False
    """Whether the latest lessons were refused, `IN_A_ROW` of them."""


def trouble(signs: Signs, now: datetime) -> Trouble | None:
    """Why lessons do not go out; None while they do.

    A long queue that is being worked off is none: what counts is that nothing gets through.
    """
    if signs.ticked_at is not None and now - signs.ticked_at > NO_TICK:
        return "no tick"
    if signs.waiting_since is not None:
        stands_since = max(signs.waiting_since, signs.delivered_at or signs.waiting_since)
        if now - stands_since > OVERDUE:
            return "waiting"
    return "refused" if signs.last_refused else None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the roster are in each group, and why some cannot be reached."""

    counts: Mapping[Group, int] = field(default_factory=dict)
    reasons: Sequence[tuple[str, int]] = ()
    """(why, how many) of those who cannot be reached."""
    later: int = 0
    """People whose first day is still to come."""

    def of(self, group: Group) -> int:
        return self.counts.get(group, 0)

    @property
    def enrolled(self) -> int:
        """Those who have come in by their invitation."""
        return sum(self.counts.values()) - self.of("not joined")

    @property
    def everybody(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of things on one screen."""

    signs: Signs
    trouble: Trouble | None
    owed: int
    """Messages due and not sent."""
    oldest: datetime | None
    """Since when the oldest of them is."""
    dead_letters: int
    """Updates since yesterday that could not be handled."""
    coverage: Coverage
    untold: int = 0
    """Units that are late after the whole ladder, with no manager who could be told."""
    new: int = 0
    """New hires who have not finished after their ten working days."""

    @property
    def is_well(self) -> bool:
        return self.trouble is None and self.dead_letters == 0 and self.untold == 0
