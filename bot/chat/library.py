"""What is taught now, and every version that was ever served."""

import threading
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.content import pack, unpack
from bot.rules.curriculum import Content, Item, Unit
from bot.store.engine import is_sqlite
from bot.store.tables import content_versions


class Library:
    """Content as it stands, with the older versions that open attempts still need."""

    def __init__(self, content: Content, reading: Engine) -> None:
        self.content = content
        self._reading = reading
        self._older: dict[str, Unit] = {}
        self._lock = threading.Lock()

    def unit(self, slug: str) -> Unit | None:
        return self.content.units.get(slug)

    def numbered(self, number: int) -> Unit | None:
        return self.content.by_number.get(number)

    def version(self, slug: str, version: str) -> Unit | None:
        """The unit as it was when an attempt began, whatever has been published since."""
        current = self.content.units.get(slug)
        if current is not None and current.version == version:
            return current
        with self._lock:
            if version not in self._older:
                with self._reading.connect() as connection:
                    body = connection.execute(
                        select(content_versions.c.body).where(content_versions.c.version == version)
                    ).scalar()
                if body is None:
                    return None
                self._older[version] = unpack(body)
            return self._older[version]

    def item(self, item_id: str) -> Item | None:
        return self.content.items.get(item_id)

    def topic_items(self, topic: str, audience: str) -> list[Item]:
        """Items of a topic whose lesson or case this audience meets."""
        found = (self.content.items[item_id] for item_id in self.content.topics.get(topic, ()))
        return [item for item in found if audience in audiences(self.content.units[item.unit])]

    def units_for(self, audience: str, kind: str) -> list[Unit]:
        """Units of a kind for an audience, those of its tracks first and in their order."""
        of_tracks = [
            unit.unit for track in self.content.tracks.values() if track.audience == audience for unit in track.units
        ]
        ranked = {slug: rank for rank, slug in reversed(list(enumerate(of_tracks)))}
        found = [u for u in self.content.units.values() if u.kind == kind and audience in audiences(u)]
        return sorted(found, key=lambda unit: (ranked.get(unit.slug, len(ranked)), unit.slug))

    def topics_for(self, audience: str) -> list[str]:
        return [topic for topic in self.content.topics if self.topic_items(topic, audience)]


def audiences(unit: Unit) -> tuple[str, ...]:
    return (unit.audience,) if unit.kind == "lesson" else unit.audiences


def keep_versions(connection: Connection, units: Iterable[Unit], now: datetime) -> None:
    """Keep what is served from now on, before anybody is served it."""
    found = [
        {"version": unit.version, "slug": unit.slug, "body": pack(unit), "served_at": now} for unit in units
    ]
    if found:
        insert = (sqlite.insert if is_sqlite(connection) else postgresql.insert)(content_versions)
        connection.execute(insert.on_conflict_do_nothing(), found)
