"""python-telegram-bot as its own examples use it: answers the tap, edits the message, stores nothing.

`python -m benchmarks.sides.bare_ptb BASE_URL [CONCURRENT_UPDATES]`; without the number one at a time, its default.
"""

import sys
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes, MessageHandler, filters

from benchmarks.sides import screens

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def _said(number: int) -> dict[str, Any]:
    text, rows = screens.screen(number)
    keyboard = [
        [InlineKeyboardButton(b["text"], callback_data=b["callback_data"]) for b in row] for row in rows
    ]
    return {
        "text": text, "parse_mode": "HTML", "reply_markup": InlineKeyboardMarkup(keyboard),
        "link_preview_options": NO_PREVIEW,
    }  # fmt: skip


async def tapped(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    assert query is not None
    await query.answer()
    await query.edit_message_text(**_said(screens.step_of(query.data or "")))


async def written(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    await update.message.reply_text(**_said(0))


def with_handlers(
    application: Application[Any, Any, Any, Any, Any, Any],
) -> Application[Any, Any, Any, Any, Any, Any]:
    application.add_handler(CallbackQueryHandler(tapped))
    application.add_handler(MessageHandler(filters.TEXT, written))
    return application


def main(base_url: str, at_once: str = "1") -> None:
    """Poll until the process is ended."""
    builder = Application.builder().token("1:benchmark").base_url(base_url)
    with_handlers(builder.concurrent_updates(int(at_once)).build()).run_polling()


if __name__ == "__main__":
    main(*sys.argv[1:3])
