"""The far end of a broadcast: counts every message to a news chat, and refuses what is above a limit a second.

`python -m benchmarks.news_far_end PORT [DELAY_MS [LIMIT]]`. The crowd of `benchmarks.far_end` quizzes beside it.
"""

import asyncio
import json
import sys
from collections import deque
from time import perf_counter

from benchmarks.far_end import FarEnd, Line, Params

NEWS = 10_000_000
"""From here on, and below twice as much, chats read and do nothing else."""
COUNTED = ("sendmessage", "editmessagetext")
REFUSED = b'{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1","parameters":{"retry_after":1}}'


class NewsFarEnd(FarEnd):
    """One strict second: a call that would be one too many in any second is answered 429."""

    def __init__(self, delay: float, limit: int) -> None:
        super().__init__(delay)
        self.limit = limit
        self.refused = 0
        self.news: list[tuple[float, int, str]] = []
        """When each arrived, in which chat, with which words."""
        self.counted: list[float] = []
        self._second: deque[float] = deque()

    def control(self, verb: str) -> str:
        """`news`: everything so far; who waited how long and what was refused since the last look."""
        if verb == "arrived":
            return json.dumps(len(self.news))
        if verb != "news":
            return super().control(verb)
        waits, self.crowd.waits = sorted(self.crowd.waits), []
        refused, self.refused = self.refused, 0
        return json.dumps({"news": self.news, "counted": self.counted, "refused": refused, "waits": waits})

    def _tap(self, due: float, gap: float) -> None:
        super()._tap(due, gap)
        self._hand_out()  # a bot that polls may be waiting for this very tap

    def call(self, line: Line, method: str, params: Params) -> None:
        if method.lower() in COUNTED:
            now = perf_counter()
            if self._is_too_much(now):
                self.refused += 1
                line.refuse(429, REFUSED)
                return
            self.counted.append(now)
            chat = int(params["chat_id"])
            if NEWS <= chat < 2 * NEWS:
                self.news.append((now, chat, params["text"]))
                message = {"message_id": len(self.news), "date": 1_780_000_000, "text": params["text"],
                           "chat": {"id": chat, "type": "private"}}  # fmt: skip
                self._answer(line, json.dumps({"ok": True, "result": message}))
                return
        super().call(line, method, params)

    def _is_too_much(self, now: float) -> bool:
        if not self.limit:
            return False
        second = self._second
        while second and now - second[0] >= 1.0:
            second.popleft()
        if len(second) >= self.limit:
            return True
        second.append(now)
        return False


async def serve(port: int, delay: float, limit: int) -> None:
    """Listen until the process is ended."""
    far_end = NewsFarEnd(delay, limit)
    server = await asyncio.get_running_loop().create_server(lambda: Line(far_end), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


def main(port: str, delay_ms: str = "0", limit: str = "0") -> None:
    asyncio.run(serve(int(port), float(delay_ms) / 1000, int(limit)))


if __name__ == "__main__":
    main(*sys.argv[1:])
