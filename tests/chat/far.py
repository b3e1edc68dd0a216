"""A small HTTP server that answers Bot API calls as a test tells it, down to cutting the line."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

Told = tuple[int, Any] | str
"""A status and a body, or `cut` (after the call was read), `hang`."""


@dataclass
class Far:
    """What was asked, and how it is answered."""

    script: Callable[[str, dict[str, Any]], Told] = lambda method, params: ok({"message_id": 1})
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    raw: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0
    paths: list[str] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/bot"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        line = (await reader.readline()).decode()
        if not line:
            return False
        path = line.split()[1]
        headers = {}
        while (header := (await reader.readline()).decode().strip()) != "":
            name, _, value = header.partition(":")
            headers[name.lower()] = value.strip()
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        params = json.loads(body) if headers.get("content-type") == "application/json" else {}
        self.paths.append(path)
        self.raw.append((headers, body))
        method = path.rsplit("/", 1)[1]
        self.calls.append((method, params))
        told = self.script(method, params)
        if told == "cut":
            return False
        if isinstance(told, str):
            await reader.read()
            return False
        status, content = told
        payload = content if isinstance(content, bytes) else json.dumps(content).encode()
        writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: {len(payload)}\r\n\r\n".encode() + payload)
        await writer.drain()
        return True


def ok(result: Any = True) -> Told:
    return 200, {"ok": True, "result": result}


def no(status: int, description: str, **parameters: int) -> Told:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return status, body | ({"parameters": parameters} if parameters else {})


@asynccontextmanager
async def far_end() -> AsyncIterator[Far]:
    far = Far()
    server = await asyncio.start_server(far.serve, "127.0.0.1", 0)
    far.port = server.sockets[0].getsockname()[1]
    try:
        yield far
    finally:
        server.close()
