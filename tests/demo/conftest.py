"""A small Telegram with Mei in it, and the bot's hand to call it with."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.demo.telegram import Message, SmallTelegram

TOKEN = "110:AAA"
MEI = 7
STRANGER = 8


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.value = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.value

    def move(self, **by: float) -> None:
        self.value += timedelta(**by)


class Bot:
    """Calls the small Telegram as a bot does and hands back what the Bot API answers."""

    def __init__(self, telegram: SmallTelegram) -> None:
        self.telegram = telegram
        self.files: dict[str, tuple[str, bytes, str]] = {}

    def call(self, method: str, **params: Any) -> tuple[int, dict[str, Any]]:
        return asyncio.run(self.telegram.call(method, params, self.files))

    def ask(self, method: str, **params: Any) -> Any:
        """The result of a call that must be taken."""
        status, answer = self.call(method, **params)
        assert answer["ok"], answer
        assert status == 200
        return answer["result"]

    def refused(self, method: str, **params: Any) -> str:
        """The description of a call that must be refused."""
        status, answer = self.call(method, **params)
        assert not answer["ok"], answer
        assert status == answer["error_code"]
        return str(answer["description"])

    def say(self, text: str = "Hello", **params: Any) -> Any:
        return self.ask("sendMessage", chat_id=MEI, text=text, **params)

    def upload(self, name: str, file_name: str, content: bytes, mime: str = "text/csv") -> None:
        self.files = {name: (file_name, content, mime)}


def keyboard(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


def tap(text: str = "Next", data: str = "a.1") -> dict[str, Any]:
    return {"text": text, "callback_data": data}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def telegram(clock: Clock) -> Iterator[SmallTelegram]:
    small = SmallTelegram(token=TOKEN, now=clock)
    small.add_person(MEI, "Mei", language_code="en")
    small.add_person(STRANGER, "Omar", language_code="zh-hans")
    small.start(MEI)
    yield small
    small.world.close()


@pytest.fixture
def bot(telegram: SmallTelegram) -> Bot:
    return Bot(telegram)


def last(telegram: SmallTelegram, person_id: int = MEI) -> Message:
    return telegram.chat(person_id).messages[-1]
