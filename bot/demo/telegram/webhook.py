"""The webhook: updates are posted in order per queue, tried again with growing delays, several at once.

The rules are those of telegram-bot-api, WebhookActor.cpp: the head of a queue holds its queue up and no
other; any status outside 2xx and any silence is tried again after 1, 1, 2, 4 … seconds or after the
Retry-After of the answer; a method named in the answer's body is called.
"""

import asyncio
import contextlib
import heapq
import json
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bot.demo.telegram import limits, shapes
from bot.demo.telegram.asked import Kind
from bot.demo.telegram.polling import wanted_kinds
from bot.demo.telegram.posting import Answer, Line
from bot.demo.telegram.refusals import bad
from bot.demo.telegram.updates import Pending, Updates

SET: dict[str, Kind] = {
    "url": "text",
    "ip_address": "text",
    "max_connections": "int",
    "allowed_updates": "json",
    "drop_pending_updates": "flag",
    "secret_token": "text",
}
DELETE: dict[str, Kind] = {"drop_pending_updates": "flag"}

_SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
_PORTS = (80, 88, 443, 8443)
_MOST_RETRY_AFTER = 3600
# WebhookActor.cpp, handle: a webhook's answer may not change how the bot is reached, nor ask for anything.
_NOT_IN_AN_ANSWER = ("deletewebhook", "setwebhook", "close", "logout")


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient the webhook is, in seconds; tests are less so than Telegram."""

    first_delay: float = 1.0
    longest_delay: float = 60.0
    answer_timeout: float = 60.0


@dataclass(slots=True)
class _Queue:
    """The updates that must not overtake one another."""

    key: tuple[str, int]
    waiting: deque[Pending] = field(default_factory=deque)
    delay: float = 0.0
    fails: int = 0


class Webhook:
    """Where the bot wants its updates, and the posting of them."""

    def __init__(
        self,
        updates: Updates,
        now: Callable[[], datetime],
        pace: Pace,
        call: Callable[[str, Mapping[str, Any]], Awaitable[None]],
    ) -> None:
        self._updates = updates
        self._now = now
        self._pace = pace
        self._call = call
        self._url = ""
        self._secret = ""
        self._max_connections = 40
        self._queues: dict[tuple[str, int], _Queue] = {}
        self._ready: deque[_Queue] = deque()
        self._later: list[tuple[float, int, _Queue]] = []
        self._turns = count()
        self._lines: list[Line] = []
        """Connections that are free."""
        self._seen = 0
        self._news = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._posting: set[asyncio.Task[None]] = set()
        self._last_error: tuple[datetime, str] | None = None

    @property
    def is_set(self) -> bool:
        """Whether updates go to a webhook."""
        return bool(self._url)

    def info(self) -> dict[str, Any]:
        """What getWebhookInfo tells."""
        shape: dict[str, Any] = {
            "url": self._url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates),
        }
        if self._url:
            shape["max_connections"] = self._max_connections
            shape["ip_address"] = "127.0.0.1"
        if self._last_error is not None:
            shape["last_error_date"] = shapes.seconds(self._last_error[0])
            shape["last_error_message"] = self._last_error[1]
        if self._updates.allowed:
            shape["allowed_updates"] = list(self._updates.allowed)
        return shape

    async def set(self, values: dict[str, Any]) -> None:
        """Set, change or (with an empty url) delete the webhook."""
        url = values.get("url", "")
        if url:
            _check_url(url)
        secret = values.get("secret_token", "")
        # Bot API, setWebhook: 1–256 characters of A-Z, a-z, 0-9, _ and -.
        if not _SECRET.fullmatch(secret):
            raise bad("secret token contains unallowed characters")
        connections = values.get("max_connections", 40)
        kinds = wanted_kinds(values.get("allowed_updates"))
        await self.stop()
        if kinds is not None:
            self._updates.allowed = kinds
        if values.get("drop_pending_updates"):
            self._updates.drop_all()
        self._url, self._secret = url, secret
        # telegram-bot-api, Client.cpp: what lies outside is brought to the nearest limit.
        self._max_connections = min(max(connections, 1), limits.CONNECTIONS)
        self._last_error = None
        if url:
            self._news.set()
            self._running = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Stop posting; what was not delivered stays queued."""
        tasks = [task for task in (self._running, *self._posting) if task is not None]
        current = asyncio.current_task()
        for task in tasks:
            if task is not current:
                task.cancel()
        for task in tasks:
            if task is not current:
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        self._running = None
        for line in self._lines:
            line.close()
        self._lines.clear()
        self._url = ""
        self._queues.clear()
        self._ready.clear()
        self._later.clear()
        self._seen = 0

    def wake(self) -> None:
        """There is news."""
        self._news.set()

    async def _run(self) -> None:
        while True:
            self._news.clear()
            self._load()
            wait = self._post_ready()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), wait)

    def _load(self) -> None:
        """Take over what is new, queue by queue."""
        for pending in self._updates.after(self._seen):
            self._seen = pending.update_id
            queue = self._queues.get(pending.queue)
            if queue is None:
                queue = self._queues[pending.queue] = _Queue(pending.queue)
                self._ready.append(queue)
            queue.waiting.append(pending)

    def _post_ready(self) -> float | None:
        """Post the head of every queue that may go; the seconds until the next one may, None when none waits."""
        now = time.monotonic()
        while self._later and self._later[0][0] <= now:
            self._ready.append(heapq.heappop(self._later)[2])
        while self._ready and len(self._posting) < self._max_connections:
            queue = self._ready.popleft()
            if self._drop_old(queue):
                task = asyncio.get_running_loop().create_task(self._post(queue))
                self._posting.add(task)
                task.add_done_callback(self._posted)
        return self._later[0][0] - now if self._later else None

    def _drop_old(self, queue: _Queue) -> bool:
        """Forget what grew too old at the head of a queue; whether anything is left to post."""
        while queue.waiting and not self._updates.is_alive(queue.waiting[0]):
            queue.waiting.popleft()
        if not queue.waiting:
            del self._queues[queue.key]
        return bool(queue.waiting)

    def _posted(self, task: asyncio.Task[None]) -> None:
        self._posting.discard(task)
        self._news.set()

    async def _post(self, queue: _Queue) -> None:
        pending = queue.waiting[0]
        line = self._lines.pop() if self._lines else Line(self._url, self._secret, self._pace.answer_timeout)
        try:
            answer = await line.post(json.dumps(pending.as_json()).encode())
        except (OSError, TimeoutError) as error:
            self._fail(queue, f"Connection failed: {type(error).__name__}", 0)
            return
        finally:
            self._lines.append(line)
        if not 200 <= answer.status <= 299:
            reason = f"Wrong response from the webhook: {answer.status} {answer.reason}"
            self._fail(queue, reason, _retry_after(answer))
            return
        queue.waiting.popleft()
        queue.fails = 0
        self._updates.drop(pending.update_id)
        # The next of this queue may go as soon as this one is taken; the call in the answer is made beside it.
        self._ready.append(queue)
        self._news.set()
        method, params = _call_in(answer)
        if method:
            await self._call(method, params)

    def _fail(self, queue: _Queue, reason: str, retry_after: int) -> None:
        """Hold the queue up; WebhookActor.cpp, on_update_error."""
        self._last_error = (self._now(), reason)
        if retry_after:
            delay: float = min(retry_after, _MOST_RETRY_AFTER)
        else:
            queue.delay = (
                min(queue.delay * 2, self._pace.longest_delay) if queue.fails else self._pace.first_delay
            )
            delay = queue.delay
        queue.fails += 1
        heapq.heappush(self._later, (time.monotonic() + delay, next(self._turns), queue))


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname == "127.0.0.1":
        return  # as a Bot API server of one's own allows in local mode
    if parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    try:
        port = parts.port or 443
    except ValueError:
        raise bad("invalid webhook URL specified") from None
    if not parts.hostname:
        raise bad("invalid webhook URL specified")
    if port not in _PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def _retry_after(answer: Answer) -> int:
    value = answer.headers.get("retry-after", "")
    return int(value) if value.isdecimal() else 0


def _call_in(answer: Answer) -> tuple[str, dict[str, Any]]:
    """The method an answer asks for and its parameters, as JSON or as a form."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    params: Any = None
    with contextlib.suppress(ValueError):
        if kind == "application/json":
            params = json.loads(answer.body)
        elif kind == "application/x-www-form-urlencoded":
            params = dict(parse_qsl(answer.body.decode(), keep_blank_values=True))
    if not isinstance(params, dict):
        return "", {}
    method = str(params.pop("method", ""))
    if method.lower() in _NOT_IN_AN_ANSWER or method.lower().startswith("get"):
        return "", {}
    return method, params
