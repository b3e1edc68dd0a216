"""As much of HTTP/1.1 as a Bot API call needs: one POST at a time on connections that stay open.

A tap makes two of them, and with aiohttp they took a fifth of its processor time (`docs/performance.md`).
Answers are read by llhttp (httptools), lines are opened by aiohappyeyeballs. Files, downloads and whatever
else HTTP can do are left to aiohttp.
"""

import asyncio
import ssl
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import SplitResult, urlsplit

import aiohappyeyeballs
import httptools

KEPT_OPEN = 30.0
"""Telegram closes an idle connection after about a minute; one it may be closing is not used again."""
NEXT_ADDRESS = 0.25
"""Seconds until the other address family is tried beside the first (RFC 8305)."""


class NoConnection(Exception):
    """The call never left this machine."""


class NoAnswer(Exception):
    """No answer came in time."""


class LineCut(Exception):
    """The connection ended before the answer did, or what came was no HTTP."""


class Reply:
    """One answer as llhttp reads it, however it comes in pieces."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._parts: list[bytes] = []
        self._is_measured = False
        """Whether the answer itself says where its end is."""
        self.status = 0
        self.stays = False
        """Whether the connection may be used again."""
        self.is_whole = False

    def feed(self, data: bytes) -> None:
        """Take the next piece; raises `LineCut` where it is no HTTP, or more than one answer."""
        if self.is_whole:
            raise LineCut
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            raise LineCut from None

    def end(self) -> None:
        """The connection has ended, which is the end of an answer that names no other."""
        if not self.status or self._is_measured:
            raise LineCut
        self.is_whole = True

    @property
    def body(self) -> bytes:
        return b"".join(self._parts)

    # Called by the parser

    def on_message_begin(self) -> None:
        if self.is_whole:
            raise LineCut

    def on_header(self, name: bytes, _value: bytes) -> None:
        self._is_measured = self._is_measured or name.lower() in (b"content-length", b"transfer-encoding")

    def on_headers_complete(self) -> None:
        self.status = self._parser.get_status_code()

    def on_body(self, part: bytes) -> None:
        self._parts.append(part)

    def on_message_complete(self) -> None:
        if self.status < 200:
            self.status, self._is_measured = 0, False  # a hint ahead of the answer
        else:
            self.stays, self.is_whole = self._parser.should_keep_alive(), True


class Line(asyncio.Protocol):
    """One connection: asked once at a time, used again while both sides keep it open."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._reply = Reply()
        self.idle_since = 0.0
        self.is_open = False

    async def ask(self, request: bytes, patience: float) -> tuple[int, bytes]:
        """Status and body of the answer; whatever goes wrong ends the connection."""
        assert self._transport is not None
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[tuple[int, bytes]] = loop.create_future()
        self._answer, self._reply = answer, Reply()
        timer = loop.call_later(patience, self._give_up, answer)
        self._transport.write(request)
        try:
            return await answer
        except BaseException:
            self.close()
            raise
        finally:
            timer.cancel()
            self._answer = None

    def close(self) -> None:
        self.is_open = False
        if self._transport is not None:
            self._transport.abort()

    @staticmethod
    def _give_up(answer: asyncio.Future[Any]) -> None:
        if not answer.done():
            answer.set_exception(NoAnswer())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self.is_open = cast(asyncio.Transport, transport), True  # uvloop's is no subclass

    def data_received(self, data: bytes) -> None:
        if self._answer is None or self._answer.done():
            self.close()  # nobody asked
            return
        self._go_on(lambda: self._reply.feed(data))

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        if self._answer is None or self._answer.done():
            return
        if exc is not None:
            self._answer.set_exception(LineCut())
        else:
            self._go_on(self._reply.end)

    def _go_on(self, read: Callable[[], None]) -> None:
        """Read on, and answer whoever asked once it is whole or can no longer be."""
        assert self._answer is not None
        try:
            read()
        except LineCut as cut:
            self._answer.set_exception(cut)
            return
        if self._reply.is_whole:
            if not self._reply.stays:
                self.close()
            self._answer.set_result((self._reply.status, self._reply.body))


class Wire:
    """The open connections to one host, the one used last used first."""

    def __init__(self, agent: str) -> None:
        self._agent = agent
        self._idle: dict[str, list[Line]] = {}
        self._tls: ssl.SSLContext | None = None

    async def post(self, url: str, body: bytes, connect: float, patience: float) -> tuple[int, bytes]:
        """Post JSON once; status and body of the answer."""
        address = urlsplit(url)
        line = self._free(address.netloc) or await self._connected(address, connect)
        status, answer = await line.ask(self._request(address, body), patience)
        if line.is_open:
            line.idle_since = asyncio.get_running_loop().time()
            self._idle.setdefault(address.netloc, []).append(line)
        return status, answer

    def close(self) -> None:
        for lines in self._idle.values():
            for line in lines:
                line.close()
        self._idle.clear()

    def _request(self, address: SplitResult, body: bytes) -> bytes:
        head = (
            f"POST {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nUser-Agent: {self._agent}\r\n"
            f"Accept: application/json\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def _free(self, host: str) -> Line | None:
        """A connection that is open and was used a moment ago."""
        lines = self._idle.get(host, [])
        young = asyncio.get_running_loop().time() - KEPT_OPEN
        while lines:
            line = lines.pop()
            if line.is_open and line.idle_since > young:
                return line
            line.close()
        return None

    async def _connected(self, address: SplitResult, seconds: float) -> Line:
        try:
            async with asyncio.timeout(seconds):
                return await self._connect(address)
        except (OSError, ValueError) as error:
            # A TimeoutError is an OSError, so is whatever TLS complains of.
            name = type(error).__name__
        raise NoConnection(name)

    async def _connect(self, address: SplitResult) -> Line:
        loop = asyncio.get_running_loop()
        is_secure = address.scheme == "https"
        host, port = address.hostname or "", address.port or (443 if is_secure else 80)
        found = await loop.getaddrinfo(host, port, type=1)
        sock = await aiohappyeyeballs.start_connection(found, happy_eyeballs_delay=NEXT_ADDRESS, interleave=1)
        make: Callable[[], Line] = Line
        if not is_secure:
            return (await loop.create_connection(make, sock=sock))[1]
        if self._tls is None:
            self._tls = await asyncio.to_thread(ssl.create_default_context)
        return (await loop.create_connection(make, sock=sock, ssl=self._tls, server_hostname=host))[1]
