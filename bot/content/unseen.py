"""Signs that nobody sees: they hide words, turn them around or pile up, and no text needs them."""

import re

UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls but tab and line ends
    "\u00ad\u180e\u200b\u200c\u2060-\u2064\ufeff"  # no width; the joiner of emoji may stay
    "\u200e\u200f\u202a-\u202e\u2066-\u206f"  # what turns text around
    "\u2028\u2029\ud800-\udfff\ue000-\uf8ff\ufff9-\ufffd\ufffe\uffff"  # other line ends, halves, private ones
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"  # tags, and the private planes
    "|[\u0300-\u036f]{4,}"  # marks piled on one letter
)


def name_of(hit: re.Match[str]) -> str:
    """The sign as one looks it up: U+202E."""
    return f"U+{ord(hit[0][0]):04X}"
