"""How far the wall clock can be trusted with how long ago something was."""

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
