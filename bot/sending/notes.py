"""Outcomes on their way into the database."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.rules.busy import Busy
from bot.rules.sending import Outcome

log = structlog.get_logger()


class Notes:
    """Outcomes wait here until they are written, as many at once as there are; none is ever dropped."""

    def __init__(
        self,
        write: Callable[[Sequence[Outcome]], Awaitable[None]],
        written: Callable[[Sequence[Outcome]], None],
    ) -> None:
        self._write = write
        self._written = written
        self._waiting: list[Outcome] = []
        self._some = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, outcome: Outcome) -> None:
        self._waiting.append(outcome)
        self._some.set()

    async def keep_writing(self) -> None:
        """Write whenever there is something to write, until cancelled."""
        trouble = 0
        while True:
            if not self._waiting:
                self._some.clear()
                await self._some.wait()
            batch = list(self._waiting)
            try:
                await self._write(batch)
            except Exception as error:
                trouble += 1
                complain("note_failed", error, trouble)
                if not isinstance(error, Busy) and len(batch) > 1:
                    await self._one_by_one(batch)
                await asyncio.sleep(min(5.0, 0.25 * trouble))
            else:
                trouble = 0
                self._done(batch)

    async def _one_by_one(self, batch: Sequence[Outcome]) -> None:
        """One of these cannot be written: write the others, so that it alone keeps its place."""
        for one in batch:
            try:
                await self._write([one])
            except Exception as error:
                log.error("outcome_not_noted", row=one.id, error=type(error).__name__)
            else:
                self._done([one])

    def _done(self, batch: Sequence[Outcome]) -> None:
        done = {outcome.id for outcome in batch}
        self._waiting = [outcome for outcome in self._waiting if outcome.id not in done]
        self._written(batch)


def complain(event: str, error: Exception, times: int) -> None:
    """Once per trouble: a database that is away for an hour is one line, not thousands."""
    if times == 1:
        log.warning(event, error=type(error).__name__)
