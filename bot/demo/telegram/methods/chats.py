"""sendChatAction, getChat, leaveChat."""

from typing import Any

from bot.demo.telegram import shapes
from bot.demo.telegram.asked import Asked
from bot.demo.telegram.refusals import bad, forbidden
from bot.demo.telegram.world import Change

# Bot API, sendChatAction.
ACTIONS = (
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
)


def send_chat_action(asked: Asked) -> bool:
    """Show for a moment that something is being done."""
    chat_id = asked.writable_chat()
    action = asked.text("action")
    if action not in ACTIONS:
        # telegram-bot-api, Client.cpp, get_chat_action.
        raise bad("wrong parameter action in request")
    room = asked.world.room(chat_id)
    room.action, room.action_at = action, asked.world.now()
    asked.effect = True
    asked.world.show(Change("typing", chat_id, text=action))
    return True


def get_chat(asked: Asked) -> dict[str, Any]:
    """What is known of a chat."""
    chat_id = asked.known_chat()
    world = asked.world
    if chat_id in world.people and not world.people[chat_id].started:
        raise bad("chat not found")
    shape = {**shapes.chat(world, chat_id), "accent_color_id": 0, "max_reaction_count": 11}
    shape["accepted_gift_types"] = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"),
        True,
    )
    room = world.room(chat_id)
    if room.pinned:
        shape["pinned_message"] = shapes.message(world, room.messages[room.pinned[-1]])
    return shape


def leave_chat(asked: Asked) -> bool:
    """Leave a group."""
    chat_id = asked.known_chat()
    group = asked.world.groups.get(chat_id)
    if group is None:
        # telegram-bot-api, Client.cpp, process_leave_chat_query.
        raise bad("chat member status can't be changed in private chats")
    if group.state != "member":
        raise forbidden(f"bot is not a member of the {'supergroup' if group.is_supergroup else 'group'} chat")
    group.state = "left"
    asked.effect = True
    asked.world.updates.push("my_chat_member", membership(asked, chat_id), ("member", chat_id))
    return True


def membership(asked: Asked, chat_id: int) -> dict[str, Any]:
    """The bot's own leaving, as Telegram tells it."""
    world = asked.world
    me = shapes.bot(world)
    return {
        "chat": shapes.chat(world, chat_id),
        "from": me,
        "date": shapes.seconds(world.now()),
        "old_chat_member": {"user": me, "status": "member"},
        "new_chat_member": {"user": me, "status": "left"},
    }
