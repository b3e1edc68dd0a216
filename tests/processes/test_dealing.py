"""The dealer in front of replicas: each bot in its turn, and who is gone is passed over."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack, suppress

import pytest

from tests.processes.dealing import BROKEN, Dealer, message

pytestmark = pytest.mark.anyio
REQUEST = b"POST /telegram HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def replica(stack: AsyncExitStack, name: str) -> asyncio.Server:
    """A bot that answers with its name, however often it is asked on one line."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(*BROKEN):
            while await message(reader) == REQUEST:
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n" + name.encode())
        writer.transport.abort()

    return await stack.enter_async_context(await asyncio.start_server(serve, "127.0.0.1", 0))


def port_of(server: asyncio.Server) -> int:
    port: int = server.sockets[0].getsockname()[1]
    return port


async def answers(dealer: Dealer, count: int) -> Counter[str]:
    """Who answered how many of these requests."""
    return Counter([(await dealer.dealt(REQUEST))[-1:].decode() for _ in range(count)])


async def test_everybody_gets_every_third_request_and_who_is_gone_is_passed_over() -> None:
    async with AsyncExitStack() as stack:
        dealer = Dealer()
        for name in "abc":
            dealer.sit(port_of(await replica(stack, name)))
        assert await answers(dealer, 9) == {"a": 3, "b": 3, "c": 3}
        dealer.sit(1)  # nobody listens there
        found = await answers(dealer, 8)
        assert sum(found.values()) == 8
        assert set(found) == {"a", "b", "c"}
        for seat in dealer.seats:
            seat.hang_up()
        await asyncio.sleep(0.01)  # their sides notice


async def test_with_nobody_there_the_answer_is_502() -> None:
    dealer = Dealer()
    dealer.sit(1)
    assert (await dealer.dealt(REQUEST)).startswith(b"HTTP/1.1 502")
