"""From an update's JSON to the fifteen or so fields we use, in a guard that nothing passes.

`telegram.Update.de_json` refuses a whole update for one field it misses and costs 250 µs; this
reads what is there and calls everything else “nothing we know”.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from bot.rules import access

Kind = Literal[
    "words", "command", "tap", "file", "sticker", "blocked", "unblocked", "group", "edit", "pinned", "nothing"
]
FILES = ("photo", "document", "voice", "video", "audio", "animation", "video_note")
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
WORDS_KEPT = 4096
LARGEST = 2**63 - 1
"""What both databases hold as a number."""


class NotAnUpdate(ValueError):
    """There is no update id, so nothing can be remembered of it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What somebody said or tapped, as far as we use it."""

    update_id: int
    account_id: int
    """The person; for an update that names nobody, a number that is nobody's."""
    chat_id: int
    kind: Kind
    words: str = ""
    command: str = ""
    args: str = ""
    tap: str = ""
    query_id: str = ""
    message_id: int = 0
    """Of a tap: the message that carries the button."""
    language_code: str | None = None
    forwarded: bool = False
    is_protected: bool = False
    """Of a tap: whether the message that carries the button cannot be passed on; no edit changes that."""

    is_picture: bool = False
    """Of a tap: whether the message that carries the button is a picture, which has a caption and no text."""

    @property
    def is_unread(self) -> bool:
        """Whether nothing in it could be read but its number."""
        return self.kind == "nothing" and not self.chat_id

    @property
    def shape(self) -> str:
        """What kind of update it was, without a word of it: a command that is not ours is somebody's words."""
        return f"command {self.command}" if access.is_command(self.command) else self.kind


def hear(update: Any) -> Heard:
    """Read an update; whatever cannot be read is `nothing`, never an error, as long as it has an id."""
    update_id = update.get("update_id") if isinstance(update, dict) else None
    if type(update_id) is not int or not 0 <= update_id <= LARGEST:
        raise NotAnUpdate
    try:
        return _hear(update_id, update)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return Heard(update_id, _nobody(update_id), 0, "nothing")


def _nobody(update_id: int) -> int:
    return -abs(update_id) - 1


def _hear(update_id: int, update: Mapping[str, Any]) -> Heard:
    if query := update.get("callback_query"):
        return _tap(update_id, query)
    if message := update.get("message"):
        return _message(update_id, message)
    if edited := update.get("edited_message"):
        person = edited["from"]
        return Heard(update_id, _number(person["id"]), _number(edited["chat"]["id"]), "edit",
                     language_code=_language(person))  # fmt: skip
    if member := update.get("my_chat_member"):
        return _member(update_id, member)
    return Heard(update_id, _nobody(update_id), 0, "nothing")


def _number(value: Any) -> int:
    if type(value) is not int or not -LARGEST <= value <= LARGEST:
        raise TypeError
    return value


def _language(person: Mapping[str, Any]) -> str | None:
    code = person.get("language_code")
    return code if isinstance(code, str) else None


def _tap(update_id: int, query: Mapping[str, Any]) -> Heard:
    person, message = query["from"], query.get("message") or {}
    account = _number(person["id"])
    chat = message.get("chat", {}).get("id", account)
    return Heard(
        update_id, account, _number(chat), "tap", tap=clean(str(query.get("data") or "")), query_id=str(query["id"]),
        message_id=_number(message.get("message_id", 0)), language_code=_language(person),
        is_protected=message.get("has_protected_content") is True,
        is_picture=bool(message.get("photo")),
    )  # fmt: skip


def _message(update_id: int, message: Mapping[str, Any]) -> Heard:
    chat, person = message["chat"], message.get("from") or {}
    if chat.get("type", "private") != "private":
        return Heard(update_id, _number(chat["id"]), _number(chat["id"]), "group")
    if "pinned_message" in message:
        return Heard(update_id, _number(person["id"]), _number(chat["id"]), "pinned")
    text = message.get("text")
    words = clean(str(text if text is not None else message.get("caption") or ""))
    heard = Heard(
        update_id, _number(person["id"]), _number(chat["id"]), _kind(message, text), words=words,
        message_id=_number(message["message_id"]), language_code=_language(person),
        forwarded="forward_origin" in message,
    )  # fmt: skip
    return _with_command(heard) if heard.kind == "words" and not heard.forwarded else heard


def _kind(message: Mapping[str, Any], text: Any) -> Kind:
    if text is not None:
        return "words"
    if "sticker" in message:
        return "sticker"
    return "file" if any(name in message for name in FILES) else "nothing"


def _with_command(heard: Heard) -> Heard:
    if not heard.words.startswith("/"):
        return heard
    head, _, rest = heard.words[1:].partition(" ")
    name = head.split("@", 1)[0].lower()
    return replace(heard, kind="command", command=name[:32], args=rest.strip())


def _member(update_id: int, member: Mapping[str, Any]) -> Heard:
    chat, status = member["chat"], member["new_chat_member"]["status"]
    if chat.get("type", "private") != "private":
        inside = status in ("member", "administrator", "restricted")
        return Heard(update_id, _number(chat["id"]), _number(chat["id"]), "group" if inside else "nothing")
    kind: Kind = "blocked" if status == "kicked" else "unblocked"
    return Heard(update_id, _number(member["from"]["id"]), _number(chat["id"]), kind)


def clean(text: str) -> str:
    """Words as both databases can hold them: no NUL, no lone surrogate."""
    return text[:WORDS_KEPT].replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
