"""aiogram 3 as its own examples use it, with uvloop (`aiogram[fast]`): answers the tap, edits the message, stores nothing.

Updates are tasks of their own, as is its default; its pool of 100 connections is widened, since with a
distant Telegram it would be what holds it back. `python -m benchmarks.sides.aiogram_bot BASE_URL`, in the
environment of `benchmarks.peers`.
"""

import sys
from typing import Any

from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
)

from benchmarks.sides import screens

CONNECTIONS = 1_000
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
dispatcher = Dispatcher()


def _said(number: int) -> dict[str, Any]:
    text, rows = screens.screen(number)
    keyboard = [
        [InlineKeyboardButton(text=b["text"], callback_data=b["callback_data"]) for b in row] for row in rows
    ]
    return {
        "text": text, "parse_mode": "HTML", "reply_markup": InlineKeyboardMarkup(inline_keyboard=keyboard),
        "link_preview_options": NO_PREVIEW,
    }  # fmt: skip


@dispatcher.callback_query()
async def tapped(query: CallbackQuery) -> None:
    await query.answer()
    assert isinstance(query.message, Message)
    await query.message.edit_text(**_said(screens.step_of(query.data or "")))


@dispatcher.message(F.text)
async def written(message: Message) -> None:
    await message.answer(**_said(0))


def main(base_url: str) -> None:
    """Poll until the process is ended."""
    api = TelegramAPIServer.from_base(base_url.removesuffix("/bot"))
    bot = Bot("1:benchmark", session=AiohttpSession(api=api, limit=CONNECTIONS))
    dispatcher.run_polling(bot)


if __name__ == "__main__":
    main(sys.argv[1])
