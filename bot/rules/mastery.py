"""How well a topic is known: a figure from 0 to 10 that rises with answers and fades with time.

The method is the Beta reputation system of Jøsang and Ismail (Bled eCommerce Conference, 2002) with
its forgetting factor: right and wrong answers are added up, each weighing half as much after
`HALF_LIFE`, and the figure is the share of the right ones, with one part of doubt beside them that
never ages. So little evidence gives a careful figure, and old evidence a low one; whoever goes on
answering holds more weight, and fades more slowly. Nothing in it is trained: everybody can count it
again by hand, which a figure about a person owes them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

HALF_LIFE = 60
"""Days after which an answer weighs half."""
DOUBT = 1.0
"""Answers' worth of doubt that stands beside what is known of any topic."""
STEADY = 7
AGAIN_BELOW = 6
"""Tenths: from 7 a topic is steady, below 6 it is one to look at again if something was missed or faded."""
FADED = 2
"""Tenths lost to time alone, from which a topic that is not steady is called faded."""

State = Literal["steady", "under way", "again"]


@dataclass(frozen=True, slots=True)
class Answer:
    """A first answer of one attempt: to which item, on which day of its learner, and whether it was right."""

    item: str
    right: bool
    on: date


@dataclass(frozen=True, slots=True)
class Mastery:
    """One topic, as its learner's answers tell it."""

    topic: str
    right: int
    asked: int
    """Answers that count, whatever their age."""
    share: float
    fresh: float
    """The share as it would be if no answer had aged."""
    last_on: date
    weakest: str
    """The item most worth asking again: missed, or asked longest ago."""

    @property
    def tenths(self) -> int:
        return _tenths(self.share)

    @property
    def is_faded(self) -> bool:
        """Whether time has taken so much of it that it is worth saying."""
        return self.tenths < STEADY and _tenths(self.fresh) - self.tenths >= FADED

    @property
    def state(self) -> State:
        """Who was asked once and knew it stands low for want of answers: that is no topic to look at again."""
        if self.tenths >= STEADY:
            return "steady"
        worth_a_look = self.right < self.asked or self.is_faded
        return "again" if self.tenths < AGAIN_BELOW and worth_a_look else "under way"


def by_topic(answers: Iterable[Answer], topic_of: Mapping[str, str], today: date) -> list[Mastery]:
    """Every topic that was asked, the weakest first. An item that is taught no more counts for none."""
    counted: dict[str, dict[tuple[str, date], Answer]] = defaultdict(dict)
    for one in answers:
        if one.item in topic_of:
            counted[topic_of[one.item]].setdefault((one.item, one.on), one)  # an item counts once a day
    found = [_mastery(topic, list(ones.values()), today) for topic, ones in counted.items()]
    return sorted(found, key=lambda one: (one.share, one.topic))


def weight(on: date, today: date) -> float:
    """What an answer of this day still weighs: 1 on the day itself, a half after `HALF_LIFE`."""
    return float(2 ** (-max((today - on).days, 0) / HALF_LIFE))


def share(right: float, wrong: float, doubts: float = DOUBT) -> float:
    """The part of all evidence that speaks for knowing it."""
    return right / (right + wrong + doubts)


def _mastery(topic: str, ones: list[Answer], today: date) -> Mastery:
    right = sum(weight(one.on, today) for one in ones if one.right)
    wrong = sum(weight(one.on, today) for one in ones if not one.right)
    count = sum(one.right for one in ones)
    newest = {one.item: one for one in sorted(ones, key=lambda one: one.on)}
    weakest = min(newest.values(), key=lambda one: (one.right, one.on, one.item))
    return Mastery(
        topic, count, len(ones), share(right, wrong), share(count, len(ones) - count),
        max(one.on for one in ones), weakest.item,
    )  # fmt: skip


def _tenths(part: float) -> int:
    """Nearest tenth, halves upwards."""
    return int(10 * part + 0.5 + 1e-9)
