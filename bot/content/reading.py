"""One folder read whole: the pieces, how they hang together, and what is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.content.advice import ReadAdvice, ReadHotline, longest_rings, read_advice, read_hotlines
from bot.content.cases import ReadCase, read_cases
from bot.content.folder import Folder
from bot.content.handbook import ReadPage, check_about, read_handbook
from bot.content.holidays import ReadHolidays, read_holidays
from bot.content.ink import Ink
from bot.content.items import ReadItem, ReadTopic, check_replaced, read_topics
from bot.content.lessons import ReadLesson, read_lessons
from bot.content.numbers import refuse_collisions
from bot.content.places import Faults, Place
from bot.content.policies import read_policies
from bot.content.published import check_lock, read_lock
from bot.content.strays import refuse_strays
from bot.content.tracks import read_tracks
from bot.content.units import Facts
from bot.rules.curriculum import Item, Track
from bot.rules.languages import LANGUAGES
from bot.words import TermsRefused, converter

LESSON_ITEMS, CASE_ITEMS = 5, (2, 4)
"""A story asks nothing itself; its items are drawn by quizzes and tests, so a track of stories needs more."""
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
    holidays: ReadHolidays
    handbook: Mapping[str, ReadPage]
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
    items = {one.item.id: one for topic in topics.values() for one in topic.items}
    tracks = read_tracks(folder, facts, _bank(topics, items), hant, faults)
    holidays = read_holidays(folder, hant, faults)
    handbook = read_handbook(folder, inks, hant, faults)
    check_about(handbook, facts, faults)
    reading = Reading(
        lessons, cases, topics, tracks, advice, hotlines, holidays, handbook, items, frozenset(folder.texts)
    )
    _check_links(reading, faults)
    lock = read_lock(folder, faults)
    check_replaced(items, faults)
    check_lock(lock, items, faults)
    refuse_strays(folder, faults)
    if not facts and not faults:
        faults.at(Place("lessons"), "empty", "There is no lesson and no case in this folder.")
    return reading


def _check_links(reading: Reading, faults: Faults) -> None:
    asked = asked_items(reading.items)
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
        fewest, most = CASE_ITEMS
        if not fewest <= len(asked.get(slug, ())) <= most and not case.facts.draft:
            sentence = f"A case has {fewest} to {most} items; “{slug}” has {len(asked.get(slug, ()))}."
            faults.at(case.facts.place, "items", sentence)
    facts = reading.facts
    tests = {track.test.slug: slug for slug, track in reading.tracks.items() if track.test}
    units = [*((slug, one.place) for slug, one in facts.items())]
    units += [
        (test, Place(f"lessons/tracks/{slug}.yaml")) for test, slug in tests.items() if test not in facts
    ]
    refuse_collisions(units, faults)
    refuse_collisions(((slug, Place(f"lessons/tracks/{slug}.yaml")) for slug in reading.tracks), faults)
    refuse_collisions(((slug, one.place) for slug, one in reading.advice.items()), faults)


def _bank(topics: Mapping[str, ReadTopic], items: Mapping[str, ReadItem]) -> dict[str, list[Item]]:
    """By topic, the items still asked."""
    asked = [item for of_unit in asked_items(items).values() for item in of_unit]
    return {topic: [item for item in asked if item.topic == topic] for topic in topics}


def asked_items(items: Mapping[str, ReadItem], *, drafts: bool = False) -> dict[str, list[Item]]:
    """By unit, in file order, the items still asked: not those that another one replaces.

    With *drafts* as it will be once the drafts among them are published.
    """
    counted = [one for one in items.values() if drafts or not one.draft]
    replaced = {one.replaces for one in counted if one.replaces}
    found: dict[str, list[Item]] = {}
    for one in counted:
        if one.item.id not in replaced:
            found.setdefault(one.item.unit, []).append(one.item)
    return found
