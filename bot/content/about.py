"""What lesson.yaml, case.yaml and a quiz file say about themselves: review, sources, covers, place."""

import re
from dataclasses import dataclass
from datetime import date

from bot.content.forms import Form
from bot.content.places import Place

_ROW = re.compile(r"[A-Z]{1,3}[0-9]{1,4}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_URL = re.compile(r"https?://[^\s/]+(?:/\S*)?")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Review:
    """Who has read a piece and until when it holds; empty until real people have."""

    place: Place
    by: date | None
    approved_by: tuple[str, ...]
    read_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    place: Place
    id: str
    grade: str


def read_review(form: Form) -> Review:
    review = form.form("review")
    by = review.day("by")
    approved = tuple(text.value for text in review.texts("approved_by", needed=False))
    readers = review.form("read_by", needed=False)
    read = tuple(language for language, _ in readers.pairs())
    review.done()
    return Review(review.place, by, approved, read)


def read_sources(form: Form) -> dict[str, Source]:
    """The sources of one file by id; each names how far it can be trusted."""
    found: dict[str, Source] = {}
    for entry in form.forms("sources") if form.has("sources") else []:
        name = entry.text("id")
        if not entry.has("grade"):
            form.faults.at(entry.place, "grade", f"Source “{name}” has no grade (A, B or C).")
        grade = entry.among("grade", ("A", "B", "C"), needed=False)
        year = entry.text_node("year", needed=False)
        if year and not _YEAR.fullmatch(year.value):
            form.faults.at(year.place, "date", f"“{year.value}” is not a year.")
        entry.text("says")
        url = entry.text_node("url")
        if url and not _URL.fullmatch(url.value):
            form.faults.at(url.place, "value", f"“{url.value}” is no address like https://authority.example.")
        for key in ("name", "note"):
            entry.text(key, needed=False)
        entry.day("checked", needed=False)
        read_place(entry, needed=False)
        entry.done()
        if name in found:
            form.faults.at(entry.place, "duplicate-id", f"Source “{name}” stands here twice.")
        found[name] = Source(entry.place, name, grade)
    form.node("sources", needed=False)
    return found


def read_place(form: Form, *, needed: bool = True) -> tuple[str, ...]:
    texts = form.texts("place", needed=needed)
    for text in texts:
        if text.value != "any" and not _COUNTRY.fullmatch(text.value):
            form.faults.at(text.place, "value", f"“{text.value}” is no place: any, or two capitals like CN.")
    return tuple(text.value for text in texts)


def read_covers(form: Form) -> tuple[str, ...]:
    """Rows of the guide that a piece teaches; an empty list says that it teaches none."""
    if not form.has("covers"):
        form.faults.at(form.place, "covers", "“covers:” is missing here; name the guide rows, or write [].")
    texts = form.texts("covers", needed=False)
    for text in texts:
        if not _ROW.fullmatch(text.value):
            form.faults.at(text.place, "covers", f"“{text.value}” is not a guide row like S13.")
    return tuple(text.value for text in texts)
