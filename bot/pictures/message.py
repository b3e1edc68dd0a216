"""A practice message in the dress of its channel, its parts numbered as in the words below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.pictures import draw
from bot.pictures.lettering import family, fit, wrap
from bot.pictures.tokens import BODY, MARGIN, TONES, WIDE, Look, leading, small
from bot.words.svg import svg

Channel = Literal["sms", "chat", "e-mail", "call", "web-page"]
INSET = {"sms": 48, "chat": 48, "e-mail": 0, "call": 40, "web-page": 40}
"""How far the words stand from the margin: inside a bubble, behind a bar, inside a page."""
MARK = 84
"""Room for “① ” before a line; its second line stands below its words."""
TOP = {"sms": 340, "chat": 340, "e-mail": 0, "call": 404, "web-page": 324}
"""Where the words begin; an e-mail's begin below its subject, however long that is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What arrives, word for word: every part begins with its number, “① ”."""

    channel: Channel
    practice: str
    """Practice · text message"""
    above: tuple[tuple[str, str], ...]
    """``from``, ``subject`` or ``address`` → its part."""
    body: tuple[str, ...]
    language: str
    look: Look = "light"

    def head(self, line: str) -> str:
        return dict(self.above).get(line, "")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text where it stands; its number, if it begins a part, stands before it."""

    text: str
    x: float
    y: float
    size: float
    mark: str = ""


def draw_message(message: Message) -> bytes:
    """The message as PNG; as tall as its words need."""
    return draw.png(message_svg(message), message.language)


def message_svg(message: Message) -> str:
    """The message as SVG."""
    head = _head(message)
    top = TOP[message.channel] or head[-1].y + 140
    inset = INSET[message.channel]
    lines = _flowed(message.body, MARGIN + inset, WIDE - MARGIN - inset, top, message.language)
    bottom = lines[-1].y if lines else top
    return svg(
        "message.svg", message=message, tones=TONES[message.look], family=family(message.language),
        practice=fit(message.practice, WIDE - 2 * MARGIN, small(message.language), message.language), head=head, lines=lines,
        top=top, bottom=bottom, tall=round(max(WIDE, bottom + 128)),
    )  # fmt: skip


def _head(message: Message) -> list[Line]:
    """What stands above the words: who sends it and, of an e-mail, about what; of a page, its address."""
    language = message.language
    match message.channel:
        case "e-mail":
            subject = _flowed([message.head("subject")], MARGIN, WIDE - MARGIN, 232, language, BODY)
            sender = _flowed(
                [message.head("from")],
                MARGIN + 128,
                WIDE - MARGIN,
                subject[-1].y + 116,
                language,
                small(language),
            )
            return [*subject, *sender]
        case "web-page":
            return _one(message.head("address"), MARGIN + 96, WIDE - MARGIN - 32, 208, language)
        case "call":
            return _one(message.head("from"), MARGIN + 152, WIDE - MARGIN, 268, language)
        case _:
            return _one(message.head("from"), MARGIN + 128, WIDE - MARGIN, 216, language)


def _one(part: str, left: float, right: float, y: float, language: str) -> list[Line]:
    """One part on one line, smaller if it has to be; on two where even that is too long."""
    mark, words = _parted(part)
    fitted = fit(words, right - left - MARK, BODY, language)
    up = (len(fitted.lines) - 1) * fitted.size * 0.6
    return [
        Line(text, left + MARK, y - up + number * fitted.size * 1.15, fitted.size, mark if not number else "")
        for number, text in enumerate(fitted.lines)
    ]


def _flowed(
    parts: Sequence[str], left: float, right: float, top: float, language: str, size: float = BODY
) -> list[Line]:
    lines: list[Line] = []
    y = top
    for part in parts:
        mark, words = _parted(part)
        for number, text in enumerate(wrap(words, right - left - MARK, size, language)):
            lines.append(Line(text, left + MARK, y, size, mark if not number else ""))
            y += size * leading(language)
        y += 20
    return lines


def _parted(part: str) -> tuple[str, str]:
    """“① Dear custmer,” → its number and its words."""
    mark, _, words = part.partition(" ")
    return mark, words
