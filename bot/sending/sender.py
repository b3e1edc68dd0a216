"""The sender: posts what is owed, in order for each chat, and notes what became of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from bot.rules.answers import Answer, Flooded, Migrated, TryLater, Unknown
from bot.rules.busy import Busy
from bot.rules.sending import Outcome, Posting
from bot.sending.limiter import Limiter
from bot.sending.line import Line, Row
from bot.sending.outcomes import counts, outcome, wait

EVERY = 1.0
"""Seconds between looks for owed rows when nobody wakes us."""
RENEW_EVERY = 5.0
MARGIN = 16.0
"""Seconds of a claim that must be left when a call starts: the call may take `transport.CALL`."""
ANSWERS_WAITING = 1_000
"""Taps to be answered at once at most; in a flood the rest spin until Telegram gives them up."""

NOT_POSTED = TryLater("not posted", after=timedelta(0))

log = structlog.get_logger()


class Skip(Exception):
    """This wish is no longer wanted; the reason goes into its row."""


class Post(Protocol):
    """`Transport.post`: one call, once; it never raises."""

    async def __call__(
        self, method: str, params: Mapping[str, Any], files: Mapping[str, str] | None = None
    ) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Outbox:
    """What the sender asks of the store; every call resolves after its commit, or raises (`Busy`: try again)."""

    claim: Callable[[int, Sequence[int]], Awaitable[Sequence[Posting]]]
    """At most so many rows that are due, none of these chats."""
    note: Callable[[Sequence[Outcome]], Awaitable[None]]
    renew: Callable[[], Awaitable[Collection[int]]]
    """Keeps every claim of this process; the ids it still holds."""
    release: Callable[[], Awaitable[None]]
    """Gives back every claim of this process."""
    render: Callable[[Posting], Awaitable[Posting]]
    """A wish → a call, stored before it is returned; raises `Skip` where nothing is to be sent."""


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
        in_flight: int = 32,
        lease: timedelta = timedelta(seconds=25),
        clock: Callable[[], float] = time.monotonic,
        watch: Callable[[str, float], None] | None = None,
    ) -> None:
        self._post = post
        self._outbox = outbox
        self._now = now
        self._limiter = limiter
        self._in_flight = in_flight
        self._for_replies = in_flight // 8
        """Places that rows of other lanes leave free: pictures and a slow far end must not hold up replies."""
        self._lease = lease.total_seconds()
        self._clock = clock
        self._watch = watch
        self._line = Line()
        self._rows: dict[int, Row] = {}
        """Every row we hold and have not noted."""
        self._under_way: dict[asyncio.Task[None], Row] = {}
        self._started = 0
        self._notes: list[Outcome] = []
        self._tries: dict[int, int] = {}
        self._moved: dict[int, int] = {}
        self._down = 0
        """How often in a row Telegram could not be reached at all."""
        self._more = False
        """The last claim was full: there may be more that is due."""
        self._stopping = False
        self._timer: asyncio.TimerHandle | None = None
        self._wanted = asyncio.Event()
        self._to_note = asyncio.Event()
        self._quiet = asyncio.Event()
        self._claiming = asyncio.Lock()
        self._answers: set[asyncio.Task[None]] = set()
        self._answer_places = asyncio.Semaphore(in_flight)
        self._orphans: set[int] = set()
        self._loops: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._loops = [
            asyncio.create_task(self._keep_claiming(), name="sender-claim"),
            asyncio.create_task(self._keep_noting(), name="sender-note"),
            asyncio.create_task(self._keep_renewing(), name="sender-renew"),
        ]

    def is_alive(self) -> bool:
        """Whether it could send just now, as far as it depends on itself."""
        return bool(self._loops) and not any(loop.done() for loop in self._loops)

    # What others ask of it

    def offer(self, postings: Sequence[Posting]) -> None:
        """Take rows that were just committed as claimed by this process."""
        self._enqueue(postings, self._clock())

    def wake(self) -> None:
        """Look for owed rows now."""
        self._wanted.set()

    def answer_callback(self, call: Mapping[str, Any]) -> None:
        """Answer a tap, once and without a row: it counts in no limit and is worth nothing later."""
        if len(self._answers) >= ANSWERS_WAITING or self._stopping:
            return
        task = asyncio.create_task(self._answer(call))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _answer(self, call: Mapping[str, Any]) -> None:
        async with self._answer_places:
            await self._post(
                "answerCallbackQuery", {name: it for name, it in call.items() if name != "method"}
            )

    async def settled(self) -> None:
        """Return when nothing that is due is owed, queued, in flight or to be noted."""
        while True:
            while self._rows:
                self._quiet.clear()
                await self._quiet.wait()
            if not await self._claim_once() and not self._rows:
                return

    async def stop(self, timeout: float = 8.0) -> None:
        """Post nothing new, wait for what is under way, note it, give the rest back: so nothing is repeated."""
        self._stopping = True
        deadline = self._clock() + timeout
        if self._timer is not None:
            self._timer.cancel()
        tasks = [*self._under_way, *self._answers]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=max(0.0, timeout - 2.0))
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=1.0)
        while self._notes and self._clock() < deadline:
            await asyncio.sleep(0.02)
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        if self._notes:
            log.error("outcomes_not_noted", rows=len(self._notes))
        else:
            await self._give_back(max(0.1, deadline - self._clock()))

    # Rows come in

    def _enqueue(self, postings: Sequence[Posting], since: float) -> int:
        fresh = 0
        for posting in postings:
            known = self._rows.get(posting.id)
            if known is not None:
                known.held_since = since
                continue
            row = self._rows[posting.id] = Row(posting, since)
            self._line.add(row)
            fresh += 1
        if fresh:
            self._pump()
        return fresh

    async def _keep_claiming(self) -> None:
        trouble = 0
        while not self._stopping:
            self._wanted.clear()
            try:
                await self._claim_once()
                trouble = 0
            except Exception as error:
                trouble += 1
                self._complain("claim_failed", error, trouble)
            if self._more and not trouble and self._room() > 0:
                continue
            await self._wanted_within(self._until_next_look() if not trouble else min(5.0, 0.5 * trouble))

    async def _claim_once(self) -> int:
        async with self._claiming:
            if self._stopping:
                return 0
            started = self._clock()
            holds = self._line.holds()
            due = sum(1 for until in holds.values() if until <= started)
            limit = max(self._room(), due)
            if limit <= 0:
                return 0
            postings = await self._outbox.claim(limit, [c for c, until in holds.items() if until > started])
            self._more = len(postings) >= limit
            fresh = self._enqueue(postings, started)
            if not self._more:
                self._line.open_until(started)
                self._pump()
            return fresh

    def _room(self) -> int:
        """Rows to claim: only what can be posted at once, for a claimed row of a killed process is in doubt."""
        return self._in_flight - self._started - self._line.length

    def _until_next_look(self) -> float:
        first = min(self._line.holds().values(), default=None)
        return EVERY if first is None else max(0.001, min(EVERY, first - self._clock()))

    async def _wanted_within(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wanted.wait()
        except TimeoutError:
            pass

    async def _keep_renewing(self) -> None:
        trouble = 0
        while True:
            await asyncio.sleep(RENEW_EVERY if not trouble else 1.0)
            if not self._rows:
                continue
            started = self._clock()
            try:
                kept = await self._outbox.renew()
                trouble = 0
            except Exception as error:
                trouble += 1
                self._complain("renew_failed", error, trouble)
            else:
                self._renewed(set(kept), started)

    def _renewed(self, kept: Collection[int], started: float) -> None:
        """Rows that somebody else took over while our claim had run out are theirs."""
        for row in list(self._rows.values()):
            if row.posting.id in kept:
                row.held_since = started
            elif not row.started and row.held_since < started:
                self._line.remove(row.posting.chat_id, lambda other, lost=row: other is lost)  # type: ignore[misc]
                self._forget(row.posting.id)
        strangers = set(kept) - self._rows.keys()
        for row_id in strangers & self._orphans:  # claimed for us, and nobody ever handed it to us
            self._add_note(Outcome(row_id, "later", self._now(), reason="not posted", until=self._now()))
        self._orphans = strangers
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
            if row is None or self._started >= self._limit_of(row):
                return pause
            if (gate := self._limiter.gate()) > 0:
                return gate
            if now - row.held_since > self._lease - MARGIN:
                self._line.wait(row, now + 1.0)
                continue
            if counts(row.posting.method):
                lane = row.posting.lane
                if (chat_wait := self._limiter.wait_for_chat(row.posting.chat_id, lane)) > 0:
                    self._line.wait(row, now + chat_wait)
                    continue
                if (slot_wait := self._limiter.wait_for_slot(lane)) > 0:
                    return slot_wait if pause is None else min(slot_wait, pause)
                self._limiter.take(row.posting.chat_id, lane)
            self._line.take(row)
            row.started = True
            self._started += 1
            task = asyncio.create_task(self._send(row))
            self._under_way[task] = row
            task.add_done_callback(self._under_way.pop)

    def _limit_of(self, row: Row) -> int:
        return self._in_flight if row.posting.lane == "replies" else self._in_flight - self._for_replies

    async def _send(self, row: Row) -> None:
        started = self._clock()
        try:
            result = await self._post_row(row)
        except asyncio.CancelledError:
            result = self._outcome(
                row.posting, Unknown("stopped before an answer came") if row.called else NOT_POSTED
            )
        except Exception as error:  # a mistake of ours: the row must not disappear with it
            log.exception("sending_failed", row=row.posting.id)
            result = Outcome(
                row.posting.id, "refused", self._now(), reason=f"our mistake: {type(error).__name__}"
            )
        if self._watch is not None:
            self._watch(result.state, self._clock() - started)
        self._answered(row, result)

    async def _post_row(self, row: Row) -> Outcome:
        posting = row.posting
        if posting.method is None:
            try:
                posting = row.posting = await self._outbox.render(posting)
            except Skip as skip:
                return Outcome(posting.id, "skipped", self._now(), reason=str(skip))
            except Busy:
                return self._outcome(posting, TryLater("the database was busy"))
        if self._stopping or posting.method is None or self._clock() - row.held_since > self._lease - MARGIN:
            return self._outcome(posting, NOT_POSTED)
        row.called = True
        moved_to = self._moved.get(posting.chat_id)
        answer = await self._call(posting, moved_to or posting.chat_id)
        if isinstance(answer, Migrated):
            moved_to = self._moved[posting.chat_id] = answer.chat_id
            while (slot_wait := self._limiter.wait_for_slot(posting.lane)) > 0:
                await asyncio.sleep(slot_wait)
            self._limiter.take(moved_to, posting.lane)
            answer = await self._call(posting, moved_to)
        return replace(self._outcome(posting, answer), chat_id=moved_to)

    async def _call(self, posting: Posting, chat_id: int) -> Answer:
        params = posting.params
        names_chat = "chat_id" in params
        if names_chat and params["chat_id"] != chat_id:
            params = {**params, "chat_id": chat_id}
        assert posting.method is not None
        answer = await self._post(posting.method, params, posting.files or None)
        match answer:
            case Flooded(after):
                self._limiter.refused(chat_id if names_chat else None, after.total_seconds())
            case TryLater(everybody=True):
                return replace(answer, after=self._nobody_gets_through())
            case Unknown():
                pass
            case _:
                self._down = 0
        return answer

    def _nobody_gets_through(self) -> timedelta:
        """Pause everything, longer each time in a row; calls that were under way together count once."""
        if not self._limiter.gate():
            self._limiter.pause_all(wait(self._down).total_seconds() / 4)
            self._down += 1
        return timedelta(seconds=self._limiter.gate())

    def _outcome(self, posting: Posting, answer: Answer) -> Outcome:
        result = outcome(posting, answer, self._now(), self._tries.get(posting.id, 0))
        if result.state == "later":
            self._tries[posting.id] = self._tries.get(posting.id, 0) + 1
        return result

    def _answered(self, row: Row, result: Outcome) -> None:
        chat_id = row.posting.chat_id
        self._add_note(result)
        if result.state == "later":
            self._put_off(row, result)
        elif result.state == "unreachable":
            for other in self._line.remove(chat_id, lambda _: True):
                self._add_note(replace(result, id=other.posting.id, message_id=None))
        self._line.answered(chat_id)
        self._pump()

    def _put_off(self, row: Row, result: Outcome) -> None:
        """Keep the order: what waits behind this row in its lane goes back with it, replies wait here."""
        assert result.until is not None
        chat_id = row.posting.chat_id
        delay = max(0.0, (result.until - self._now()).total_seconds())
        self._line.hold(chat_id, row.posting.id, self._clock() + delay)
        for behind in self._line.remove(chat_id, lambda other: other.posting.lane != "replies"):
            self._add_note(
                Outcome(
                    behind.posting.id,
                    "later",
                    result.at,
                    reason="waits for the one before it",
                    until=result.until,
                )
            )

    # Outcomes are noted

    def _add_note(self, result: Outcome) -> None:
        self._notes.append(result)
        self._to_note.set()

    async def _keep_noting(self) -> None:
        trouble = 0
        while True:
            if not self._notes:
                self._to_note.clear()
                await self._to_note.wait()
            batch = list(self._notes)
            try:
                await self._outbox.note(batch)
            except Exception as error:
                trouble += 1
                self._complain("note_failed", error, trouble)
                if not isinstance(error, Busy) and len(batch) > 1:
                    await self._note_one_by_one(batch)
                await asyncio.sleep(min(5.0, 0.25 * trouble))
            else:
                trouble = 0
                self._noted(batch)

    async def _note_one_by_one(self, batch: Sequence[Outcome]) -> None:
        """One of these cannot be written: note the others, so that it alone keeps its place."""
        for one in batch:
            try:
                await self._outbox.note([one])
            except Exception:
                continue
            self._noted([one])

    def _noted(self, batch: Sequence[Outcome]) -> None:
        done = {result.id for result in batch}
        self._notes = [result for result in self._notes if result.id not in done]
        for result in batch:
            if result.state != "later":
                self._tries.pop(result.id, None)
            self._forget(result.id)
        self._pump()

    def _forget(self, row_id: int) -> None:
        row = self._rows.pop(row_id, None)
        if row is not None and row.started:
            self._started -= 1
        if not self._rows:
            self._quiet.set()

    async def _give_back(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._outbox.release()
        except Exception as error:
            self._complain("release_failed", error, 1)

    def _complain(self, event: str, error: Exception, times: int) -> None:
        """Once per trouble: a database that is away for an hour is one line, not thousands."""
        if times == 1:
            log.warning(event, error=type(error).__name__)
