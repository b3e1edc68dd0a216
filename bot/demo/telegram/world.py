"""Everything the small Telegram remembers: people, groups, chats, messages, files, taps and menus."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from bot.demo.telegram import limits, text
from bot.demo.telegram.keyboards import Keyboard
from bot.demo.telegram.ledger import Call, Journal
from bot.demo.telegram.markup import Entity
from bot.demo.telegram.updates import Updates

ChangeKind = Literal["message", "edit", "delete", "toast", "sheet", "typing", "menu", "pinned", "call"]


@dataclass(slots=True)
class Person:
    """Somebody with a Telegram account."""

    id: int
    first_name: str
    language_code: str
    username: str | None = None
    started: bool = False
    """Wrote to the bot at least once; before that the bot may not write."""
    blocked: bool = False
    deactivated: bool = False


@dataclass(slots=True)
class Group:
    """A group or supergroup the bot was added to."""

    id: int
    title: str
    is_supergroup: bool
    state: Literal["member", "left", "kicked", "deleted", "upgraded"] = "member"
    upgraded_to: int | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a message: a document, a photo, a sticker or a voice note."""

    kind: Literal["document", "photo", "sticker", "voice"]
    file_id: str
    unique_id: str
    name: str
    mime: str
    size: int
    content: bytes = field(repr=False)
    width: int = 0
    height: int = 0
    seconds: int = 0
    emoji: str = ""


@dataclass(slots=True)
class Message:
    """One bubble, the same for both sides."""

    chat_id: int
    message_id: int
    from_id: int
    by_bot: bool
    sent_at: datetime
    text: str = ""
    """The caption where there is an attachment."""
    entities: list[Entity] = field(default_factory=list)
    keyboard: Keyboard | None = None
    attachment: Attachment | None = None
    reply_to: int | None = None
    edited_at: datetime | None = None
    edited_by: Literal["tap", "bot", "person"] | None = None
    """What the last edit answered; people see “edited” only when no tap caused it."""
    tapped_at: datetime | None = None
    is_protected: bool = False
    is_silent: bool = False
    is_pinned: bool = False
    effect_id: str | None = None
    forward_origin: dict[str, Any] | None = None
    media_group_id: str | None = None
    link_preview: dict[str, Any] | None = None

    @property
    def html(self) -> str:
        """The text for a browser, escaped."""
        return text.to_html(self.text, self.entities)


@dataclass(slots=True)
class Room:
    """A chat from inside: its messages by id, in the order they were sent."""

    id: int
    messages: dict[int, Message] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    action: str | None = None
    action_at: datetime | None = None


@dataclass(slots=True)
class Query:
    """One tap, waiting for its answer."""

    id: str
    person_id: int
    chat_id: int
    message_id: int
    at: datetime
    answered: bool = False
    text: str | None = None
    is_sheet: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """Something a person would see, or a call somebody may want to watch."""

    kind: ChangeKind
    chat_id: int | None
    message: Message | None = None
    message_id: int | None = None
    text: str | None = None
    query_id: str | None = None
    call: Call | None = None


class World:
    """The state, and the few moves that every rule is made of."""

    def __init__(self, *, token: str, now: Callable[[], datetime], journal: Path | None = None) -> None:
        self.token = token
        self.now = now
        self.bot_id = int(token.partition(":")[0]) if token.partition(":")[0].isdecimal() else 1
        self.bot_name: dict[str, str] = {"": "Fraudwise"}
        self.bot_username = "fraudwise_bot"
        self.descriptions: dict[str, str] = {}
        self.short_descriptions: dict[str, str] = {}
        self.menus: dict[tuple[str, str], list[dict[str, str]]] = {}
        """Commands by (scope, language): the scope is its type, with the chat's id where it has one."""
        self.menu_buttons: dict[int | None, dict[str, Any]] = {}
        self.people: dict[int, Person] = {}
        self.groups: dict[int, Group] = {}
        self.rooms: dict[int, Room] = {}
        self.files: dict[str, Attachment] = {}
        self.paths: dict[str, tuple[str, datetime]] = {}
        self.queries: dict[str, Query] = {}
        self.updates = Updates(now)
        self.ledger: list[Call] = []
        self._watchers: list[asyncio.Queue[Change]] = []
        self._journal = Journal(journal) if journal else None
        self.message_ids = 0
        """The last number given in private chats and small groups."""
        if self._journal is not None:
            self._go_on(list(self._journal.read()))
        self.supergroup_ids: dict[int, int] = {}
        self.numbers = 0

    def _go_on(self, calls: list[Call]) -> None:
        """Begin after an earlier run: no number a bot may remember is given again.

        The journal knows the bot's calls alone, hence the margin for what people did in between.
        """
        if calls:
            self.ledger.extend(calls)
            margin = 10 * len(calls) + 1000
            self.message_ids = max(call.message_id or 0 for call in calls) + margin
            self.updates.skip_ahead(int(self.now().timestamp()) - 1_700_000_000 + margin)

    def number(self) -> int:
        """A number never given before."""
        self.numbers += 1
        return self.numbers

    def room(self, chat_id: int) -> Room:
        """The chat, opened if nothing was ever said in it."""
        room = self.rooms.get(chat_id)
        if room is None:
            room = self.rooms[chat_id] = Room(chat_id)
        return room

    def next_message_id(self, chat_id: int) -> int:
        """Private chats and small groups share one row of numbers, a supergroup has its own."""
        group = self.groups.get(chat_id)
        if group is not None and group.is_supergroup:
            self.supergroup_ids[chat_id] = number = self.supergroup_ids.get(chat_id, 0) + 1
            return number
        self.message_ids += 1
        return self.message_ids

    def put(self, message: Message) -> Message:
        """Add a message to its chat and show it."""
        room = self.room(message.chat_id)
        room.messages[message.message_id] = message
        if message.by_bot:
            room.action = None
        self.show(Change("message", message.chat_id, message, message.message_id))
        return message

    def keep_file(self, attachment: Attachment) -> Attachment:
        """Remember a file under its id."""
        self.files[attachment.file_id] = attachment
        return attachment

    def new_file_ids(self, content: bytes) -> tuple[str, str]:
        """An id of this bot's own for a file, and one that stays the same for the same content."""
        unique = hashlib.blake2b(content, digest_size=8).hexdigest()
        return f"BQAC{self.number():08d}{unique}", f"AgAD{unique}"

    def show(self, change: Change) -> None:
        """Tell everybody who watches."""
        for watcher in self._watchers:
            watcher.put_nowait(change)

    def subscribe(self) -> asyncio.Queue[Change]:
        """Every change from now on, in order."""
        queue: asyncio.Queue[Change] = asyncio.Queue()
        self._watchers.append(queue)
        return queue

    def unsubscribe(self, queue: asyncio.Queue[Change]) -> None:
        """No more changes into this queue."""
        if queue in self._watchers:
            self._watchers.remove(queue)

    def record(self, call: Call) -> None:
        """Write a call into the ledger and, when there is one, into the journal on disk."""
        self.ledger.append(call)
        if self._watchers:
            self.show(Change("call", call.chat_id, message_id=call.message_id, call=call))
        if self._journal is not None:
            self._journal.add(call)

    def tapped_recently(self, message: Message) -> bool:
        """Whether an edit made now answers a tap."""
        return message.tapped_at is not None and self.now() - message.tapped_at <= limits.LIFE_OF_TAP

    def close(self) -> None:
        """Close the journal."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None
