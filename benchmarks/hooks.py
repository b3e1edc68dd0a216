"""Updates posted to a webhook as Telegram posts them: in order within a chat, as many at once as the bot asked for, again until a 200.

With several ports the posts are dealt out in turn, as a round-robin proxy in front of replicas would.
"""

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

AT_ONCE, MOST = 40, 100
"""Telegram's own default, and what a bot may ask for at most: https://core.telegram.org/bots/api#setwebhook."""
AGAIN_AFTER = 0.2
"""Seconds after a post that was refused or came to nobody."""


@dataclass(slots=True)
class Chat:
    """What one person said that is not taken yet, the oldest first."""

    waiting: deque[str] = field(default_factory=deque)
    is_under_way: bool = False


class Hooks:
    """The posts of one webhook."""

    def __init__(self, params: dict[str, Any], ports: list[int]) -> None:
        parts = urlsplit(params["url"])
        self._head = (
            f"POST {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {params.get('secret_token', '')}\r\nContent-Length: "
        ).encode()
        self._ports = cycle(ports or [parts.port or 80])
        self._free = min(MOST, int(params.get("max_connections") or AT_ONCE))
        self._chats: dict[int, Chat] = {}
        self._turn: deque[Chat] = deque()
        """Chats with something to post and nothing under way."""
        self._idle: dict[int, list[Line]] = {}
        self.posts = self.refused = self.answers = 0
        """Posts taken with a 200, posts that were not, and calls that came back in a 200."""

    def post(self, account: int, update: str) -> None:
        """Hand one update over; it goes out when its chat's turn comes."""
        chat = self._chats.setdefault(account, Chat())
        chat.waiting.append(update)
        if not chat.is_under_way and len(chat.waiting) == 1:
            self._turn.append(chat)
            self._go_on()

    def _go_on(self) -> None:
        while self._free and self._turn:
            self._free -= 1
            chat = self._turn.popleft()
            chat.is_under_way = True
            self._send(chat)

    def _send(self, chat: Chat) -> None:
        port = next(self._ports)
        if idle := self._idle.get(port):
            idle.pop().send(chat)
        else:
            asyncio.get_running_loop().create_task(self._connect(port, chat))

    async def _connect(self, port: int, chat: Chat) -> None:
        try:
            _, line = await asyncio.get_running_loop().create_connection(
                lambda: Line(self, port), "127.0.0.1", port
            )
        except OSError:
            self._again(chat)
        else:
            line.send(chat)

    def raw(self, chat: Chat) -> bytes:
        body = chat.waiting[0].encode()
        return b"%b%d\r\n\r\n%b" % (self._head, len(body), body)

    def answered(self, line: "Line", chat: Chat, status: int, body: bytes) -> None:
        """The other side has answered this post; the line is free again."""
        self._idle.setdefault(line.port, []).append(line)
        if status != 200:
            self._again(chat)
            return
        self.posts += 1
        if body and json.loads(body).get("method"):
            self.answers += 1
        chat.waiting.popleft()
        self._over(chat)

    def lost(self, line: "Line", chat: Chat | None) -> None:
        """The line is gone; what was under way on it is posted again."""
        idle = self._idle.get(line.port, [])
        if line in idle:
            idle.remove(line)
        if chat is not None:
            self._again(chat)

    def _again(self, chat: Chat) -> None:
        self.refused += 1
        asyncio.get_running_loop().call_later(AGAIN_AFTER, self._over, chat)

    def _over(self, chat: Chat) -> None:
        self._free += 1
        chat.is_under_way = False
        if chat.waiting:
            self._turn.append(chat)
        self._go_on()


class Line(asyncio.Protocol):
    """One kept-alive connection to one port, one post at a time; as much of HTTP as uvicorn answers with."""

    def __init__(self, hooks: Hooks, port: int) -> None:
        self._hooks, self.port = hooks, port
        self._buffer = b""
        self._chat: Chat | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def send(self, chat: Chat) -> None:
        assert self._transport is not None
        self._chat = chat
        self._transport.write(self._hooks.raw(chat))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0 or self._chat is None:
            return
        lines = self._buffer[:end].lower().split(b"\r\n")
        length = next(
            (int(it.partition(b":")[2]) for it in lines[1:] if it.startswith(b"content-length:")), 0
        )
        if len(self._buffer) < end + 4 + length:
            return
        body, self._buffer = self._buffer[end + 4 : end + 4 + length], self._buffer[end + 4 + length :]
        chat, self._chat = self._chat, None
        self._hooks.answered(self, chat, int(lines[0].split(b" ")[1]), body)

    def connection_lost(self, exc: Exception | None) -> None:
        chat, self._chat = self._chat, None
        self._hooks.lost(self, chat)
