"""The progress card: how many lessons are done, which topics want another look, what comes next."""

from dataclasses import dataclass

from bot.pictures import draw
from bot.pictures.lettering import Fitted, family, fit, width, wrap
from bot.pictures.tokens import BODY, FIGURE, MARGIN, ROOM, TALL, TITLE, TONES, Look, leading, small
from bot.words.svg import svg

GAP = 12
UNDER = 432
"""Where the line below the figure stands."""
FIGURES = 176
"""Kept free for “10/10” beside a topic."""
SEGMENTS = 24
"""More lessons than these are drawn as one bar: segments would be too thin to count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressCard:
    """What the card shows, every word in the reader's language already."""

    title: str
    """My training"""
    day: str
    """Fri 13 Mar"""
    figure: str
    """5 of 9"""
    under: str
    """lessons done"""
    done: int
    of: int
    topics: tuple[tuple[str, int], ...]
    """At most four, weakest first: name, and tenths mastered."""
    next_line: str
    """The next thing and its day; empty if there is none."""
    language: str
    look: Look = "light"


@dataclass(frozen=True, slots=True)
class _Row:
    """A topic, its name above its bar."""

    name: Fitted
    baselines: tuple[float, ...]
    tenths: int
    bar: float


def draw_progress(card: ProgressCard) -> bytes:
    """The card as PNG; the same card gives the same bytes."""
    return draw.png(progress_svg(card), card.language)


def progress_svg(card: ProgressCard) -> str:
    """The card as SVG. It grows downwards where long names had to be wrapped, and is never cut."""
    title = fit(card.title, ROOM * 0.6, TITLE, card.language)
    beside = ROOM - max(width(line, title.size, card.language) for line in title.lines) - 48
    day = fit(card.day, beside, small(card.language), card.language)
    under = fit(card.under, ROOM, BODY, card.language)
    bar = UNDER + (len(under.lines) - 1) * under.size * 1.2 + 32
    rows, bottom = _rows(card, bar + 112)
    following = wrap(card.next_line, ROOM, BODY, card.language)
    step = BODY * leading(card.language)
    return svg(
        "progress.svg", card=card, tones=TONES[card.look], family=family(card.language), title=title, day=day,
        figure=fit(card.figure, ROOM, FIGURE, card.language), under=under, under_at=UNDER, bar=bar, segments=_segments(card),
        rows=rows, following=[(line, bottom + 88 + number * step) for number, line in enumerate(following)],
        rule=bottom + 4, tall=round(max(TALL, bottom + 88 + len(following) * step)),
    )  # fmt: skip


def _segments(card: ProgressCard) -> list[tuple[float, float, bool]]:
    """Left edge, width and whether it is filled; the filled part of one bar where there are too many."""
    if card.of > SEGMENTS:
        part = ROOM * min(card.done, card.of) / card.of
        return [(MARGIN, ROOM, False), *([(MARGIN, part, True)] if part else [])]
    each = (ROOM - GAP * (card.of - 1)) / max(card.of, 1)
    return [(MARGIN + number * (each + GAP), each, number < card.done) for number in range(card.of)]


def _rows(card: ProgressCard, top: float) -> tuple[list[_Row], float]:
    rows = []
    for name, tenths in card.topics[:4]:
        fitted = fit(name, ROOM - FIGURES, BODY, card.language)
        step = fitted.size * 1.2
        baselines = tuple(top + 48 + number * step for number in range(len(fitted.lines)))
        rows.append(_Row(fitted, baselines, max(0, min(10, tenths)), baselines[-1] + 16))
        top = baselines[-1] + 64
    return rows, top
