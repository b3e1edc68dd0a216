"""A proxy that deals requests out to several bots in turn, as the one in front of real replicas does.

`python -m tests.processes.dealing` says where it listens; each line it reads is the port of one more bot.
Who refuses the line, breaks it or says nothing is passed over, and the next one gets the request: what Telegram
posts may be posted twice.
"""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.processes.far_end import BARE, ROOT, put_down

PATIENCE = 5.0
"""Seconds a bot may take to answer; its own limit is 1.6."""
KEPT_OPEN = 2.0
"""Seconds; uvicorn closes a line that was idle for five."""
PASSED_OVER = 0.5
"""Seconds in which a bot that refused the line gets no other."""
BROKEN = (OSError, asyncio.IncompleteReadError, TimeoutError)
AWAY = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Seat:
    """One bot at the table, and the open lines to it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.away_until = 0.0
        self._idle: list[tuple[float, Line]] = []

    async def ask(self, request: bytes) -> bytes:
        """What it answers; raises one of `BROKEN` when it does not."""
        line = self._kept() or await asyncio.open_connection("127.0.0.1", self.port)
        try:
            async with asyncio.timeout(PATIENCE):
                line[1].write(request)
                answer = await message(line[0])
        except BaseException:
            line[1].transport.abort()
            raise
        self._idle.append((time.monotonic(), line))
        return answer

    def hang_up(self) -> None:
        for _, line in self._idle:
            line[1].transport.abort()
        self._idle.clear()

    def _kept(self) -> Line | None:
        while self._idle:
            since, line = self._idle.pop()
            if time.monotonic() - since < KEPT_OPEN and not line[0].at_eof():
                return line
            line[1].transport.abort()
        return None


async def message(line: asyncio.StreamReader) -> bytes:
    """One request or answer, with its body."""
    head = await line.readuntil(b"\r\n\r\n")
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    return head + (await line.readexactly(int(rest.split(b"\r\n", 1)[0])) if found else b"")


class Dealer:
    """Hands each request to the next seat that answers."""

    def __init__(self) -> None:
        self.seats: list[Seat] = []
        self._next = 0

    def sit(self, port: int) -> None:
        self.seats.append(Seat(port))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(*BROKEN):
            while True:
                request = await message(reader)
                writer.write(await self.dealt(request))
        writer.transport.abort()

    async def dealt(self, request: bytes) -> bytes:
        """The answer of the next one who gives any."""
        for seat in self._order():
            try:
                return await seat.ask(request)
            except BROKEN:
                seat.away_until = time.monotonic() + PASSED_OVER
        return AWAY

    def _order(self) -> list[Seat]:
        """Everybody, from the next one on; who did not answer just now comes last."""
        first = self._next % max(1, len(self.seats))
        self._next += 1
        now = time.monotonic()
        return sorted(self.seats[first:] + self.seats[:first], key=lambda seat: seat.away_until > now)


async def _main() -> None:
    dealer = Dealer()
    server = await asyncio.start_server(dealer.serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    loop = asyncio.get_running_loop()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(dealer.sit, int(line))

    threading.Thread(target=read, daemon=True).start()
    async with server:
        await server.serve_forever()


class Table:
    """A dealer in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        self.port = int(process.stdout.readline())
        self._process = process

    def sit(self, port: int) -> None:
        """Deal to the bot on this port too, whether it listens yet or not."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{port}\n")
        self._process.stdin.flush()


@contextmanager
def dealing() -> Iterator[Table]:
    """A dealer who is gone afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.processes.dealing"], cwd=ROOT, env=BARE, text=True, start_new_session=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Table(process)
    finally:
        put_down(process)
        process.stdin.close()
        process.stdout.close()


if __name__ == "__main__":
    asyncio.run(_main())
