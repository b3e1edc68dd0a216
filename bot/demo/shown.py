"""How the page is told of people, chats, messages and calls: plain JSON values, never markup."""

from collections.abc import Mapping
from typing import Any

from bot.demo.stage import StagePerson
from bot.demo.telegram import Attachment, Call, Chat, Message

Json = dict[str, Any]

PICTURES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
"""What a browser may show in place; everything else is handed over as a file to save."""


def person(one: StagePerson, chat: Chat, seen: int) -> Json:
    """Somebody for the list, with what stands last in their chat."""
    return {
        "id": one.id,
        "name": one.name,
        "called": one.called,
        "role": one.role,
        "group": one.group,
        "language": one.language,
        "time_zone": one.time_zone,
        "initials": one.initials,
        "about": one.about,
        "manager_id": one.manager_id,
        "start": one.start,
        "blocked": chat.person.blocked,
        **summary(chat, seen),
    }


def summary(chat: Chat, seen: int) -> Json:
    """The last line of a chat, and how much of it nobody has looked at."""
    if not chat.messages:
        return {"last": None, "unread": 0}
    last = chat.messages[-1]
    line = last.text.strip().partition("\n")[0] or _word_for(last.attachment)
    return {"last": {"text": line, "at": last.sent_at.isoformat()}, "unread": unread(chat, seen)}


def unread(chat: Chat, seen: int) -> int:
    """The bot's messages since the person last wrote, tapped, or was on screen."""
    tapped = max((one.tapped_at for one in chat.messages if one.tapped_at is not None), default=None)
    count = 0
    for one in reversed(chat.messages):
        if not one.by_bot or one.message_id <= seen or (tapped is not None and one.sent_at <= tapped):
            break
        count += 1
    return count


def message(one: Message, around: Mapping[int, Message], *, is_read: bool) -> Json:
    """One bubble; `is_read` says whether the bot has done anything since."""
    replied = around.get(one.reply_to) if one.reply_to is not None else None
    return {
        "id": one.message_id,
        "at": one.sent_at.isoformat(),
        "mine": not one.by_bot,
        "text": one.text,
        "entities": one.entities,
        "keyboard": [[_button(button) for button in row] for row in one.keyboard or []],
        "edited": one.edited_at is not None and one.edited_by != "tap",
        "protected": one.is_protected,
        "effect": one.effect_id is not None,
        "forwarded": _origin(one),
        "reply_to": replied and (replied.text.partition("\n")[0] or _word_for(replied.attachment)),
        "seen": is_read,
        **_attached(one.attachment),
    }


def call(one: Call) -> Json:
    """One line of what Telegram saw."""
    return {
        "at": one.at.isoformat(),
        "method": one.method,
        "params": one.params,
        "person": one.chat_id,
        "status": one.status,
        "ok": one.ok,
        "description": one.description,
    }


def _button(button: Mapping[str, Any]) -> Json:
    shown: Json = {"text": button["text"], "style": button.get("style"), "kind": "other"}
    if "callback_data" in button:
        return shown | {"kind": "tap", "data": button["callback_data"]}
    if "url" in button:
        return shown | {"kind": "link", "url": button["url"]}
    if "copy_text" in button:
        return shown | {"kind": "copy", "copy": button["copy_text"]["text"]}
    return shown


def _attached(of: Attachment | None) -> Json:
    shown: Json = {"photo": None, "document": None, "sticker": None}
    if of is None:
        return shown
    url = f"api/open/{of.file_id}"
    if of.kind == "photo":
        return shown | {"photo": {"url": url, "width": of.width, "height": of.height, "name": of.name}}
    if of.kind == "sticker":
        return shown | {"sticker": of.emoji}
    name = of.name or ("voice.ogg" if of.kind == "voice" else "file")
    length = f"{of.seconds} s" if of.kind == "voice" else ""
    return shown | {"document": {"url": url, "name": name, "bytes": of.size, "label": length}}


def _origin(one: Message) -> str | None:
    if one.forward_origin is None:
        return None
    sender = one.forward_origin.get("sender_user") or {}
    return str(sender.get("first_name") or one.forward_origin.get("sender_user_name") or "somebody")


def _word_for(of: Attachment | None) -> str:
    if of is None:
        return ""
    return {"photo": "Photo", "voice": "Voice note", "sticker": of.emoji or "Sticker"}.get(of.kind, of.name)
