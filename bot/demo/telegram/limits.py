"""Telegram's limits, each with where it is written down.

PTB names most of them in ``telegram.constants``; a test compares the two, so neither can drift alone.
"""

from datetime import timedelta

TEXT = 4096
"""UTF-16 units of a message after its markup is parsed: constants.MessageLimit.MAX_TEXT_LENGTH."""
CAPTION = 1024
"""The same for a caption: constants.MessageLimit.CAPTION_LENGTH."""
ENTITIES = 100
"""Entities beyond are ignored without an error: constants.MessageLimit.MESSAGE_ENTITIES."""
CALLBACK_DATA = 64
"""Bytes, not characters: constants.InlineKeyboardButtonLimit.MAX_CALLBACK_DATA."""
COPY_TEXT = 256
"""Characters a copy button may hold: constants.InlineKeyboardButtonLimit.MAX_COPY_TEXT."""
BUTTONS = 100
"""Buttons of one inline keyboard: constants.InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER."""
ANSWER = 200
"""Characters of a toast or sheet: constants.CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH."""
COMMANDS = 100
"""Commands of one menu: constants.BotCommandLimit.MAX_COMMAND_NUMBER."""
COMMAND = 32
"""Characters of a command: constants.BotCommandLimit.MAX_COMMAND."""
COMMAND_DESCRIPTION = 256
"""Characters of what a command does: constants.BotCommandLimit.MAX_DESCRIPTION."""
NAME = 64
"""constants.BotNameLimit.MAX_NAME_LENGTH."""
DESCRIPTION = 512
"""constants.BotDescriptionLimit.MAX_DESCRIPTION_LENGTH."""
SHORT_DESCRIPTION = 120
"""constants.BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH."""
POLL = 100
"""Updates of one getUpdates: constants.PollingLimit.MAX_LIMIT."""
DELETIONS = 100
"""Messages of one deleteMessages: constants.BulkRequestLimit.MAX_LIMIT."""
CONNECTIONS = 100
"""constants.WebhookLimit.MAX_CONNECTIONS_LIMIT; Telegram opens 40 unless asked otherwise."""
SECRET_TOKEN = 256
"""constants.WebhookLimit.MAX_SECRET_TOKEN_LENGTH; A-Z a-z 0-9 _ - only."""
DOWNLOAD = 20_000_000
"""Bytes a bot may fetch: constants.FileSizeLimit.FILESIZE_DOWNLOAD (the Bot API counts MB as 10⁶)."""
UPLOAD = 50_000_000
"""Bytes of a file a bot may send: constants.FileSizeLimit.FILESIZE_UPLOAD."""
PHOTO = 10_000_000
"""Bytes of a picture a bot may send: constants.FileSizeLimit.PHOTOSIZE_UPLOAD."""
PHOTO_SIDES = 10_000
"""Width and height together: Bot API, sendPhoto."""
PHOTO_RATIO = 20
"""The longer side over the shorter: Bot API, sendPhoto."""

LIFE_OF_UPDATE = timedelta(hours=24)
"""Bot API, Getting updates: kept until received, but not longer than 24 hours."""
LIFE_OF_TAP = timedelta(seconds=150)
"""telegram-bot-api, Client.cpp: a callback query is queued for 150 s; it can be answered as long."""
LIFE_OF_LINK = timedelta(hours=1)
"""Bot API, getFile: the link is valid for at least one hour; here for exactly one."""
LIFE_OF_DELETION = timedelta(hours=48)
"""Bot API, deleteMessage: a message can be deleted within 48 hours."""
LIFE_OF_TYPING = timedelta(seconds=5)
"""Bot API, sendChatAction: shown for 5 seconds or less."""
