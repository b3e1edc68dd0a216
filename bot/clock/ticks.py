"""The ticks: what is due is owed, and new audit rows are chained."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeVar

import structlog

from bot.clock.rounds import Rounds
from bot.rules.busy import Busy
from bot.rules.curriculum import Content
from bot.rules.days import Days
from bot.store import cards, chain, digests, enrolling, keeping, newcomers, orders, outages, setback, watching
from bot.store.group import Stale
from bot.store.mornings import Deciding

EVERY_SECONDS = 20
LINK_EVERY_SECONDS = 1
CARRY_OUT_EVERY_SECONDS = 2
PUT_RIGHT_EVERY_SECONDS = 2
WATCH_EVERY_SECONDS = 60
ENROL_EVERY_SECONDS = 120
MISS_EVERY_SECONDS = 600
GREET_EVERY_SECONDS = 600
TAKE_DOWN_EVERY_SECONDS = 600
THIN_OUT_EVERY_SECONDS = 600
SWEEPS = 100
"""Steps of a sweep through the messages at one time; the next time goes on after them."""
T = TypeVar("T")
log = structlog.get_logger()


class Writing(Protocol):
    """The writer, as far as a tick needs it."""

    def run(self, work: Callable[[Any], Any]) -> Future[Any]: ...


class Clock:
    """Runs the ticks; safe in every replica, since the tables' keys decide who was first."""

    def __init__(
        self,
        writer: Writing,
        audit_key: bytes,
        now: Callable[[], datetime],
        wake: Callable[[], None],
        content: Callable[[], Content],
        territory: Callable[[str], str | None],
    ) -> None:
        self._writer = writer
        self._audit_key = audit_key
        self._now = now
        self._wake = wake
        self._content = content
        self._territory = territory
        self._is_in_charge = False
        self._swept = 0
        """The last message that was looked at whether it may go."""
        self._was_away = True
        """Since the last tick that the database took; a process that has just begun may have been."""
        self._every: tuple[tuple[Callable[[], int], int], ...] = (
            (self.put_right, PUT_RIGHT_EVERY_SECONDS),
            (self.enrol, ENROL_EVERY_SECONDS),
            (self.miss, MISS_EVERY_SECONDS),
            (self.greet, GREET_EVERY_SECONDS),
            (self.tick, EVERY_SECONDS),
            (self.carry_out, CARRY_OUT_EVERY_SECONDS),
            (self.watch, WATCH_EVERY_SECONDS),
            (self.take_down, TAKE_DOWN_EVERY_SECONDS),
            (self.thin_out, THIN_OUT_EVERY_SECONDS),
            (self.link, LINK_EVERY_SECONDS),
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._rounds = Rounds(self._every)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to tick in a thread; whoever sends is woken in their own loop."""
        self._loop = loop
        self._rounds.start()

    def round(self) -> None:
        """Every tick once, for whoever moves the time themselves."""
        for work, _ in self._every:
            work()

    def beside(self, writer: Writing, now: Callable[[], datetime]) -> "Clock":
        """The same ticks on another database and by another time; it wakes nobody."""
        other = Clock(writer, self._audit_key, now, lambda: None, self._content, self._territory)
        other._was_away = self._was_away
        return other

    def stop(self) -> None:
        self._rounds.stop()

    def tick(self) -> int:
        """As `strike`, by the wall clock: what was missed while nobody ticked is made up for first."""
        return self.come_back() if self._was_away else self.strike()

    def come_back(self) -> int:
        """As `strike`, after a time in which perhaps nobody ticked: one digest each, never a burst."""
        if self._try(lambda connection: outages.notice(connection, self._now())) is None:
            return 0
        return self.strike()

    def strike(self) -> int:
        """Owe everything whose hour has come; the number of messages owed.

        Each step is a transaction of its own, so that taps go on between two. What is cut off is
        gone on with by the next tick, in this process or another, from what stands in the tables.
        """
        self._was_away = True
        owed, deciding = 0, Deciding(self._days(), self._content().tracks)
        for step in (partial(self._deliver, deciding), self._offer_again):
            count, is_through = self._go_through(step)
            owed += count
            if not is_through:
                return owed
        self._was_away = self._try(self._beat) is None
        return owed

    def _go_through(self, step: Callable[[int, Any], tuple[int, int]]) -> tuple[int, bool]:
        """One step after another, with room for taps between them.

        (messages owed, whether it came to the end)
        """
        owed = last = 0
        while True:
            done = self._try(partial(step, last))
            if done is None:
                return owed, False
            count, last = done
            self._wake_for(count)
            owed += count
            if not last:
                return owed, True

    def _deliver(self, deciding: Deciding, _after: int, connection: Any) -> tuple[int, int]:
        return outages.step(connection, self._now(), deciding)

    def _offer_again(self, after: int, connection: Any) -> tuple[int, int]:
        return outages.offer_again(connection, self._now(), self._days(), after)

    def _greet(self, after: int, connection: Any) -> tuple[int, int]:
        return digests.step(connection, self._now(), self._days(), after)

    def _beat(self, connection: Any) -> bool:
        watching.beat(connection, self._now())
        return True

    def put_right(self) -> int:
        """After the clock was set back, let nothing wait until it comes there again; how many rows waited."""
        moved = 0
        while step := self._run(lambda connection: setback.step(connection, self._now())):
            moved += step
        self._wake_for(moved)
        return moved

    def watch(self) -> int:
        """Look whether lessons go out, and tell administrators when they stop and when they go again."""
        owed = self._run(lambda connection: watching.watch(connection, self._now()))
        self._wake_for(owed)
        return owed

    def _days(self) -> Days:
        """On which days things come to whom: the calendar as it stands."""
        return Days(self._content().calendar, self._territory)

    def miss(self) -> int:
        """Tell of new hires who have not come in by their fifth or tenth working day; the number of messages owed."""
        return self._go_through(self._miss)[0]

    def greet(self) -> int:
        """Owe the week's digest to managers who had none at their hour; the number of messages owed."""
        return self._go_through(self._greet)[0]

    def _miss(self, after: int, connection: Any) -> tuple[int, int]:
        return newcomers.absent(connection, self._now(), self._days(), after)

    def take_down(self) -> int:
        """Take the pinned cards of those who left off the top of their chats; how many."""
        return self._go_through(lambda after, connection: cards.take_down(connection, self._now(), after))[0]

    def carry_out(self) -> int:
        """Do what people asked of others' records; the number of orders done."""
        done = 0
        while step := self._run(lambda c: orders.carry_out(c, self._now(), self._content(), self._days())):
            done += step
        self._wake_for(done)
        return done

    def enrol(self) -> int:
        """Bring those level with their tracks for whom something changed; the number of steps it took."""
        content = self._content()
        if not self._is_in_charge:
            self._is_in_charge = bool(self._run(lambda c: enrolling.take_charge(c, content, self._now())))
        steps = last = 0
        while last := self._run(partial(self._enrol, content, last)):
            steps += 1
        return steps

    def _enrol(self, content: Content, after: int, connection: Any) -> int:
        if not enrolling.is_in_charge(connection, content):
            return 0
        return enrolling.enrol(connection, content, self._territory, self._now(), after)

    def _wake_for(self, owed: int) -> None:
        if owed and self._loop is not None:
            self._loop.call_soon_threadsafe(self._wake)

    def thin_out(self) -> int:
        """Take away what has served its time, in small steps with room for taps between them."""
        gone = 0
        while step := self._run(lambda connection: keeping.thin_out(connection, self._now())):
            gone += step
        for _ in range(SWEEPS):
            done = self._try(partial(self._sweep, self._swept))
            if done is None:
                break
            count, self._swept = done
            gone += count
            if not self._swept:
                break
        return gone

    def _sweep(self, after: int, connection: Any) -> tuple[int, int]:
        return keeping.sweep(connection, self._now(), after)

    def link(self) -> int:
        """Number and chain the audit rows that journeys left unlinked."""
        return int(self._run(lambda connection: chain.link(connection, self._audit_key)))

    def _run(self, work: Callable[[Any], int]) -> int:
        return int(self._try(work) or 0)

    def _try(self, work: Callable[[Any], T]) -> T | None:
        """What a piece of work gives back once it is committed; None where it could not be done now."""
        try:
            done: T = self._writer.run(work).result()
        except Busy:
            return None  # the database is away; the next tick finds the same work
        except Stale:
            return None  # somebody was changing the same rows; the next tick decides from what stands then
        except Exception as error:
            log.error("tick_failed", error=type(error).__name__)
            return None
        return done
