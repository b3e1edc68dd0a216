"""lessons/holidays.yaml: days off and weekends that are worked, place by place."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.content.about import read_place
from bot.content.folder import Folder
from bot.content.forms import Form
from bot.content.places import Faults, Place
from bot.content.titles import read_titles
from bot.content.yaml import read
from bot.rules.calendar import SATURDAY, Calendar

HOLIDAYS = "lessons/holidays.yaml"
LONGEST = 20
"""Days in one go; more is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Where a list of days came from, and whether the authority has published it."""

    place: Place
    says: str
    checked_on: date
    confirmed: bool


@dataclass(frozen=True, slots=True)
class ReadHolidays:
    calendar: Calendar
    listed: Mapping[str, Listed]
    """By id, those that a day names."""


def read_holidays(folder: Folder, hant: Callable[[str], str], faults: Faults) -> ReadHolidays:
    if HOLIDAYS not in folder.texts:
        return ReadHolidays(Calendar(), {})
    form = Form(read(folder.texts[HOLIDAYS], HOLIDAYS, faults), Place(HOLIDAYS), faults)
    listed = _sources(form.form("sources"))
    off: dict[str, set[date]] = defaultdict(set)
    worked: dict[str, set[date]] = defaultdict(set)
    for entry in form.forms("days"):
        _day(entry, listed, hant, off, worked)
    form.done()
    return ReadHolidays(
        Calendar(
            {place: frozenset(days) for place, days in off.items()},
            {place: frozenset(days) for place, days in worked.items() if days},
        ),
        listed,
    )


def _sources(form: Form) -> dict[str, Listed]:
    found = {}
    for name, node in form.slugs():
        entry = Form(node, node.place, form.faults)
        says = entry.text("says")
        entry.text("url")
        checked = entry.day("checked_on")
        confirmed = entry.yes("confirmed", needed=True)
        entry.done()
        found[name] = Listed(form.key(name), says, checked or date.min, confirmed)
    return found


def _day(
    form: Form, listed: Mapping[str, Listed], hant: Callable[[str], str],
    off: dict[str, set[date]], worked: dict[str, set[date]],
) -> None:  # fmt: skip
    places = [place for place in read_place(form) if place != "any"]
    if not places and form.has("place"):
        form.faults.at(form.key("place"), "value", "A holiday names its place: two capitals like CN.")
    read_titles(form, "name", hant)
    source = form.text_node("source")
    if source and source.value not in listed:
        form.faults.at(source.place, "unknown-source", f"Nobody gives the source “{source.value}” above.")
    days = list(_between(form))
    extra = list(_worked(form, days))
    form.done()
    for place in places:
        for day in sorted(off[place].intersection(days)):
            form.faults.at(form.key("from"), "duplicate-id", f"{day} is a day off in {place} already.")
        for day in sorted(off[place].intersection(extra) | worked[place].intersection(days)):
            form.faults.at(form.key("from"), "value", f"{day} cannot be off and worked in {place}.")
        off[place].update(days)
        worked[place].update(extra)


def _between(form: Form) -> Iterator[date]:
    first = form.day("from")
    last = form.day("until", needed=False) or first
    if first is None or last is None:
        return
    if not first <= last <= first + timedelta(days=LONGEST):
        sentence = f"“until:” is the last day off, at most {LONGEST} days after “from:”."
        form.faults.at(form.key("until"), "date", sentence)
        return
    for count in range((last - first).days + 1):
        yield first + timedelta(days=count)


def _worked(form: Form, days: list[date]) -> Iterator[date]:
    for text in form.texts("working", needed=False):
        try:
            day = date.fromisoformat(text.value)
        except ValueError:
            sentence = f"“{text.value}” is not a day; write it as 2027-10-31."
            form.faults.at(text.place, "date", sentence)
            continue
        if day.weekday() < SATURDAY:
            form.faults.at(text.place, "date", f"{day} is no Saturday or Sunday; it is worked anyway.")
        elif day in days:
            form.faults.at(text.place, "date", f"{day} cannot be off and worked.")
        else:
            yield day
