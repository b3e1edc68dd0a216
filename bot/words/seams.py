"""Where a word filled in meets Chinese: a space beside Latin letters and figures, none between Chinese."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from markupsafe import Markup

_EDGE = "\x02"
"""Stands at both ends of what was filled in while the seams are looked at; nobody can type it."""
_SEAM = re.compile(f"[{_EDGE} ]*{_EDGE}[{_EDGE} ]*")
_MEETS = re.compile(r"[㐀-鿿}] ?\{|\} ?[㐀-鿿]")
_HAN = re.compile("[㐀-鿿]")
_WIDE = re.compile("[㐀-鿿，。：；？！、（）《》「」『』]")
_NARROW = re.compile("[A-Za-z0-9%]")


def filled(message: str, values: Mapping[str, Any]) -> Markup:
    """A Chinese message with its values, spaced as if it had been written with them.

    The space in “安静到 {day}” belongs to 3 月 13 日, and not to 明天.
    """
    if not _meets(message) or not any(isinstance(value, str) for value in values.values()):
        return Markup(message).format(**values)
    edged = {name: _edged(value) for name, value in values.items()}
    # format escapes what is no Markup; the edges only ever go, or leave a space
    return Markup(_SEAM.sub(_closed, Markup(message).format(**edged)))


@lru_cache(maxsize=2048)
def _meets(message: str) -> bool:
    return _MEETS.search(message) is not None


def _edged(value: Any) -> Any:
    if isinstance(value, Markup):
        return Markup(_EDGE) + value + Markup(_EDGE)
    return f"{_EDGE}{value}{_EDGE}" if isinstance(value, str) else value


def _closed(seam: re.Match[str]) -> str:
    before, after = seam.string[: seam.start()][-1:], seam.string[seam.end() :][:1]
    if _WIDE.match(before) and _WIDE.match(after):
        return ""
    if (_HAN.match(before) and _NARROW.match(after)) or (_NARROW.match(before) and _HAN.match(after)):
        return " "
    return seam[0].replace(_EDGE, "")
