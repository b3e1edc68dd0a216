"""quizzes/<topic>.yaml: items, their answers once, their words per language."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from bot.content.about import Review, read_covers, read_place, read_review, read_sources
from bot.content.choices import LETTERS, TypeRules, read_answer, read_words
from bot.content.figures import read_figure_words, read_figures
from bot.content.folder import Folder
from bot.content.forms import Form, by_language
from bot.content.places import Faults, Place
from bot.content.titles import read_titles
from bot.content.units import Facts
from bot.content.yaml import List, Map, Node, Text, read
from bot.rules.curriculum import FALSE, RIGHT, TRUE, Channel, Item, ItemType, Level
from bot.rules.figures import written
from bot.rules.languages import WRITTEN

LEVELS: tuple[Level, ...] = ("recall", "apply", "analyse")
TYPES: dict[ItemType, TypeRules] = {
    "single": TypeRules(fewest=3, most=4, right=(1, 1)),
    "multiple": TypeRules(fewest=3, most=6, right=(2, 4)),
    "true-false": TypeRules(fewest=3, most=3, right=(1, 1), verdicts=(TRUE, FALSE)),
    "numeric": TypeRules(fewest=0, most=0, right=(0, 0)),
    "ordering": TypeRules(fewest=3, most=6, right=(3, 6), ordered=True),
    "red-flags": TypeRules(fewest=5, most=8, right=(3, 4), parts=True),
}
HEADS: dict[Channel, tuple[str, ...]] = {
    "sms": ("from",), "chat": ("from",), "e-mail": ("from", "subject"), "call": ("from",), "web-page": ("address",),
}  # fmt: skip
"""What stands above a practice message, by its channel."""
_ID = re.compile(r"([a-z0-9-]+)-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class ReadItem:
    item: Item
    place: Place
    review: Review
    replaces: str
    meaning: tuple[object, ...]
    """Type, answer and the choices as written: what a published item keeps for ever."""
    drafted: bool
    """Itself or with its lesson or story: asked by nobody yet."""
    draft: bool = False
    """By itself, in a unit that is taught: it waits for `/preview`, and replaces nothing yet."""


@dataclass(frozen=True, slots=True)
class ReadTopic:
    slug: str
    titles: Mapping[str, str]
    items: tuple[ReadItem, ...]


class _Quiz:
    """One quiz file being read."""

    def __init__(
        self, form: Form, topic: str, units: Mapping[str, Facts], hant: Callable[[str], str]
    ) -> None:
        self.form, self.topic, self.units, self.hant = form, topic, units, hant
        self.review = read_review(form)
        self.sources = read_sources(form)
        self.faults = form.faults

    def item(self, form: Form) -> ReadItem | None:
        name = form.text("id")
        replaces = form.text("replaces", needed=False)
        draft = form.yes("draft")
        about = form.form("about")
        kind = about.among("type", tuple(TYPES))
        level = about.among("level", LEVELS)
        unit = self._unit(about, name, form)
        must = about.yes("must", needed=True)
        read_covers(about)
        read_place(about)
        self._check_source(about, unit)
        about.done()
        known = next((known for known in TYPES if known == kind), None)
        sections = by_language(form, self.hant, f"item “{name}”")
        review = read_review(form) if form.has("review") else self.review
        if known is None or unit is None:
            for key in ("answer", "near", "channel", "head"):
                form.node(key, needed=key == "answer")
            form.done()
            return None
        bare = Item(
            id=name, type=known, topic=self.topic, unit=unit.slug, answer=(), must=must,
            level=next((one for one in LEVELS if one == level), "apply"), words={},
        )  # fmt: skip
        read = {"numeric": _with_figure, "red-flags": _with_parts}.get(known, _with_choices)
        item, meant = read(bare, form, sections, unit)
        form.done()
        return ReadItem(
            item, form.place, review, replaces, (known, *meant), draft or unit.draft, draft and not unit.draft
        )

    def _unit(self, about: Form, name: str, form: Form) -> Facts | None:
        named = [about.slug(key, needed=False) for key in ("lesson", "case")]
        slugs = [slug for slug in named if slug]
        if len(slugs) != 1:
            self.faults.at(
                about.place, "missing-key", "An item names its “lesson:” or its “case:”, one of them."
            )
            return None
        slug = slugs[0]
        unit = self.units.get(slug.value)
        folder = "lessons/cases/" if about.has("case") else "lessons/"
        if unit is None or not unit.place.file.startswith(f"{folder}{slug.value}/"):
            self.faults.at(slug.place, "unknown-slug", f"Nobody has written {folder}{slug.value}/.")
            return None
        numbered = _ID.fullmatch(name)
        if numbered is None or numbered[1] != slug.value:
            self.faults.at(
                form.key("id"), "id", f"The id is “{slug.value}-nn” with two digits, not “{name}”."
            )
        return unit

    def _check_source(self, about: Form, unit: Facts | None) -> None:
        known: set[str] = {*self.sources, *(unit.sources if unit else ())}
        for text in about.texts("source"):
            if text.value != "none" and text.value not in known:
                sentence = f"Source “{text.value}” stands neither here nor in the unit; write it, or none."
                self.faults.at(text.place, "unknown-source", sentence)


def _with_choices(
    item: Item, form: Form, sections: Mapping[str, Node], unit: Facts
) -> tuple[Item, tuple[object, ...]]:
    """The item with its answer and its choices, and what they mean."""
    rules = TYPES[item.type]
    keys = _keys(sections, rules)
    answer = read_answer(form, rules, keys)
    words = {tag: read_words(node, rules, keys, unit.inks[tag]) for tag, node in sections.items()}
    meant = (list(answer), _meaning(sections, (*rules.verdicts, *keys)))
    return replace(item, answer=answer, words=words), meant


def _with_parts(
    item: Item, form: Form, sections: Mapping[str, Node], unit: Facts
) -> tuple[Item, tuple[object, ...]]:
    """A practice message in the dress of its channel: choices with words, and what stands above them."""
    item, meant = _with_choices(item, form, sections, unit)
    named = form.among("channel", tuple(HEADS))
    channel = next((channel for channel in HEADS if channel == named), None)
    above = form.form("head")
    needed = HEADS[channel] if channel else ()
    head = {field: above.among(field, item.choices) for field in needed if above.node(field)}
    above.done()
    if len(set(head.values())) < len(head):
        form.faults.at(form.key("head"), "value", "Each line above the message is a part of its own.")
    return replace(item, channel=channel, head=head), (*meant, named, [[*line] for line in head.items()])


def _with_figure(
    item: Item, form: Form, sections: Mapping[str, Node], unit: Facts
) -> tuple[Item, tuple[object, ...]]:
    """The item with its figure and near misses, and what they mean."""
    figures = read_figures(form)
    words = {tag: read_figure_words(node, tuple(figures), unit.inks[tag]) for tag, node in sections.items()}
    answer = (written(figures[RIGHT].value),) if RIGHT in figures else ()
    meant = [[key, written(one.value), written(one.tolerance)] for key, one in figures.items()]
    return replace(item, answer=answer, words=words, figures=figures), (meant, [])


def _keys(sections: Mapping[str, Node], rules: TypeRules) -> tuple[str, ...]:
    """Letters that any written language has: the others then lack words."""
    written = [node for tag, node in sections.items() if tag in WRITTEN and isinstance(node, Map)]
    return tuple(key for key in LETTERS[: rules.most] if any(key in node.entries for node in written))


def _meaning(sections: Mapping[str, Node], keys: Iterable[str]) -> list[list[str]]:
    found = []
    for tag, section in sections.items():
        if not isinstance(section, Map) or section.place.derived:
            continue
        for key in keys:
            entry = section.entries.get(key)
            said = entry.entries[: max(len(entry.entries) - 1, 1)] if isinstance(entry, List) else [entry]
            found.append([tag, key, *(" ".join(one.value.split()) for one in said if isinstance(one, Text))])
    return found


def read_topics(
    folder: Folder, units: Mapping[str, Facts], hant: Callable[[str], str], faults: Faults
) -> dict[str, ReadTopic]:
    found: dict[str, ReadTopic] = {}
    seen: dict[str, Place] = {}
    for file in folder.below("quizzes", ".yaml"):
        form = Form(read(folder.texts[file], file, faults), Place(file), faults)
        topic = form.slug("topic")
        slug = file.removeprefix("quizzes/").removesuffix(".yaml")
        if topic and topic.value != slug:
            faults.at(topic.place, "slug", f"The topic of this file is “{slug}”, after the file's name.")
        titles = read_titles(form, "title", hant)
        quiz = _Quiz(form, slug, units, hant)
        items = [read_item for entry in form.forms("items") if (read_item := quiz.item(entry))]
        form.done()
        for one in items:
            if one.item.id in seen:
                faults.at(one.place, "duplicate-id", f"Item “{one.item.id}” is written twice.")
            seen[one.item.id] = one.place
        found[slug] = ReadTopic(slug, titles, tuple(items))
    return found


def check_replaced(items: Mapping[str, ReadItem], faults: Faults) -> None:
    """A correction names an item that is there; the old one stays, so that old answers can be explained."""
    for one in items.values():
        if one.replaces and (one.replaces not in items or one.replaces == one.item.id):
            faults.at(one.place, "unknown-slug", f"“replaces: {one.replaces}” names no other item.")
