"""Posting to the webhook as Telegram does, or as somebody who is not Telegram."""

import json
from typing import Any

from tests.processes.far_end import OWN_IDS
from tests.processes.stage import SECRET, Bot, request

PATH = "/telegram"
AS_TELEGRAM = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": SECRET}


def post(bot: Bot, body: object, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Post one update; `headers` replace or add to Telegram's own, with _ for -."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return request(
        bot.port, "POST", PATH, raw, {name: it for name, it in {**AS_TELEGRAM, **named}.items() if it}
    )


def words(number: int, person_id: int, text: str, **more: Any) -> dict[str, Any]:
    """An update in which somebody writes."""
    person = {"id": person_id, "is_bot": False, "first_name": "P", "language_code": "en"}
    message = {
        "message_id": 1_000_000 + number,
        "date": 1_780_000_000,
        "chat": {"id": person_id, "type": "private", "first_name": "P"},
        "from": person,
        "text": text,
        **more,
    }
    return {"update_id": OWN_IDS + number, "message": message}


def tapped(number: int, person_id: int, data: str, message_id: int) -> dict[str, Any]:
    """An update in which somebody taps."""
    message = {
        "message_id": message_id,
        "date": 1_780_000_000,
        "chat": {"id": person_id, "type": "private", "first_name": "P"},
    }
    query = {
        "id": str(10**17 + number),
        "from": {"id": person_id, "is_bot": False, "first_name": "P", "language_code": "en"},
        "message": message,
        "chat_instance": "1",
        "data": data,
    }
    return {"update_id": OWN_IDS + number, "callback_query": query}
