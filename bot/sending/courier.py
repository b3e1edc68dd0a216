"""One call on its way: to the right chat, and what its answer teaches about the next ones."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.rules.answers import Answer, Flooded, Migrated, Sent, TryLater, Unknown
from bot.rules.sending import Outcome, Posting
from bot.sending.limiter import Limiter
from bot.sending.outbox import Post
from bot.sending.outcomes import outcome, wait

ANSWERS_WAITING = 1_000
"""Taps to be answered at once at most; in a flood the rest spin until Telegram gives them up."""
FILES = ("completions", "my_data")
"""Wishes that become a file, which may take a while."""
SIGN_EVERY = 4.5
"""Seconds; Telegram shows a chat action for five."""


class Courier:
    """Posts a row once, a group's that moved once more, and says what became of it."""

    def __init__(self, post: Post, limiter: Limiter, now: Callable[[], datetime], places: int) -> None:
        self._post = post
        self._limiter = limiter
        self._now = now
        self._tries: dict[int, int] = {}
        """How often a row was put off by this process."""
        self._moved: dict[int, int] = {}
        self._down = 0
        """How often in a row Telegram could not be reached at all."""
        self._places = asyncio.Semaphore(places)
        self.answers: set[asyncio.Task[None]] = set()

    async def deliver(self, posting: Posting) -> Outcome:
        """Post it; whoever calls has taken its slot from the limiter."""
        moved_to = self._moved.get(posting.chat_id)
        answer = await self._call(posting, moved_to or posting.chat_id)
        if isinstance(answer, Migrated):
            moved_to = self._moved[posting.chat_id] = answer.chat_id
            while (seconds := max(self._limiter.gate(), self._limiter.wait_for_slot(posting.lane))) > 0:
                await asyncio.sleep(seconds)
            self._limiter.take(moved_to, posting.lane)
            answer = await self._call(posting, moved_to)
        return replace(self.outcome(posting, answer), chat_id=moved_to)

    def outcome(self, posting: Posting, answer: Answer) -> Outcome:
        """What this answer means for this row, put off longer each time."""
        result = outcome(posting, answer, self._now(), self._tries.get(posting.id, 0))
        if result.state == "later":
            self._tries[posting.id] = self._tries.get(posting.id, 0) + 1
        else:
            self._tries.pop(posting.id, None)
        return result

    def answer_callback(self, call: Mapping[str, Any]) -> None:
        """Answer a tap, once and without a row: it counts in no limit and is worth nothing later."""
        if len(self.answers) < ANSWERS_WAITING:
            task = asyncio.create_task(self._answer(call))
            self.answers.add(task)
            task.add_done_callback(self.answers.discard)

    async def _answer(self, call: Mapping[str, Any]) -> None:
        params = {name: value for name, value in call.items() if name != "method"}
        async with self._places:
            await self._post("answerCallbackQuery", params)

    @contextmanager
    def sign(self, posting: Posting) -> Iterator[None]:
        """While a file is being made, its chat shows so: no row and no slot, for lost it loses nothing."""
        if posting.wish not in FILES or self._limiter.gate() > 0:
            yield
            return
        made = asyncio.Event()
        task = asyncio.create_task(self._keep_signing(posting.chat_id, made))
        self.answers.add(task)
        task.add_done_callback(self.answers.discard)
        try:
            yield
        finally:
            made.set()

    async def _keep_signing(self, chat_id: int, made: asyncio.Event) -> None:
        """Again and again until it is made; an answer that is none ends it, it is not worth a second try."""
        action = {"chat_id": chat_id, "action": "upload_document"}
        while isinstance(await self._post("sendChatAction", action), Sent) and not made.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SIGN_EVERY):
                    await made.wait()
            if made.is_set():
                return

    async def _call(self, posting: Posting, chat_id: int) -> Answer:
        assert posting.method is not None
        params = posting.params
        names_chat = "chat_id" in params
        if names_chat and params["chat_id"] != chat_id:
            params = {**params, "chat_id": chat_id}
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
