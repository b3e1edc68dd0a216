"""As much of HTTP/1.1 as a Bot API call needs: one POST at a time on connections that stay open.

A tap makes two of them, and with aiohttp they took a fifth of its processor time (`docs/performance.md`).
Files, downloads and whatever else HTTP can do are left to aiohttp.
"""

import asyncio
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import SplitResult, urlsplit

import aiohappyeyeballs

KEPT_OPEN = 30.0
"""Telegram closes an idle connection after about a minute; one it may be closing is not used again."""
NEXT_ADDRESS = 0.25
"""Seconds until the other address family is tried beside the first (RFC 8305)."""
_STATUS = re.compile(rb"HTTP/1\.([01]) (\d{3})")
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)[ \t]*(?=\r\n|$)")
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r]*chunked")
_CLOSE = re.compile(rb"\r\nconnection:[^\r]*close")


class NoConnection(Exception):
    """The call never left this machine."""


class NoAnswer(Exception):
    """No answer came in time."""


class LineCut(Exception):
    """The connection ended before the answer did, or what came was no HTTP."""


@dataclass(frozen=True, slots=True)
class Head:
    """The part of an answer that says where its end is."""

    status: int
    length: int | None
    """None where the end is told otherwise."""
    is_chunked: bool
    stays: bool
    """Whether the connection may be used again."""

    @classmethod
    def read(cls, raw: bytes) -> "Head":
        """What the lines before the empty one say."""
        found = _STATUS.match(raw)
        if found is None:
            raise LineCut
        lines = raw.lower()
        length = _LENGTH.search(lines)
        is_chunked = _CHUNKED.search(lines) is not None
        ends = length is not None or is_chunked
        stays = ends and found[1] == b"1" and _CLOSE.search(lines) is None
        return cls(int(found[2]), int(length[1]) if length and not is_chunked else None, is_chunked, stays)


class Line(asyncio.Protocol):
    """One connection: asked once at a time, used again while both sides keep it open."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._head: Head | None = None
        self._got = b""
        self.idle_since = 0.0
        self.is_open = False

    async def ask(self, request: bytes, patience: float) -> tuple[int, bytes]:
        """Status and body of the answer; whatever goes wrong ends the connection."""
        assert self._transport is not None
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[tuple[int, bytes]] = loop.create_future()
        self._answer = answer
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
        self._got += data
        if self._answer is None or self._answer.done():
            self.close()  # nobody asked
            return
        try:
            body = self._body()
        except (LineCut, ValueError):
            self._answer.set_exception(LineCut())
            return
        if body is not None:
            self._end(body)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        if self._answer is None or self._answer.done():
            return
        head = self._head
        if exc is None and head is not None and head.length is None and not head.is_chunked:
            self._end(self._got)  # told by its end
        else:
            self._answer.set_exception(LineCut())

    def _end(self, body: bytes) -> None:
        assert self._answer is not None and self._head is not None
        head, self._head, self._got = self._head, None, b""
        if not head.stays:
            self.close()
        self._answer.set_result((head.status, body))

    def _body(self) -> bytes | None:
        """The body, once it is all there."""
        while self._head is None:
            head, empty, rest = self._got.partition(b"\r\n\r\n")
            if not empty:
                return None
            read = Head.read(head)
            self._got = rest
            self._head = read if read.status >= 200 else None
        if self._head.is_chunked:
            return _unchunked(self._got)
        length = self._head.length
        if length is None or len(self._got) < length:
            return None
        if len(self._got) > length:
            raise LineCut
        return self._got


def _unchunked(got: bytes) -> bytes | None:
    """What the chunks hold (RFC 9112, 7.1), once the last one is there."""
    at, parts = 0, list[bytes]()
    while (end := got.find(b"\r\n", at)) >= 0:
        size = int(got[at:end].partition(b";")[0], 16)
        at = end + 2 + size + 2
        if size == 0:
            return b"".join(parts) if got.find(b"\r\n\r\n", end) >= 0 else None
        parts.append(got[end + 2 : at - 2])
    return None


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
        except (
            OSError,
            ValueError,
        ) as error:  # a TimeoutError is an OSError, so is whatever TLS complains of
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
