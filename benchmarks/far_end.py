"""A Bot API server that holds nobody up: in memory, a process of its own, one core to itself.

It answers every call at once (or after a delay, as a distant Telegram would) and lets the crowd
go on; `python -m benchmarks.far_end PORT [DELAY_MS [IN_STEP]]`. Updates are asked for or, after setWebhook, posted.
"""

import asyncio
import json
import random
import sys
from time import monotonic, perf_counter, process_time
from typing import Any
from urllib.parse import parse_qsl

from benchmarks.crowd import Crowd
from benchmarks.hooks import Hooks

TRUE = '{"ok":true,"result":true}'
ME = '{"id":1,"is_bot":true,"first_name":"Bench","username":"bench_bot"}'
Params = dict[str, Any]


class FarEnd:
    """Telegram as the measured programs see it, and the counts as the benchmark reads them."""

    def __init__(self, delay: float, in_step: int = 1) -> None:
        self.crowd = Crowd()
        self.delay = delay
        self.in_step = in_step
        """So many updates are given out at once, or none."""
        self.calls = 0
        self.hooks: Hooks | None = None
        self._ports: list[int] = []
        self._arrivals = random.Random(0)
        self._poll: asyncio.TimerHandle | None = None
        self._asked: tuple[Line, Params] | None = None

    def control(self, verb: str) -> str:
        """What the benchmark asks for.

        `join/N`: so many people start; `pace/N`: from now on so many taps a second, whoever waits (an open
        loop); `ports/A,B`: where posts go in turn; `counts`: what has been seen since the last look;
        `learners`: one by one.
        """
        name, _, number = verb.partition("/")
        crowd = self.crowd
        if name == "join":
            crowd.join(int(number))
            self._hand_out()
        if name == "pace":
            crowd.is_paced = True
            self._tap(perf_counter(), 1 / float(number))
        if name == "ports":
            self._ports = [int(port) for port in number.split(",")]
        if name == "learners":
            return json.dumps([(one.account, one.tapped, one.answered) for one in crowd.learners.values()])
        waits, crowd.waits = sorted(crowd.waits), []
        at = {f"p{p}": waits[min(len(waits) - 1, len(waits) * p // 100)] for p in (50, 99) if waits}
        return json.dumps({
            "at": monotonic(), "cpu": process_time(), "taps": crowd.taps, "updates": crowd.updates,
            "calls": self.calls, "toasts": crowd.toasts, "waiting": len(crowd.overdue), **at,
            "hooked": self.hooks is not None, "refused": self.hooks.refused if self.hooks else 0,
        })  # fmt: skip

    def _tap(self, due: float, gap: float) -> None:
        """One tap now and the next at a time of its own, as people come who do not know of each other."""
        self.crowd.tap(due)
        due += self._arrivals.expovariate(1 / gap)
        asyncio.get_running_loop().call_later(max(0.0, due - perf_counter()), self._tap, due, gap)

    def call(self, line: "Line", method: str, params: Params) -> None:
        """Answer one call of the Bot API on its line."""
        self.calls += 1
        match method.lower():
            case "getupdates":
                self._ask(line, params)
                return
            case "editmessagetext" | "sendmessage":
                answer = f'{{"ok":true,"result":{self._show(params)}}}'
                self._hand_out()
            case "answercallbackquery":
                self.crowd.toasts += 1
                answer = TRUE
            case "setwebhook":
                self.hooks = self.hooks or Hooks(params, self._ports)  # replicas all say the same
                self.crowd.post = self.hooks.post
                answer = TRUE
            case "getme":
                answer = f'{{"ok":true,"result":{ME}}}'
            case _:
                answer = TRUE
        self._answer(line, answer)

    def _answer(self, line: "Line", answer: str) -> None:
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, line.answer, answer)
        else:
            line.answer(answer)

    def _show(self, params: Params) -> str:
        markup = params.get("reply_markup") or {}
        if isinstance(markup, str):
            markup = json.loads(markup)
        message_id = params.get("message_id")
        return self.crowd.show(
            int(params["chat_id"]), int(message_id) if message_id else None, params["text"],
            markup.get("inline_keyboard", []), protected=str(params.get("protect_content", "")).lower() == "true",
        )  # fmt: skip

    def _ask(self, line: "Line", params: Params) -> None:
        if self._asked is not None:
            self._give([])
        self._asked = (line, params)
        patience = float(params.get("timeout") or 0)
        self._hand_out()
        if self._asked is not None:
            if patience:
                self._poll = asyncio.get_running_loop().call_later(patience, self._give, [])
            else:
                self._give([])

    def _hand_out(self) -> None:
        """Answer the waiting getUpdates, if there is one and there is anything."""
        if self._asked is not None:
            params = self._asked[1]
            found = self.crowd.lot(int(params.get("offset") or 0), int(params.get("limit") or 100))
            if len(found) >= self.in_step:
                self._give(found)

    def _give(self, updates: list[str]) -> None:
        assert self._asked is not None
        line, self._asked = self._asked[0], None
        if self._poll is not None:
            self._poll.cancel()
            self._poll = None
        self._answer(line, f'{{"ok":true,"result":[{",".join(updates)}]}}')


class Line(asyncio.Protocol):
    """One kept-alive HTTP/1.1 connection; as much of HTTP as its two clients use."""

    def __init__(self, far_end: FarEnd) -> None:
        self._far_end = far_end
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].decode("latin-1")
            lines = head.split("\r\n")
            headers = {
                name.lower(): value.strip() for name, _, value in (it.partition(":") for it in lines[1:])
            }
            size = end + 4 + int(headers.get("content-length", 0))
            if len(self._buffer) < size:
                return
            body, self._buffer = self._buffer[end + 4 : size], self._buffer[size:]
            self._request(lines[0].split(" ")[1], headers.get("content-type", ""), body)

    def _request(self, path: str, kind: str, body: bytes) -> None:
        if path.startswith("/control/"):
            self.answer(self._far_end.control(path.removeprefix("/control/")))
            return
        if kind.startswith("application/json"):
            params: Params = json.loads(body)
        else:
            params = dict(parse_qsl(body.decode()))
        self._far_end.call(self, path.rsplit("/", 1)[-1], params)

    def answer(self, body: str) -> None:
        """Write one answer, unless the other side has gone."""
        if self._transport is not None and not self._transport.is_closing():
            raw = body.encode()
            self._transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (len(raw), raw)
            )

    def refuse(self, status: int, body: bytes) -> None:
        """Write an answer that says no."""
        if self._transport is not None and not self._transport.is_closing():
            head = b"HTTP/1.1 %d No\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            self._transport.write(head % (status, len(body)) + body)


async def serve(port: int, delay: float, in_step: int) -> None:
    """Listen until the process is ended."""
    far_end = FarEnd(delay, in_step)
    server = await asyncio.get_running_loop().create_server(lambda: Line(far_end), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


def main(port: str, delay_ms: str = "0", in_step: str = "1") -> None:
    asyncio.run(serve(int(port), float(delay_ms) / 1000, int(in_step)))


if __name__ == "__main__":
    main(*sys.argv[1:])
