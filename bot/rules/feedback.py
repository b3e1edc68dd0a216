"""What people say of what they learn: a rating, their own words, and how far it may be shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

USEFUL, SO_SO, NO_USE = 1, 2, 3
RATINGS = (USEFUL, SO_SO, NO_USE)
"""What the three buttons under a lesson say."""
LONGEST = 1000
"""Characters of one piece of feedback, so that it can be read on a phone without turning it into an essay."""
A_DAY = 10
"""Pieces of feedback of one person in a day."""
FEWEST = 5
"""People from whom on a share is shown; below it, it could be one person's."""
Trouble = Literal["", "empty", "long", "many"]


def trouble(words: str, today: int) -> Trouble:
    """What keeps these words from being kept; `today` is how many pieces this person has sent since yesterday."""
    if not any(letter.isalnum() for letter in words):
        return "empty"
    if len(words) > LONGEST:
        return "long"
    return "many" if today >= A_DAY else ""


@dataclass(frozen=True, slots=True)
class Share:
    """How many people were asked something, and how many of them were right at the very first try."""

    people: int = 0
    right: int = 0

    @property
    def is_shown(self) -> bool:
        return self.people >= FEWEST

    @property
    def percent(self) -> int:
        return round(100 * self.right / self.people) if self.people else 0

    def __add__(self, other: "Share") -> "Share":
        return Share(self.people + other.people, self.right + other.right)


@dataclass(frozen=True, slots=True)
class Rated:
    """How many people rated a lesson, by what they said."""

    useful: int = 0
    so_so: int = 0
    no_use: int = 0

    @property
    def people(self) -> int:
        return self.useful + self.so_so + self.no_use

    @property
    def is_shown(self) -> bool:
        return self.people >= FEWEST


@dataclass(frozen=True, slots=True)
class Line:
    """One lesson, story or question in a trainer's list."""

    name: str
    share: Share
    rated: Rated = Rated()


def weakest_first(lines: Iterable[Line]) -> Sequence[Line]:
    """The smallest share first; what too few people have met comes last."""
    return sorted(lines, key=lambda line: (not line.share.is_shown, line.share.percent, line.name))
