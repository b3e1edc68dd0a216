"""What is taught now, and every version that was ever served."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import get_args

from bot.content import pack, unpack
from bot.rules import handbook
from bot.rules.curriculum import Audience, Case, Content, Item, Lesson, TrackTest, Unit
from bot.rules.handbook import Page
from bot.rules.quiz import QUIZ_ITEMS
from bot.words.looking import Index

BANK = ""
"""Where the bank of a version is kept among the units: under no slug."""


class Library:
    """Content as it stands, with the older versions that open attempts still need."""

    def __init__(self, content: Content, body_of: Callable[[str], str | None]) -> None:
        """`body_of` gives the kept text of a version."""
        self.content = content
        self.handbooks = {audience: Index(pages_for(content, audience)) for audience in get_args(Audience)}
        """By audience the pages it may look up."""
        self.topic_of = {item: topic for topic, items in content.topics.items() for item in items}
        """The topic of every item."""
        self._body_of = body_of
        self._older: dict[str, Unit] = {}
        self._banks: dict[str, dict[str, list[str]]] = {}
        self._lock = threading.Lock()

    def unit(self, slug: str) -> Unit | None:
        return self.content.units.get(slug)

    def numbered(self, number: int) -> Unit | None:
        return self.content.by_number.get(number)

    def previewed(self) -> list[Lesson | Case]:
        """All that a trainer may play, as it will be once it is published: what waits for that comes first."""
        coming = self.content.unpublished
        units = {**self.content.units, **coming}.values()
        return sorted(
            (unit for unit in units if unit.kind == "lesson" or unit.kind == "case"),
            key=lambda unit: (unit.slug not in coming, unit.kind != "lesson", unit.slug),
        )

    def version(self, slug: str, version: str) -> Unit | None:
        """The unit as it was when an attempt began, whatever has been published since."""
        current = self.content.units.get(slug)
        if isinstance(current, TrackTest):
            return current  # its questions are those of the bank's version
        for one in (current, self.content.unpublished.get(slug)):
            if one is not None and one.version == version:
                return one
        with self._lock:
            if version not in self._older:
                body = self._body_of(version)
                if body is None:
                    return None
                self._older[version] = unpack(body)
            return self._older[version]

    def bodies(self) -> Iterator[tuple[str, str, str]]:
        """(version, slug, text) of every unit served now, and of the bank of all their items."""
        units = [unit for unit in self.content.units.values() if not isinstance(unit, TrackTest)]
        yield from ((unit.version, unit.slug, pack(unit)) for unit in units)
        bank = {item.id: [unit.slug, unit.version] for unit in units for item in unit.items}
        yield self.content.version, BANK, json.dumps(bank)

    def item(self, item_id: str) -> Item | None:
        return self.content.items.get(item_id)

    def item_at(self, version: str, item_id: str) -> Item | None:
        """An item as the bank held it when a quiz began, whatever has been published since."""
        if version == self.content.version:
            return self.item(item_id)
        with self._lock:
            if version not in self._banks:
                self._banks[version] = json.loads(self._body_of(version) or "{}")
        if item_id not in self._banks[version]:
            return self.item(item_id)
        unit = self.version(*self._banks[version][item_id])
        return next((item for item in unit.items if item.id == item_id), None) if unit else None

    def topic_items(self, topic: str, audience: str) -> list[Item]:
        """Items of a topic whose lesson or case this audience meets."""
        found = (self.content.items[item_id] for item_id in self.content.topics.get(topic, ()))
        return [item for item in found if audience in audiences(self.content.units[item.unit])]

    def test_items(self, test: TrackTest) -> list[Item]:
        """What a test draws from: the items of its topics that its track has taught."""
        found = (
            self.content.items[item_id]
            for topic in test.topics
            for item_id in self.content.topics.get(topic, ())
        )
        return [item for item in found if item.unit in test.taught]

    def units_for(self, audience: str, kind: str) -> list[Unit]:
        """Units of a kind for an audience, those of its tracks first and in their order."""
        of_tracks = [
            unit.unit
            for track in self.content.tracks.values()
            if track.audience == audience
            for unit in track.units
        ]
        ranked = {slug: rank for rank, slug in reversed(list(enumerate(of_tracks)))}
        found = [u for u in self.content.units.values() if u.kind == kind and audience in audiences(u)]
        return sorted(found, key=lambda unit: (ranked.get(unit.slug, len(ranked)), unit.slug))

    def topics_for(self, audience: str) -> list[str]:
        """Topics with enough items for a quiz."""
        return [t for t in self.content.topics if len(self.topic_items(t, audience)) >= QUIZ_ITEMS]


def pages_for(content: Content, audience: str) -> dict[str, Page]:
    """The handbook as this audience may look it up."""
    made_for = {slug: audiences(unit) for slug, unit in content.units.items()}
    return handbook.for_audience(content.handbook, made_for, audience)


def audiences(unit: Unit) -> tuple[str, ...]:
    return unit.audiences if unit.kind == "case" else (unit.audience,)
