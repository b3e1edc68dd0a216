"""From SVG to PNG, with our own font only: a picture is the same on every machine."""

import resvg_py

from bot.pictures.font import FILE


def png(svg: str, language: str) -> bytes:
    """The picture of this SVG. Holds the interpreter for some 50 ms: ask `bot.pictures.worker` from a service."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg, skip_system_fonts=True, font_files=[str(FILE)], languages=[language]
        )
    )
