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
    told, cast = await view.clock(), view.cast()
    is_quiet = True
    try:
        yield _event({"kind": "hello", "boot": view.boot})
        while not await request.is_disconnected():
            try:
                change = await asyncio.wait_for(queue.get(), WAKES)
            except TimeoutError:
                yield ": still here\n\n"
                is_due, is_quiet = not is_quiet, True
            else:
                is_due, is_quiet = False, False
                for news in news_of(view, change):
                    yield _event(news)
            # What was done may have changed somebody's language or planned a delivery: asked once it is quiet.
            if cast != view.cast(afresh=is_due):
                cast = view.cast()
                yield _event({"kind": "people", "people": view.people()})
            if is_due or (queue.empty() and _minute(told["now"]) != _minute(view.stage.now().isoformat())):
                told, before = await view.clock(), told
                if told != before:
                    yield _event({"kind": "clock", "clock": told})
    finally:
        view.telegram.unsubscribe(queue)


def news_of(view: View, change: Change) -> list[Json]:
    """A change as the page is told of it; nothing for what no person on the stage would see."""
    people = [one.id for one in view.cast()]
    if change.kind == "call":
        if change.call is None or change.chat_id not in people:
            return []
        return [{"kind": "call", "call": shown.call(change.call)}]
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


def _minute(instant: str) -> str:
    return instant[: len("2026-03-09T09:00")]


def _event(news: Json) -> str:
    return f"data: {json.dumps(news, ensure_ascii=False, separators=(',', ':'))}\n\n"
