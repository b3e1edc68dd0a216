"""The sender: claims what is owed, has it posted in order for each chat, and notes what became of it."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.rules.answers import TryLater, Unknown
from bot.rules.busy import Busy
from bot.rules.sending import Outcome, Posting
from bot.sending.courier import Courier
from bot.sending.held import Held
from bot.sending.limiter import Limiter
from bot.sending.line import Line, Row
from bot.sending.notes import Notes, complain
from bot.sending.outbox import NotNow, Outbox, Post, Skip
from bot.sending.outcomes import counts

__all__ = ["Outbox", "Sender", "Skip"]

EVERY = 1.0
"""Seconds between looks for owed rows when nobody wakes us."""
IN_FLIGHT = 32
"""Rows posted and not yet noted; an answer takes 50 ms and its note 10, so 1,000 a second need twice as many and some."""
RENEW_EVERY = 5.0
MARGIN = 16.0
"""Seconds of a claim that must be left when a call starts: the call may take `transport.CALL`."""
WRAP_UP = 1.5
"""Seconds of a stop that are kept for noting outcomes and giving rows back."""

log = structlog.get_logger()


class Sender:
    """Posts claimed rows: each chat strictly in order, chats side by side.

    At most `in_flight` rows are posted and not yet noted, so no more can be repeated after a kill;
    whatever the database does not take is kept and offered again, and blocks its place meanwhile.
    """

    def __init__(
        self,
        post: Post,
        outbox: Outbox,
        *,
        now: Callable[[], datetime],
        limiter: Limiter,
        in_flight: int = IN_FLIGHT,
        lease: timedelta = timedelta(seconds=25),
        clock: Callable[[], float] = time.monotonic,
        watch: Callable[[str, float], None] | None = None,
    ) -> None:
        self._outbox = outbox
        self._now = now
        self._limiter = limiter
        self._in_flight = in_flight
        self._for_others = in_flight - in_flight // 8
        """Places for rows that are no replies: a slow far end and pictures must not hold up replies."""
        self._lease = lease.total_seconds()
        self._clock = clock
        self._watch = watch
        self._courier = Courier(post, limiter, now, in_flight)
        self._line = Line()
        self._held = Held(self._line)
        self._notes = Notes(outbox.note, self._noted)
        self._posts: set[asyncio.Task[None]] = set()
        self._makings: set[asyncio.Task[None]] = set()
        self._more = False
        """The last claim was full: there may be more that is due."""
        self._renewed_at = clock()
        self._stopping = False
        self._timer: asyncio.TimerHandle | None = None
        self._wanted = asyncio.Event()
        self._claiming = asyncio.Lock()
        self._loops: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        await self._limiter.start(self._pump)
        self._loops = [
            asyncio.create_task(self._keep_claiming(), name="sender-claim"),
            asyncio.create_task(self._notes.keep_writing(), name="sender-note"),
            asyncio.create_task(self._keep_renewing(), name="sender-renew"),
        ]

    def is_alive(self) -> bool:
        """Whether it could send just now, as far as it depends on itself."""
        return bool(self._loops) and not any(loop.done() for loop in self._loops)

    def offer(self, postings: Sequence[Posting]) -> None:
        """Take rows that were just committed as claimed by this process."""
        if self._held.take_in(postings, self._clock()):
            self._pump()

    def wake(self) -> None:
        """Look for owed rows now."""
        self._wanted.set()

    def answer_callback(self, call: Mapping[str, Any]) -> None:
        """Answer a tap, once and without a row."""
        if not self._stopping:
            self._courier.answer_callback(call)

    async def settled(self) -> None:
        """Return when nothing that is due is owed, queued, in flight or to be noted."""
        while True:
            await self._held.gone()
            if not await self._claim() and not self._held:
                return

    async def stop(self, timeout: float = 6.0) -> None:
        """Post nothing new, wait for what is under way, note it, give the rest back: nothing is repeated."""
        self._stopping = True
        deadline = self._clock() + timeout
        if self._timer is not None:
            self._timer.cancel()
        await _end(self._makings, 0)
        await _end([*self._posts, *self._courier.answers], timeout - WRAP_UP)
        while self._notes and self._clock() < deadline:
            await asyncio.sleep(0.01)
        await _end(self._loops, 0)
        await self._limiter.stop()
        if self._notes:
            log.error("outcomes_not_noted", rows=len(self._notes))
        else:
            await self._give_back(max(0.1, deadline - self._clock()))

    # Rows come in

    async def _keep_claiming(self) -> None:
        trouble = 0
        while (
            not self._stopping
        ):  # else a full claim before it would be followed by empty ones without a pause
            self._wanted.clear()
            try:
                await self._claim()
                trouble = 0
            except Exception as error:
                trouble += 1
                complain("claim_failed", error, trouble)
            if trouble or not self._more or self._room() <= 0:
                seconds = min(5.0, 0.5 * trouble) if trouble else self._until_next_look()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await self._wanted.wait()

    async def _claim(self) -> int:
        """Claim what there is room for; how many rows came."""
        async with self._claiming:
            began = self._clock()
            room = self._room()
            if self._stopping or room <= 0:
                return 0
            if self._held and began - self._renewed_at > 2 * RENEW_EVERY:
                await self._renew()  # the database was away: a claim would take our own rows for lost ones
            holds = self._line.holds()
            postings = await self._outbox.claim(
                room, [chat for chat, until in holds.items() if until > began]
            )
            fresh = self._held.take_in(postings, began)
            self._more = len(postings) >= room
            if not self._more:
                self._line.open_until(began)
            self._pump()
            return fresh

    def _room(self) -> int:
        """Rows to claim: only what can be posted at once, for a claimed row of a killed process is in doubt."""
        return self._in_flight - self._held.started - len(self._makings) - self._line.free

    def _until_next_look(self) -> float:
        now = self._clock()
        coming = (until - now for until in self._line.holds().values() if until > now)
        return max(0.001, min((EVERY, *coming)))

    async def _keep_renewing(self) -> None:
        trouble = 0
        while True:
            await asyncio.sleep(RENEW_EVERY if not trouble else 1.0)
            try:
                if self._held:
                    await self._renew()
                trouble = 0
            except Exception as error:
                trouble += 1
                complain("renew_failed", error, trouble)

    async def _renew(self) -> None:
        began = self._clock()
        self._renewed(await self._outbox.renew(), began)

    def _renewed(self, kept: Collection[int], began: float) -> None:
        self._renewed_at = began
        for stranger in self._held.renewed(
            set(kept), began
        ):  # claimed for us, and nobody ever handed it over
            now = self._now()
            self._notes.add(Outcome(stranger, "later", now, reason="not posted", until=now))
        self._pump()

    # Rows go out

    def _pump(self) -> None:
        """Start every call that may start now, and come back when the next one may."""
        if self._stopping:
            return
        delay = self._start_calls()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if delay is not None:
            self._timer = asyncio.get_running_loop().call_later(delay, self._pump)
        if self._more and self._room() >= self._in_flight // 2:
            self._wanted.set()

    def _start_calls(self) -> float | None:
        """Seconds until another call may start; None where only an answer, a note or a row can change that."""
        while True:
            now = self._clock()
            next_at = self._line.wake(now)
            pause = None if next_at is None else next_at - now
            row = self._line.next()
            if row is None or not self._has_place_for(row):
                return pause
            if (gate := self._limiter.gate()) > 0:
                return gate
            if self._is_running_out(row, now):
                self._line.wait(row, now + 1.0)
            elif row.posting.method is None:
                self._begin(row, self._make(row), self._makings)
            elif (chat_wait := self._chat_wait(row)) > 0:
                self._line.wait(row, now + chat_wait)
            elif (slot_wait := self._slot_wait(row)) > 0:
                return slot_wait if pause is None else min(slot_wait, pause)
            else:
                if counts(row.posting.method):
                    self._limiter.take(row.posting.chat_id, row.posting.lane)
                self._held.start(row)
                self._begin(row, self._send(row), self._posts)

    def _has_place_for(self, row: Row) -> bool:
        taken = self._held.started if row.posting.method is not None else len(self._makings)
        return taken < (self._in_flight if row.posting.lane == "replies" else self._for_others)

    def _is_running_out(self, row: Row, now: float) -> bool:
        """Whether another process might claim it while our call is still on its way."""
        return now - row.held_since > self._lease - MARGIN

    def _chat_wait(self, row: Row) -> float:
        return (
            self._limiter.wait_for_chat(row.posting.chat_id, row.posting.lane)
            if counts(row.posting.method)
            else 0.0
        )

    def _slot_wait(self, row: Row) -> float:
        return self._limiter.wait_for_slot(row.posting.lane) if counts(row.posting.method) else 0.0

    def _begin(self, row: Row, work: Any, tasks: set[asyncio.Task[None]]) -> None:
        self._line.take(row)
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def _make(self, row: Row) -> None:
        """Have a wish made into a call, which then takes its place in line again."""
        try:
            with self._courier.sign(row.posting):
                made = await self._outbox.render(row.posting)
            assert made.method is not None
        except Skip as skip:
            self._answered(row, Outcome(row.posting.id, "skipped", self._now(), reason=str(skip)))
        except NotNow as later:
            self._not_now(row, later)
        except Busy:
            self._answered(row, self._courier.outcome(row.posting, TryLater("the database was busy")))
        except Exception as error:
            self._answered(row, self._mistake(row, error))
        else:
            row.posting = made
            self._line.put_back(row)
            asyncio.get_running_loop().call_soon(self._pump)  # when this task has left its place

    async def _send(self, row: Row) -> None:
        began = self._clock()
        try:
            result = await self._courier.deliver(row.posting)
        except asyncio.CancelledError:
            result = self._courier.outcome(row.posting, Unknown("stopped before an answer came"))
        except Exception as error:
            result = self._mistake(row, error)
        if self._watch is not None:
            self._watch(result.state, self._clock() - began)
        self._answered(row, result)

    def _not_now(self, row: Row, later: NotNow) -> None:
        """Give it back until its hour; it holds up nothing else of this chat."""
        now = self._now()
        self._notes.add(Outcome(row.posting.id, "later", now, reason=str(later), until=now + later.after))
        self._line.answered(row.posting.chat_id)
        self._pump()

    def _mistake(self, row: Row, error: Exception) -> Outcome:
        """The row must not disappear with our mistake, nor be tried without end."""
        log.error("sending_failed", row=row.posting.id, exc_info=error)
        return Outcome(row.posting.id, "refused", self._now(), reason=f"our mistake: {type(error).__name__}")

    def _answered(self, row: Row, result: Outcome) -> None:
        chat_id = row.posting.chat_id
        self._notes.add(result)
        if result.state == "later":
            self._put_off(row, result)
        elif result.state == "unreachable":
            for other in self._line.remove(chat_id, lambda _: True):
                self._notes.add(replace(result, id=other.posting.id, message_id=None))
        self._line.answered(chat_id)
        self._pump()

    def _put_off(self, row: Row, result: Outcome) -> None:
        """Keep the order: what waits behind this row in its lane goes back with it, replies wait here."""
        assert result.until is not None
        chat_id = row.posting.chat_id
        delay = max(0.0, (result.until - self._now()).total_seconds())
        self._line.hold(chat_id, row.posting.id, self._clock() + delay)
        for behind in self._line.remove(chat_id, lambda other: other.posting.lane != "replies"):
            self._notes.add(
                replace(
                    result,
                    id=behind.posting.id,
                    reason="waits for the one before it",
                    chat_id=None,
                    holds_chat=False,
                )
            )

    def _noted(self, batch: Sequence[Outcome]) -> None:
        for result in batch:
            self._held.forget(result.id)
        self._pump()

    async def _give_back(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._outbox.release()
        except Exception as error:
            complain("release_failed", error, 1)


async def _end(tasks: Collection[asyncio.Task[Any]], seconds: float) -> None:
    """Wait so long for these, then cancel what is left; a cancelled one gets a moment to say so."""
    if tasks and seconds > 0:
        await asyncio.wait(tasks, timeout=seconds)
    late = [task for task in tasks if not task.done()]
    for task in late:
        task.cancel()
    if late:
        await asyncio.wait(late, timeout=0.5)
