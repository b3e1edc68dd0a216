"""From what somebody types about an hour to the hour."""

import re
from datetime import time

from bot.words.zones import half_day

_HOUR = re.compile(
    r"(?:早上|上午|中午|下午|傍晚|晚上|凌晨)?\s*(\d{1,2})\s*(?:[:：.点點时時h]\s*(\d{1,2}|半)?\s*分?)?\s*"
    r"(am|pm|a\.m\.|p\.m\.)?",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(\d{1,2})(\d\d)")


def hour(text: str) -> time | None:
    """The hour meant by “8:15”, “8”, “0815”, “8:15 pm” or “下午 3 点半”; None when it is none."""
    typed = text.strip()
    said = _HOUR.fullmatch(_DIGITS.sub(r"\1:\2", typed) if _DIGITS.fullmatch(typed) else typed)
    if said is None:
        return None
    at = int(said[1])
    at += half_day(typed, said[3] or "", at)
    minute = 30 if said[2] == "半" else int(said[2] or 0)
    return time(at, minute) if at < 24 and minute < 60 else None
