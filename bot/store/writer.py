"""The one thread that writes: turns in groups, and short pieces of other work between them."""

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine

from bot.rules.busy import Busy
from bot.store import group
from bot.store.group import CannotBeWritten, Handled, Stale, TurnJob

GROUP = 64
"""Turns in one transaction at most; each is one learner's."""
RETRIES = 5
"""How often a turn is decided anew because a row it read had changed."""
T = TypeVar("T")
log = structlog.get_logger()


@dataclass(slots=True)
class WorkJob:
    work: Callable[[Connection], Any]
    done: Future[Any] = field(default_factory=Future)


class Writer:
    """Runs turns and work in the order they came, one transaction at a time, each future after its commit."""

    def __init__(self, engine: Engine, claimant: str) -> None:
        self._engine = engine
        self._claimant = claimant
        self._inbox: queue.SimpleQueue[TurnJob | WorkJob | None] = queue.SimpleQueue()
        self._waiting: list[TurnJob] = []
        self._works: list[WorkJob] = []
        self._thread = threading.Thread(target=self._loop, name="writer", daemon=True)
        self._stopping = False
        self._is_closing = False
        self._is_given_up = False
        self.groups = 0
        self.turns = 0

    def start(self) -> None:
        self._thread.start()

    def closing(self) -> None:
        """From now on a database that is away is not waited for again: what is left is refused at once."""
        self._is_closing = True

    def stop(self) -> None:
        """Finish what waits, then end the thread."""
        self._inbox.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def turn(self, job: TurnJob) -> Future[Handled]:
        """Hand in a turn; its future resolves after the commit, or raises `Busy`."""
        job.done.set_running_or_notify_cancel()  # a caller who stops waiting must not break the thread
        self._inbox.put(job)
        return job.done

    def run(self, work: Callable[[Connection], T]) -> Future[T]:
        """Hand in a piece of work under a second; its future resolves after the commit, or raises."""
        job = WorkJob(work)
        job.done.set_running_or_notify_cancel()
        self._inbox.put(job)
        return job.done

    def _loop(self) -> None:
        while True:
            turns, works = self._gather()
            if turns or works:
                self._commit(turns, works)
            elif self._stopping and not self._waiting:
                return

    def _gather(self) -> tuple[list[TurnJob], list[WorkJob]]:
        """What the next transaction takes: at most `GROUP` turns, one an account, and all work."""
        if not self._waiting and not self._works and not self._stopping:
            self._take(self._inbox.get())
        self._take_in(GROUP * 4)
        turns: list[TurnJob] = []
        rest: list[TurnJob] = []
        accounts: set[int] = set()
        for job in self._waiting:
            fits = len(turns) < GROUP and job.account_id not in accounts
            (turns if fits else rest).append(job)
            accounts.add(job.account_id)
        self._waiting = rest
        works, self._works = self._works, []
        return turns, works

    def _take_in(self, most: int | None = None) -> None:
        """Look at what has been handed in meanwhile."""
        with contextlib.suppress(queue.Empty):
            while most is None or len(self._waiting) < most:
                self._take(self._inbox.get_nowait())

    def _take(self, job: TurnJob | WorkJob | None) -> None:
        if job is None:
            self._stopping = True
        elif isinstance(job, WorkJob):
            self._works.append(job)
        else:
            self._waiting.append(job)

    def _commit(self, turns: list[TurnJob], works: list[WorkJob]) -> None:
        if self._is_given_up:
            self._refuse_all(turns, works)
            return
        try:
            with self._engine.begin() as connection:
                results = [(work, work.work(connection)) for work in works]
                handled, busy = group.run(connection, turns, self._claimant) if turns else ([], [])
        except Exception as error:
            self._one_by_one(turns, works, error)
            return
        self._settle(handled, busy)
        for work, result in results:
            _tell(work.done, result)

    def _settle(self, handled: list[tuple[TurnJob, Handled]], busy: list[TurnJob]) -> None:
        self.groups += 1
        self.turns += len(handled)
        for job, outcome in handled:
            self._tell_of(job, outcome)
        self._waiting = busy + self._waiting
        if busy and not handled:
            time.sleep(0.002)  # every learner of this group is being served elsewhere

    def _one_by_one(self, turns: list[TurnJob], works: list[WorkJob], error: Exception) -> None:
        """The group failed as a whole: find out which member it was, sparing the others."""
        if group.is_unavailable(error) and not self._answers():
            log.warning("database_unavailable", error=type(error).__name__)
            self._is_given_up = self._is_closing
            self._refuse_all(turns, works)
            return
        if not isinstance(error, Stale):
            log.warning("group_again_one_by_one", error=type(error).__name__)
        for work in works:
            self._alone(work.done, work.work)
        for turn in turns:
            self._turn_alone(turn)

    def _refuse_all(self, turns: list[TurnJob], works: list[WorkJob]) -> None:
        for work in works:
            _refuse(work.done, Busy())
        self._put_off(turns)

    def _put_off(self, turns: list[TurnJob]) -> None:
        """Refuse these, and with them what their learners did later: it must not be handled before them."""
        self._take_in()
        accounts = {job.account_id for job in turns}
        later = [job for job in self._waiting if job.account_id in accounts]
        self._waiting = [job for job in self._waiting if job.account_id not in accounts]
        for job in (*turns, *later):
            _refuse(job.done, Busy())

    def _answers(self) -> bool:
        """Whether the database can be written to at all."""
        try:
            with self._engine.begin():
                return True
        except Exception as error:
            return not group.is_unavailable(error)

    def _alone(self, done: Future[Any], work: Callable[[Connection], Any]) -> None:
        try:
            with self._engine.begin() as connection:
                result = work(connection)
        except Exception as error:
            _refuse(done, Busy() if group.is_unavailable(error) else error)
        else:
            _tell(done, result)

    def _turn_alone(self, job: TurnJob) -> None:
        error: Exception = Stale()
        for _ in range(RETRIES):
            try:
                with self._engine.begin() as connection:
                    handled, busy = group.run(connection, [job], self._claimant)
                self._settle(handled, busy)
                return
            except Stale as again:
                error = again
            except Exception as broken:
                error = broken
                break
        if group.is_unavailable(error):
            self._put_off([job])
        else:
            self._bury(job, error)

    def _bury(self, job: TurnJob, error: Exception) -> None:
        """What the journey collected cannot be written: put its dead letter there instead."""

        def raises(_store: Any) -> Any:
            raise CannotBeWritten from error

        dead = TurnJob(job.account_id, job.update_id, job.now, 0, raises, job.apology, job.shape)
        try:
            with self._engine.begin() as connection:
                handled, busy = group.run(connection, [dead], self._claimant)
        except Exception as again:
            self._put_aside(job, again)
            return
        if busy:
            self._waiting.insert(0, job)
        for _, outcome in handled:
            self._tell_of(job, outcome)

    @staticmethod
    def _tell_of(job: TurnJob, outcome: Handled) -> None:
        """Resolve a turn that is committed; one that failed is said once, however often it was decided."""
        if outcome.failure is not None:
            log.error(shape=job.shape, **outcome.failure)
        _tell(job.done, outcome)

    def _put_aside(self, job: TurnJob, error: Exception) -> None:
        """Not even the rows that this turn starts from can be read: it must not block those behind it."""
        if not group.is_unavailable(error):
            log.error("turn_put_aside", shape=job.shape, error=type(error).__name__)
            try:
                with self._engine.begin() as connection:
                    group.put_aside(connection, job, error)
            except Exception as again:
                error = again
            else:
                _tell(job.done, Handled())
                return
        if group.is_unavailable(error):
            self._put_off([job])
        else:
            _refuse(job.done, error)


def _tell(done: Future[Any], result: Any) -> None:
    """Resolve a future, unless whoever waited for it has given up."""
    with contextlib.suppress(InvalidStateError):
        done.set_result(result)


def _refuse(done: Future[Any], error: Exception) -> None:
    with contextlib.suppress(InvalidStateError):
        done.set_exception(error)
