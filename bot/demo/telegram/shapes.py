"""People, chats and messages in the JSON of the Bot API."""

from datetime import datetime
from typing import Any

from bot.demo.telegram.world import Attachment, Group, Message, Person, World

Json = dict[str, Any]

_THUMB = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63"
    "6060606000000005000106a8e5f30000000049454e44ae426082"
)
"""One pixel. A bot that downloads the smallest size of a photo gets what it asked for."""


def user(person: Person) -> Json:
    """A person as User."""
    shape: Json = {"id": person.id, "is_bot": False, "first_name": person.first_name}
    if person.username:
        shape["username"] = person.username
    if person.language_code:
        shape["language_code"] = person.language_code
    return shape


def bot(world: World) -> Json:
    """The bot as User."""
    return {
        "id": world.bot_id,
        "is_bot": True,
        "first_name": world.bot_name[""],
        "username": world.bot_username,
    }


def chat(world: World, chat_id: int) -> Json:
    """A chat as Chat."""
    group = world.groups.get(chat_id)
    if group is not None:
        return group_chat(group)
    person = world.people[chat_id]
    shape: Json = {"id": chat_id, "first_name": person.first_name, "type": "private"}
    if person.username:
        shape["username"] = person.username
    return shape


def group_chat(group: Group) -> Json:
    """A group as Chat."""
    kind = "supergroup" if group.is_supergroup else "group"
    return {"id": group.id, "title": group.title, "type": kind}


def seconds(at: datetime) -> int:
    """An instant as Telegram tells it: whole seconds since 1970."""
    return int(at.timestamp())


def message(world: World, of: Message, *, with_reply: bool = True) -> Json:
    """A message as Message."""
    sender = bot(world) if of.by_bot else user(world.people[of.from_id])
    shape: Json = {
        "message_id": of.message_id,
        "from": sender,
        "chat": chat(world, of.chat_id),
        "date": seconds(of.sent_at),
    }
    if of.edited_at is not None:
        shape["edit_date"] = seconds(of.edited_at)
    if of.forward_origin is not None:
        shape["forward_origin"] = of.forward_origin
    if of.is_protected:
        shape["has_protected_content"] = True
    if of.effect_id:
        shape["effect_id"] = of.effect_id
    if of.media_group_id:
        shape["media_group_id"] = of.media_group_id
    if with_reply and of.reply_to is not None:
        other = world.room(of.chat_id).messages.get(of.reply_to)
        if other is not None:
            shape["reply_to_message"] = message(world, other, with_reply=False)
    _add_content(shape, of)
    if of.keyboard:
        shape["reply_markup"] = {"inline_keyboard": of.keyboard}
    return shape


def _add_content(shape: Json, of: Message) -> None:
    if of.attachment is None:
        shape["text"] = of.text
        if of.entities:
            shape["entities"] = of.entities
        if of.link_preview:
            shape["link_preview_options"] = of.link_preview
        return
    shape[of.attachment.kind] = file_shape(of.attachment)
    if of.text:
        shape["caption"] = of.text
        if of.entities:
            shape["caption_entities"] = of.entities


def file_shape(attachment: Attachment) -> Any:
    """An attachment as Document, Sticker, Voice or the list of PhotoSize."""
    base: Json = {
        "file_id": attachment.file_id,
        "file_unique_id": attachment.unique_id,
        "file_size": attachment.size,
    }
    match attachment.kind:
        case "photo":
            return photo_sizes(attachment)
        case "sticker":
            size = {"width": 512, "height": 512}
            return {**base, **size, "type": "regular", "is_animated": False, "is_video": False,
                    "emoji": attachment.emoji}  # fmt: skip
        case "voice":
            return {**base, "duration": attachment.seconds, "mime_type": attachment.mime}
        case _:
            return {**base, "file_name": attachment.name, "mime_type": attachment.mime}


def photo_sizes(attachment: Attachment) -> list[Json]:
    """The sizes of a photo, the smallest first, as Telegram lists them; the last is the picture itself."""
    return [
        {
            "file_id": thumb_id(attachment),
            "file_unique_id": f"{attachment.unique_id}s",
            "file_size": len(_THUMB),
            "width": 1,
            "height": 1,
        },
        {
            "file_id": attachment.file_id,
            "file_unique_id": attachment.unique_id,
            "file_size": attachment.size,
            "width": attachment.width,
            "height": attachment.height,
        },
    ]


def thumb_id(attachment: Attachment) -> str:
    """The id of a photo's smallest size."""
    return f"{attachment.file_id}s"


def thumb(attachment: Attachment) -> Attachment:
    """The smallest size of a photo, as a file of its own."""
    unique = f"{attachment.unique_id}s"
    return Attachment("photo", thumb_id(attachment), unique, "", "image/png", len(_THUMB), _THUMB, 1, 1)
