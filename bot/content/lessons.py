"""lessons/<slug>/: the facts in lesson.yaml, the cards in en.md and zh-Hans.md."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count as counting

from bot.content.dress import compare
from bot.content.folder import Folder
from bot.content.forms import Form
from bot.content.ink import Ink
from bot.content.places import Faults, Place
from bot.content.units import Facts, Page, named, read_facts, read_pages, title_of
from bot.content.yaml import read
from bot.rules.curriculum import LessonWords

MOST_CARDS = 5
CARD_WORDS = 120
LESSON_WORDS = 260
LESSON_CHARACTERS = 520
CARD_LINES, CHINESE_CARD_LINES = 18, 12


@dataclass(frozen=True, slots=True)
class ReadLesson:
    """A lesson before its items are known."""

    facts: Facts
    check: str
    check_place: Place
    words: Mapping[str, LessonWords]


def read_lessons(
    folder: Folder, inks: Mapping[str, Ink], hant: Callable[[str], str], faults: Faults
) -> dict[str, ReadLesson]:
    found = {}
    for slug, file in named(folder, "lessons", "lesson.yaml", faults):
        form = Form(read(folder.texts[file], file, faults), Place(file), faults)
        form.text("aim")
        about = form.form("about")
        audience = about.among("audience", ("employee", "borrower"))
        facts = read_facts(form, about, slug, (audience,) if audience else (), inks, hant)
        check = about.text("check")
        about.done()
        form.done()
        pages = read_pages(folder, file, hant, faults)
        words = {tag: _words(page, facts.inks[tag]) for tag, page in pages.items()}
        shown = {tag: "\n".join(said.cards) for tag, said in words.items()}
        compare(shown, Place(file), faults)
        _compare_cards(words, Place(file), faults)
        found[slug] = ReadLesson(facts, check, about.key("check"), words)
    return found


def _compare_cards(words: Mapping[str, LessonWords], place: Place, faults: Faults) -> None:
    """Every language has as many cards: whoever changes it half-way stays on theirs."""
    counted = {tag: len(said.cards) for tag, said in words.items()}
    if len(set(counted.values())) > 1:
        told = ", ".join(f"{cards} in {tag}" for tag, cards in counted.items())
        faults.at(place, "cards", f"The languages have as many cards each, not {told}.")


def _words(page: Page, ink: Ink) -> LessonWords:
    title, skip = title_of(page, ink)
    limits = ink.limits()
    cards: list[str] = []
    for number, (text, place) in zip(counting(1), _cards(page, skip), strict=False):
        if not text.strip():
            ink.faults.at(place, "empty", f"Card {number} is empty.")
            continue
        card = ink.html(text, place)
        shown = f"{title} · {number}/{MOST_CARDS}\n\n{card}"
        limits.words(card, place, f"Card {number}", CARD_WORDS, LESSON_CHARACTERS)
        limits.rows(shown, place, f"Card {number} with its title", CARD_LINES, CHINESE_CARD_LINES)
        limits.message(shown, place, f"Card {number} with its title")
        cards.append(card)
    start = page.place.down(skip)
    if len(cards) > MOST_CARDS:
        ink.faults.at(start, "too-long", f"A lesson has at most {MOST_CARDS} cards; these are {len(cards)}.")
    if not cards:
        ink.faults.at(start, "empty", "This lesson has no card.")
    limits.words("\n".join(cards), start, "The lesson", LESSON_WORDS, LESSON_CHARACTERS)
    return LessonWords(title, tuple(cards))


def _cards(page: Page, skip: int) -> Iterator[tuple[str, Place]]:
    card: list[str] = []
    start = skip
    lines = page.text.rstrip("\n").split("\n")
    for number, line in enumerate(lines[skip:], skip):
        if line.strip() == "---":
            yield _card(card, start, page)
            card, start = [], number + 1
        else:
            card.append(line)
    yield _card(card, start, page)


def _card(lines: list[str], start: int, page: Page) -> tuple[str, Place]:
    blank = next((number for number, line in enumerate(lines) if line.strip()), 0)
    return "\n".join(lines[blank:]), page.place.down(start + blank)
