"""lessons/tracks/<slug>.yaml: which units, in which order, when they are owed."""

from collections.abc import Callable, Mapping

from bot.content.folder import Folder
from bot.content.forms import Form, is_slug
from bot.content.numbers import number_of
from bot.content.places import Faults, Place
from bot.content.titles import read_titles
from bot.content.units import Facts
from bot.content.yaml import read
from bot.rules.curriculum import Audience, Track, TrackUnit

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST = 3650


def read_tracks(
    folder: Folder, units: Mapping[str, Facts], hant: Callable[[str], str], faults: Faults
) -> dict[str, Track]:
    found = {}
    for file in folder.below("lessons/tracks", ".yaml"):
        slug = file.removeprefix("lessons/tracks/").removesuffix(".yaml")
        if not is_slug(slug):
            faults.at(Place(file), "slug", f"“{slug}” is not a slug: a-z, 0-9 and - only.")
            continue
        form = Form(read(folder.texts[file], file, faults), Place(file), faults)
        audience: Audience = "borrower" if _audience(form) == "borrower" else "employee"
        titles = read_titles(form, "title", hant)
        pass_mark = form.number("pass_mark", 1, 100, needed=False)
        rows = [row for entry in form.forms("units") if (row := _unit(entry, audience, units))]
        form.done()
        _refuse_repeats(form, rows)
        found[slug] = Track(
            slug, number_of(slug), audience, titles, tuple(rows), 80 if pass_mark is None else pass_mark
        )
    return found


def _audience(form: Form) -> str:
    return form.among("audience", ("employee", "borrower"))


def _unit(form: Form, audience: Audience, units: Mapping[str, Facts]) -> TrackUnit | None:
    slug = form.slug("unit")
    after = form.number("after_days", 0, LONGEST)
    due = form.number("due_days", 0, LONGEST, needed=False)
    weekday = form.among("weekday", WEEKDAYS, needed=False)
    form.done()
    if slug is None or after is None:
        return None
    unit = units.get(slug.value)
    if unit is None:
        form.faults.at(slug.place, "unknown-slug", f"Nobody has written a lesson or case “{slug.value}”.")
    elif unit.draft:
        form.faults.at(slug.place, "unknown-slug", f"“{slug.value}” is a draft; nobody would get it.")
    elif unit.audiences and audience not in unit.audiences:
        form.faults.at(slug.place, "audience", f"“{slug.value}” is not written for {audience}s.")
    if due is not None and due < after:
        form.faults.at(form.key("due_days"), "value", "It would be due before it is given.")
    return TrackUnit(slug.value, after, WEEKDAYS.index(weekday) if weekday else None, due)


def _refuse_repeats(form: Form, rows: list[TrackUnit]) -> None:
    slugs = [row.unit for row in rows]
    for slug in sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        form.faults.at(form.key("units"), "duplicate-id", f"“{slug}” stands in this track twice.")
