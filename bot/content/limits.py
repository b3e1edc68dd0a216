"""How long a text may be: Telegram's limits, and how much a phone and a reader take."""

import re
import unicodedata

from bot.content.markdown import plain
from bot.content.places import Faults, Place
from bot.rules.curriculum import CHANNEL_NAMED
from bot.rules.languages import ENGLISH

MESSAGE = 4096  # telegram.constants.MessageLimit.MAX_TEXT_LENGTH, counted after entities are parsed
COPIED = 256  # telegram.constants.InlineKeyboardButtonLimit.MAX_COPY_TEXT
BUTTON = 30
_LONGEST_CHANNEL, _CHINESE_CHANNEL = "📱 Text message", "📱 短信"
LINE = {ENGLISH: 36}
CHINESE_LINE = 34

_EMOJI = re.compile("[\U0001f000-\U0001faff☀-➿⌀-⏿⬀-⯿]")
_WORD = re.compile(r"[^\W_]+(?:['’.,:%/-][^\W_]+)*")
_BREAKABLE = re.compile(r"\s+|[\u2e80-\uffef\U00020000-\U0003ffff]|[^\s\u2e80-\uffef\U00020000-\U0003ffff]+")


def units(text: str) -> int:
    """Width on a button: a Latin letter is 1, a Chinese character 2, an emoji 3."""
    return sum(_width(letter) for letter in text)


def _width(letter: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    if _EMOJI.match(letter):
        return 3
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def lines(shown: str, language: str) -> int:
    """Lines on a phone, of 36 Latin or 17 Chinese characters."""
    room = LINE.get(language, CHINESE_LINE)
    return sum(_wrapped(line, room) for line in plain(shown).split("\n"))


def _wrapped(line: str, room: int) -> int:
    used, rows = 0, 1
    for piece in _BREAKABLE.findall(line):
        width = units(piece)
        if used + width > room and not piece.isspace() and used:
            rows, used = rows + 1, 0
        while width > room:
            rows, width = rows + 1, width - room
        used += width
    return rows


def count(shown: str, language: str) -> int:
    """English words, or Chinese characters: everything printed, punctuation and figures too."""
    text = plain(shown)
    return len(_WORD.findall(text)) if language == ENGLISH else len("".join(text.split()))


def message_length(shown: str) -> int:
    """What Telegram counts: UTF-16 units of the text without its tags."""
    return len(plain(shown).encode("utf-16-le")) // 2


class Limits:
    """Compares texts with what they may have and notes what is too long."""

    def __init__(self, faults: Faults, language: str, hotline: str = "") -> None:
        self._faults, self._language, self._hotline = faults, language, hotline
        self._is_english = language == ENGLISH

    def button(self, label: str, place: Place, what: str, most: int = BUTTON) -> None:
        self._most(units(label), most, place, f"{what} “{label}”", "units wide")

    def words(self, shown: str, place: Place, what: str, english: int, chinese: int) -> None:
        kind, most = ("words", english) if self._is_english else ("characters", chinese)
        # the name of a channel is no word of the author's
        read = CHANNEL_NAMED.sub("", shown)
        self._most(count(self._filled(read), self._language), most, place, what, kind)

    def rows(self, shown: str, place: Place, what: str, english: int, chinese: int) -> None:
        most = english if self._is_english else chinese
        self._most(lines(self._filled(shown), self._language), most, place, what, "lines long on a phone")

    def message(self, shown: str, place: Place, what: str, most: int = MESSAGE) -> None:
        self._most(message_length(self._filled(shown)), most, place, what, "characters long")

    def _filled(self, shown: str) -> str:
        named = CHANNEL_NAMED.sub(_LONGEST_CHANNEL if self._is_english else _CHINESE_CHANNEL, shown)
        return named.replace("{hotline}", self._hotline)

    def _most(self, has: int, most: int, place: Place, what: str, kind: str) -> None:
        if has > most:
            self._faults.at(place, "too-long", f"{what} is {has} {kind} in {self._language}; {most} fit.")
