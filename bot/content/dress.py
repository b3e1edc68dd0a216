"""Other people's words in the dress of their channel: ``> [sms] Larch Finance`` opens such a quote.

What is shown above the bar is ``{channel:sms} · Larch Finance``; the chat fills in the channel's name in
the reader's language, as it does with ``{hotline}``. Dress is not meaning: no hash of an item knows it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import get_args

from bot.content.places import Faults, Place
from bot.rules.curriculum import CHANNEL_NAMED, Channel

CHANNELS: tuple[Channel, ...] = get_args(Channel)
_OPENING = re.compile(r"> ?\[([^\[\]\n]*)\](?!\() *(.*)")


def messages(run: list[str]) -> Iterator[tuple[int, list[str]]]:
    """A run of quoted lines as the messages in it, each with the number of its first line in the run."""
    starts = [number for number, line in enumerate(run) if not number or _OPENING.match(line.strip())]
    for start, end in zip(starts, [*starts[1:], len(run)], strict=True):
        yield start, run[start:end]


def dressed(run: list[str], place: Place, faults: Faults) -> tuple[str, str]:
    """Channel and sender that the first line names, both empty where it is a plain quote."""
    opening = _OPENING.match(run[0].strip())
    if opening is None:
        return "", ""
    named, sender = opening[1].strip(), opening[2].strip()
    if named not in CHANNELS:
        faults.at(place, "channel", f"“[{named}]” is no channel; write one of {', '.join(CHANNELS)}.")
    elif not sender:
        sentence = f"Who sends it? Write “> [{named}] sender”; of a web page, its address."
        faults.at(place, "channel", sentence)
    elif len(run) == 1:
        faults.at(place, "channel", "The words are missing; they stand on the next line, after another “>”.")
    else:
        return named, sender
    return "", ""


def compare(by_language: Mapping[str, str], place: Place, faults: Faults) -> None:
    """Every language tells of the same channels, in the same order: which it was is a fact."""
    worn = {tag: CHANNEL_NAMED.findall(shown) for tag, shown in by_language.items()}
    first, *others = list(worn) or [""]
    for tag in others:
        if worn[tag] != worn[first]:
            said = [", ".join(worn[one]) or "none" for one in (first, tag)]
            faults.at(place, "channel", f"Channels of messages: {said[0]} in {first}, {said[1]} in {tag}.")
            return
