"""sendMessage, sendDocument, sendPhoto."""

from typing import Any

from bot.demo.telegram import keyboards, limits, pictures, shapes, text
from bot.demo.telegram.asked import Asked
from bot.demo.telegram.refusals import Refused, bad
from bot.demo.telegram.world import Attachment, Message

_TOO_LONG = "message is too long"
_CAPTION_TOO_LONG = "message caption is too long"


def send_message(asked: Asked) -> dict[str, Any]:
    """Write a text into a chat."""
    chat_id = asked.writable_chat()
    if not asked.text("text"):
        # telegram-bot-api, Client.cpp, get_input_message_text.
        raise bad("message text is empty")
    plain, entities = text.read(
        asked.text("text"),
        parse_mode=asked.get("parse_mode"),
        entities=asked.get("entities"),
        limit=limits.TEXT,
        too_long=_TOO_LONG,
        notes=asked.notes,
    )
    if not plain:
        # tdlib, MessageEntity.cpp, fix_formatted_text: nothing but white space is left.
        raise bad("text must be non-empty")
    message = _message(asked, chat_id)
    message.text, message.entities = plain, entities
    message.link_preview = asked.get("link_preview_options")
    return _put(asked, message)


def send_document(asked: Asked) -> dict[str, Any]:
    """Send a file as a document."""
    chat_id = asked.writable_chat()
    attachment = _attachment(asked, "document", "Document", limits.UPLOAD)
    return _put_with_caption(asked, chat_id, attachment)


def send_photo(asked: Asked) -> dict[str, Any]:
    """Send a picture as a photo."""
    chat_id = asked.writable_chat()
    attachment = _attachment(asked, "photo", "Photo", limits.PHOTO)
    return _put_with_caption(asked, chat_id, attachment)


def _put_with_caption(asked: Asked, chat_id: int, attachment: Attachment) -> dict[str, Any]:
    message = _message(asked, chat_id)
    message.attachment = attachment
    message.text, message.entities = caption(asked)
    return _put(asked, message)


def caption(asked: Asked) -> tuple[str, list[dict[str, Any]]]:
    """The caption a call asks for; it may be empty."""
    return text.read(
        asked.text("caption"),
        parse_mode=asked.get("parse_mode"),
        entities=asked.get("caption_entities"),
        limit=limits.CAPTION,
        too_long=_CAPTION_TOO_LONG,
        notes=asked.notes,
    )


def _message(asked: Asked, chat_id: int) -> Message:
    """A message by the bot with everything but its content; it has no number yet."""
    return Message(
        chat_id=chat_id,
        message_id=0,
        from_id=asked.world.bot_id,
        by_bot=True,
        sent_at=asked.world.now(),
        keyboard=keyboards.read(asked.get("reply_markup")),
        reply_to=_reply_to(asked, chat_id),
        is_protected=asked.flag("protect_content"),
        is_silent=asked.flag("disable_notification"),
        effect_id=_effect(asked, chat_id),
    )


def _put(asked: Asked, message: Message) -> dict[str, Any]:
    """Only now, with nothing left to refuse, the message gets its number."""
    message.message_id = asked.message_id = asked.world.next_message_id(message.chat_id)
    asked.world.put(message)
    asked.effect = True
    return shapes.message(asked.world, message)


def _reply_to(asked: Asked, chat_id: int) -> int | None:
    wanted = asked.get("reply_parameters")
    if wanted is None:
        return None
    if not isinstance(wanted, dict) or not isinstance(wanted.get("message_id"), int):
        raise bad("can't parse reply parameters: Can't find field \"message_id\"")
    number: int = wanted["message_id"]
    if number in asked.world.room(chat_id).messages:
        return number
    if wanted.get("allow_sending_without_reply"):
        return None
    raise bad("message to be replied not found")


def _effect(asked: Asked, chat_id: int) -> str | None:
    effect = asked.text("message_effect_id")
    if not effect:
        return None
    # Bot API, sendMessage: effects are for private chats only; an id is a 64-bit number in decimals.
    if chat_id < 0 or not effect.isdecimal():
        raise bad("EFFECT_ID_INVALID")
    return effect


def _attachment(asked: Asked, name: str, label: str, most: int) -> Attachment:
    uploaded = _uploaded(asked, name)
    if uploaded is None:
        return _known_file(asked, name, label)
    file_name, content, mime = uploaded
    if not content:
        raise bad("file must be non-empty")
    if len(content) > limits.UPLOAD:
        # telegram-bot-api answers so before it looks at the call.
        raise Refused(413, "Request Entity Too Large")
    if len(content) > most:
        raise bad("file is too big for a photo")
    file_id, unique_id = asked.world.new_file_ids(content)
    if name == "photo":
        width, height = pictures.checked_sides(content)
        kept = Attachment("photo", file_id, unique_id, "", mime, len(content), content, width, height)
        asked.world.keep_file(shapes.thumb(kept))
    else:
        kept = Attachment("document", file_id, unique_id, file_name, mime, len(content), content)
    return asked.world.keep_file(kept)


def _uploaded(asked: Asked, name: str) -> tuple[str, bytes, str] | None:
    value = asked.get(name)
    if isinstance(value, str) and value.startswith("attach://"):
        return asked.files.get(value.removeprefix("attach://"))
    return asked.files.get(name)


def _known_file(asked: Asked, name: str, label: str) -> Attachment:
    value = asked.text(name)
    if not value:
        # telegram-bot-api, Client.cpp: “there is no document in the request”.
        raise bad(f"there is no {name} in the request")
    if value.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")
    found = asked.world.files.get(value)
    if found is None:
        raise bad("wrong file identifier/HTTP URL specified")
    if found.kind != name:
        raise bad(f"can't use file of type {found.kind.capitalize()} as {label}")
    return found
