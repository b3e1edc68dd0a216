"""The demo page: one plays every person of the sample organisation against the small Telegram."""

from hashlib import blake2b
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.demo import acts, news, shown
from bot.demo.guard import Guard
from bot.demo.stage import Stage
from bot.demo.telegram import Impossible, SmallTelegram
from bot.demo.view import View

STATIC = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
ASK_AGAIN = {"cache-control": "no-cache"}
"""Asked for at each load and answered by 304, so that a new version is seen at once."""


def create_page(telegram: SmallTelegram, stage: Stage) -> Starlette:
    """Serve the page, its acts and its stream of news; to be bound to 127.0.0.1 only."""
    view, static = View(telegram, stage), _Static()

    async def people(_: Request) -> Response:
        return JSONResponse(await view.everything())

    async def chat(request: Request) -> Response:
        before = request.query_params.get("before", "")
        asked = int(before) if before.isdecimal() else None
        return JSONResponse(view.chat(request.path_params["person"], asked))

    async def events(request: Request) -> Response:
        return news.stream(view, request)

    async def open_file(request: Request) -> Response:
        return _file(view, request.path_params["file_id"])

    routes = [
        Route("/", static.index),
        Route("/static/{name}", static.file),
        Route("/api/people", people),
        Route("/api/chat/{person:int}", chat),
        Route("/api/events", events),
        Route("/api/open/{file_id}", open_file),
        *acts.routes(view),
    ]
    faults: dict[Any, Any] = {Impossible: _impossible, HTTPException: _refused, Exception: _broken}
    return Starlette(routes=routes, middleware=[Middleware(Guard)], exception_handlers=faults)


class _Static:
    """The page's own files, read once: two dozen small ones that a browser asks for together."""

    def __init__(self) -> None:
        self._kept = {file.name: file.read_bytes() for file in STATIC.iterdir() if file.is_file()}
        self._tags = {
            name: f'"{blake2b(content, digest_size=8).hexdigest()}"' for name, content in self._kept.items()
        }

    async def index(self, request: Request) -> Response:
        return self._answer(request, "index.html")

    async def file(self, request: Request) -> Response:
        return self._answer(request, request.path_params["name"])

    def _answer(self, request: Request, name: str) -> Response:
        if name not in self._kept:
            raise HTTPException(404, "There is no such file.")
        headers = {**ASK_AGAIN, "etag": self._tags[name]}
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
        return Response(self._kept[name], media_type=TYPES[Path(name).suffix], headers=headers)


def _file(view: View, file_id: str) -> Response:
    kept = view.telegram.world.files.get(file_id)
    if kept is None:
        raise HTTPException(404, "That file is not here.")
    headers = {"cache-control": "private, max-age=86400, immutable"}
    if kept.mime in shown.PICTURES:
        return Response(kept.content, media_type=kept.mime, headers=headers)
    # Whatever somebody sent is saved, never opened as a page of ours.
    headers["content-disposition"] = "attachment"
    return Response(kept.content, media_type="application/octet-stream", headers=headers)


async def _impossible(_: Request, fault: Exception) -> Response:
    return JSONResponse({"error": f"Telegram's app would not do that: {fault}."}, 409)


async def _refused(_: Request, fault: HTTPException) -> Response:
    return JSONResponse({"error": fault.detail}, fault.status_code)


async def _broken(_: Request, _fault: Exception) -> Response:
    return JSONResponse({"error": "The demo stumbled over that. Nothing else is lost."}, 500)
