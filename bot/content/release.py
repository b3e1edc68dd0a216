"""What still waits before a release: people who approve and read, weak sources, old reviews."""

from collections.abc import Iterator
from datetime import date, timedelta

from bot.content.about import Review
from bot.content.holidays import HOLIDAYS, ReadHolidays
from bot.content.places import Faults, Place
from bot.content.reading import Reading
from bot.rules.languages import WRITTEN

LONGEST_REVIEW = timedelta(days=366)
FRESH_HOTLINE = timedelta(days=90)
AHEAD = timedelta(days=60)
"""How long before its end a calendar has to go on: authorities publish a year some months ahead."""


def waiting(reading: Reading, faults: Faults, today: date | None) -> None:
    for what, review in _reviews(reading):
        if not review.approved_by:
            faults.at(review.place, "approval", f"{what} waits for somebody's name in approved_by.")
        unread = [tag for tag in WRITTEN if tag not in review.read_by]
        if unread:
            faults.at(
                review.place, "approval", f"{what} waits for readers of {', '.join(unread)} in read_by."
            )
        if today and review.by:
            _check_day(what, review.by, review.place, today, faults)
    for slug, facts in reading.facts.items():
        for source in facts.sources.values():
            if source.grade == "C":
                sentence = f"Source “{source.id}” of “{slug}” is grade C; check it again before release."
                faults.at(source.place, "grade-c", sentence)
    for place, one in reading.hotlines.items():
        if one.grade == "C":
            faults.at(one.place, "grade-c", f"The hotlines of {place} are grade C; check them again.")
        if today and not today - FRESH_HOTLINE <= one.hotline.checked_on <= today:
            sentence = f"The hotlines of {place} were not checked in the last {FRESH_HOTLINE.days} days."
            faults.at(one.place, "date", sentence)
    _check_calendar(reading.holidays, today, faults)
    _check_handbook(reading, today, faults)


def _check_calendar(holidays: ReadHolidays, today: date | None, faults: Faults) -> None:
    for name, source in holidays.listed.items():
        if not source.confirmed:
            sentence = (
                f"The days of “{name}” are counted, not confirmed; compare them with the authority's list."
            )
            faults.at(source.place, "holidays", sentence)
    for place in holidays.calendar.places if today else []:
        ends = holidays.calendar.ends(place)
        if today and ends and ends < today + AHEAD:
            sentence = f"The calendar of {place} ends on {ends}; later days are plain Mondays to Fridays."
            faults.at(Place(HOLIDAYS), "holidays", sentence)


def _check_handbook(reading: Reading, today: date | None, faults: Faults) -> None:
    """Every lesson and case has a page to look up, and every page was looked at within a year."""
    looked_up = {slug for one in reading.handbook.values() for slug in one.page.about}
    for slug, facts in reading.facts.items():
        if slug not in looked_up and not facts.draft:
            sentence = f"No page of the handbook is about “{slug}”; write one, or name it in an “about:”."
            faults.at(facts.place, "page", sentence)
    for slug, one in reading.handbook.items():
        last = one.page.reviewed_on
        if today and not today - LONGEST_REVIEW <= last <= today:
            sentence = f"Page “{slug}” was not reviewed in the last 12 months, but on {last}."
            faults.at(one.reviewed, "date", sentence)
        for source in one.sources.values():
            if source.grade == "C":
                sentence = f"Source “{source.id}” of page “{slug}” is grade C; check it again before release."
                faults.at(source.place, "grade-c", sentence)


def _check_day(what: str, by: date, place: Place, today: date, faults: Faults) -> None:
    if by < today:
        faults.at(place, "date", f"The review of {what} ran out on {by}.")
    elif by > today + LONGEST_REVIEW:
        faults.at(place, "date", f"{what} is reviewed within 12 months; {by} is later.")


def _reviews(reading: Reading) -> Iterator[tuple[str, Review]]:
    for slug, facts in reading.facts.items():
        yield f"“{slug}”", facts.review
    for slug, one in reading.advice.items():
        yield f"Advice “{slug}”", one.review
    for topic in reading.topics.values():
        shared = {item.review for item in topic.items}
        for review in sorted(shared, key=lambda review: review.place.line):
            yield f"Quiz “{topic.slug}”", review
