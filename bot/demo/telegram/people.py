"""The people's side: what somebody with Telegram's app can do to a bot, and what they see."""

import asyncio
import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from bot.demo.telegram import limits, pictures, shapes, text
from bot.demo.telegram.markup import units
from bot.demo.telegram.methods.menus import menu_of
from bot.demo.telegram.refusals import Impossible
from bot.demo.telegram.world import Attachment, Change, Group, Message, Person, Query, World

_COMMAND = re.compile(r"/[a-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat as one person sees it now."""

    person: Person
    messages: list[Message]
    menu: list[dict[str, str]]
    pinned: Message | None
    """The card on top: the message pinned last."""
    action: str | None
    """What the bot is shown to be doing: typing, uploading…"""
    description: str
    """What an empty chat shows before Start is pressed."""


class People:
    """What people do, mixed into the small Telegram. Every act queues its update and returns at once."""

    world: World

    def add_person(
        self,
        id: int,
        first_name: str,
        *,
        language_code: str,
        username: str | None = None,
        started: bool = False,
    ) -> Person:
        """Somebody new; ``started`` when they are known to have written to the bot before."""
        person = Person(id, first_name, language_code, username, started)
        self.world.people[id] = person
        return person

    def person(self, person_id: int) -> Person:
        """Somebody who was added."""
        try:
            return self.world.people[person_id]
        except KeyError:
            raise Impossible(f"nobody here has the id {person_id}") from None

    def start(self, person_id: int, payload: str = "") -> Message:
        """Press Start, or open a link that carries a payload."""
        return self.write(person_id, f"/start {payload}".strip())

    def write(
        self, person_id: int, words: str, *, reply_to: int | None = None, into: int | None = None
    ) -> Message:
        """Write to the bot, or into a group.

        What is longer than 4096 goes as several messages, as the apps do it; the first is returned.
        """
        if not words.strip():
            raise Impossible("an empty message cannot be sent")
        first, *rest = _split(words.strip())
        message = self._say(person_id, into, text=first, reply_to=reply_to)
        for part in rest:
            self._say(person_id, into, text=part)
        return message

    def send_file(
        self,
        person_id: int,
        name: str,
        content: bytes,
        mime: str,
        *,
        caption: str = "",
        as_photo: bool = False,
        size: int | None = None,
        album: str | None = None,
    ) -> Message:
        """Send a document, or a picture as photo; ``size`` claims a larger file than is kept here.

        Files with the same ``album`` come as one media group.
        """
        file_id, unique_id = self.world.new_file_ids(content + name.encode("utf-8", "surrogatepass"))
        sides = (pictures.sides_of(content) or (1280, 960)) if as_photo else (0, 0)
        kind: Literal["photo", "document"] = "photo" if as_photo else "document"
        kept = Attachment(kind, file_id, unique_id, name, mime, size or len(content), content, *sides)
        self.world.keep_file(kept)
        if as_photo:
            self.world.keep_file(shapes.thumb(kept))
        return self._say(person_id, None, text=caption, attachment=kept, album=album)

    def send_sticker(self, person_id: int, emoji: str = "👍") -> Message:
        """Send a sticker."""
        return self._send_made(person_id, "sticker", "image/webp", emoji=emoji)

    def send_voice(self, person_id: int, seconds: int = 3) -> Message:
        """Send a voice note."""
        return self._send_made(person_id, "voice", "audio/ogg", seconds=seconds)

    def _send_made(
        self,
        person_id: int,
        kind: Literal["sticker", "voice"],
        mime: str,
        *,
        emoji: str = "",
        seconds: int = 0,
    ) -> Message:
        content = f"{kind}{emoji}{seconds}".encode()
        file_id, unique_id = self.world.new_file_ids(content)
        kept = Attachment(
            kind, file_id, unique_id, "", mime, len(content), content, seconds=seconds, emoji=emoji
        )
        return self._say(person_id, None, attachment=self.world.keep_file(kept))

    def forward(self, person_id: int, from_chat: int, message_id: int) -> Message:
        """Forward a message to the bot, from this chat or another; protected ones cannot be."""
        original = self.message(from_chat, message_id)
        if original.is_protected:
            raise Impossible("this message is protected, it cannot be forwarded")
        world = self.world
        sender = shapes.bot(world) if original.by_bot else shapes.user(self.person(original.from_id))
        origin = original.forward_origin or {
            "type": "user",
            "sender_user": sender,
            "date": shapes.seconds(original.sent_at),
        }
        return self._say(
            person_id,
            None,
            text=original.text,
            entities=original.entities,
            attachment=original.attachment,
            origin=origin,
        )

    def edit(self, person_id: int, message_id: int, words: str) -> Message:
        """Change one's own message."""
        message = self.message(person_id, message_id)
        if message.by_bot:
            raise Impossible("people cannot edit what the bot wrote")
        message.text = words.strip()
        message.entities = text.detected(message.text, [])
        message.edited_at, message.edited_by = self.world.now(), "person"
        self.world.show(Change("edit", message.chat_id, message, message_id))
        self._push_message("edited_message", message)
        return message

    def tap(self, person_id: int, message_id: int, callback_data: str, *, forge: bool = False) -> str:
        """Press a button; the id of the callback query. ``forge`` sends data that no button holds."""
        person = self.person(person_id)
        message = self.message(person_id, message_id)
        if person.blocked:
            raise Impossible("who blocked the bot cannot press its buttons")
        if not forge and callback_data not in _data_of(message):
            raise Impossible(f"message {message_id} has no button with the data {callback_data!r}")
        query = Query(str(10**17 + self.world.number()), person_id, person_id, message_id, self.world.now())
        self.world.queries[query.id] = query
        message.tapped_at = query.at
        body = {
            "id": query.id,
            "from": shapes.user(person),
            "message": shapes.message(self.world, message),
            "chat_instance": str(-(10**18) - person_id),
            "data": callback_data,
        }
        # telegram-bot-api, Client.cpp: taps queue by person, apart from the messages of the chat.
        self.world.updates.push("callback_query", body, ("tap", person_id))
        return query.id

    def press(self, person_id: int, label: str, message_id: int | None = None) -> str:
        """Press the button with this label, on the newest message that has one unless told which."""
        messages = (
            [self.message(person_id, message_id)] if message_id else self.chat(person_id).messages[::-1]
        )
        for message in messages:
            for row in message.keyboard or []:
                for button in row:
                    if button["text"] == label and "callback_data" in button:
                        return self.tap(person_id, message.message_id, button["callback_data"])
        raise Impossible(f"there is no button {label!r} to press")

    def answer(self, query_id: str) -> Query | None:
        """A tap and how it was answered; None while it waits."""
        query = self.world.queries.get(query_id)
        return query if query is not None and query.answered else None

    def block(self, person_id: int) -> None:
        """Stop the bot; it hears of it."""
        person = self.person(person_id)
        if not person.blocked:
            person.blocked = True
            self._push_membership(person_id, shapes.user(person), "member", "kicked")

    def unblock(self, person_id: int) -> None:
        """Let the bot write again; it hears of it."""
        person = self.person(person_id)
        if person.blocked:
            person.blocked = False
            self._push_membership(person_id, shapes.user(person), "kicked", "member")

    def deactivate(self, person_id: int) -> None:
        """Delete the account; nobody tells the bot."""
        self.person(person_id).deactivated = True

    def message(self, chat_id: int, message_id: int) -> Message:
        """A message of a chat."""
        try:
            return self.world.rooms[chat_id].messages[message_id]
        except KeyError:
            raise Impossible(f"there is no message {message_id} in chat {chat_id}") from None

    def chat(self, person_id: int) -> Chat:
        """The chat with the bot as a person sees it."""
        person = self.person(person_id)
        room = self.world.room(person_id)
        language = person.language_code.partition("-")[0]
        descriptions = self.world.descriptions
        return Chat(
            person=person,
            messages=list(room.messages.values()),
            menu=menu_of(self.world, person_id),
            pinned=room.messages[room.pinned[-1]] if room.pinned else None,
            action=self._action(person_id),
            description=descriptions.get(language) or descriptions.get("", ""),
        )

    def content(self, file_id: str) -> bytes | None:
        """A file as people open it in their app."""
        found = self.world.files.get(file_id)
        return found.content if found else None

    def subscribe(self) -> asyncio.Queue[Change]:
        """Every change from now on; a toast without text only ends the wait of its button."""
        return self.world.subscribe()

    def unsubscribe(self, queue: asyncio.Queue[Change]) -> None:
        """No more changes into this queue."""
        self.world.unsubscribe(queue)

    def add_to_group(self, person_id: int, group_id: int, title: str) -> Group:
        """Somebody adds the bot to a group; ids that begin with -100 are supergroups."""
        group = self.world.groups.get(group_id)
        if group is None:
            group = self.world.groups[group_id] = Group(group_id, title, str(group_id).startswith("-100"))
        group.state = "member"
        self._push_membership(group_id, shapes.user(self.person(person_id)), "left", "member")
        return group

    def remove_from_group(self, person_id: int, group_id: int) -> None:
        """Somebody removes the bot from a group."""
        self.world.groups[group_id].state = "kicked"
        self._push_membership(group_id, shapes.user(self.person(person_id)), "member", "kicked")

    def delete_group(self, group_id: int) -> None:
        """The group is gone."""
        self.world.groups[group_id].state = "deleted"

    def upgrade_group(self, group_id: int, new_id: int) -> Group:
        """The group becomes a supergroup under a new id; calls to the old one are told so."""
        old = self.world.groups[group_id]
        old.state, old.upgraded_to = "upgraded", new_id
        group = self.world.groups[new_id] = replace(
            old, id=new_id, is_supergroup=True, state="member", upgraded_to=None
        )
        return group

    def _say(
        self,
        person_id: int,
        into: int | None,
        *,
        text: str = "",
        entities: list[dict[str, Any]] | None = None,
        attachment: Attachment | None = None,
        reply_to: int | None = None,
        origin: dict[str, Any] | None = None,
        album: str | None = None,
    ) -> Message:
        person = self.person(person_id)
        chat_id = self._chat_of(person, into)
        message = Message(
            chat_id=chat_id,
            message_id=self.world.next_message_id(chat_id),
            from_id=person_id,
            by_bot=False,
            sent_at=self.world.now(),
            text=text,
            entities=_found(text) if entities is None else entities,
            attachment=attachment,
            reply_to=reply_to,
            forward_origin=origin,
            media_group_id=album,
        )
        self.world.put(message)
        if chat_id in self.world.people or _is_heard(message):
            self._push_message("message", message)
        return message

    def _chat_of(self, person: Person, into: int | None) -> int:
        if person.deactivated:
            raise Impossible(f"{person.first_name} has no account any more")
        if into is not None:
            if into not in self.world.groups:
                raise Impossible(f"there is no group {into}")
            return into
        if person.blocked:
            raise Impossible("who blocked the bot has to unblock it before writing")
        person.started = True
        return person.id

    def _push_message(self, kind: str, message: Message) -> None:
        # telegram-bot-api, Client.cpp: messages and their edits queue by chat.
        self.world.updates.push(kind, shapes.message(self.world, message), ("chat", message.chat_id))

    def _push_membership(self, chat_id: int, actor: dict[str, Any], old: str, new: str) -> None:
        me = shapes.bot(self.world)
        body = {
            "chat": shapes.chat(self.world, chat_id),
            "from": actor,
            "date": shapes.seconds(self.world.now()),
            "old_chat_member": _member(me, old),
            "new_chat_member": _member(me, new),
        }
        self.world.updates.push("my_chat_member", body, ("member", chat_id))

    def _action(self, chat_id: int) -> str | None:
        room = self.world.room(chat_id)
        if room.action_at is None or self.world.now() - room.action_at >= limits.LIFE_OF_TYPING:
            return None
        return room.action


def _member(me: dict[str, Any], status: str) -> dict[str, Any]:
    shape: dict[str, Any] = {"user": me, "status": status}
    if status == "kicked":
        shape["until_date"] = 0
    return shape


def _is_heard(message: Message) -> bool:
    """In groups a bot with privacy mode hears commands and replies alone (Bots FAQ)."""
    return message.text.startswith("/") or message.reply_to is not None


def _found(words: str) -> list[dict[str, Any]]:
    return text.detected(words, []) if words else []


def _data_of(message: Message) -> set[str]:
    return {
        button["callback_data"]
        for row in message.keyboard or []
        for button in row
        if "callback_data" in button
    }


def _split(words: str) -> list[str]:
    """Parts of at most 4096 UTF-16 units, cut at a line end or space near the limit where there is one."""
    parts = []
    while units(words) > limits.TEXT:
        end = min(len(words), limits.TEXT)
        while units(words[:end]) > limits.TEXT:
            end -= max(1, (units(words[:end]) - limits.TEXT) // 2)
        cut = max(words.rfind("\n", end // 2, end), words.rfind(" ", end // 2, end))
        parts.append(words[: cut if cut > 0 else end].rstrip())
        words = words[cut if cut > 0 else end :].lstrip()
    return [*parts, words]
