"""One folder read whole: the pieces, how they hang together, and what is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from bot.content.advice import ReadAdvice, ReadHotline, longest_rings, read_advice, read_hotlines
from bot.content.cases import ReadCase, read_cases
from bot.content.folder import Folder
from bot.content.ink import Ink
from bot.content.items import ReadItem, ReadTopic, check_replaced, read_topics
from bot.content.lessons import Facts, ReadLesson, read_lessons
from bot.content.numbers import number_of, refuse_collisions
from bot.content.packing import pack, version_of
from bot.content.places import Faults, Place
from bot.content.policies import read_policies
from bot.content.published import check_lock, read_lock
from bot.content.strays import refuse_strays
from bot.content.tracks import read_tracks
from bot.rules.curriculum import Case, Content, Item, Lesson, Track, Unit
from bot.rules.languages import LANGUAGES
from bot.words import TermsRefused, converter

LESSON_ITEMS, CASE_ITEMS = 5, 2
TERMS = "locales/terms.toml"


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything read, faulty or not."""

    lessons: Mapping[str, ReadLesson]
    cases: Mapping[str, ReadCase]
    topics: Mapping[str, ReadTopic]
    tracks: Mapping[str, Track]
    advice: Mapping[str, ReadAdvice]
    hotlines: Mapping[str, ReadHotline]
    items: Mapping[str, ReadItem]
    texts: frozenset[str]
    """Paths of all texts that may be read."""

    @property
    def facts(self) -> dict[str, Facts]:
        lessons = {slug: lesson.facts for slug, lesson in self.lessons.items()}
        return lessons | {slug: case.facts for slug, case in self.cases.items()}


def read_folder(root: Path, faults: Faults) -> Reading:
    folder = Folder(root, faults)
    try:
        hant = converter(root / TERMS) if TERMS in folder.texts else converter()
    except TermsRefused as refused:
        faults.at(Place(TERMS), "terms", str(refused))
        hant = converter()
    policies = read_policies(folder, hant, faults)
    hotlines = read_hotlines(folder, hant, faults)
    rings = longest_rings(hotlines)
    inks = {
        tag: Ink(tag, policies.words(tag), faults, policies.names, rings.get(tag, "")) for tag in LANGUAGES
    }
    advice = read_advice(folder, inks, hant, faults)
    lessons = read_lessons(folder, inks, hant, faults)
    cases = read_cases(folder, inks, hant, faults)
    facts = {slug: lesson.facts for slug, lesson in lessons.items()}
    facts |= {slug: case.facts for slug, case in cases.items()}
    for slug in lessons.keys() & cases.keys():
        faults.at(cases[slug].facts.place, "duplicate-id", f"“{slug}” names a lesson and a case.")
    topics = read_topics(folder, facts, hant, faults)
    tracks = read_tracks(folder, facts, hant, faults)
    items = {one.item.id: one for topic in topics.values() for one in topic.items}
    reading = Reading(lessons, cases, topics, tracks, advice, hotlines, items, frozenset(folder.texts))
    _check_links(reading, faults)
    lock = read_lock(folder, faults)
    check_replaced(items, faults)
    check_lock(lock, items, faults)
    refuse_strays(folder, faults)
    if not facts and not faults:
        faults.at(Place("lessons"), "empty", "There is no lesson and no case in this folder.")
    return reading


def _check_links(reading: Reading, faults: Faults) -> None:
    asked = _asked(reading)
    for slug, lesson in reading.lessons.items():
        ids = [item.id for item in asked.get(slug, ())]
        if lesson.check and lesson.check not in ids:
            sentence = f"“check: {lesson.check}” is no item of this lesson."
            faults.at(lesson.check_place, "unknown-slug", sentence)
        if len(ids) != LESSON_ITEMS and not lesson.facts.draft:
            sentence = f"A lesson has {LESSON_ITEMS} items; “{slug}” has {len(ids)}."
            faults.at(lesson.facts.place, "items", sentence)
    for slug, case in reading.cases.items():
        if case.lesson and case.lesson not in reading.lessons:
            faults.at(case.lesson_place, "unknown-slug", f"Nobody has written the lesson “{case.lesson}”.")
        elif case.lesson and reading.lessons[case.lesson].facts.draft and not case.facts.draft:
            faults.at(case.lesson_place, "unknown-slug", f"The lesson “{case.lesson}” is a draft.")
        if len(asked.get(slug, ())) != CASE_ITEMS and not case.facts.draft:
            sentence = f"A case has {CASE_ITEMS} items; “{slug}” has {len(asked.get(slug, ()))}."
            faults.at(case.facts.place, "items", sentence)
    facts = reading.facts
    refuse_collisions(((slug, one.place) for slug, one in facts.items()), faults)
    refuse_collisions(((slug, Place(f"lessons/tracks/{slug}.yaml")) for slug in reading.tracks), faults)
    refuse_collisions(((slug, one.place) for slug, one in reading.advice.items()), faults)


def _asked(reading: Reading) -> dict[str, list[Item]]:
    """By unit, in file order, the items still asked: not those that another one replaces."""
    replaced = {one.replaces for one in reading.items.values() if one.replaces}
    found: dict[str, list[Item]] = {}
    for one in reading.items.values():
        if one.item.id not in replaced:
            found.setdefault(one.item.unit, []).append(one.item)
    return found


def content_of(reading: Reading) -> Content:
    """The content of a reading without faults, drafts left out."""
    asked = _asked(reading)
    units = {unit.slug: unit for unit in _units(reading, asked) if not unit.draft}
    items = {name: one.item for name, one in reading.items.items() if one.item.unit in units}
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
    )
    return replace(content, version=_version(content))


def _units(reading: Reading, asked: Mapping[str, list[Item]]) -> list[Unit]:
    units: list[Unit] = []
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
        whole.update(pack(unit).encode())
    for piece in (content.topic_titles, content.tracks, content.advice, content.hotlines):
        whole.update(repr(piece).encode())
    return whole.hexdigest()[:16]
