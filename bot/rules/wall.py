"""How far the wall clock can be trusted with how long ago something was."""

from collections.abc import Mapping
from datetime import datetime, timedelta

SLACK = timedelta(seconds=5)
"""A clock that is only adjusted moves by less between two looks."""


class Wall:
    """Notices when the clock was set forward, by one that nobody can set.

    Everything that others renew by the clock then seems to have run out at once, until they have
    renewed it: for so long nobody takes it over.
    """

    def __init__(self, settles_in: timedelta) -> None:
        self._settles_in = settles_in.total_seconds()
        self._ahead: float | None = None
        """Seconds by which the wall clock was ahead of the steady one at the last look."""
        self._settled_at = float("-inf")

    def is_settled(self, now: datetime, steady: float) -> bool:
        """Whether it was not set forward lately; to be asked often."""
        ahead = now.timestamp() - steady
        if self._ahead is not None and ahead - self._ahead > SLACK.total_seconds():
            self._settled_at = steady + self._settles_in
        self._ahead = ahead
        return steady >= self._settled_at


class Renewals:
    """Who still renews claims that seem long over: their clock and ours differ, and they are there."""

    def __init__(self, looks_for: timedelta) -> None:
        self._looks_for = looks_for.total_seconds()
        self._seen: dict[str, tuple[datetime, float]] = {}

    def perhaps_alive(self, until: Mapping[str, datetime], steady: float) -> set[str]:
        """Those whose claims changed lately, or were not looked at for long enough; to be asked often."""
        seen = {}
        for who, at in until.items():
            before = self._seen.get(who)
            seen[who] = before if before is not None and before[0] == at else (at, steady)
        self._seen = seen
        return {who for who, (_, since) in seen.items() if steady - since < self._looks_for}
