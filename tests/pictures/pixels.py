"""A picture printed in grey and seen without glasses, as rows of tones; and how far apart two tones are."""

import re
import struct
import zlib

from bot.pictures import draw

POINT = 4
"""Pixels of a picture to a point of a phone."""


def printed(svg: str, language: str) -> list[list[int]]:
    """The picture in grey, blurred by two points (8 px, a deviation of 4), tones 0 to 255; a pixel a point."""
    head, rest = svg.strip().split(">", 1)
    head = re.sub(r' (width|height)="(\d+)"', lambda side: f' {side[1]}="{int(side[2]) // POINT}"', head)
    inside = rest.rsplit("</svg>", 1)[0]
    seen = (
        f'{head}><filter id="print" x="0" y="0" width="1" height="1" color-interpolation-filters="sRGB">'
        f'<feColorMatrix type="saturate" values="0"/><feGaussianBlur stdDeviation="4"/></filter>'
        f'<g filter="url(#print)">{inside}</g></svg>'
    )
    return grey(draw.png(seen, language))


def grey(png: bytes) -> list[list[int]]:
    """The red of each pixel of an RGBA picture, which in grey is its tone."""
    wide, tall, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert (depth, kind) == (8, 6)
    at, packed = 8, b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            packed += png[at + 8 : at + 8 + length]
        at += 12 + length
    raw = zlib.decompress(packed)
    step, rows = 1 + 4 * wide, []
    above = [0] * wide
    for y in range(tall):
        row = _unfiltered(raw[y * step], raw[y * step + 1 : (y + 1) * step : 4], above)
        rows.append(row)
        above = row
    return rows


def _unfiltered(how: int, line: bytes, above: list[int]) -> list[int]:
    """One channel of a line; every filter of PNG looks at the same channel only."""
    row: list[int] = []
    for x, value in enumerate(line):
        left, up, corner = (row[-1] if x else 0), above[x], (above[x - 1] if x else 0)
        guess = (0, left, up, (left + up) // 2, _paeth(left, up, corner))[how]
        row.append((value + guess) & 255)
    return row


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda one: abs(guess - one))


def contrast(one: str, other: str) -> float:
    """WCAG 2: from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def apart(one: int, other: int) -> float:
    """The same of two tones of grey."""
    return contrast(f"#{one:02x}{one:02x}{one:02x}", f"#{other:02x}{other:02x}{other:02x}")


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
