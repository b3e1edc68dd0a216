"""The benchmark's far end posts updates as Telegram does."""

import asyncio
import contextlib

import pytest

from benchmarks import hooks


class Replica:
    """Answers a post when it is told to, and remembers what is under way."""

    def __init__(self) -> None:
        self.under_way: dict[str, asyncio.StreamWriter] = {}
        self.arrived = asyncio.Event()
        self.lines: list[asyncio.StreamWriter] = []

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines.append(writer)
        with contextlib.suppress(asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                body = await reader.readexactly(int(head.rsplit(b":", 1)[1]))
                self.under_way[body.decode()] = writer
                self.arrived.set()

    async def holds(self, *bodies: str) -> bool:
        """Whether these are under way, once they have come."""
        while len(self.under_way) < len(bodies):
            self.arrived.clear()
            await self.arrived.wait()
        return set(self.under_way) == set(bodies)

    def answer(self, body: str, status: bytes) -> None:
        self.under_way.pop(body).write(b"HTTP/1.1 %b Fine\r\ncontent-length: 0\r\n\r\n" % status)


def test_posts_keep_the_order_of_a_chat_and_come_again_until_they_are_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hooks, "AGAIN_AFTER", 0.0)

    async def story() -> None:
        replica = Replica()
        server = await asyncio.start_server(replica.take, "127.0.0.1", 0)
        posts = hooks.Hooks({"url": "http://here/telegram"}, [server.sockets[0].getsockname()[1]])
        for account, update in ((1, "one"), (1, "another"), (2, "two")):
            posts.post(account, update)
        assert await replica.holds("one", "two")
        replica.answer("two", b"200")
        replica.answer("one", b"503")
        assert await replica.holds("one")
        replica.answer("one", b"200")
        assert await replica.holds("another")
        replica.answer("another", b"200")
        while posts.posts < 3:
            await asyncio.sleep(0)
        assert posts.refused == 1
        for line in replica.lines:
            line.close()
            await line.wait_closed()
        server.close()
        await server.wait_closed()
        await asyncio.sleep(0.01)  # until the other ends have seen it

    asyncio.run(asyncio.wait_for(story(), 5))
