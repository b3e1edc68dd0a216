"""pinChatMessage, unpinChatMessage."""

from bot.demo.telegram.asked import Asked
from bot.demo.telegram.refusals import bad
from bot.demo.telegram.world import Change


def pin_chat_message(asked: Asked) -> bool:
    """Put a message on top of the chat; the last one pinned is shown."""
    chat_id = asked.writable_chat()
    message = asked.message(chat_id, "message to pin not found")
    room = asked.world.room(chat_id)
    if message.message_id in room.pinned:
        room.pinned.remove(message.message_id)
    room.pinned.append(message.message_id)
    message.is_pinned = True
    asked.effect = True
    asked.world.show(Change("pinned", chat_id, message, message.message_id))
    return True


def unpin_chat_message(asked: Asked) -> bool:
    """Take one message off the top, the last one pinned when none is named."""
    chat_id = asked.writable_chat()
    room = asked.world.room(chat_id)
    number = asked.get("message_id") or (room.pinned[-1] if room.pinned else 0)
    asked.message_id = number or None
    if number not in room.pinned:
        raise bad("message to unpin not found")
    room.pinned.remove(number)
    message = room.messages[number]
    message.is_pinned = False
    asked.effect = True
    asked.world.show(Change("pinned", chat_id, message, number))
    return True
