"""Fetching updates by long polling, acknowledged only after their commit."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Protocol

import structlog

from bot.chat.leading import Leader
from bot.rules.answers import Answer, Conflict, Flooded, Sent, Unreadable
from bot.rules.busy import Busy

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
LONG = 25
"""Seconds an empty queue is waited for."""
MANY = 50
"""With so many in flight nothing more is fetched before a commit."""
AGAIN = 0.2
LOT = 100
TRIES = 3
"""How often an update is handed in that `receive` neither takes nor buries."""
BACKOFF = (0.5, 30.0)
CONFLICT = (5.0, 30.0)

log = structlog.get_logger()


class Receipt(Protocol):
    """What `receive` gives back after the commit, or in place of one."""

    @property
    def answer(self) -> Mapping[str, Any] | None: ...

    @property
    def is_shed(self) -> bool: ...


class Post(Protocol):
    async def __call__(
        self,
        method: str,
        params: Mapping[str, Any],
        files: Mapping[str, str] | None = None,
        *,
        timeout: timedelta | None = None,
    ) -> Answer: ...


class Poller:
    """Asks for updates from the lowest one not yet committed, and hands each in once while it runs."""

    def __init__(
        self,
        post: Post,
        receive: Callable[[dict[str, Any]], Awaitable[Receipt]],
        answer: Callable[[Mapping[str, Any]], None],
        watch: Callable[[str, float], None] | None = None,
        leader: Leader | None = None,
    ) -> None:
        self._post = post
        self._receive = receive
        self._answer = answer
        self._watch = watch
        self._leader = leader
        """Where several processes share a database; else this one is alone with its token."""
        self._seen = 0
        """The highest update id so far."""
        self._in_flight: dict[int, asyncio.Task[None]] = {}
        self._again: dict[int, dict[str, Any]] = {}
        """Updates the database could not take, to be handed in once more in their order."""
        self._committed: set[int] = set()
        """Those above the lowest that is not."""
        self._commit = asyncio.Event()
        self._stopping = False
        self._run: asyncio.Task[None] | None = None
        self._retry: asyncio.Task[None] | None = None
        self._lot = LOT
        self._trouble = 0
        self._conflicts = 0
        self.registered = False
        """Whether Telegram answers our getUpdates."""

    async def start(self) -> None:
        if self._leader is not None:
            self._leader.start()
        work = self._keep_asking() if self._leader is None else self._ask_while_leading(self._leader)
        self._run = asyncio.create_task(work, name="poller")

    @property
    def is_standing_by(self) -> bool:
        """Whether another process fetches the updates."""
        return self._leader is not None and self._leader.is_another_leading

    def is_alive(self) -> bool:
        return self._run is not None and not self._run.done()

    @property
    def offset(self) -> int:
        """The lowest update id not yet committed."""
        return min(self._open(), default=self._seen + 1)

    async def stop(self, timeout: float = 2.5) -> None:
        """Finish what is in flight, then tell Telegram what was committed, so that nothing comes twice."""
        self._stopping = True
        if self._run is not None:
            self._run.cancel()
            await asyncio.gather(self._run, return_exceptions=True)
        if self._retry is not None:
            self._retry.cancel()
        if self._in_flight:
            _, late = await asyncio.wait(self._in_flight.values(), timeout=timeout)
            for task in late:
                task.cancel()
        if self._seen and (self._leader is None or self._leader.leads()):
            await self._ask(0, limit=1, patience=1)
        if self._leader is not None:
            await self._leader.stop()

    # Asking

    async def _ask_while_leading(self, leader: Leader) -> None:
        """As `_keep_asking` while this process leads; a question under way is hung up when it no longer does.

        What was handed in by then is finished: whoever fetches it again finds it done.
        """
        while True:
            await leader.won()
            asking = asyncio.create_task(self._keep_asking())
            losing = asyncio.create_task(leader.lost())
            try:
                await asyncio.wait({asking, losing}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (asking, losing):
                    task.cancel()
                await asyncio.gather(asking, losing, return_exceptions=True)
                self.registered = False
            if not asking.cancelled():
                asking.result()  # it ends by an error alone, and then this process is not well

    async def _keep_asking(self) -> None:
        while not isinstance(await self._post("deleteWebhook", {"drop_pending_updates": False}), Sent):
            await self._back_off("Telegram does not answer yet.")
        self.registered = True
        while True:
            self._commit.clear()
            if len(self._open()) >= MANY:
                await self._commit.wait()
                continue
            offset, busy = self.offset, bool(self._open())
            await self._take(await self._ask(0 if busy else LONG, self._lot, 15))
            if (
                self._open() or self.offset == offset
            ):  # nothing new: a queue stuck on rubbish must not spin us
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(AGAIN):
                        await self._commit.wait()

    async def _ask(self, long: int, limit: int, patience: float) -> Answer:
        params = {"offset": self.offset, "timeout": long, "limit": limit, "allowed_updates": list(ALLOWED)}
        if not self._seen:
            del params["offset"]
        return await self._post("getUpdates", params, timeout=timedelta(seconds=long + patience))

    async def _take(self, answer: Answer) -> None:
        match answer:
            case Sent(result=list() as updates):
                self.registered, self._trouble, self._conflicts, self._lot = True, 0, 0, LOT
                for update in updates:
                    self._hand_in(update)
            case Unreadable():
                await self._pass_over(answer)
            case Conflict():
                await self._conflict(answer)
            case Flooded(after):
                await asyncio.sleep(after.total_seconds())
            case _:
                await self._back_off("Telegram does not answer.")

    async def _conflict(self, answer: Conflict) -> None:
        """Somebody else polls with this token, or a webhook stands: wait, do not fight over it."""
        self.registered = False
        if not self._conflicts:
            how = "set a webhook for" if "webhook" in answer.reason.lower() else "fetches updates with"
            log.error("conflict", say=f"Another process {how} this bot token; stop one of the two.")
        self._conflicts += 1
        await asyncio.sleep(min(CONFLICT[1], CONFLICT[0] * 2 ** min(self._conflicts - 1, 8)))

    async def _back_off(self, say: str) -> None:
        self.registered = False
        if not self._trouble:
            log.warning("polling_failed", say=say)
        self._trouble += 1
        await asyncio.sleep(min(BACKOFF[1], BACKOFF[0] * 2 ** min(self._trouble - 1, 8)))

    async def _pass_over(self, answer: Unreadable) -> None:
        """One update of the lot cannot be read at all: find it by asking for one at a time, and put it aside."""
        if self._lot > 1:
            self._lot = 1
            return
        fresh = [update_id for update_id in answer.update_ids if update_id >= self.offset]
        if not fresh:
            await self._back_off("Telegram's answer cannot be read.")
            return
        log.error("update_unreadable", say="An update that cannot be read was put aside.")
        self._hand_in({"update_id": fresh[0]})

    # Handing in

    def _open(self) -> set[int]:
        return self._in_flight.keys() | self._again.keys()

    def _hand_in(self, update: Any) -> None:
        update_id = update.get("update_id") if isinstance(update, dict) else None
        if type(update_id) is not int:
            log.error("update_without_id", say="Telegram sent something that is no update.")
            return
        self._seen = max(self._seen, update_id)
        if update_id in self._in_flight or update_id in self._again or update_id in self._committed:
            return
        if self._again:
            self._again[update_id] = update
        else:
            self._begin(update_id, update)

    def _begin(self, update_id: int, update: dict[str, Any]) -> None:
        self._in_flight[update_id] = asyncio.create_task(self._handle(update_id, update))

    async def _handle(self, update_id: int, update: dict[str, Any]) -> None:
        clock = asyncio.get_running_loop().time
        began = clock()
        for attempt in range(1, TRIES + 1):
            try:
                receipt = await self._receive(update)
            except Busy as busy:
                self._saw("put off", clock() - began)
                del self._in_flight[update_id]
                self._try_again(update_id, update, busy.retry_after.total_seconds())
                return
            except Exception as error:
                log.error("update_failed", error=type(error).__name__, tried=attempt)
                self._saw("failed", clock() - began)
                if attempt < TRIES:
                    await asyncio.sleep(BACKOFF[0] * attempt)
            else:
                self._saw("shed" if receipt.is_shed else "committed", clock() - began)
                if receipt.answer is not None:
                    self._answer(receipt.answer)
                break
        self._done(update_id)

    def _saw(self, outcome: str, seconds: float) -> None:
        if self._watch is not None:
            self._watch(outcome, seconds)

    def _done(self, update_id: int) -> None:
        del self._in_flight[update_id]
        self._committed.add(update_id)
        lowest = self.offset
        self._committed = {it for it in self._committed if it >= lowest}
        self._commit.set()

    def _try_again(self, update_id: int, update: dict[str, Any], after: float) -> None:
        self._again[update_id] = update
        if self._retry is None and not self._stopping:
            self._retry = asyncio.create_task(self._hand_in_again(after))

    async def _hand_in_again(self, after: float) -> None:
        """Try with the lowest alone; when the database takes it, the others follow in their order."""
        tried = None
        while tried is None or tried in self._again:
            await asyncio.sleep(after)
            tried = min(self._again)
            self._begin(tried, self._again.pop(tried))
            await asyncio.wait({self._in_flight[tried]})
        self._retry = None
        waiting, self._again = self._again, {}
        for update_id in sorted(waiting):
            self._begin(update_id, waiting[update_id])
