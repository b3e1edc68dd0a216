"""The rows this process has claimed, from the claim to the note."""

import asyncio
from collections.abc import Collection, Sequence

from bot.rules.sending import Posting
from bot.sending.line import Line, Row


class Held:
    """Every row in our hands: in line, on its way, or answered and not yet noted."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._rows: dict[int, Row] = {}
        self._strangers: set[int] = set()
        self._none = asyncio.Event()
        self.started = 0
        """Rows posted and not yet noted: what a kill at this moment may repeat."""

    def __bool__(self) -> bool:
        return bool(self._rows)

    def take_in(self, postings: Sequence[Posting], since: float) -> int:
        """Put claimed rows in line; how many of them are new to us."""
        fresh = 0
        for posting in postings:
            known = self._rows.get(posting.id)
            if known is not None:
                known.held_since = since
                continue
            row = self._rows[posting.id] = Row(posting, since)
            self._line.add(row)
            fresh += 1
        return fresh

    def start(self, row: Row) -> None:
        """It takes a place among those in flight until it is noted."""
        row.started = True
        self.started += 1

    def forget(self, row_id: int) -> None:
        """It is noted, or no longer ours."""
        row = self._rows.pop(row_id, None)
        if row is not None and row.started:
            self.started -= 1
        if not self._rows:
            self._none.set()

    async def gone(self) -> None:
        """Return when nothing is held."""
        while self._rows:
            self._none.clear()
            await self._none.wait()

    def renewed(self, kept: Collection[int], asked_at: float) -> set[int]:
        """These ids are still ours; drop what others took over, and return what is ours without our knowledge.

        A row is a stranger when it was so at the renewal before as well: a row just committed is
        on its way to us.
        """
        for row in list(self._rows.values()):
            if row.posting.id in kept:
                row.held_since = asked_at
            elif not row.started and row.held_since < asked_at:
                self._line.remove(row.posting.chat_id, lambda other, lost=row: other is lost)  # type: ignore[misc]
                self.forget(row.posting.id)
        unknown = set(kept) - self._rows.keys()
        strangers, self._strangers = unknown & self._strangers, unknown
        return strangers
