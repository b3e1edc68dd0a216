"""No bot at all: ready-made answers on bare sockets, which shows what the far end itself can take.

`python -m benchmarks.sides.sockets BASE_URL`.
"""

import asyncio
import json
import sys
from typing import Any
from urllib.parse import urlsplit

from benchmarks.sides import screens

LINES = 32


class Line:
    """One kept-alive connection, one call at a time."""

    def __init__(self, host: str, port: int, path: str) -> None:
        self._where, self._path = (host, port), path
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def call(self, method: str, params: dict[str, Any]) -> bytes:
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._where)
        reader, writer = self._streams
        body = json.dumps(params).encode()
        writer.write(
            b"POST %b%b HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
            % (self._path.encode(), method.encode(), len(body), body)
        )
        head = await reader.readuntil(b"\r\n\r\n")
        return await reader.readexactly(int(head.rsplit(b":", 1)[1]))


async def _work(line: Line, updates: "asyncio.Queue[dict[str, Any]]") -> None:
    while True:
        update = await updates.get()
        query = update.get("callback_query")
        if query is None:
            await line.call("sendMessage", screens.params(update["message"]["chat"]["id"], 0))
            continue
        message = query["message"]
        await line.call("answerCallbackQuery", {"callback_query_id": query["id"]})
        edit = screens.params(message["chat"]["id"], screens.step_of(query["data"]))
        await line.call("editMessageText", {**edit, "message_id": message["message_id"]})


async def main(base_url: str) -> None:
    """Ask for updates and answer them until the process is ended."""
    parts = urlsplit(base_url)
    place = (parts.hostname or "", parts.port or 80, f"{parts.path}1:benchmark/")
    updates: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    workers = [asyncio.create_task(_work(Line(*place), updates)) for _ in range(LINES)]
    asking, offset = Line(*place), 0
    while not any(worker.done() for worker in workers):
        answer = json.loads(await asking.call("getUpdates", {"offset": offset, "timeout": 10}))
        for update in answer["result"]:
            offset = update["update_id"] + 1
            updates.put_nowait(update)
    await asyncio.gather(*workers)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
