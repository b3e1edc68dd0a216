"""The way to Telegram: PTB's request class on our wire and on aiohttp, and its answers turned into ours."""

import asyncio
import io
import json
import os
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("PTB_TIMEDELTA", "1")  # else RetryAfter.retry_after warns on every 429

import aiohttp
from telegram import InputFile
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.error import Conflict as PtbConflict
from telegram.request import BaseRequest, RequestData
from telegram.request._requestparameter import RequestParameter  # PTB offers no public way to build one

from bot.chat.wire import KEPT_OPEN, NoAnswer, NoConnection, Wire
from bot.rules.answers import (
    Answer,
    Conflict,
    Flooded,
    Migrated,
    Refused,
    Sent,
    TryLater,
    Unknown,
    Unreachable,
    Unreadable,
    Why,
)

CALL = timedelta(seconds=15)
"""How long an answer to an ordinary call is waited for; shorter than a claim in the outbox."""
UPLOAD = timedelta(seconds=60)
CONNECT = 5.0
CONNECTIONS = 128
DOWNLOAD = 21_000_000
"""Bytes; getFile gives out files up to 20 MB."""
FOREVER = 3600.0
"""Seconds; PTB's None."""
DEFAULT = BaseRequest.DEFAULT_NONE


class NotSent(NetworkError):
    """The call never left this machine."""


class UnreadableAnswer(TelegramError):
    """Telegram answered something that is no JSON of ours; the update ids seen in it."""

    def __init__(self, update_ids: list[int]) -> None:
        super().__init__("Unreadable answer")
        self.update_ids = update_ids


class Endpoint:
    """Where Telegram answers. It holds the token and never shows it."""

    __slots__ = ("_base", "_files", "_token")

    def __init__(self, base: str, files: str, token: str) -> None:
        self._base, self._files, self._token = base, files, token

    def url(self, method: str) -> str:
        return f"{self._base}{self._token}/{method}"

    def file_url(self, path: str) -> str:
        return f"{self._files}{self._token}/{path}"

    def __repr__(self) -> str:
        return f"Endpoint({self._base}…)"


class AiohttpRequest(BaseRequest):
    """PTB's request class: plain calls on a wire of our own, files and downloads on aiohttp.

    No error of it shows a URL, for a URL holds the token; and each says whether the call left us.
    """

    __slots__ = ("_session", "_wire")

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._wire = Wire(self.USER_AGENT)

    @property
    def read_timeout(self) -> float | None:
        return CALL.total_seconds()

    async def initialize(self) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=CONNECTIONS, limit_per_host=0, keepalive_timeout=KEPT_OPEN, ttl_dns_cache=300
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                auto_decompress=True,
            )

    async def shutdown(self) -> None:
        self._wire.close()
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = DEFAULT,
        write_timeout: Any = DEFAULT,
        connect_timeout: Any = DEFAULT,
        pool_timeout: Any = DEFAULT,
    ) -> tuple[int, bytes]:
        """Make one request; it is never repeated here."""
        read = self.read_timeout if read_timeout is DEFAULT else read_timeout
        connect = CONNECT if connect_timeout is DEFAULT else connect_timeout
        try:
            if method == "POST" and (request_data is None or not request_data.contains_files):
                return await self._post(url, request_data, connect, read)
            total = None if read is None or connect is None else read + connect
            timeout = aiohttp.ClientTimeout(total=total, connect=connect, sock_read=read)
            return await self._exchange(url, method, _form(request_data), timeout)
        except Exception as error:
            sorted_error = _sorted(error)
        # Raised outside the handler: PTB and logs must not find an error with the URL behind this one.
        raise sorted_error

    async def _post(
        self, url: str, data: RequestData | None, connect: float, read: float | None
    ) -> tuple[int, bytes]:
        status, answer = await self._wire.post(url, _json(data), connect, read or FOREVER)
        _refuse_redirect(status)
        return status, answer

    async def _exchange(
        self, url: str, method: str, body: aiohttp.FormData | None, timeout: aiohttp.ClientTimeout
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise NotSent("This request is not initialised")
        async with self._session.request(
            method, url, data=body, timeout=timeout, allow_redirects=False
        ) as response:
            _refuse_redirect(response.status)
            if method == "GET":
                return response.status, await _at_most(response, DOWNLOAD)
            return response.status, await response.read()

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer; one that cannot be read names the updates in it, so that they can be passed over."""
        try:
            answer = json.loads(payload)
        except (ValueError, RecursionError):
            ids = [int(found) for found in re.findall(rb'"update_id"\s*:\s*(\d{1,18})', payload)]
        else:
            if isinstance(answer, dict):
                return answer
            ids = []
        raise UnreadableAnswer(ids)


def _json(data: RequestData | None) -> bytes:
    try:
        return json.dumps(data.parameters if data else {}, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise BadRequest(f"call could not be written ({type(error).__name__})") from None


def _form(data: RequestData | None) -> aiohttp.FormData | None:
    if data is None:
        return None
    form = aiohttp.FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in data.multipart_data.items():
        # As a stream, aiohttp writes it in pieces; a large one at once would hold up the loop.
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, stream, filename=filename, content_type=mime)
    return form


def _refuse_redirect(status: int) -> None:
    if 300 <= status < 400:
        raise NotSent(f"Redirected ({status})")


async def _at_most(response: aiohttp.ClientResponse, limit: int) -> bytes:
    parts, size = [], 0
    async for part in response.content.iter_chunked(1 << 16):
        parts.append(part)
        size += len(part)
        if size > limit:
            raise BadRequest("file is too big")
    return b"".join(parts)


def _sorted(error: Exception) -> TelegramError:
    """Say without a URL what went wrong, and whether the call had left."""
    if isinstance(error, TelegramError):
        return error
    name = type(error).__name__
    if isinstance(error, NoConnection):
        return NotSent(f"No connection ({error})")
    if isinstance(error, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)):
        return NotSent(f"No connection ({name})")
    if isinstance(error, (NoAnswer, TimeoutError)):
        return TimedOut(f"No answer in time ({name})")
    return NetworkError(f"Line cut ({name})")


class Transport:
    """Posts a Bot API call and says what is to be done about the answer; it raises nothing but CancelledError."""

    def __init__(self, request: BaseRequest, endpoint: Endpoint) -> None:
        self._request = request
        self._endpoint = endpoint
        self._known = False

    async def start(self) -> None:
        await self._request.initialize()

    async def stop(self) -> None:
        await self._request.shutdown()

    async def post(
        self,
        method: str,
        params: Mapping[str, Any],
        files: Mapping[str, str] | None = None,
        *,
        timeout: timedelta | None = None,
    ) -> Answer:
        """Post one call, once. `files` are paths by parameter name."""
        patience = (timeout or (UPLOAD if files else CALL)).total_seconds()
        try:
            wrapped = [
                RequestParameter(name, value, None) for name, value in params.items() if value is not None
            ]
            for name, path in (files or {}).items():
                content = await asyncio.to_thread(Path(path).read_bytes)
                wrapped.append(RequestParameter(name, None, [InputFile(content, filename=Path(path).name)]))
            result = await self._request.post(
                self._endpoint.url(method), RequestData(wrapped), read_timeout=patience
            )
        except OSError as error:  # only our own file can raise this: PTB wraps whatever the network does
            return Refused(f"file could not be read ({type(error).__name__})")
        except InvalidToken as error:
            # Telegram answers 404 to a wrong token and to a wrong method; once it took our token, it is the method.
            return (
                Refused(str(error)) if self._known and "not found" in str(error).lower() else answer_of(error)
            )
        except Exception as error:
            return answer_of(error)
        self._known = True
        return Sent(result)

    async def download(self, file_path: str, *, timeout: timedelta = UPLOAD) -> bytes | Answer:
        """The bytes of a file that getFile named, or why there are none."""
        try:
            return await self._request.retrieve(
                self._endpoint.file_url(file_path), read_timeout=timeout.total_seconds()
            )
        except Exception as error:
            return answer_of(error)


_UNREACHABLE: tuple[tuple[str, Why], ...] = (
    ("bot was blocked by the user", "blocked"),
    ("user is deactivated", "deactivated"),
    ("bot was kicked", "kicked"),
    ("bot is not a member", "kicked"),
    ("group chat was deleted", "group-deleted"),
    ("group chat was deactivated", "group-deleted"),
    ("can't initiate conversation", "never-started"),
    ("chat not found", "chat-not-found"),
    ("user not found", "chat-not-found"),
    ("peer_id_invalid", "chat-not-found"),
)
"""Telegram's words for accounts that take nothing from us (tdlib telegram-bot-api, Client.cpp)."""
_ALREADY_SO = ("message is not modified", "query is too old", "message to delete not found")
"""Refusals that mean there is nothing left to do."""
_NO_EFFECT = ("internal server error", "bad gateway", "service unavailable", "too many requests")
"""How answers begin in which Telegram itself says that it did not do it."""


def answer_of(error: Exception) -> Answer:
    """Sort what PTB raised for one call. Whatever is not known to have failed may have arrived."""
    said = str(error)
    low = said.lower()
    match error:
        case RetryAfter():
            after = error.retry_after
            return Flooded(after if isinstance(after, timedelta) else timedelta(seconds=after))
        case ChatMigrated():
            return Migrated(error.new_chat_id)
        case PtbConflict():
            return Conflict(said)
        case InvalidToken():
            return TryLater("Telegram does not know this token or method", everybody=True)
        case Forbidden() | BadRequest():
            return _refusal(low, said, isinstance(error, Forbidden))
        case NotSent():
            return TryLater(said, everybody=True)
        case UnreadableAnswer():
            return Unreadable(tuple(error.update_ids))
        case NetworkError() if low.startswith("request entity too large"):
            return Refused(said)
        case NetworkError() if low.startswith(_NO_EFFECT) and error.__cause__ is None:
            return TryLater(said)
        case TelegramError():
            return Unknown("no answer" if error.__cause__ is not None else said)
    return Unknown(type(error).__name__)


def _refusal(low: str, said: str, forbidden: bool) -> Answer:
    if any(words in low for words in _ALREADY_SO):
        return Sent()
    for words, why in _UNREACHABLE:
        if words in low:
            return Unreachable(why)
    # A 403 nobody knows may pass (a restriction, a slip of theirs): it must not cost a person their lessons.
    return TryLater(said, slow=True) if forbidden and "to bots" not in low else Refused(said)
