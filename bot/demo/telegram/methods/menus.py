"""The list of commands in each scope and language, and the menu button."""

import re
from typing import Any

from bot.demo.telegram import limits
from bot.demo.telegram.asked import Asked, chat_number
from bot.demo.telegram.refusals import bad
from bot.demo.telegram.world import Change, World

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?")
# Bot API, BotCommandScope.
_GENERAL = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
_OF_CHAT = ("chat", "chat_administrators", "chat_member")


def language(asked: Asked) -> str:
    """The language a call names: two letters or none (tdlib, misc.cpp, validate_bot_language_code)."""
    tag = asked.text("language_code")
    if not _LANGUAGE.fullmatch(tag):
        raise bad("invalid language code specified")
    return tag


def set_my_commands(asked: Asked) -> bool:
    """Replace the list of one scope and language."""
    key = _scope(asked), language(asked)
    commands = _commands(asked)
    if commands:
        asked.world.menus[key] = commands
    else:
        asked.world.menus.pop(key, None)
    _show(asked)
    return True


def get_my_commands(asked: Asked) -> list[dict[str, str]]:
    """The list of exactly this scope and language, empty when it has none."""
    return asked.world.menus.get((_scope(asked), language(asked)), [])


def delete_my_commands(asked: Asked) -> bool:
    """Take the list of one scope and language away; people see the next general one."""
    asked.world.menus.pop((_scope(asked), language(asked)), None)
    _show(asked)
    return True


def _show(asked: Asked) -> None:
    asked.effect = True
    asked.world.show(Change("menu", asked.chat_id))


def _scope(asked: Asked) -> str:
    scope = asked.get("scope")
    if scope is None:
        return "default"
    if not isinstance(scope, dict) or "type" not in scope:
        raise bad("can't parse BotCommandScope: Can't find field \"type\"")
    kind = scope["type"]
    if kind in _GENERAL:
        return str(kind)
    if kind not in _OF_CHAT:
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    asked.chat_id = chat_number(scope.get("chat_id"))
    _check_chat(asked.world, asked.chat_id, str(kind))
    member = f":{chat_number(scope.get('user_id'))}" if kind == "chat_member" else ""
    return f"{kind}:{asked.chat_id}{member}"


def _check_chat(world: World, chat_id: int, kind: str) -> None:
    person = world.people.get(chat_id)
    known = chat_id in world.groups or (person is not None and person.started)
    if not known:
        raise bad("chat not found")
    if person is not None and kind != "chat":
        # tdlib, BotCommandScope.cpp: the other two are for groups.
        raise bad("can't use specified scope in private chats")


def _commands(asked: Asked) -> list[dict[str, str]]:
    given = asked.get("commands")
    if not isinstance(given, list):
        raise bad("expected an Array of BotCommand")
    # constants.BotCommandLimit.MAX_COMMAND_NUMBER
    if len(given) > limits.COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    return [_command(each) for each in given]


def _command(given: Any) -> dict[str, str]:
    if not isinstance(given, dict):
        raise bad("can't parse BotCommand: expected an Object")
    for name in ("command", "description"):
        if not isinstance(given.get(name), str):
            raise bad(f"can't parse BotCommand: Can't find field \"{name}\"")
    # tdlib, BotCommand.cpp, set_commands: trimmed, one slash taken off, then measured.
    command = given["command"].strip().removeprefix("/")
    description = given["description"].strip()
    if not command:
        raise bad("command must be non-empty")
    if len(command) > limits.COMMAND:
        raise bad(f"command length must not exceed {limits.COMMAND}")
    if not _COMMAND.fullmatch(command):
        raise bad("BOT_COMMAND_INVALID")
    if not description:
        raise bad("command description must be non-empty")
    if len(description) > limits.COMMAND_DESCRIPTION:
        raise bad(f"command description length must not exceed {limits.COMMAND_DESCRIPTION}")
    return {"command": command, "description": description}


def menu_of(world: World, person_id: int) -> list[dict[str, str]]:
    """The commands a person sees in the chat with the bot.

    The narrower scope first, in each the person's language first (Bot API, BotCommandScope).
    """
    tag = world.people[person_id].language_code.partition("-")[0]
    for scope in (f"chat:{person_id}", "all_private_chats", "default"):
        for code in (tag, ""):
            commands = world.menus.get((scope, code))
            if commands:
                return commands
    return []


def set_chat_menu_button(asked: Asked) -> bool:
    """What the button beside the text field does, in one chat or in all."""
    button = asked.get("menu_button") or {"type": "default"}
    # Bot API, MenuButton.
    if not isinstance(button, dict) or button.get("type") not in ("commands", "web_app", "default"):
        raise bad("can't parse menu button: Unsupported type specified")
    asked.world.menu_buttons[_chat(asked)] = button
    _show(asked)
    return True


def get_chat_menu_button(asked: Asked) -> dict[str, Any]:
    """The button of a chat, else that of all chats."""
    buttons = asked.world.menu_buttons
    return buttons.get(_chat(asked)) or buttons.get(None) or {"type": "commands"}


def _chat(asked: Asked) -> int | None:
    if asked.get("chat_id") is None:
        return None
    return asked.known_chat()
