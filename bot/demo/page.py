"""The demo page: one plays every person of the sample organisation against the small Telegram."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.demo import shown
from bot.demo.guard import Guard, body_limit
from bot.demo.stage import Stage, StagePerson
from bot.demo.telegram import Change, Chat, Impossible, SmallTelegram

STATIC = Path(__file__).parent / "static"
PAGE = 60
"""Messages handed over at once; older ones come when asked for."""
CALLS = 120
WAKES = 1.0
"""Seconds between looks at the clock and at whether the browser is still there."""
_log = structlog.get_logger()

Json = dict[str, Any]


def create_page(telegram: SmallTelegram, stage: Stage) -> Starlette:
    """Serve the page, its actions and its stream of news; to be bound to 127.0.0.1 only."""
    page = _Page(telegram, stage)
    actions: dict[str, Callable[[Json], Awaitable[Json]]] = {
        "say": page.say,
        "tap": page.tap,
        "edit": page.edit,
        "forward": page.forward,
        "block": page.block,
        "seen": page.mark_seen,
        "move": page.move,
        "real-time": page.real_time,
        "add-person": page.add_person,
    }
    routes = [
        Route("/", _index),
        Route("/api/people", page.people),
        Route("/api/chat/{person:int}", page.chat),
        Route("/api/events", page.events),
        Route("/api/open/{file_id}", page.open_file),
        Route("/api/file", page.file, methods=["POST"]),
        *(Route(f"/api/{name}", _action(act), methods=["POST"]) for name, act in actions.items()),
        Mount("/static", _Static(directory=STATIC)),
    ]
    faults: dict[Any, Any] = {Impossible: _impossible, HTTPException: _refused, Exception: _broken}
    return Starlette(routes=routes, middleware=[Middleware(Guard)], exception_handlers=faults)


class _Static(StaticFiles):
    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        # Asked for again each time, answered by 304: a new version is seen at the next reload.
        response.headers["cache-control"] = "no-cache"
        return response


class _Page:
    def __init__(self, telegram: SmallTelegram, stage: Stage) -> None:
        self.telegram = telegram
        self.stage = stage
        self.boot = secrets.token_hex(8)
        self.seen: dict[int, int] = {}

    # -- what the page asks for

    async def people(self, request: Request) -> Response:
        return _json(
            {
                "boot": self.boot,
                "zone": self.stage.organisation_zone,
                "people": [self._person(one) for one in self.stage.people()],
                "clock": await self._clock(),
            }
        )

    async def chat(self, request: Request) -> Response:
        chat = self._chat(request.path_params["person"])
        before = request.query_params.get("before", "")
        messages = chat.messages
        if before.isdigit():
            messages = [one for one in messages if one.message_id < int(before)]
        return _json(
            {
                "messages": [self._message(chat, one) for one in messages[-PAGE:]],
                "more": len(messages) > PAGE,
                "commands": chat.menu,
                "pinned": self._message(chat, chat.pinned) if chat.pinned else None,
                "typing": chat.action is not None,
                "blocked": chat.person.blocked,
                "description": chat.description,
                "calls": [shown.call(one) for one in self.telegram.calls(chat_id=chat.person.id)[-CALLS:]],
            }
        )

    async def open_file(self, request: Request) -> Response:
        file_id = request.path_params["file_id"]
        kept = self.telegram.world.files.get(file_id)
        if kept is None:
            raise HTTPException(404, "That file is not here.")
        is_picture = kept.mime in shown.PICTURES
        headers = {"cache-control": "private, max-age=86400, immutable"}
        if not is_picture:
            headers["content-disposition"] = "attachment"
        media_type = kept.mime if is_picture else "application/octet-stream"
        return Response(kept.content, media_type=media_type, headers=headers)

    # -- what people do

    async def say(self, asked: Json) -> Json:
        self.telegram.write(self._id(asked), _text(asked, "text"))
        return {}

    async def tap(self, asked: Json) -> Json:
        return {"query": self.telegram.tap(self._id(asked), _number(asked, "message"), _text(asked, "data"))}

    async def edit(self, asked: Json) -> Json:
        self.telegram.edit(self._id(asked), _number(asked, "message"), _text(asked, "text"))
        return {}

    async def forward(self, asked: Json) -> Json:
        self.telegram.forward(self._id(asked), _number(asked, "from"), _number(asked, "message"))
        return {}

    async def block(self, asked: Json) -> Json:
        person = self._id(asked)
        if asked.get("blocked"):
            self.telegram.block(person)
        else:
            self.telegram.unblock(person)
        return {}

    async def mark_seen(self, asked: Json) -> Json:
        chat = self._chat(self._id(asked))
        self.seen[chat.person.id] = chat.messages[-1].message_id if chat.messages else 0
        return {}

    async def file(self, request: Request) -> Response:
        asked = request.query_params
        name = Path(asked.get("name", "")).name or "file"
        content = await _body(request)
        if not content:
            raise HTTPException(400, "That file is empty.")
        self.telegram.send_file(
            self._id({"person": _whole(asked.get("person"))}),
            name,
            content,
            asked.get("mime") or "application/octet-stream",
            caption=asked.get("caption", ""),
            as_photo=asked.get("photo") == "1",
        )
        return _json({})

    # -- the clock, and somebody new

    async def move(self, asked: Json) -> Json:
        moved = await self.stage.move(await self._goal(asked))
        return {
            "sent_total": moved.sent_total,
            "sent_to": {str(person): count for person, count in moved.sent_to.items()},
            "clock": await self._clock(),
        }

    async def real_time(self, asked: Json) -> Json:
        self.stage.real_time()
        return {"clock": await self._clock()}

    async def add_person(self, asked: Json) -> Json:
        name = _text(asked, "name").strip()[:40]
        if not name:
            raise HTTPException(400, "Somebody new needs a name.")
        return {"person": self._person(self.stage.add_person(name, _text(asked, "language")))}

    async def _goal(self, asked: Json) -> datetime:
        if not asked.get("next"):
            return self.stage.now() + timedelta(seconds=max(0, _number(asked, "by")))
        due = await self.stage.next_delivery()
        if due is None:
            raise HTTPException(409, "Nothing is planned.")
        return max(due, self.stage.now())

    async def _clock(self) -> Json:
        due = await self.stage.next_delivery()
        return {
            "now": self.stage.now().isoformat(),
            "next": due and due.isoformat(),
            "running": self.stage.is_running,
        }

    # -- news

    async def events(self, request: Request) -> Response:
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(self._stream(request), media_type="text/event-stream", headers=headers)

    async def _stream(self, request: Request) -> AsyncIterator[str]:
        queue = self.telegram.subscribe()
        known = (self.stage.now().replace(second=0, microsecond=0), len(self.stage.people()))
        try:
            yield _event({"kind": "hello", "boot": self.boot})
            while not await request.is_disconnected():
                try:
                    change = await asyncio.wait_for(queue.get(), WAKES)
                except TimeoutError:
                    yield ": still here\n\n"
                else:
                    for news in self._news(change):
                        yield _event(news)
                now = (self.stage.now().replace(second=0, microsecond=0), len(self.stage.people()))
                if queue.empty() and now != known:
                    if now[1] != known[1]:
                        yield _event(
                            {"kind": "people", "people": [self._person(one) for one in self.stage.people()]}
                        )
                    known = now
                    yield _event({"kind": "clock", "clock": await self._clock()})
        finally:
            self.telegram.unsubscribe(queue)

    def _news(self, change: Change) -> list[Json]:
        if change.kind == "call" and change.call is not None:
            return [{"kind": "call", "call": shown.call(change.call)}]
        people = [one.id for one in self.stage.people()]
        if change.kind == "menu":
            reached = [one for one in people if change.chat_id in (None, one)]
            return [
                {"kind": "menu", "person": one, "commands": self.telegram.chat(one).menu} for one in reached
            ]
        if change.chat_id not in people:
            return []
        chat = self.telegram.chat(change.chat_id)
        news: Json = {"kind": change.kind, "person": change.chat_id}
        match change.kind:
            case "message" | "edit":
                assert change.message is not None
                news["message"] = self._message(chat, change.message)
                news |= shown.summary(chat, self.seen.get(change.chat_id, 0))
            case "delete":
                news["id"] = change.message_id
                news |= shown.summary(chat, self.seen.get(change.chat_id, 0))
            case "toast" | "sheet":
                news["kind"] = change.kind if change.text else "answered"
                news["text"] = change.text
            case "pinned":
                news["message"] = self._message(chat, chat.pinned) if chat.pinned else None
        return [news]

    # -- small things

    def _person(self, one: StagePerson) -> Json:
        return shown.person(one, self.telegram.chat(one.id), self.seen.get(one.id, 0))

    def _chat(self, person: int) -> Chat:
        if all(one.id != person for one in self.stage.people()):
            raise HTTPException(404, "Nobody here has that number.")
        return self.telegram.chat(person)

    def _message(self, chat: Chat, one: Any) -> Json:
        around = {each.message_id: each for each in chat.messages}
        read = one.by_bot or any(each.by_bot for each in chat.messages if each.message_id > one.message_id)
        return shown.message(one, around, read=read)

    def _id(self, asked: Json) -> int:
        return self._chat(_number(asked, "person")).person.id


def _action(act: Callable[[Json], Awaitable[Json]]) -> Callable[[Request], Awaitable[Response]]:
    async def run(request: Request) -> Response:
        try:
            asked = json.loads(await _body(request) or b"{}")
        except ValueError:
            asked = None
        if not isinstance(asked, dict):
            raise HTTPException(400, "The page sent something that cannot be read.")
        return _json(await act(asked))

    return run


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > body_limit(request.url.path):
            raise HTTPException(413, "That is more than the demo takes: files up to 25 MB.")
        parts.append(part)
    return b"".join(parts)


def _number(asked: Json, name: str) -> int:
    value = asked.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise HTTPException(400, f"“{name}” has to be a whole number.")
    return value


def _text(asked: Json, name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str):
        raise HTTPException(400, f"“{name}” has to be a text.")
    return value


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None


def _json(answer: Json, status: int = 200) -> Response:
    return JSONResponse(answer, status, headers={"cache-control": "no-store"})


def _event(news: Json) -> str:
    return f"data: {json.dumps(news, ensure_ascii=False, separators=(',', ':'))}\n\n"


async def _index(request: Request) -> Response:
    return FileResponse(STATIC / "index.html", headers={"cache-control": "no-cache"})


async def _impossible(request: Request, fault: Exception) -> Response:
    return _json({"error": f"Telegram's app would not do that: {fault}."}, 409)


async def _refused(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    return _json({"error": fault.detail}, fault.status_code)


async def _broken(request: Request, fault: Exception) -> Response:
    _log.error("demo page", path=request.url.path, exc_info=fault)
    return _json({"error": "The demo stumbled over that. Nothing else is lost."}, 500)
