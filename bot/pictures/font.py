"""What the font can draw and how wide each sign is, read from its file: three of its tables, in 5 ms.

A font library would do, but takes 60 MB to learn the names of 65,535 glyphs that nobody asks for.
"""

import struct
from array import array
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from noto_cjk_sans_otc import FONT_PATH

FILE = Path(str(FONT_PATH))
FACES = ("JP", "KR", "SC", "TC")
"""As they follow each other in the file."""
MISSING = 0xFFFF
SIGNS = 0x32000
"""One more than the last sign it has; none beyond can be drawn."""
_WINDOWS_FULL = (3, 10)
"""Platform and encoding of the table that holds more than the first 65,536 signs."""


@cache
def widths(face: str) -> "array[int]":
    """Width of every sign of this face in thousandths of its size, `MISSING` where it has none."""
    with FILE.open("rb") as opened:
        whole = opened.read()
    tables = _tables(whole, FACES.index(face))
    (count,) = struct.unpack_from(">H", whole, tables["hhea"] + 34)
    advances = struct.unpack_from(">" + "H2x" * count, whole, tables["hmtx"])
    found = array("H", [MISSING]) * SIGNS
    for first, last, glyph in _runs(whole, tables["cmap"]):
        for sign in range(first, min(last, SIGNS - 1) + 1):
            found[sign] = advances[min(glyph + sign - first, count - 1)]
    return found


def _tables(whole: bytes, number: int) -> dict[str, int]:
    """Where the tables of one face begin."""
    (at,) = struct.unpack_from(">I", whole, 12 + 4 * number)
    (count,) = struct.unpack_from(">H", whole, at + 4)
    entries = (struct.unpack_from(">4sIII", whole, at + 12 + 16 * place) for place in range(count))
    return {name.decode("ascii"): offset for name, _, offset, _ in entries}


def _runs(whole: bytes, cmap: int) -> Iterator[tuple[int, int, int]]:
    """(first sign, last sign, glyph of the first) of the full table, which is of format 12."""
    (count,) = struct.unpack_from(">H", whole, cmap + 2)
    for place in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", whole, cmap + 4 + 8 * place)
        if (platform, encoding) == _WINDOWS_FULL:
            (runs,) = struct.unpack_from(">I", whole, cmap + offset + 12)
            yield from struct.iter_unpack(">III", whole[cmap + offset + 16 : cmap + offset + 16 + 12 * runs])
            return
    raise ValueError(f"{FILE} holds no table of all its signs.")
