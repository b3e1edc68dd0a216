"""One call of the bot: its parameters read by kind, and the checks that several methods share."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.demo.telegram.refusals import bad, forbidden
from bot.demo.telegram.world import Message, World

Kind = Literal["text", "int", "flag", "json", "file"]
Files = Mapping[str, tuple[str, bytes, str]]
"""By parameter (or by the name after ``attach://``): file name, content, mime type."""

_TRUE = ("true", "yes", "1")
_FALSE = ("false", "no", "0", "")


@dataclass(slots=True)
class Asked:
    """A call under way: what was asked, and what the ledger will say of it."""

    world: World
    method: str
    values: dict[str, Any]
    files: Files
    notes: list[str] = field(default_factory=list)
    chat_id: int | None = None
    message_id: int | None = None
    effect: bool = False

    def get(self, name: str) -> Any:
        """The value of a parameter, None when it was not given."""
        return self.values.get(name)

    def text(self, name: str) -> str:
        """A text parameter, empty when it was not given."""
        return str(self.values.get(name) or "")

    def flag(self, name: str) -> bool:
        """A yes-or-no parameter, no when it was not given."""
        return bool(self.values.get(name))

    def known_chat(self) -> int:
        """The chat the call names; refused when the bot has never met it."""
        chat_id = chat_number(self.values.get("chat_id"))
        self.chat_id = chat_id
        if chat_id not in self.world.people and chat_id not in self.world.groups:
            raise bad("chat not found")
        return chat_id

    def writable_chat(self) -> int:
        """The chat the call names; refused where the bot may not write."""
        chat_id = self.known_chat()
        if chat_id in self.world.people:
            _check_person(self.world, chat_id)
        else:
            _check_group(self.world, chat_id)
        return chat_id

    def message(self, chat_id: int, missing: str) -> Message:
        """The message the call names, refused with ``missing`` when it is not there."""
        number = self.values.get("message_id")
        if not number:
            # telegram-bot-api, Client.cpp, get_message_id / check_message.
            raise bad("message identifier is not specified")
        self.message_id = number
        found = self.world.room(chat_id).messages.get(number)
        if found is None:
            raise bad(missing)
        return found


def chat_number(value: Any) -> int:
    """A ``chat_id`` as a number; refused where it is none."""
    if value is None or value == "":
        raise bad("chat_id is empty")
    try:
        return int(value)
    except (TypeError, ValueError):
        # Only channels and public groups can be called by @username (Bot API), and there are none here.
        raise bad("chat not found") from None


def _check_person(world: World, person_id: int) -> None:
    # telegram-bot-api, Client.cpp, check_chat_access and fail_query_with_error.
    person = world.people[person_id]
    if person.deactivated:
        raise forbidden("user is deactivated")
    if not person.started:
        raise forbidden("bot can't initiate conversation with a user")
    if person.blocked:
        raise forbidden("bot was blocked by the user")


def _check_group(world: World, group_id: int) -> None:
    # telegram-bot-api, Client.cpp, check_chat_access.
    group = world.groups[group_id]
    kind = "supergroup" if group.is_supergroup else "group"
    match group.state:
        case "upgraded":
            refusal = bad("group chat was upgraded to a supergroup chat")
            refusal.parameters = {"migrate_to_chat_id": group.upgraded_to or 0}
            raise refusal
        case "deleted":
            raise forbidden("the group chat was deleted")
        case "kicked":
            raise forbidden(f"bot was kicked from the {kind} chat")
        case "left":
            raise forbidden(f"bot is not a member of the {kind} chat")


def read(params: Mapping[str, Any], takes: Mapping[str, Kind]) -> dict[str, Any]:
    """The parameters as values, whatever they came in: a form's strings or JSON.

    Telegram ignores a parameter it does not know. We refuse it: it is a slip of the pen, and nobody would
    notice before the bot runs for real.
    """
    values: dict[str, Any] = {}
    for name, value in params.items():
        kind = takes.get(name)
        if kind is None:
            raise bad(f'unknown parameter "{name}"')
        if value is not None:
            values[name] = _value(name, kind, value)
    return values


def _value(name: str, kind: Kind, value: Any) -> Any:
    if kind == "text":
        return value if isinstance(value, str) else json.dumps(value)
    if kind == "int":
        return _number(name, value)
    if kind == "flag":
        return _yes_or_no(name, value)
    if kind == "json" and isinstance(value, str):
        return _object(name, value)
    return value


def _number(name: str, value: Any) -> int:
    # Telegram reads what is no number as 0 and fails later, if at all; we name the parameter.
    if isinstance(value, bool):
        raise bad(f'invalid parameter "{name}": expected an Integer')
    try:
        return int(value)
    except (TypeError, ValueError):
        raise bad(f'invalid parameter "{name}": expected an Integer') from None


def _yes_or_no(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise bad(f'invalid parameter "{name}": expected a Boolean')


_NAMES = {
    # telegram-bot-api, Client.cpp: how it calls what it could not parse.
    "reply_markup": "reply keyboard markup",
    "link_preview_options": "link preview options",
    "reply_parameters": "reply parameters",
    "scope": "BotCommandScope",
    "commands": "commands",
    "menu_button": "menu button",
    "allowed_updates": "allowed updates",
}


def _object(name: str, value: str) -> Any:
    if not value:
        return None
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise bad(f"can't parse {_NAMES.get(name, name)} JSON object") from None
