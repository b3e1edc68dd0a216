"""What happens next if nobody does anything: the ticks themselves, run ahead on a copy of the database."""

from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Any

from bot.app import App
from bot.store.engine import in_memory
from bot.store.snapshot import Snapshot, snapshot

FARTHEST = timedelta(days=21)
"""Beyond that nothing is planned."""


class Rehearsal:
    """Tells when the next message goes out by itself; asks anew only when something has changed."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._stood: object = None
        self._found: datetime | None = None

    def next_delivery(self, now: datetime) -> datetime | None:
        """The instant of the next lesson, reminder, digest or other message, as things stand; None: none soon."""
        with snapshot(self._app.reading) as kept:
            stands = kept.stands()
        if stands != self._stood or self._found is None or self._found <= now:
            self._stood, self._found = stands, self._play(now)
        return self._found

    def _play(self, now: datetime) -> datetime | None:
        copy = in_memory(self._app.reading)
        try:
            with copy.connect() as connection:
                ahead = _Ahead(connection, now)
                clock = self._app.clock.beside(ahead, ahead.now)
                while (due := ahead.next_wake()) is not None and due <= now + FARTHEST:
                    ahead.at = due
                    clock.round()
                    if ahead.has_something_due():
                        return due
        finally:
            copy.dispose()
        return None


class _Ahead:
    """The copy, and the time on it; does at once what a tick hands in."""

    def __init__(self, connection: Any, now: datetime) -> None:
        self._connection = connection
        self._kept = Snapshot(connection)
        self._began = self.at = now

    def now(self) -> datetime:
        return self.at

    def run(self, work: Callable[[Any], Any]) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(work(self._connection))
        except Exception as error:
            done.set_exception(error)
        return done

    def next_wake(self) -> datetime | None:
        return self._kept.next_wake(self.at)

    def has_something_due(self) -> bool:
        """Whether a message fell due since this began."""
        return self._kept.falls_due(self._began, self.at)
