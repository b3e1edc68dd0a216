"""What the page hears while it is open: every change, as server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.demo import shown
from bot.demo.shown import Json
from bot.demo.telegram import Change
from bot.demo.view import View

WAKES = 1.0
"""Seconds between looks at the clock, and at whether the browser is still there."""


def stream(view: View, request: Request) -> Response:
    """Tell of everything that happens from now on, until the browser goes away."""
    headers = {"cache-control": "no-store"}
    return StreamingResponse(_events(view, request), media_type="text/event-stream", headers=headers)


async def _events(view: View, request: Request) -> AsyncIterator[str]:
    queue = view.telegram.subscribe()
    minute, crowd = _minute(view), len(view.stage.people())
    try:
        yield _event({"kind": "hello", "boot": view.boot})
        while not await request.is_disconnected():
            try:
                change = await asyncio.wait_for(queue.get(), WAKES)
            except TimeoutError:
                yield ": still here\n\n"
            else:
                for news in news_of(view, change):
                    yield _event(news)
            if crowd != len(view.stage.people()):
                crowd = len(view.stage.people())
                yield _event({"kind": "people", "people": view.people()})
            # While the clock is being moved there is always more to tell; the new hour comes after it.
            if queue.empty() and minute != _minute(view):
                minute = _minute(view)
                yield _event({"kind": "clock", "clock": await view.clock()})
    finally:
        view.telegram.unsubscribe(queue)


def news_of(view: View, change: Change) -> list[Json]:
    """A change as the page is told of it; nothing for what no person on the stage would see."""
    people = [one.id for one in view.stage.people()]
    if change.kind == "call":
        return [{"kind": "call", "call": shown.call(change.call)}] if change.call else []
    if change.kind == "menu":
        reached = [one for one in people if change.chat_id in (None, one)]
        return [{"kind": "menu", "person": one, "commands": view.telegram.chat(one).menu} for one in reached]
    if change.chat_id not in people:
        return []
    return [{"kind": change.kind, "person": change.chat_id, **_about(view, change, change.chat_id)}]


def _about(view: View, change: Change, person: int) -> Json:
    chat = view.telegram.chat(person)
    match change.kind:
        case "message" | "edit" if change.message is not None:
            return {"message": view.message(chat, change.message), **view.summary(chat)}
        case "delete":
            return {"id": change.message_id, **view.summary(chat)}
        case "toast" | "sheet":
            # An answer without words only ends the wait of the button.
            return {"text": change.text} if change.text else {"kind": "answered"}
        case "pinned":
            return {"message": view.pinned(chat)}
    return {}


def _minute(view: View) -> str:
    return view.stage.now().isoformat(timespec="minutes")


def _event(news: Json) -> str:
    return f"data: {json.dumps(news, ensure_ascii=False, separators=(',', ':'))}\n\n"
