"""editMessageText, editMessageCaption, editMessageReplyMarkup, deleteMessage, deleteMessages."""

from typing import Any

from bot.demo.telegram import keyboards, limits, shapes, text
from bot.demo.telegram.asked import Asked
from bot.demo.telegram.keyboards import Keyboard
from bot.demo.telegram.methods.sending import caption
from bot.demo.telegram.refusals import bad
from bot.demo.telegram.world import Change, Message

# telegram-bot-api, Client.cpp, fail_query_with_error on MESSAGE_NOT_MODIFIED.
_UNCHANGED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)


def edit_message_text(asked: Asked) -> dict[str, Any]:
    """Replace text and keyboard; without a keyboard the old one goes."""
    chat_id = asked.writable_chat()
    if not asked.text("text"):
        raise bad("message text is empty")
    message = _own_message(asked, chat_id)
    plain, entities = text.read(
        asked.text("text"),
        parse_mode=asked.get("parse_mode"),
        entities=asked.get("entities"),
        limit=limits.TEXT,
        too_long="message is too long",
        notes=asked.notes,
    )
    keyboard = keyboards.read(asked.get("reply_markup"))
    if not plain:
        raise bad("text must be non-empty")
    if message.attachment is not None:
        raise bad("there is no text in the message to edit")
    return _changed(asked, message, plain, entities, keyboard)


def edit_message_caption(asked: Asked) -> dict[str, Any]:
    """Replace the caption of a file or picture, and its keyboard."""
    chat_id = asked.writable_chat()
    message = _own_message(asked, chat_id)
    plain, entities = caption(asked)
    keyboard = keyboards.read(asked.get("reply_markup"))
    if message.attachment is None:
        raise bad("there is no caption in the message to edit")
    return _changed(asked, message, plain, entities, keyboard)


def edit_message_reply_markup(asked: Asked) -> dict[str, Any]:
    """Replace the keyboard alone."""
    chat_id = asked.writable_chat()
    message = _own_message(asked, chat_id)
    keyboard = keyboards.read(asked.get("reply_markup"))
    return _changed(asked, message, message.text, message.entities, keyboard)


def _own_message(asked: Asked, chat_id: int) -> Message:
    message = asked.message(chat_id, "message to edit not found")
    if not message.by_bot:
        raise bad("message can't be edited")
    return message


def _changed(
    asked: Asked, message: Message, plain: str, entities: list[dict[str, Any]], keyboard: Keyboard | None
) -> dict[str, Any]:
    if (plain, entities, keyboard) == (message.text, message.entities, message.keyboard):
        raise bad(_UNCHANGED)
    world = asked.world
    message.text, message.entities, message.keyboard = plain, entities, keyboard
    message.edited_at = world.now()
    message.edited_by = "tap" if world.tapped_recently(message) else "bot"
    asked.effect = True
    world.show(Change("edit", message.chat_id, message, message.message_id))
    return shapes.message(world, message)


def delete_message(asked: Asked) -> bool:
    """Take a message away for both sides."""
    chat_id = asked.writable_chat()
    message = asked.message(chat_id, "message to delete not found")
    _check_age(asked, message)
    _delete(asked, message)
    return True


def delete_messages(asked: Asked) -> bool:
    """Take several messages away; those that are not there are skipped."""
    chat_id = asked.writable_chat()
    numbers = asked.get("message_ids")
    if not isinstance(numbers, list) or not numbers:
        raise bad("message identifiers are not specified")
    if len(numbers) > limits.DELETIONS:
        # constants.BulkRequestLimit.MAX_LIMIT
        raise bad("too many message identifiers specified")
    messages = asked.world.room(chat_id).messages
    for number in numbers:
        message = messages.get(number)
        if message is not None:
            _check_age(asked, message)
            _delete(asked, message)
    return True


def _check_age(asked: Asked, message: Message) -> None:
    # Bot API, deleteMessage: only if it was sent less than 48 hours ago.
    if asked.world.now() - message.sent_at >= limits.LIFE_OF_DELETION:
        raise bad("message can't be deleted for everyone")


def _delete(asked: Asked, message: Message) -> None:
    room = asked.world.room(message.chat_id)
    del room.messages[message.message_id]
    if message.message_id in room.pinned:
        room.pinned.remove(message.message_id)
    asked.effect = True
    asked.world.show(Change("delete", message.chat_id, message, message.message_id))
