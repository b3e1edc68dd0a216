"""Of several processes that poll, one fetches the updates and the others stand by."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

import structlog

from bot.rules.busy import Busy
from bot.store.leading import Lead

EVERY = 3.0
"""Seconds between two looks at the row, and between two renewals of it."""
PATIENCE = 15.0
"""Seconds in which a row that nobody renews is left alone."""
MARGIN = 3.0
"""So much earlier a leader who cannot renew it stops fetching, so that two never do."""
GLANCE = 0.25

log = structlog.get_logger()


class Row(Protocol):
    """The one row in the database that says who leads."""

    async def standing(self) -> Lead | None: ...
    async def take(self, after: Lead | None, mine: Lead) -> bool: ...
    async def give_back(self, mine: Lead) -> None: ...


class Leader:
    """Says whether this process is the one that fetches.

    Nobody compares clocks of two machines: a leader counts from its own last renewal, whoever stands by
    from when it last saw the row change.
    """

    def __init__(
        self,
        row: Row,
        me: str,
        has_ended: Callable[[str], bool],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._row = row
        self._me = me
        self._has_ended = has_ended
        self._clock = clock
        self._stands: Lead | None = None
        self._since = clock()
        self._until = 0.0
        self._told = ""
        self._turned = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._keeping = asyncio.create_task(self._keep(), name="leading")

    async def stop(self) -> None:
        """Stop, and let another begin at once."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        if self.leads() and self._stands is not None:
            self._until = 0.0
            try:
                await self._row.give_back(self._stands)
            except Exception as error:
                log.warning("lead_not_given_back", error=type(error).__name__)

    def leads(self) -> bool:
        """Whether this process may fetch just now."""
        return self._clock() < self._until

    @property
    def is_another_leading(self) -> bool:
        """Whether another process was seen to fetch, so that this one is not missed."""
        return not self.leads() and self._stands is not None and self._stands.holder != self._me

    async def won(self) -> None:
        """Wait until it may."""
        while not self.leads():
            self._turned.clear()
            await self._turned.wait()

    async def lost(self) -> None:
        """Wait until it may no longer."""
        while self.leads():
            await asyncio.sleep(GLANCE)

    async def _keep(self) -> None:
        while True:
            try:
                await self.look()
            except Busy:
                pass  # the database is away, which is told elsewhere
            except Exception as error:
                log.warning("lead_not_renewed", error=type(error).__name__)
            self._tell()
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Renew the row, or take it where nobody renews it."""
        began = self._clock()
        stands = self._stands if self.leads() else await self._row.standing()
        if not self._may_take(stands, began):
            self._until = 0.0
            return
        mine = stands.renewed(self._me) if stands is not None else Lead(self._me, 1)
        if await self._row.take(stands, mine):
            self._stands, self._since, self._until = mine, began, began + PATIENCE - MARGIN
            self._turned.set()
        else:
            self._until = 0.0  # somebody else wrote it: see who, next time

    def _may_take(self, stands: Lead | None, began: float) -> bool:
        if stands != self._stands:
            self._stands, self._since = stands, began
        if stands is None or stands.holder == self._me or self._has_ended(stands.holder):
            return True
        return began - self._since >= PATIENCE

    def _tell(self) -> None:
        say = (
            "This process fetches the updates."
            if self.leads()
            else "Another process fetches the updates; this one stands by."
            if self.is_another_leading
            else ""
        )
        if say and say != self._told:
            self._told = say
            log.info("polling", say=say)
