"""The small Telegram as PTB's transport, without a network."""

import json
from typing import Any
from urllib.parse import unquote, urlsplit

from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.demo.telegram import Cut, SmallTelegram
from bot.demo.telegram.refusals import Refused

_NOT_FOUND = b'{"ok":false,"error_code":404,"description":"Not Found"}'


class SmallTelegramRequest(BaseRequest):
    """Hands every request to a small Telegram in this process; addresses are read, never called."""

    def __init__(self, telegram: SmallTelegram) -> None:
        self._telegram = telegram

    @property
    def read_timeout(self) -> float | None:
        """Nothing to wait for: the answer is made in this process."""
        return None

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close: the small Telegram outlives the bot that uses it."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Answer as the Bot API would; a scripted cut is a NetworkError, a scripted silence a TimedOut."""
        folder, token, rest = _parts(url)
        try:
            self._telegram.check_token(token)
        except Refused as refused:
            return refused.status, json.dumps(refused.answer()).encode()
        if folder == "file":
            content = self._telegram.file(rest)
            return (200, content) if content is not None else (404, _NOT_FOUND)
        params = request_data.json_parameters if request_data else {}
        try:
            status, answer = await self._telegram.call(rest, params, _files(request_data))
        except Cut as cut:
            raise (TimedOut() if cut.is_silence else NetworkError(str(cut))) from cut
        return status, json.dumps(answer).encode()


def _files(request_data: RequestData | None) -> dict[str, tuple[str, bytes, str]]:
    """The uploads of a request, read into memory."""
    parts = (request_data.multipart_data if request_data else None) or {}
    return {
        name: (file_name, content if isinstance(content, bytes) else content.read(), mime)
        for name, (file_name, content, mime) in parts.items()
    }


def _parts(url: str) -> tuple[str, str, str]:
    """What an address asks for (“bot” or “file”), the token in it, and the method or path."""
    path = unquote(urlsplit(url).path)
    folder = "file" if "/file/bot" in path else "bot"
    _, _, tail = path.partition("/file/bot" if folder == "file" else "/bot")
    token, _, rest = tail.partition("/")
    return folder, token, rest
