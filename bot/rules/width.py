"""How wide a button label is on a phone, so that none is cut.

Counted for a 280-point bubble: Latin letter or digit 1, Chinese character 2, emoji 3.
"""

import unicodedata
from functools import lru_cache

ONE_A_ROW, TWO_A_ROW, THREE_A_ROW, FOUR_A_ROW = 30, 15, 9, 6


@lru_cache(4096)
def width(label: str) -> int:
    """Units of a label; a variation selector or joiner adds none."""
    return sum(_units(letter) for letter in label)


def _units(letter: str) -> int:
    if letter in "\ufe0f\u200d":
        return 0
    if unicodedata.category(letter) == "So" or ord(letter) >= 0x1F000:
        return 3
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
