"""The commands in the order in which each kind of person sees them; words stand in a template."""

from collections.abc import Mapping

from bot.rules import access
from bot.rules.curriculum import Audience
from bot.rules.people import Learner, Right
from bot.words import Words

_STAFF = (
    "learn",
    "report",
    "progress",
    "lessons",
    "cases",
    "review",
    "handbook",
    "settings",
    "pause",
    "help",
)
_OWNER = ("learn", "report", "cases", "progress", "quiz", "handbook", "settings", "pause", "privacy", "help")
MENUS: dict[Right | Audience, tuple[str, ...]] = {
    "administrator": (
        "status",
        "invite",
        "report",
        "roles",
        "learn",
        "progress",
        "lessons",
        "settings",
        "pause",
        "help",
    ),
    "manager": (
        "team",
        "learn",
        "report",
        "remind",
        "export",
        "assign",
        "exempt",
        "settings",
        "pause",
        "help",
    ),
    "triager": _STAFF,
    "trainer": (
        "items",
        "preview",
        "report",
        "learn",
        "progress",
        "lessons",
        "cases",
        "handbook",
        "settings",
        "help",
    ),
    "employee": _STAFF,
    "borrower": _OWNER,
}
"""What each kind of person needs first; report is among the first three for everybody."""
MENU_LENGTH = 10
"""Entries of Telegram's menu at most, so that a thumb finds them; the rest stands in /help."""
ORDER = (
    "learn", "report", "team", "remind", "assign", "exempt", "export", "status", "invite", "roles", "items", "preview",
    "progress", "why", "lessons", "cases", "quiz", "review", "handbook", "settings", "pause", "feedback", "privacy", "help", "cancel",
)  # fmt: skip
"""Everything in /help's order."""
TELEGRAM_LANGUAGES = {"": "en", "zh": "zh-Hans"}
"""Telegram's menus take two-letter codes; zh-Hant and a person's own choice go by chat scope."""


def default_language(code: str | None) -> str:
    """The language of the menu that Telegram shows somebody with this code when we set none for them."""
    return TELEGRAM_LANGUAGES.get((code or "")[:2].lower(), TELEGRAM_LANGUAGES[""])


def labels(words: Words, language: str, audience: str) -> dict[str, str]:
    """Command → what it does, in few words."""
    lines = words.render("command_labels.html", language, audience).strip().splitlines()
    return dict(line.split("\t", 1) for line in lines if "\t" in line)


def commands_of(learner: Learner, said: Mapping[str, str]) -> list[str]:
    """The commands this person may use, in /help's order; `said` names those there are."""
    return [name for name in ORDER if name in said and access.may_use(learner, name)]


def menu_of(learner: Learner) -> list[str]:
    """What Telegram's menu shows this person; whoever has several rights sees the first one's commands first."""
    kinds: list[Right | Audience] = [kind for kind in MENUS if kind in learner.rights]
    return [n for kind in kinds or [learner.audience] for n in MENUS[kind] if access.may_use(learner, n)]


def telegram_menu(words: Words, learner: Learner, language: str = "") -> list[dict[str, str]]:
    """For setMyCommands."""
    said = labels(words, language or learner.language, learner.audience)
    names = [name for name in dict.fromkeys(menu_of(learner)) if name in said][:MENU_LENGTH]
    return [{"command": name, "description": said[name]} for name in names]
