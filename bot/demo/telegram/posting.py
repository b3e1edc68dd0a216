"""One kept-alive line to a webhook: HTTP/1.1, one update at a time.

Written out because the far end of a test must not be its slowest part: this posts an update in a tenth of
the time a general client needs.
"""

import asyncio
import ssl
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit


class Lost(ConnectionError):
    """The line was closed, or what came was no HTTP."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a webhook said."""

    status: int
    reason: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


class Line:
    """A connection that is opened when it is needed and kept for the next update."""

    def __init__(self, url: str, secret: str, timeout: float) -> None:
        self._parts = urlsplit(url)
        self._head = _head(self._parts, secret)
        self._timeout = timeout
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, body: bytes) -> Answer:
        """Post one update; raises an ``OSError`` or ``TimeoutError`` when there is no answer."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._post(body)
        except asyncio.IncompleteReadError:
            self.close()
            raise Lost("connection closed") from None
        except (ValueError, asyncio.LimitOverrunError):
            self.close()
            raise Lost("the answer is no HTTP") from None
        except BaseException:
            self.close()
            raise

    async def _post(self, body: bytes) -> Answer:
        reader, writer = await self._connected()
        writer.write(b"%sContent-Length: %d\r\n\r\n%s" % (self._head, len(body), body))
        await writer.drain()
        answer = await _answer(reader)
        if answer.headers.get("connection", "").lower() == "close":
            self.close()
        return answer

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._reader is None or self._writer is None or self._reader.at_eof() or self._writer.is_closing():
            self.close()
            parts = self._parts
            is_secure = parts.scheme == "https"
            self._reader, self._writer = await asyncio.open_connection(
                parts.hostname,
                parts.port or (443 if is_secure else 80),
                ssl=ssl.create_default_context() if is_secure else None,
            )
        return self._reader, self._writer

    def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.transport.abort()
        self._reader = self._writer = None


def _head(parts: SplitResult, secret: str) -> bytes:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"POST {target} HTTP/1.1", f"Host: {parts.netloc.rpartition('@')[2]}"]
    if secret:
        lines.append(f"X-Telegram-Bot-Api-Secret-Token: {secret}")
    lines += ["Content-Type: application/json", "Connection: keep-alive", ""]
    return "\r\n".join(lines).encode()


async def _answer(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    _, status, *reason = head[0].split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = await _chunks(reader)
    elif "content-length" in headers:
        body = await reader.readexactly(int(headers["content-length"]))
    else:
        # Without a length a 204 or 304 ends here; everything else would last until the line is closed.
        body = b"" if status in ("204", "304") else await reader.read()
    return Answer(int(status), " ".join(reason), headers, body)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts = []
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    while await reader.readuntil(b"\r\n") != b"\r\n":
        pass  # trailers say nothing here
    return b"".join(parts)
