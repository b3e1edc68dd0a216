"""The commands in the order in which each kind of person sees them; words stand in a template."""

from bot.rules import access
from bot.rules.people import Learner
from bot.words import Words

ORDER = ("learn", "report", "export", "lessons", "cases", "quiz", "settings", "privacy", "help", "cancel")
"""Report is among the first three for everybody; at most ten fit Telegram's menu."""
NOT_IN_MENU = ("cancel",)
TELEGRAM_LANGUAGES = {"": "en", "zh": "zh-Hans"}
"""Telegram's menus take two-letter codes; zh-Hant and a person's own choice go by chat scope."""


def default_language(code: str | None) -> str:
    """The language of the menu that Telegram shows somebody with this code when we set none for them."""
    return TELEGRAM_LANGUAGES.get((code or "")[:2].lower(), TELEGRAM_LANGUAGES[""])


def labels(words: Words, language: str, audience: str) -> dict[str, str]:
    """Command → what it does, in few words."""
    lines = words.render("command_labels.html", language, audience).strip().splitlines()
    return dict(line.split("\t", 1) for line in lines if "\t" in line)


def commands_of(learner: Learner) -> list[str]:
    """The commands this person may use, in order."""
    return [name for name in ORDER if access.may_use(learner, name)]


def telegram_menu(words: Words, names: list[str], language: str, audience: str) -> list[dict[str, str]]:
    """For setMyCommands."""
    said = labels(words, language, audience)
    return [{"command": name, "description": said[name]} for name in names if name not in NOT_IN_MENU]
