"""The sides of a picture, read from its first bytes."""

import struct

from bot.demo.telegram import limits
from bot.demo.telegram.refusals import bad

_PNG = b"\x89PNG\r\n\x1a\n"
_NO_FRAME = (0xC4, 0xC8, 0xCC)


def checked_sides(content: bytes) -> tuple[int, int]:
    """Width and height; refused where Telegram would not make a photo of it."""
    sides = sides_of(content)
    if sides is None:
        raise bad("IMAGE_PROCESS_FAILED")
    # Bot API, sendPhoto: sides together at most 10,000, one at most 20 times the other.
    if sum(sides) > limits.PHOTO_SIDES or max(sides) > limits.PHOTO_RATIO * min(sides):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return sides


def sides_of(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG or JPEG, None when it is neither."""
    if content.startswith(_PNG) and content[12:16] == b"IHDR" and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return (width, height) if width and height else None
    if content.startswith(b"\xff\xd8"):
        return _sides_of_jpeg(content)
    return None


def _sides_of_jpeg(content: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return (width, height) if width and height else None
        at += 2 + length
    return None
