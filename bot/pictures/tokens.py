"""Colours and sizes of pictures. A bot cannot see the reader's theme, so each look carries its own ground."""

from dataclasses import dataclass
from typing import Literal

from bot.rules.languages import ENGLISH

Look = Literal["light", "dark"]

WIDE, TALL = 1024, 1280
"""Pixels; a phone shows a photo about 256 points wide, so four of them are a point."""
MARGIN = 64
ROOM = WIDE - 2 * MARGIN
FIGURE, TITLE, BODY = 160, 80, 60
STROKE = 4
"""Nothing thinner: Telegram compresses a photo once more."""


@dataclass(frozen=True, slots=True)
class Tones:
    ground: str
    ink: str
    muted: str
    accent: str
    bar: str
    outline: str
    panel: str
    """Ground of what lies on the card: a bubble, a page."""


TONES: dict[Look, Tones] = {
    "light": Tones("#FBFAF7", "#14212B", "#4E5D69", "#0A626B", "#DFE5E8", "#75858F", "#EDF1F2"),
    "dark": Tones("#16212A", "#EAF1F5", "#A9B8C3", "#73D2DA", "#33444F", "#A9B8C3", "#22313C"),
}


def small(language: str) -> int:
    """The smallest type there is."""
    return 52 if language == ENGLISH else 56


def leading(language: str) -> float:
    """Height of a line in sizes of its type."""
    return 1.3 if language == ENGLISH else 1.45
