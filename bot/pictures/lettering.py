"""Text measured before it is drawn: how wide it is, where its lines break, what the font has no glyph for."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from bot.pictures.font import MISSING, SIGNS, widths
from bot.rules.languages import ENGLISH, HANT

SHRUNK = 0.72
"""How small a long name may get before it is wrapped."""

_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_OPEN, _CLOSE = "（「『【《〈“‘(", "、，。．：；！？）」』】》〉”’…—%)"
_ATOM = re.compile(rf"\s+|[{_OPEN}]*(?:[{_CJK}]|[^\s{_CJK}{_OPEN}]+)[{_CLOSE}]*|\S")


class GlyphMissing(Exception):
    """The font cannot draw some of our own words; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text as lines of one size that fit their room."""

    lines: tuple[str, ...]
    size: float


def family(language: str) -> str:
    """The face with the character shapes this reader learnt; for English the one whose quotes are not full width."""
    return f"Noto Sans CJK {_face(language)}"


def _face(language: str) -> str:
    return {ENGLISH: "KR", HANT: "TC"}.get(language, "SC")


def is_drawn(sign: str) -> bool:
    """Whether the font has a glyph for this sign; all faces have the same ones."""
    return ord(sign) < SIGNS and widths("SC")[ord(sign)] != MISSING


def drawable(text: str) -> str:
    """What of a stranger's text can be drawn: no emoji, no control signs, no script that the font lacks."""
    kept = "".join(
        sign if is_drawn(sign) else " " if sign.isspace() else ""
        for sign in unicodedata.normalize("NFC", text)
    )
    return " ".join(kept.split())


def width(text: str, size: float, language: str) -> float:
    """In pixels; a sign the font lacks counts as a full one."""
    known = widths(_face(language))
    return sum(known[ord(sign)] if is_drawn(sign) else 1000 for sign in text) * size / 1000


def wrap(text: str, room: float, size: float, language: str) -> tuple[str, ...]:
    """Lines no wider than *room* and of about one length, so that no word is left alone on the last.

    Broken at line ends, at spaces, between Chinese characters, and inside a word only if it is too long.
    """
    return tuple(line for part in text.splitlines() for line in _level(drawable(part), room, size, language))


def fit(text: str, room: float, size: float, language: str) -> Fitted:
    """On one line, down to 72 % of its size if it has to be; else wrapped at that size, never cut."""
    text = drawable(text)
    wide = width(text, size, language)
    if wide * SHRUNK <= room:
        return Fitted((text,), min(size, size * room / wide) if wide else size)
    return Fitted(wrap(text, room, size * SHRUNK, language), size * SHRUNK)


def refuse_missing(texts: Iterable[str]) -> None:
    """Raise `GlyphMissing` if any of our own *texts* has a sign that would come out as a box."""
    for text in texts:
        if lacking := [sign for sign in text if not is_drawn(sign) and not sign.isspace()]:
            raise GlyphMissing(
                f"Pictures have no glyph for {lacking[0]!r} (U+{ord(lacking[0]):04X}) in “{text}”."
            )


def _level(text: str, room: float, size: float, language: str) -> list[str]:
    lines = _broken(text, room, size, language)
    while len(lines) > 1 and len(narrower := _broken(text, room - size / 2, size, language)) == len(lines):
        lines, room = narrower, room - size / 2
    return lines


def _broken(text: str, room: float, size: float, language: str) -> list[str]:
    lines, line = [], ""
    for atom in _pieces(text, room, size, language):
        if line and width((line + atom).rstrip(), size, language) > room:
            lines.append(line.rstrip())
            line = ""
        line += atom if line else atom.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str, room: float, size: float, language: str) -> Iterable[str]:
    for atom in _ATOM.findall(text):
        yield from (atom,) if width(atom.rstrip(), size, language) <= room else tuple(atom)
