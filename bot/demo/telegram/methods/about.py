"""getMe, and the bot's name and descriptions in each language."""

from typing import Any

from bot.demo.telegram import limits, shapes
from bot.demo.telegram.asked import Asked
from bot.demo.telegram.methods.menus import language
from bot.demo.telegram.refusals import bad


def get_me(asked: Asked) -> dict[str, Any]:
    """Who the bot is."""
    return {
        **shapes.bot(asked.world),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def set_my_name(asked: Asked) -> bool:
    """Name the bot, in one language or for all without their own."""
    tag, name = language(asked), asked.text("name").strip()
    # constants.BotNameLimit.MAX_NAME_LENGTH
    if len(name) > limits.NAME:
        raise bad("BOT_TITLE_INVALID")
    if not tag and not name:
        raise bad("BOT_TITLE_INVALID")
    _keep(asked, asked.world.bot_name, tag, name)
    return True


def set_my_description(asked: Asked) -> bool:
    """What an empty chat shows."""
    tag, description = language(asked), asked.text("description")
    # constants.BotDescriptionLimit.MAX_DESCRIPTION_LENGTH
    if len(description) > limits.DESCRIPTION:
        raise bad("BOT_DESCRIPTION_TOO_LONG")
    _keep(asked, asked.world.descriptions, tag, description)
    return True


def set_my_short_description(asked: Asked) -> bool:
    """What the bot's profile shows."""
    tag, description = language(asked), asked.text("short_description")
    # constants.BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH
    if len(description) > limits.SHORT_DESCRIPTION:
        raise bad("BOT_SHORT_DESCRIPTION_TOO_LONG")
    _keep(asked, asked.world.short_descriptions, tag, description)
    return True


def get_my_name(asked: Asked) -> dict[str, str]:
    """The name in a language, else the one for all."""
    return {"name": _words(asked, asked.world.bot_name)}


def get_my_description(asked: Asked) -> dict[str, str]:
    """The description in a language, else the one for all."""
    return {"description": _words(asked, asked.world.descriptions)}


def get_my_short_description(asked: Asked) -> dict[str, str]:
    """The short description in a language, else the one for all."""
    return {"short_description": _words(asked, asked.world.short_descriptions)}


def _words(asked: Asked, kept: dict[str, str]) -> str:
    return kept.get(language(asked)) or kept.get("", "")


def _keep(asked: Asked, kept: dict[str, str], tag: str, words: str) -> None:
    asked.effect = True
    if words:
        kept[tag] = words
    else:
        kept.pop(tag, None)
