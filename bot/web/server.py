"""The web server: Telegram's webhook, whether the service lives and is ready, and its numbers."""

import asyncio
import contextlib
import hmac
import json
import re
import socket
from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.observing import Metrics
from bot.rules.busy import Busy

SECRET_HEADER = "x-telegram-bot-api-secret-token"
BODY = 128 * 1024
"""Bytes of an update at most; the largest Telegram sends are some 20 KB."""
DRAINED = 16 * 1024 * 1024
"""Bytes of a body that is too large which are read and dropped, so that the other side hears why."""
READ_WITHIN = 10.0
COMMIT_WITHIN = 1.6
"""Seconds an update may take until its commit; then Telegram is asked to come back."""
NESTED = 64
"""Levels of an update at most; Telegram's have some ten."""
TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"(?:\s*:\s*(\d{1,18})(?=[\s,}]))?|[][{}]', re.DOTALL)
"""Strings, with the number that one names, and brackets."""
UNDER_WAY = 1_000
CHECK_WITHIN = 2.0

log = structlog.get_logger()
Check = Callable[[], Awaitable[bool | str]]
"""Whether something is well; words where it is and there is more to say."""


class Receipt(Protocol):
    """What `receive` gives back after the commit, or in place of one."""

    @property
    def answer(self) -> Mapping[str, Any] | None: ...

    @property
    def is_shed(self) -> bool: ...


Receive = Callable[[dict[str, Any]], Awaitable[Receipt]]


class Turned(Exception):
    """A request that is not an update of Telegram's, and the status it gets."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where Telegram posts updates, and the secret it sends along."""

    path: str
    secret: str

    def __repr__(self) -> str:
        return f"Webhook({self.path})"


class Door:
    """Takes updates in: 200 only after the commit, 503 while there can be none."""

    def __init__(self, receive: Receive, secret: str, metrics: Metrics) -> None:
        self._receive = receive
        self._secret = secret.encode()
        self._metrics = metrics
        self._under_way: dict[int, asyncio.Task[Receipt]] = {}

    async def post(self, request: Request) -> Response:
        """One update; what is wrong with the request is told by its status alone."""
        began = asyncio.get_running_loop().time()
        outcome, response = await self._answered(request)
        self._metrics.received(outcome, asyncio.get_running_loop().time() - began)
        return response

    async def _answered(self, request: Request) -> tuple[str, Response]:
        try:
            receipt = await self._handed_in(await self._update(request))
        except Turned as turned:
            return "turned away", Response(status_code=turned.status)
        except ClientDisconnect:
            return "turned away", Response(status_code=400)
        except Busy as busy:
            seconds = max(1, round(busy.retry_after.total_seconds()))
            return "put off", Response(status_code=503, headers={"Retry-After": str(seconds)})
        except Exception as error:
            log.error("update_failed", error=type(error).__name__)
            return "failed", Response(status_code=500)
        outcome = "shed" if receipt.is_shed else "committed"
        if receipt.answer is None:
            return outcome, Response()
        return outcome, JSONResponse({"method": "answerCallbackQuery", **receipt.answer})

    async def _update(self, request: Request) -> dict[str, Any]:
        given = request.headers.get(SECRET_HEADER, "").encode("latin-1")
        if not hmac.compare_digest(given, self._secret):
            raise Turned(403)
        if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
            raise Turned(415)
        return _parsed(await _body(request))

    async def _handed_in(self, update: dict[str, Any]) -> Receipt:
        """Wait for the commit. A repeat of an update that is under way waits for the same one.

        The turn goes on when we stop waiting: once committed its replies have to be sent, and the
        repeat that Telegram then posts finds it done.
        """
        update_id = update["update_id"]
        task = self._under_way.get(update_id)
        if task is None:
            if len(self._under_way) >= UNDER_WAY:
                raise Busy
            task = self._under_way[update_id] = asyncio.ensure_future(self._receive(update))
            task.add_done_callback(lambda done: self._over(update_id, done))
        await asyncio.wait({task}, timeout=COMMIT_WITHIN)
        if not task.done():
            raise Busy
        return task.result()

    def _over(self, update_id: int, task: asyncio.Task[Receipt]) -> None:
        del self._under_way[update_id]
        if not task.cancelled():
            task.exception()  # whoever still waits has it; asyncio must not complain that nobody does

    async def closed(self, timeout: float = 2.0) -> None:
        """Wait for the turns under way."""
        if self._under_way:
            await asyncio.wait(set(self._under_way.values()), timeout=timeout)


async def _body(request: Request) -> bytes:
    """The body, if it is not too large; a length that was promised or not given makes no difference."""
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(READ_WITHIN):
            async for part in request.stream():
                size += len(part)
                if size > DRAINED:
                    break
                if size <= BODY:
                    parts.append(part)
    except TimeoutError:
        raise Turned(408) from None
    if size > BODY:
        raise Turned(413)
    return b"".join(parts)


def _parsed(body: bytes) -> dict[str, Any]:
    """The update; of one too deep to be read its number alone, so that it is put aside and comes no more."""
    try:
        update = json.loads(body)
    except RecursionError:
        return {"update_id": _number_in(body)}
    except ValueError:
        raise Turned(400) from None
    if not isinstance(update, dict) or type(update.get("update_id")) is not int:
        raise Turned(400)
    return {"update_id": update["update_id"]} if _is_deep(body, update) else update


def _number_in(body: bytes) -> int:
    """The update's number, found without reading what is nested in it."""
    depth, number = 0, None
    for token in TOKENS.finditer(body):
        if token[0] in (b"{", b"["):
            depth += 1
        elif token[0] in (b"}", b"]"):
            depth -= 1
        elif depth == 1 and token[1] and token[0].startswith(b'"update_id"'):
            number = int(token[1])
    if depth or number is None:
        raise Turned(400)
    return number


def _is_deep(body: bytes, update: object) -> bool:
    if body.count(b"{") + body.count(b"[") <= NESTED:
        return False
    level: list[object] = [update]
    for _ in range(NESTED):
        level = [
            inner
            for value in level
            if isinstance(value, (dict, list))
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
    return bool(level)


@dataclass(frozen=True, slots=True)
class Health:
    """What `/readyz` asks, by name, and what brings the gauges of `/metrics` up to date."""

    checks: Mapping[str, Check]
    refresh: Callable[[], Awaitable[None]]


def app_for(health: Health, metrics: Metrics, door: Door | None = None, path: str | None = None) -> Starlette:
    """The pages of one process; with a door, Telegram's webhook at `path`."""

    async def alive(_request: Request) -> Response:
        return JSONResponse({"alive": True})

    async def ready(_request: Request) -> Response:
        answers = await asyncio.gather(*(_holds(name, check) for name, check in health.checks.items()))
        found = dict(zip(health.checks, answers, strict=True))
        return JSONResponse({"ready": all(answers), **found}, status_code=200 if all(answers) else 503)

    async def numbers(_request: Request) -> Response:
        await _within(health.refresh())
        return Response(metrics.page(), media_type="text/plain; version=0.0.4")

    routes = [Route("/livez", alive), Route("/readyz", ready), Route("/metrics", numbers)]
    if door is not None and path is not None:
        routes.insert(0, Route(path, door.post, methods=["POST"]))
    app = Starlette(routes=routes)
    app.state.door = door
    return app


async def _holds(name: str, check: Check) -> bool | str:
    try:
        async with asyncio.timeout(CHECK_WITHIN):
            return await check()
    except Exception as error:
        log.warning("not_ready", check=name, error=type(error).__name__)
        return False


async def _within(work: Awaitable[None]) -> None:
    """Old numbers are better than none: a database that is away is what somebody reads them for."""
    try:
        async with asyncio.timeout(CHECK_WITHIN):
            await work
    except Exception as error:
        log.warning("numbers_not_refreshed", error=type(error).__name__)


class Server:
    """uvicorn in our own loop; it takes no signals and writes no log of requests."""

    def __init__(self, app: Starlette, host: str, port: int) -> None:
        self._address = host, port
        self._door: Door | None = app.state.door
        self._server = _Unsignalled(
            uvicorn.Config(
                app, log_config=None, access_log=False, lifespan="off", server_header=False,
                timeout_graceful_shutdown=2, timeout_keep_alive=75,
            )
        )  # fmt: skip
        self._socket: socket.socket | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen; raises OSError where the address is taken."""
        family = socket.AF_INET6 if ":" in self._address[0] else socket.AF_INET
        self._socket = socket.create_server(self._address, family=family, backlog=2048)
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]), name="web")

    @property
    def port(self) -> int:
        """Where it listens; of use where port 0 was asked for."""
        assert self._socket is not None
        return int(self._socket.getsockname()[1])

    async def stop(self) -> None:
        """Answer what was asked, take nothing more, and let turns under way come to their end."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
        if self._door is not None:
            await self._door.closed()


class _Unsignalled(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Signals are the app's."""
        yield
