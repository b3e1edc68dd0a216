"""From a reading without faults to the content that is taught."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from bot.content.numbers import number_of
from bot.content.packing import pack, version_of
from bot.content.reading import Reading, asked_items
from bot.rules.curriculum import Case, Content, Item, Lesson, Taught, TrackTest, Unit


def content_of(reading: Reading) -> Content:
    """The content of a reading without faults, drafts left out."""
    asked = asked_items(reading.items)
    units: dict[str, Unit] = {unit.slug: unit for unit in _units(reading, asked) if not unit.draft}
    units |= {track.test.slug: track.test for track in reading.tracks.values() if track.test}
    items = {
        name: one.item for name, one in reading.items.items() if one.item.unit in units and not one.draft
    }
    coming = {unit.slug: unit for unit in _units(reading, asked_items(reading.items, drafts=True))}
    asked_ids = {item.id for slug in units for item in asked.get(slug, ())}
    topics = {
        slug: ids
        for slug, topic in reading.topics.items()
        if (ids := tuple(one.item.id for one in topic.items if one.item.id in asked_ids))
    }
    content = Content(
        units=units,
        items=items,
        topics=topics,
        topic_titles={slug: reading.topics[slug].titles for slug in topics},
        tracks=reading.tracks,
        advice={slug: one.advice for slug, one in reading.advice.items()},
        hotlines={place: one.hotline for place, one in reading.hotlines.items()},
        by_number={unit.number: unit for unit in units.values()},
        calendar=reading.holidays.calendar,
        unpublished={slug: unit for slug, unit in coming.items() if unit != units.get(slug)},
        handbook={slug: one.page for slug, one in reading.handbook.items()},
    )
    return replace(content, version=_version(content))


def _units(reading: Reading, asked: Mapping[str, list[Item]]) -> list[Taught]:
    units: list[Taught] = []
    for slug, lesson in reading.lessons.items():
        units.append(
            Lesson(
                slug=slug,
                number=number_of(slug),
                audience=lesson.facts.audiences[0],
                items=tuple(asked.get(slug, ())),
                check=lesson.check,
                covers=lesson.facts.covers,
                words=lesson.words,
                version="",
                draft=lesson.facts.draft,
            )
        )
    for slug, case in reading.cases.items():
        units.append(
            Case(
                slug=slug,
                number=number_of(slug),
                audiences=case.facts.audiences,
                opening=next(iter(case.decisions)),
                decisions=case.decisions,
                right=case.right,
                endings=case.endings,
                items=tuple(asked.get(slug, ())),
                lesson=case.lesson,
                covers=case.facts.covers,
                words=case.words,
                version="",
                draft=case.facts.draft,
            )
        )
    return [replace(unit, version=version_of(unit)) for unit in units]


def _version(content: Content) -> str:
    whole = sha256()
    for unit in content.units.values():
        if not isinstance(unit, TrackTest):  # the tracks hold it
            whole.update(pack(unit).encode())
    for piece in (content.topic_titles, content.tracks, content.advice, content.hotlines, content.handbook):
        whole.update(repr(piece).encode())
    return whole.hexdigest()[:16]
