"""What is taught: lessons, cases, items, tracks, advice and hotlines, as values.

Facts stand once; words stand beside them per language tag (``en``, ``zh-Hans``, ``zh-Hant``).
Every text that is called *html* is Telegram HTML, escaped and within Telegram's limits, with
``{policy:…}`` and ``{scene}`` placeholders already filled; ``{hotline}`` is left for the reader's place
and ``{channel:…}`` for the name of a message's channel.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from bot.rules.calendar import Calendar
from bot.rules.handbook import Page

Audience = Literal["employee", "borrower"]
ItemType = Literal["single", "multiple", "true-false", "ordering", "numeric", "red-flags"]
Channel = Literal["sms", "chat", "e-mail", "call", "web-page"]
"""The dress of a practice message."""
CHANNEL_NAMED = re.compile(r"\{channel:([a-z-]+)\}")
"""Where html leaves room for the name of a channel, above other people's words."""
EndingKind = Literal["safe", "in time", "lost"]
Level = Literal["recall", "apply", "analyse"]
Anchor = Literal["hired", "enrolled", "calendar"]
MonthDay = tuple[int, int]

RIGHT, OTHER = "right", "other"
"""Keys of what is answered to a typed figure that is right, and to one that meets nothing foreseen."""
TRUE, FALSE = "t", "f"
"""Keys of the two verdicts of a true/false item; its reasons are ``a``, ``b``, ``c``."""


@dataclass(frozen=True, slots=True)
class ChoiceWords:
    """One choice of an item: what it says (plain text) and what is answered to it (html).

    Of a part of a practice message `label` is its handle on a button and `part` its words, both plain.
    """

    label: str
    feedback: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class ItemWords:
    prompt: str
    """Html."""
    choices: Mapping[str, ChoiceWords]
    """By key, in the order written: ``a``…; for true/false also ``t`` and ``f``; of a figure what is
    answered to it, under ``right``, the near misses and ``other``, all without a label."""
    facts: str = ""
    """Html: what a figure is worked out from, one line each."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, and how far from it somebody may be."""

    value: Decimal
    tolerance: Decimal

    def holds(self, value: Decimal) -> bool:
        return abs(value - self.value) <= self.tolerance


@dataclass(frozen=True, slots=True)
class Item:
    """One question whose answer stands here once, whatever the language."""

    id: str
    type: ItemType
    topic: str
    unit: str
    """Slug of the lesson or case it belongs to."""
    answer: tuple[str, ...]
    """Keys, sorted: one for single, several for multiple, the true signs of a practice message (none of a
    genuine one); (verdict, reason) for true/false; for an
    ordering all of them, the first step first; for a figure the figure as it is kept."""
    must: bool
    level: Level
    words: Mapping[str, ItemWords]
    figures: Mapping[str, Figure] = field(default_factory=dict)
    """Of a figure: the right one, and near misses with their own cause, by key."""
    channel: Channel | None = None
    """Of a practice message: where it arrives."""
    head: Mapping[str, str] = field(default_factory=dict)
    """Of a practice message: what stands above its words (``from``, ``subject``, ``address``) → the part."""

    @property
    def choices(self) -> tuple[str, ...]:
        """Keys a learner may choose among, in the order written, without the two verdicts."""
        if self.type == "numeric":
            return ()
        verdicts = (TRUE, FALSE) if self.type == "true-false" else ()  # elsewhere “f” is the sixth choice
        return tuple(key for key in next(iter(self.words.values())).choices if key not in verdicts)


@dataclass(frozen=True, slots=True)
class LessonWords:
    title: str
    cards: tuple[str, ...]
    """Html, one a card, without title and position."""


@dataclass(frozen=True, slots=True)
class Lesson:
    slug: str
    number: int
    """Names the lesson in button data: first 4 bytes of SHA-256 of the slug, unsigned."""
    audience: Audience
    items: tuple[Item, ...]
    """Five, in file order."""
    check: str
    """Id of the item asked first after the last card."""
    covers: tuple[str, ...]
    words: Mapping[str, LessonWords]
    version: str
    """Hash over everything a learner of this lesson may be shown or marked by."""
    draft: bool = False

    kind: Literal["lesson"] = "lesson"


@dataclass(frozen=True, slots=True)
class DecisionWords:
    """One choice of a decision: its button (plain text) and what follows (html)."""

    button: str
    consequence: str


@dataclass(frozen=True, slots=True)
class CaseWords:
    title: str
    scenes: Mapping[str, str]
    """Html by decision id and by ending id."""
    choices: Mapping[str, Mapping[str, DecisionWords]]
    """By decision id, then choice id."""
    debrief: str


@dataclass(frozen=True, slots=True)
class Case:
    slug: str
    number: int
    audiences: tuple[Audience, ...]
    opening: str
    decisions: Mapping[str, Mapping[str, str]]
    """Decision id → choice id → the decision or ending that follows."""
    right: Mapping[str, str]
    """Decision id → the choice that is the safe move."""
    endings: Mapping[str, EndingKind]
    items: tuple[Item, ...]
    lesson: str
    """Slug of the lesson the debrief points to; empty when there is none."""
    covers: tuple[str, ...]
    words: Mapping[str, CaseWords]
    version: str
    draft: bool = False

    kind: Literal["case"] = "case"


@dataclass(frozen=True, slots=True)
class TrackTestWords:
    title: str


@dataclass(frozen=True, slots=True)
class TrackTest:
    """What ends a track: so many questions of each topic, of what the track has taught."""

    slug: str
    """The track's, with ``-test``."""
    number: int
    audience: Audience
    topics: Mapping[str, int]
    """Topic → how many of its questions, in the order written."""
    taught: tuple[str, ...]
    """Slugs of the lessons and cases it asks about."""
    tries: int
    """How many a day apart; later ones are a week apart."""
    pass_mark: int
    words: Mapping[str, TrackTestWords]
    version: str
    items: tuple[Item, ...] = ()
    """None of its own: they are drawn from the bank."""
    covers: tuple[str, ...] = ()
    draft: bool = False

    kind: Literal["test"] = "test"

    @property
    def count(self) -> int:
        """How many questions it asks."""
        return sum(self.topics.values())


Unit = Lesson | Case | TrackTest
Taught = Lesson | Case
"""What teaches something, and is kept in every version served."""


@dataclass(frozen=True, slots=True)
class TrackUnit:
    """One unit of a track and when it is owed: so many days after the enrolment starts, or between two days of the year."""

    unit: str
    after_days: int
    """Working days for employees, calendar days for borrowers."""
    weekday: int | None
    """Monday 0 … Sunday 6: the first such day on or after ``after_days``; None: that very day."""
    due_days: int | None
    """Working days after the start of the enrolment, or None: no due date."""
    opens: MonthDay | None = None
    """By the calendar: the day of each year on which it is given."""
    closes: MonthDay | None = None
    """By the calendar: the day of each year by which it is due."""
    set: str = ""
    """Units of one track with the same name here are announced in one message."""


@dataclass(frozen=True, slots=True)
class Track:
    slug: str
    number: int
    audience: Audience
    titles: Mapping[str, str]
    units: tuple[TrackUnit, ...]
    pass_mark: int = 80
    whom: str = "everybody"
    """``everybody``, ``managers``, a job, or ``opt-in``: who asks for it."""
    anchor: Anchor = "enrolled"
    """What its days count from: the first working day, the day of enrolment, or the year."""
    renews_after: int | None = None
    """Months for which a completion holds; None: for good."""
    test: TrackTest | None = None
    """Stands among the units as well: owed like any other."""

    def unit(self, slug: str) -> TrackUnit | None:
        return next((unit for unit in self.units if unit.unit == slug), None)


@dataclass(frozen=True, slots=True)
class AdviceWords:
    title: str
    """Plain text, fits one button."""
    card: str
    """Html, at most nine lines on a phone; may hold ``{hotline}``."""
    more: str
    """Html that folds out below the card."""
    say: str
    """Plain text: the sentence to say to the bank, for a copy button."""


@dataclass(frozen=True, slots=True)
class Advice:
    slug: str
    number: int
    category: str
    severity: str
    words: Mapping[str, AdviceWords]


@dataclass(frozen=True, slots=True)
class HotlineWords:
    place: str
    """Plain text: “mainland China”."""
    ring: str
    """Html: “Then ring 110 or 96110 (mainland China).”"""
    more: str
    """Html: further lines and what each is for; may be empty."""


@dataclass(frozen=True, slots=True)
class Hotline:
    """Whom to call after the bank, in one place. Older than 90 days it is shown with a warning."""

    place: str
    """ISO 3166 territory: ``CN``, ``HK``, …"""
    copy: str
    """The number or site that a copy button holds."""
    official: str
    """Name of the official site that confirms it."""
    checked_on: date
    words: Mapping[str, HotlineWords]


@dataclass(frozen=True, slots=True)
class Content:
    """Everything a folder of ``lessons/`` and ``quizzes/`` teaches, checked and cross-linked."""

    units: Mapping[str, Unit]
    """By slug, drafts left out."""
    items: Mapping[str, Item]
    topics: Mapping[str, tuple[str, ...]]
    """Topic → ids of its items, in file order."""
    topic_titles: Mapping[str, Mapping[str, str]]
    """Topic → language → title (plain text)."""
    tracks: Mapping[str, Track]
    advice: Mapping[str, Advice]
    hotlines: Mapping[str, Hotline]
    by_number: Mapping[int, Unit] = field(default_factory=dict)
    unpublished: Mapping[str, Unit] = field(default_factory=dict)
    """Drafts, and what is taught with its draft questions in it: for `/preview`, and in no other place."""
    calendar: Calendar = field(default_factory=Calendar)
    handbook: Mapping[str, Page] = field(default_factory=dict)
    """By slug."""
    version: str = ""
