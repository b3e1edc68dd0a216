"""lessons/advice/<slug>.yaml and lessons/hotlines.yaml: what to do and whom to call, at once."""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.content.about import Review, read_covers, read_place, read_review, read_sources
from bot.content.folder import Folder
from bot.content.forms import Form, by_language, is_slug
from bot.content.ink import Ink
from bot.content.limits import COPIED, Limits
from bot.content.markdown import plain
from bot.content.numbers import number_of
from bot.content.places import Faults, Place
from bot.content.titles import read_titles
from bot.content.yaml import Text, read
from bot.rules.curriculum import Advice, AdviceWords, Hotline, HotlineWords

HOTLINES = "lessons/hotlines.yaml"
TITLE = 30
CARD_LINES = 9
_CATEGORY = re.compile(r"C[0-9]{1,2}")


@dataclass(frozen=True, slots=True)
class ReadAdvice:
    advice: Advice
    place: Place
    review: Review


@dataclass(frozen=True, slots=True)
class ReadHotline:
    hotline: Hotline
    place: Place
    grade: str


def read_advice(
    folder: Folder,
    inks: Mapping[str, Ink],
    hant: Callable[[str], str],
    faults: Faults,
) -> dict[str, ReadAdvice]:
    found = {}
    for file in folder.below("lessons/advice", ".yaml"):
        slug = file.removeprefix("lessons/advice/").removesuffix(".yaml")
        if not is_slug(slug):
            faults.at(Place(file), "slug", f"“{slug}” is not a slug: a-z, 0-9 and - only.")
            continue
        form = Form(read(folder.texts[file], file, faults), Place(file), faults)
        about = form.form("about")
        category = about.text_node("category")
        if category and not _CATEGORY.fullmatch(category.value):
            faults.at(category.place, "value", f"“{category.value}” is not a category like C8.")
        severity = about.among("severity", ("P1", "P2", "P3", "P4"))
        titles = read_titles(about, "title", hant, TITLE)
        review = read_review(about)
        if about.has("covers"):
            read_covers(about)
        read_place(about, needed=False)
        about.done()
        read_sources(form)
        words = {}
        for tag, node in by_language(form, hant, f"advice “{slug}”").items():
            entry = Form(node, node.place, faults)
            words[tag] = _words(entry, inks[tag], titles.get(tag, ""))
        form.done()
        advice = Advice(slug, number_of(slug), category.value if category else "", severity, words)
        found[slug] = ReadAdvice(advice, form.place, review)
    return found


def longest_rings(hotlines: Mapping[str, ReadHotline]) -> dict[str, str]:
    """By language the longest line that ``{hotline}`` may turn into."""
    found: dict[str, str] = {}
    for one in hotlines.values():
        for tag, words in one.hotline.words.items():
            found[tag] = max(found.get(tag, ""), words.ring, key=lambda ring: len(plain(ring)))
    return found


def _words(form: Form, ink: Ink, title: str) -> AdviceWords:
    limits = ink.limits()
    card = ink.html_of(form.node("card"), "the card")
    more = ink.html_of(form.node("more"), "“more”")
    say_node = form.text_node("say")
    say = ink.plain(say_node.value, say_node.place) if say_node else ""
    form.done()
    limits.rows(card, form.key("card"), "The card", CARD_LINES, CARD_LINES)
    limits.message(f"{html.escape(title)}\n{card}\n{more}", form.key("card"), "Card and “more” together")
    limits.message(html.escape(say), form.key("say"), "The sentence to say", COPIED)
    return AdviceWords(title, card, more, say)


def read_hotlines(folder: Folder, hant: Callable[[str], str], faults: Faults) -> dict[str, ReadHotline]:
    if HOTLINES not in folder.texts:
        return {}
    form = Form(read(folder.texts[HOTLINES], HOTLINES, faults), Place(HOTLINES), faults)
    found = {}
    for place, node in form.pairs():
        if not re.fullmatch(r"[A-Z]{2}", place):
            faults.at(form.key(place), "value", f"“{place}” is no place: two capitals like CN.")
        entry = Form(node, node.place, faults)
        copied = entry.text_node("copy")
        if copied:
            Limits(faults, "en").message(html.escape(copied.value), copied.place, "What is copied", COPIED)
        official = entry.text("official")
        checked = entry.day("checked") or date.min
        entry.text("source")
        entry.text("note", needed=False)
        if not entry.has("grade"):
            faults.at(entry.place, "grade", f"The hotlines of {place} have no grade (A, B or C).")
        grade = entry.among("grade", ("A", "B", "C"), needed=False)
        words = {tag: _hotline_words(Form(said, said.place, faults), Ink(tag, {}, faults))
                 for tag, said in by_language(entry, hant, f"the hotlines of {place}").items()}  # fmt: skip
        entry.done()
        number = copied.value.strip() if copied else ""
        hotline = Hotline(place, number, official, checked, words)
        found[place] = ReadHotline(hotline, form.key(place), grade)
    return found


def _hotline_words(form: Form, ink: Ink) -> HotlineWords:
    place = ink.plain_of(form.node("place"), "“place”")
    ring = ink.html_of(form.node("ring"), "“ring”")
    more_node = form.node("more", needed=False)
    is_blank = isinstance(more_node, Text) and not more_node.value.strip()
    more = "" if is_blank else ink.html_of(more_node, "“more”")
    form.done()
    return HotlineWords(place, ring, more)
