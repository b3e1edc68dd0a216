"""lessons/tracks/<slug>.yaml: for whom, which units in which order, when they are owed and for how long they hold."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from bot.content.blueprints import Bank, read_test
from bot.content.folder import Folder
from bot.content.forms import Form, is_slug
from bot.content.numbers import number_of
from bot.content.places import Faults, Place
from bot.content.titles import read_titles
from bot.content.units import Facts
from bot.content.yaml import read
from bot.rules.curriculum import Anchor, Audience, MonthDay, Track, TrackUnit
from bot.rules.people import JOBS
from bot.rules.quiz import PASS_MARK

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST = 3650
EVERYBODY, MANAGERS, OPT_IN = "everybody", "managers", "opt-in"
WHOM = (EVERYBODY, MANAGERS, OPT_IN, *(job for job in JOBS if job != "manager"))
"""Those with the job of a manager are among the managers."""
LARGEST_SET = 3
"""Lessons that one message may announce: six minutes."""
LONGEST_VALID = 60
BY_DAYS, BY_CALENDAR = ("after_days", "due_days", "weekday"), ("quarter", "opens", "closes")
QUARTERS: dict[int, tuple[MonthDay, MonthDay]] = {
    1: ((1, 1), (3, 31)),
    2: ((4, 1), (6, 30)),
    3: ((7, 1), (9, 30)),
    4: ((10, 1), (12, 31)),
}
_MONTHS = re.compile(r"([0-9]{1,2}) months?")
_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""29 February is no day that every year has."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A unit as it stands in the file, with the place of its set for what only all of them show."""

    unit: TrackUnit
    place: Place


def read_tracks(
    folder: Folder, units: Mapping[str, Facts], bank: Bank, hant: Callable[[str], str], faults: Faults
) -> dict[str, Track]:
    found = {}
    for file in folder.below("lessons/tracks", ".yaml"):
        slug = file.removeprefix("lessons/tracks/").removesuffix(".yaml")
        if not is_slug(slug):
            faults.at(Place(file), "slug", f"“{slug}” is not a slug: a-z, 0-9 and - only.")
            continue
        form = Form(read(folder.texts[file], file, faults), Place(file), faults)
        found[slug] = _track(slug, form, units, bank, hant)
    return found


def _track(
    slug: str, form: Form, units: Mapping[str, Facts], bank: Bank, hant: Callable[[str], str]
) -> Track:
    audience: Audience = (
        "borrower" if form.among("audience", ("employee", "borrower")) == "borrower" else "employee"
    )
    titles = read_titles(form, "title", hant)
    pass_mark = form.number("pass_mark", 1, 100, needed=False)
    whom = _whom(form, audience)
    anchor = _anchor(form, audience, whom)
    renews = _renewal(form, anchor)
    rows = [row for entry in form.forms("units") if (row := _unit(entry, audience, anchor, units))]
    mark = PASS_MARK if pass_mark is None else pass_mark
    test = read_test(
        form,
        slug,
        audience,
        mark,
        [row.unit.unit for row in rows],
        bank,
        partial(_timing, anchor=anchor),
        hant,
    )
    if test is not None:
        rows.append(_Row(test[1], test[2]))
        if test[0].slug in units:
            form.faults.at(
                test[2], "duplicate-id", f"“{test[0].slug}” is a lesson or case; the test takes this name."
            )
    form.done()
    _refuse_repeats(form, rows)
    _check_sets(form, rows)
    return Track(
        slug, number_of(slug), audience, titles, tuple(row.unit for row in rows), mark, whom, anchor, renews,
        test[0] if test else None,
    )  # fmt: skip


def _whom(form: Form, audience: Audience) -> str:
    written = form.among("for", WHOM, needed=False)
    if audience == "borrower":
        if written not in ("", OPT_IN):
            form.faults.at(
                form.key("for"), "value", "Borrowers join of their own accord: write “for: opt-in”."
            )
        return OPT_IN
    return written or EVERYBODY


def _anchor(form: Form, audience: Audience, whom: str) -> Anchor:
    written = form.among("anchor", ("hired", "enrolled", "calendar"), needed=False)
    if written == "hired" and audience == "borrower":
        form.faults.at(form.key("anchor"), "value", "Borrowers are not hired: write “anchor: enrolled”.")
    if written == "calendar":
        return "calendar"
    hired = written == "hired" or (not written and audience == "employee" and whom == EVERYBODY)
    return "hired" if hired else "enrolled"


def _renewal(form: Form, anchor: Anchor) -> int | None:
    """Months after which what was completed is asked again."""
    node = form.text_node("renews_after", needed=False)
    if node is None:
        return None
    months = _MONTHS.fullmatch(node.value)
    if months is None or not 1 <= int(months[1]) <= LONGEST_VALID:
        form.faults.at(
            node.place, "value", f"Write how long it holds as “12 months”, at most {LONGEST_VALID}."
        )
        return None
    if anchor == "calendar":
        form.faults.at(
            node.place, "value", "A track by the calendar comes every year; leave “renews_after:” out."
        )
    return int(months[1])


def _unit(form: Form, audience: Audience, anchor: Anchor, units: Mapping[str, Facts]) -> _Row | None:
    slug = form.slug("unit")
    named = form.slug("set", needed=False)
    if anchor == "calendar" and named:
        form.faults.at(
            named.place, "value", "A set is for the same day after joining; the calendar has none."
        )
    timing = _timing(form, anchor)
    form.done()
    if slug is None or timing is None:
        return None
    _check_unit(form, slug.value, slug.place, audience, units)
    row = TrackUnit(
        slug.value, timing.after_days, timing.weekday, timing.due_days, timing.opens, timing.closes,
        named.value if named else "",
    )  # fmt: skip
    return _Row(row, named.place if named else form.place)


def _timing(form: Form, anchor: Anchor) -> TrackUnit | None:
    """When a unit is owed, by the days or by the year as its track counts."""
    if anchor == "calendar":
        for key in BY_DAYS:
            _out_of_place(
                form, key, "This track goes by the calendar: write “quarter:”, or “opens:” and “closes:”."
            )
        window = _window(form)
        return None if window is None else TrackUnit("", 0, None, None, *window)
    for key in BY_CALENDAR:
        _out_of_place(form, key, "Only a track with “anchor: calendar” goes by the year.")
    return _days(form)


def _out_of_place(form: Form, key: str, sentence: str) -> None:
    if form.node(key, needed=False) is not None:
        form.faults.at(form.key(key), "value", sentence)


def _days(form: Form) -> TrackUnit | None:
    after = form.number("after_days", 0, LONGEST)
    due = form.number("due_days", 0, LONGEST, needed=False)
    weekday = form.among("weekday", WEEKDAYS, needed=False)
    if after is None:
        return None
    if due is not None and due < after:
        form.faults.at(form.key("due_days"), "value", "It would be due before it is given.")
    return TrackUnit("", after, WEEKDAYS.index(weekday) if weekday else None, due)


def _window(form: Form) -> tuple[MonthDay, MonthDay] | None:
    """First and last day of every year's window, as month and day."""
    if form.has("quarter"):
        for key in ("opens", "closes"):
            _out_of_place(form, key, f"The quarter says it already; leave “{key}:” or “quarter:” out.")
        quarter = form.number("quarter", 1, 4)
        return QUARTERS[quarter] if quarter else None
    if not form.has("opens") and not form.has("closes"):
        form.faults.at(form.place, "missing-key", "“quarter:”, or “opens:” and “closes:”, is missing here.")
        return None
    opens, closes = _month_day(form, "opens"), _month_day(form, "closes")
    if opens is None or closes is None:
        return None
    if closes < opens:
        form.faults.at(form.key("closes"), "value", "It would close before it opens, within one year.")
    return opens, closes


def _month_day(form: Form, key: str) -> MonthDay | None:
    node = form.text_node(key)
    if node is None:
        return None
    found = _MONTH_DAY.fullmatch(node.value)
    if found is None or int(found[2]) > _LENGTHS[int(found[1]) - 1]:
        form.faults.at(node.place, "date", f"“{node.value}” is not a day of every year; write it as 03-31.")
        return None
    return int(found[1]), int(found[2])


def _check_unit(form: Form, slug: str, place: Place, audience: Audience, units: Mapping[str, Facts]) -> None:
    unit = units.get(slug)
    if unit is None:
        form.faults.at(place, "unknown-slug", f"Nobody has written a lesson or case “{slug}”.")
    elif unit.draft:
        form.faults.at(place, "unknown-slug", f"“{slug}” is a draft; nobody would get it.")
    elif unit.audiences and audience not in unit.audiences:
        form.faults.at(place, "audience", f"“{slug}” is not written for {audience}s.")


def _refuse_repeats(form: Form, rows: list[_Row]) -> None:
    slugs = [row.unit.unit for row in rows]
    for slug in sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        form.faults.at(form.key("units"), "duplicate-id", f"“{slug}” stands in this track twice.")


def _check_sets(form: Form, rows: list[_Row]) -> None:
    """A set is announced in one message, so its units come on one day and are few."""
    for name in dict.fromkeys(row.unit.set for row in rows if row.unit.set):
        of_set = [row for row in rows if row.unit.set == name]
        if len(of_set) > LARGEST_SET:
            sentence = (
                f"The set “{name}” has {len(of_set)} units; one message announces at most {LARGEST_SET}."
            )
            form.faults.at(of_set[LARGEST_SET].place, "value", sentence)
        for row in of_set[1:]:
            if (row.unit.after_days, row.unit.weekday) != (of_set[0].unit.after_days, of_set[0].unit.weekday):
                form.faults.at(row.place, "value", f"The units of the set “{name}” have to come on one day.")
