"""One account that posts as fast as it is let: `python -m tests.faults.flooding PORT ACCOUNT A_SECOND SECONDS`.

In a process of its own, so that whoever measures meanwhile is not slowed by it. Prints how many
updates were answered with which status, and how long it took.
"""

import asyncio
import json
import sys
import time
from collections import Counter

from tests.faults.door import AS_TELEGRAM, PATH, tapped, words

LINES = 40
"""Telegram opens as many at most."""
FIRST = 10_000_000
"""Above every update of those who are no flood."""


def requests(account: int, count: int) -> list[bytes]:
    """Words and forged taps in turn, as they go over the line."""
    head = "".join(f"{name}: {value}\r\n" for name, value in AS_TELEGRAM.items())
    found = []
    for number in range(FIRST, FIRST + count):
        update = words(number, account, "hm") if number % 2 else tapped(number, account, "a.1.1.a.no", 1)
        body = json.dumps(update)
        found.append(
            f"POST {PATH} HTTP/1.1\r\nHost: bot\r\n{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()
        )
    return found


async def flood(port: int, account: int, a_second: int, seconds: int) -> Counter[int]:
    """Post at this pace for so long, over as many lines as Telegram opens, each waiting for its answers."""
    waiting = requests(account, a_second * seconds)
    waiting.reverse()
    began, sent = time.monotonic(), 0
    seen = Counter[int]()

    async def one_line() -> None:
        nonlocal sent
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while waiting and time.monotonic() - began < seconds:
            ahead = sent / a_second - (time.monotonic() - began)
            if ahead > 0:
                await asyncio.sleep(ahead)
                continue
            sent += 1
            writer.write(waiting.pop())
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
            await reader.readexactly(int(length or 0))
            seen[int(head.split()[1])] += 1
        writer.close()

    await asyncio.gather(*(one_line() for _ in range(LINES)))
    return seen


def main() -> None:
    port, account, a_second, seconds = map(int, sys.argv[1:])
    began = time.monotonic()
    seen = asyncio.run(flood(port, account, a_second, seconds))
    sys.stdout.write(json.dumps({"answers": seen, "seconds": time.monotonic() - began}) + "\n")


if __name__ == "__main__":
    main()
