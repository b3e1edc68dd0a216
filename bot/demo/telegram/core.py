"""The small Telegram itself: a call comes in, is checked, takes effect and is written into the ledger."""

import asyncio
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from bot.demo.telegram import keeping, webhook
from bot.demo.telegram.asked import Asked, Files, Kind, read
from bot.demo.telegram.faults import Fault, Faults
from bot.demo.telegram.ledger import Call
from bot.demo.telegram.methods import METHODS, Method
from bot.demo.telegram.people import People
from bot.demo.telegram.polling import Poller
from bot.demo.telegram.rates import Meter, Rates
from bot.demo.telegram.refusals import Cut, Refused
from bot.demo.telegram.webhook import Pace, Webhook
from bot.demo.telegram.world import World

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_POLL: dict[str, Kind] = {"offset": "int", "limit": "int", "timeout": "int", "allowed_updates": "json"}
_CONNECTION: dict[str, tuple[str, Mapping[str, Kind]]] = {
    "getupdates": ("getUpdates", _POLL),
    "setwebhook": ("setWebhook", webhook.SET),
    "deletewebhook": ("deleteWebhook", webhook.DELETE),
    "getwebhookinfo": ("getWebhookInfo", {}),
    "close": ("close", {}),
    "logout": ("logOut", {}),
}
"""Methods about how the bot is reached; they wait or change who is called, so they live here."""


class SmallTelegram(People):
    """A strict stand-in for the Bot API with people on the other side, all in memory."""

    def __init__(
        self,
        *,
        token: str,
        now: Callable[[], datetime],
        rates: Rates | None = None,
        journal: Path | None = None,
        pace: Pace | None = None,
    ) -> None:
        self.world = World(token=token, now=now, journal=journal)
        self.faults = Faults()
        self._meter = Meter(rates, now) if rates else None
        self._poller = Poller(self.world.updates)
        self._webhook = Webhook(self.world.updates, now, pace or Pace(), self._call_from_webhook)
        self.world.updates.on_new = self._on_new
        self._is_logged_out = False

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.world.token

    @property
    def ledger(self) -> list[Call]:
        """Every call, oldest first, also those that were refused."""
        return self.world.ledger

    def calls(self, method: str | None = None, *, chat_id: int | None = None) -> list[Call]:
        """The calls to one method, into one chat, or both."""
        return [
            call
            for call in self.world.ledger
            if method in (None, call.method) and chat_id in (None, call.chat_id)
        ]

    def fault(self, fault: Fault) -> None:
        """Script a fault."""
        self.faults.add(fault)

    def file(self, file_path: str) -> bytes | None:
        """What a link of getFile leads to; None when there is none or its hour is over."""
        file_id, until = self.world.paths.get(file_path, ("", None))
        if until is None or self.world.now() >= until:
            return None
        return self.world.files[file_id].content

    def check_token(self, token: str) -> None:
        """Refuse a token as Telegram does: 404 for what cannot be one, 401 for one nobody has."""
        if not _TOKEN.fullmatch(token):
            raise Refused(404, "Not Found")
        if token != self.world.token:
            raise Refused(401, "Unauthorized")

    async def call(self, method: str, params: Mapping[str, Any], files: Files) -> tuple[int, dict[str, Any]]:
        """Answer a call as Telegram would: the HTTP status and the JSON body.

        Raises ``Cut`` where a scripted fault closes the line.
        """
        return await self._call(method, params, files, "call")

    def dump(self) -> dict[str, Any]:
        """The whole state but the ledger, as JSON values."""
        return keeping.dump(self.world)

    def restore(self, state: dict[str, Any]) -> None:
        """Take up a state that ``dump`` gave."""
        keeping.restore(self.world, state)

    async def close(self) -> None:
        """Stop calling the webhook and close the journal."""
        await self._webhook.stop()
        self.world.close()

    async def _call(
        self, method: str, params: Mapping[str, Any], files: Files, via: Literal["call", "webhook"]
    ) -> tuple[int, dict[str, Any]]:
        asked = Asked(self.world, method, {}, files)
        chat_id = _chat_in(params)
        fault = self.faults.take(method, chat_id) if self.faults.are_waiting else None
        status, answer = 0, dict[str, Any]()
        try:
            if fault is not None:
                await _strike(fault)
            result = await self._answer(asked, method, params)
            status, answer = 200, {"ok": True, "result": result}
        except Refused as refused:
            status, answer = refused.status, refused.answer()
        finally:
            is_cut = fault is not None and fault.kind == "cut"
            self._record(asked, params, chat_id, 0 if is_cut else status, answer, fault, via)
        if is_cut:
            raise Cut("the line was closed before the answer")
        return status, answer

    async def _answer(self, asked: Asked, name: str, params: Mapping[str, Any]) -> Any:
        method = METHODS.get(name.lower())
        if method is None:
            return await self._answer_about_connection(asked, name, params)
        asked.method = method.name
        if self._is_logged_out:
            raise Refused(401, "Unauthorized")
        asked.values = read(params, {**method.takes, **_file_names(method, asked.files)})
        if method.counts and self._meter is not None:
            self._meter.count(_chat_in(params))
        return method.run(asked)

    async def _answer_about_connection(self, asked: Asked, name: str, params: Mapping[str, Any]) -> Any:
        found = _CONNECTION.get(name.lower())
        if found is None:
            raise Refused(404, "Not Found: method not found")
        asked.method, takes = found
        asked.values = read(params, takes)
        if self._is_logged_out:
            raise Refused(401, "Unauthorized")
        match asked.method:
            case "getUpdates":
                return await self._poller.get_updates(asked.values, has_webhook=self._webhook.is_set)
            case "setWebhook":
                asked.effect = True
                return await self._set_webhook(asked.values)
            case "deleteWebhook":
                asked.effect = True
                return await self._set_webhook({**asked.values, "url": ""})
            case "getWebhookInfo":
                return self._webhook.info()
            case "close":
                await self._webhook.stop()
            case "logOut":
                self._is_logged_out = True
                await self._webhook.stop()
        asked.effect = True
        return True

    async def _set_webhook(self, values: dict[str, Any]) -> bool:
        await self._webhook.set(values)
        if self._webhook.is_set:
            self._poller.end_for_webhook()
        return True

    def _on_new(self) -> None:
        self._poller.wake()
        self._webhook.wake()

    async def _call_from_webhook(self, method: str, params: Mapping[str, Any]) -> None:
        try:
            await self._call(method, params, {}, "webhook")
        except Cut:
            return  # nobody waits for the answer of a call that came in a webhook's answer

    def _record(
        self,
        asked: Asked,
        params: Mapping[str, Any],
        chat_id: int | None,
        status: int,
        answer: dict[str, Any],
        fault: Fault | None,
        via: Literal["call", "webhook"],
    ) -> None:
        shown = asked.values or dict(params)
        for name, (file_name, content, _mime) in asked.files.items():
            shown[name] = {"file_name": file_name, "file_size": len(content)}
        self.world.record(
            Call(
                at=self.world.now(),
                method=asked.method,
                params=shown,
                chat_id=chat_id if asked.chat_id is None else asked.chat_id,
                status=status,
                ok=bool(answer.get("ok")) and status == 200,
                description=answer.get("description"),
                message_id=asked.message_id,
                fault=fault.name if fault else None,
                effect=asked.effect,
                notes=tuple(asked.notes),
                via=via,
            )
        )


async def _strike(fault: Fault) -> None:
    """What a scripted fault does before the call would take effect."""
    if fault.kind == "refuse":
        raise fault.refusal()
    if fault.seconds:
        await asyncio.sleep(fault.seconds)
    if fault.kind == "hang":
        raise Cut("the line was closed without an answer", is_silence=True)


def _file_names(method: Method, files: Files) -> dict[str, Kind]:
    """An uploaded file may stand under any name that ``attach://`` points to."""
    return {} if not files or "file" not in method.takes.values() else dict.fromkeys(files, "file")


def _chat_in(params: Mapping[str, Any]) -> int | None:
    try:
        return int(params["chat_id"])
    except (KeyError, TypeError, ValueError):
        return None
