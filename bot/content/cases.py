"""lessons/cases/<slug>/: a graph of decisions in case.yaml, its story in en.md and zh-Hans.md."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.content.dress import compare
from bot.content.folder import Folder
from bot.content.forms import Form
from bot.content.graphs import check_graph
from bot.content.ink import Ink
from bot.content.places import Faults, Place
from bot.content.stories import read_words
from bot.content.units import Facts, named, read_facts, read_pages
from bot.content.yaml import Text, read
from bot.rules.curriculum import CaseWords, EndingKind

_KINDS: tuple[EndingKind, ...] = ("safe", "in time", "lost")


@dataclass(frozen=True, slots=True)
class ReadCase:
    """A case before its items are known."""

    facts: Facts
    decisions: Mapping[str, Mapping[str, str]]
    right: Mapping[str, str]
    endings: Mapping[str, EndingKind]
    lesson: str
    lesson_place: Place
    words: Mapping[str, CaseWords]


def read_cases(
    folder: Folder, inks: Mapping[str, Ink], hant: Callable[[str], str], faults: Faults
) -> dict[str, ReadCase]:
    found = {}
    for slug, file in named(folder, "lessons/cases", "case.yaml", faults):
        form = Form(read(folder.texts[file], file, faults), Place(file), faults)
        form.text("aim")
        about = form.form("about")
        audiences = about.texts("audience")
        for text in audiences:
            if text.value not in ("employee", "borrower"):
                faults.at(text.place, "value", f"“audience:” is employee or borrower, not “{text.value}”.")
        facts = read_facts(form, about, slug, tuple(text.value for text in audiences), inks, hant)
        lesson = about.slug("lesson", needed=False)
        about.done()
        decisions, right, endings = _graph(form)
        form.done()
        pages = read_pages(folder, file, hant, faults)
        words = {tag: read_words(page, facts.inks[tag], decisions, endings) for tag, page in pages.items()}
        compare({tag: _told(said) for tag, said in words.items()}, Place(file), faults)
        lesson_slug = lesson.value if lesson else ""
        found[slug] = ReadCase(facts, decisions, right, endings, lesson_slug, about.key("lesson"), words)
    return found


def _told(said: CaseWords) -> str:
    return "\n".join((*said.scenes.values(), said.debrief))


def _graph(form: Form) -> tuple[dict[str, dict[str, str]], dict[str, str], dict[str, EndingKind]]:
    decisions: dict[str, dict[str, str]] = {}
    written = form.form("decisions")
    for name, node in written.slugs():
        choices = Form(node, node.place, form.faults)
        decisions[name] = {key: choices.text(key) for key, _ in choices.slugs()}
    endings: dict[str, EndingKind] = {}
    ends = form.form("endings")
    for name, _ in ends.slugs():
        kind = ends.among(name, _KINDS)
        endings[name] = next((known for known in _KINDS if known == kind), "lost")
    safe = form.form("right")
    right = {name: node.value for name, node in safe.pairs() if isinstance(node, Text)}
    check_graph(decisions, right, endings, written, safe, ends)
    return decisions, right, endings
