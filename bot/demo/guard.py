"""Keeps other web pages and other machines away from the demo page."""

from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OUR_HEADER = "x-fraudwise"
"""Only our own script can set it: a foreign page would need a preflight that nobody answers."""
SMALL_BODY = 64 * 1024
FILE_BODY = 25 * 1024 * 1024
"""More than the 20 MB a bot may download, so that its refusal can be seen in the chat."""

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
SAFE_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Guard:
    """Lets through what our own page on this computer asks, with bodies of bounded size."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = _refusal(scope)
        if refusal is not None:
            status, sentence = refusal
            await JSONResponse({"error": sentence}, status)(scope, receive, _with_headers(send))
            return
        await self.app(scope, receive, _with_headers(send))


def body_limit(path: str) -> int:
    """The most bytes a request to `path` may carry."""
    return FILE_BODY if path.endswith("/file") else SMALL_BODY


def _refusal(scope: Scope) -> tuple[int, str] | None:
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    if _name_of(host) not in {"127.0.0.1", "localhost", "[::1]"}:
        return 421, "The demo answers on 127.0.0.1 only."
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return 403, "Another web page asked, so nothing was done."
    if scope["method"] in {"GET", "HEAD"}:
        return None
    origin = headers.get("origin")
    if headers.get(OUR_HEADER) is None or (origin is not None and origin != f"http://{host}"):
        return 403, "Another web page asked, so nothing was done."
    announced = headers.get("content-length", "0")
    if not announced.isdigit() or int(announced) > body_limit(scope["path"]):
        return 413, "That is more than the demo takes: files up to 25 MB."
    return None


def _name_of(host: str) -> str:
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].lower()


def _with_headers(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=_raw(message))
            for name, value in SAFE_HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return guarded


def _raw(message: Message) -> MutableMapping[str, Any]:
    message.setdefault("headers", [])
    return message
