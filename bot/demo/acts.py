"""What one can do on the demo page: speak and tap as somebody, move the clock, add a person."""

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from pathlib import PurePath

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.demo.guard import body_limit
from bot.demo.shown import Json
from bot.demo.view import View
from bot.rules.languages import LANGUAGES

Act = Callable[[View, Json], Awaitable[Json]]
LONGEST_NAME = 40
FRUITLESS = 20


async def say(view: View, asked: Json) -> Json:
    """Write to the bot as somebody."""
    view.telegram.write(_person(view, asked), _text(asked, "text"))
    return {}


async def tap(view: View, asked: Json) -> Json:
    """Press a button under one of their messages."""
    query = view.telegram.tap(_person(view, asked), _number(asked, "message"), _text(asked, "data"))
    return {"query": query}


async def edit(view: View, asked: Json) -> Json:
    """Correct one of their own messages."""
    view.telegram.edit(_person(view, asked), _number(asked, "message"), _text(asked, "text"))
    return {}


async def forward(view: View, asked: Json) -> Json:
    """Forward a message of this or another chat to the bot."""
    view.telegram.forward(_person(view, asked), _number(asked, "from"), _number(asked, "message"))
    return {}


async def block(view: View, asked: Json) -> Json:
    """Block the bot, or let it write again."""
    act = view.telegram.block if asked.get("blocked") else view.telegram.unblock
    act(_person(view, asked))
    return {}


async def seen(view: View, asked: Json) -> Json:
    """Remember that their chat is on screen."""
    view.mark_seen(_person(view, asked))
    return {}


async def move(view: View, asked: Json) -> Json:
    """Move the clock by some seconds, or to the next delivery; say what went out meanwhile."""
    moved = await view.stage.move(await _goal(view, asked))
    for _ in range(FRUITLESS if asked.get("next") else 0):
        if moved.sent_total or await view.stage.next_delivery() is None:
            break  # what was due may prove needless when it is made, and then the next one is meant
        moved = await view.stage.move(await _goal(view, asked))
    sent_to = {str(person): count for person, count in moved.sent_to.items()}
    return {"sent_total": moved.sent_total, "sent_to": sent_to, "clock": await view.clock()}


async def real_time(view: View, asked: Json) -> Json:
    """Let the clock run, or stand still again."""
    view.stage.real_time(bool(asked.get("on")))
    return {"clock": await view.clock()}


async def add_person(view: View, asked: Json) -> Json:
    """Let somebody new exist."""
    name, language = _text(asked, "name").strip()[:LONGEST_NAME], _text(asked, "language")
    if not name or language not in LANGUAGES:
        raise HTTPException(400, "Somebody new needs a name and one of our languages.")
    made = view.stage.add_person(name, language)
    view.cast(afresh=True)
    return {"person": view.person(made)}


def routes(view: View) -> list[Route]:
    """One POST for each act, and one that takes a file."""
    acts: Mapping[str, Act] = {
        "say": say,
        "tap": tap,
        "edit": edit,
        "forward": forward,
        "block": block,
        "seen": seen,
        "move": move,
        "real-time": real_time,
        "add-person": add_person,
    }
    plain = [Route(f"/api/{name}", _endpoint(view, act), methods=["POST"]) for name, act in acts.items()]
    return [*plain, Route("/api/file", _file_endpoint(view), methods=["POST"])]


def _endpoint(view: View, act: Act) -> Callable[[Request], Awaitable[Response]]:
    async def run(request: Request) -> Response:
        try:
            asked = json.loads(await _body(request) or b"{}")
        except ValueError:
            asked = None
        if not isinstance(asked, dict):
            raise HTTPException(400, "The page sent something that cannot be read.")
        return JSONResponse(await act(view, asked))

    return run


def _file_endpoint(view: View) -> Callable[[Request], Awaitable[Response]]:
    async def run(request: Request) -> Response:
        asked = request.query_params
        who = asked.get("person", "")
        person = _person(view, {"person": int(who) if who.isdecimal() else None})
        content = await _body(request)
        if not content:
            raise HTTPException(400, "That file is empty.")
        view.telegram.send_file(
            person,
            PurePath(asked.get("name", "")).name or "file",
            content,
            asked.get("mime") or "application/octet-stream",
            caption=asked.get("caption", ""),
            as_photo=asked.get("photo") == "1",
        )
        return JSONResponse({})

    return run


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > body_limit(request.url.path):
            raise HTTPException(413, "That is more than the demo takes: files up to 25 MB.")
        parts.append(part)
    return b"".join(parts)


async def _goal(view: View, asked: Json) -> datetime:
    if not asked.get("next"):
        return view.stage.now() + timedelta(seconds=max(0, _number(asked, "by")))
    due = await view.stage.next_delivery()
    if due is None:
        raise HTTPException(409, "Nothing is planned.")
    return max(due, view.stage.now())


def _person(view: View, asked: Json) -> int:
    return view.chat_of(_number(asked, "person")).person.id


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
