"""The Bot API methods this Telegram answers, and the parameters each takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.demo.telegram.asked import Asked, Kind
from bot.demo.telegram.methods import about, answering, chats, editing, files, menus, pinning, sending


@dataclass(frozen=True, slots=True)
class Method:
    """One method: its name, what it does, what it takes, and whether it counts against the rates."""

    name: str
    run: Callable[[Asked], Any]
    takes: Mapping[str, Kind]
    counts: bool = False


_TEXT: dict[str, Kind] = {"parse_mode": "text", "reply_markup": "json"}
_SEND: dict[str, Kind] = {
    "chat_id": "text",
    "disable_notification": "flag",
    "protect_content": "flag",
    "message_effect_id": "text",
    "reply_parameters": "json",
    **_TEXT,
}
_CAPTION: dict[str, Kind] = {"caption": "text", "caption_entities": "json"}
_ONE: dict[str, Kind] = {"chat_id": "text", "message_id": "int"}
_MENU: dict[str, Kind] = {"scope": "json", "language_code": "text"}

_ALL = [
    Method("getMe", about.get_me, {}),
    Method(
        "sendMessage",
        sending.send_message,
        {**_SEND, "text": "text", "entities": "json", "link_preview_options": "json"},
        counts=True,
    ),
    Method(
        "sendDocument",
        sending.send_document,
        {**_SEND, **_CAPTION, "document": "file", "disable_content_type_detection": "flag"},
        counts=True,
    ),
    Method(
        "sendPhoto",
        sending.send_photo,
        {**_SEND, **_CAPTION, "photo": "file", "has_spoiler": "flag", "show_caption_above_media": "flag"},
        counts=True,
    ),
    Method("sendChatAction", chats.send_chat_action, {"chat_id": "text", "action": "text"}),
    Method(
        "editMessageText",
        editing.edit_message_text,
        {**_ONE, **_TEXT, "text": "text", "entities": "json", "link_preview_options": "json"},
        counts=True,
    ),
    Method(
        "editMessageCaption",
        editing.edit_message_caption,
        {**_ONE, **_TEXT, **_CAPTION, "show_caption_above_media": "flag"},
        counts=True,
    ),
    Method(
        "editMessageReplyMarkup",
        editing.edit_message_reply_markup,
        {**_ONE, "reply_markup": "json"},
        counts=True,
    ),
    Method("deleteMessage", editing.delete_message, _ONE),
    Method("deleteMessages", editing.delete_messages, {"chat_id": "text", "message_ids": "json"}),
    Method(
        "answerCallbackQuery",
        answering.answer_callback_query,
        {
            "callback_query_id": "text",
            "text": "text",
            "show_alert": "flag",
            "url": "text",
            "cache_time": "int",
        },
    ),
    Method("setMyCommands", menus.set_my_commands, {"commands": "json", **_MENU}),
    Method("getMyCommands", menus.get_my_commands, _MENU),
    Method("deleteMyCommands", menus.delete_my_commands, _MENU),
    Method("setChatMenuButton", menus.set_chat_menu_button, {"chat_id": "text", "menu_button": "json"}),
    Method("getChatMenuButton", menus.get_chat_menu_button, {"chat_id": "text"}),
    Method("setMyName", about.set_my_name, {"name": "text", "language_code": "text"}),
    Method("setMyDescription", about.set_my_description, {"description": "text", "language_code": "text"}),
    Method(
        "setMyShortDescription",
        about.set_my_short_description,
        {"short_description": "text", "language_code": "text"},
    ),
    Method("getMyName", about.get_my_name, {"language_code": "text"}),
    Method("getMyDescription", about.get_my_description, {"language_code": "text"}),
    Method("getMyShortDescription", about.get_my_short_description, {"language_code": "text"}),
    Method("pinChatMessage", pinning.pin_chat_message, {**_ONE, "disable_notification": "flag"}),
    Method("unpinChatMessage", pinning.unpin_chat_message, _ONE),
    Method("getFile", files.get_file, {"file_id": "text"}),
    Method("getChat", chats.get_chat, {"chat_id": "text"}),
    Method("leaveChat", chats.leave_chat, {"chat_id": "text"}),
]

METHODS: dict[str, Method] = {method.name.lower(): method for method in _ALL}
"""By name in lower case: Telegram does not mind the case of a method's name."""
