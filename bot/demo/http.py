"""The small Telegram over HTTP, for bots that are processes of their own.

``python -m bot.demo.http --port 8081 --token 110:AAA`` serves ``/bot<token>/<method>``,
``/file/bot<token>/<path>`` and, for tests, ``/control/<verb>``.
"""

import argparse
import asyncio
import contextlib
import json
import sys
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import socket
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from bot.demo import forms
from bot.demo.control import Control
from bot.demo.telegram import Cut, Impossible, Pace, Rates, SmallTelegram, limits
from bot.demo.telegram.refusals import Refused

_MOST = limits.UPLOAD + 1_000_000


class Clock:
    """Real time, moved on by as much as a test asks."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        """The time it shows."""
        return datetime.now(UTC) + self._ahead

    def move(self, by: timedelta) -> datetime:
        """Move it; the time it shows now."""
        self._ahead += by
        return self()


class _Server(Starlette):
    """Control by Starlette's routes; the Bot API beside them, close to the wire.

    The Bot API is called thousands of times a second and has to close a line without an answer: both need the
    server's own ``send``, which Starlette wraps.
    """

    def __init__(self, telegram: SmallTelegram, control: Control) -> None:
        super().__init__(routes=[Route("/control/{verb}", _control(control), methods=["POST"])])
        self._telegram = telegram

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path.startswith("/bot"):
            await self._answer(scope, receive, send, path.removeprefix("/bot"))
        elif path.startswith("/file/bot"):
            await self._download(send, path.removeprefix("/file/bot"))
        else:
            await super().__call__(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, rest: str) -> None:
        token, _, method = rest.partition("/")
        try:
            self._telegram.check_token(token)
            if scope["method"] not in ("GET", "POST"):
                raise Refused(405, "Method Not Allowed")
            body = await _body(receive)
            params, files = forms.read(_query(scope), _content_type(scope), body)
            call = self._telegram.call(method, params, files)
            if method.lower() == "getupdates":
                status, answer = await _while_connected(call, receive)
            else:
                status, answer = await call
        except Refused as refused:
            status, answer = refused.status, refused.answer()
        except Cut:
            await _cut(send)
            return
        await _send(send, status, json.dumps(answer, separators=(",", ":")).encode())

    async def _download(self, send: Send, rest: str) -> None:
        token, _, path = rest.partition("/")
        try:
            self._telegram.check_token(token)
            content = self._telegram.file(path)
            if content is None:
                raise Refused(404, "Not Found")
        except Refused as refused:
            await _send(send, refused.status, json.dumps(refused.answer()).encode())
            return
        await _send(send, 200, content, b"application/octet-stream")


def create(telegram: SmallTelegram, clock: Clock | None = None) -> Starlette:
    """A server for one small Telegram; with a clock, tests may move it."""
    return _Server(telegram, Control(telegram, clock.move if clock else None))


def _control(control: Control) -> Any:
    async def answer(request: Request) -> JSONResponse:
        body = await request.body()
        try:
            params = json.loads(body) if body else {}
            if not isinstance(params, dict):
                raise Impossible("the parameters are a JSON object")
            result = control.ask(request.path_params["verb"], params)
        except (Impossible, ValueError, KeyError) as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        return JSONResponse({"result": result})

    return answer


def _query(scope: Scope) -> str:
    query: bytes = scope.get("query_string", b"")
    return query.decode("latin-1")


def _content_type(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"content-type":
            return str(value.decode("latin-1"))
    return ""


async def _body(receive: Receive) -> bytes:
    parts = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Cut("the caller went away")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > _MOST:
            raise Refused(413, "Request Entity Too Large")
        if not message.get("more_body"):
            return b"".join(parts)


async def _while_connected(call: Awaitable[tuple[int, Any]], receive: Receive) -> tuple[int, Any]:
    """Give up a long poll whose bot has gone: nobody may be shown an update that nobody hears."""
    answering = asyncio.ensure_future(call)
    leaving: asyncio.Future[Message] = asyncio.ensure_future(receive())
    try:
        await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
        if answering.done():
            return await answering
        raise Cut("the caller went away")
    finally:
        for task in (answering, leaving):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Refused, Cut):
                await task


async def _send(send: Send, status: int, body: bytes, kind: bytes = b"application/json") -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _cut(send: Send) -> None:
    """Close the line under a call. ASGI knows no such thing, so uvicorn's transport is asked itself."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise Cut("this server cannot close a line without an answer")
    transport.abort()
    # uvicorn hears of the loss in the next rounds of the loop; before that it would answer 500.
    for _ in range(3):
        await asyncio.sleep(0)


class _Announcing(uvicorn.Server):
    """Says where it listens, once it does."""

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        sys.stdout.write(f"The small Telegram listens on http://127.0.0.1:{port}\n")
        sys.stdout.flush()


async def _serve(wanted: argparse.Namespace) -> None:
    clock = Clock()
    telegram = SmallTelegram(
        token=wanted.token,
        now=clock,
        rates=Rates(wanted.rates) if wanted.rates else None,
        journal=wanted.journal,
        pace=Pace(wanted.first_delay, wanted.longest_delay, wanted.answer_timeout),
    )
    config = uvicorn.Config(
        create(telegram, clock),
        host="127.0.0.1",
        port=wanted.port,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    try:
        await _Announcing(config).serve()
    finally:
        await telegram.close()


def main(arguments: list[str] | None = None) -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(
        prog="python -m bot.demo.http", description="The small Telegram over HTTP."
    )
    parser.add_argument("--port", type=int, default=8081, help="0 takes a free one and says which")
    parser.add_argument("--token", required=True, help="the bot's token, e.g. 110:AAA")
    parser.add_argument(
        "--journal", type=Path, help="every call is added to this file, one JSON object a line"
    )
    parser.add_argument(
        "--rates", type=int, nargs="?", const=Rates().per_second, default=0,
        help="answer 429 as Telegram does, above 30 messages a second or above this",
    )  # fmt: skip
    pace = Pace()
    parser.add_argument(
        "--first-delay", type=float, default=pace.first_delay, help="of a webhook's retries, s"
    )
    parser.add_argument("--longest-delay", type=float, default=pace.longest_delay, help="of its retries, s")
    parser.add_argument("--answer-timeout", type=float, default=pace.answer_timeout, help="for its answer, s")
    asyncio.run(_serve(parser.parse_args(arguments)))


if __name__ == "__main__":
    main()
