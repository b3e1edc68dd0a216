"""lessons/cases/<slug>/: a graph of decisions in case.yaml, its story in en.md and zh-Hans.md."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from bot.content.folder import Folder
from bot.content.forms import Form
from bot.content.graphs import check_graph
from bot.content.ink import Ink
from bot.content.lessons import Facts, Page, named, read_facts, read_pages, title_of
from bot.content.places import Faults, Place
from bot.content.yaml import Text, read
from bot.rules.curriculum import CaseWords, DecisionWords, EndingKind

_HEADING = re.compile(r"## +([a-z0-9-]+): *(.*)")
_CHOICE = re.compile(r"- +([a-z0-9-]+): +(.+?) +→ +(.+)")
DEBRIEF = "debrief"
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


@dataclass(frozen=True, slots=True)
class _Choice:
    button: str
    place: Place
    consequence: str
    after: Place


@dataclass(slots=True)
class _Section:
    place: Place
    lines: list[str]
    choices: dict[str, _Choice] = field(default_factory=dict)


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
        words = {tag: _words(page, facts.inks[tag], decisions, endings) for tag, page in pages.items()}
        lesson_slug = lesson.value if lesson else ""
        found[slug] = ReadCase(facts, decisions, right, endings, lesson_slug, about.key("lesson"), words)
    return found


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


def _words(
    page: Page, ink: Ink, decisions: Mapping[str, Mapping[str, str]], endings: Mapping[str, EndingKind]
) -> CaseWords:
    title, skip = title_of(page, ink)
    sections = _sections(page, skip, decisions, ink.faults)
    wanted = [*decisions, *endings, DEBRIEF]
    for name in wanted:
        if name not in sections:
            ink.faults.at(page.place, "words-and-facts", f"“## {name}:” is missing in these words.")
    for name, section in sections.items():
        if name not in wanted:
            ink.faults.at(section.place, "words-and-facts", f"No decision or ending is called “{name}”.")
    scenes = {name: _scene(sections[name], ink, title) for name in wanted if name in sections}
    choices = {
        name: _choices(sections[name], name, goals, ink)
        for name, goals in decisions.items()
        if name in sections
    }
    debrief = scenes.pop(DEBRIEF, "")
    return CaseWords(title, scenes, choices, debrief)


def _sections(
    page: Page, skip: int, decisions: Mapping[str, Mapping[str, str]], faults: Faults
) -> dict[str, _Section]:
    found: dict[str, _Section] = {}
    section: _Section | None = None
    is_decision = False
    for number, line in enumerate(page.text.split("\n")[skip:], skip):
        place = page.place.down(number)
        heading = _HEADING.fullmatch(line)
        if heading:
            name = heading[1]
            if name in found:
                faults.at(place, "duplicate-id", f"“## {name}:” stands here twice.")
            section = found[name] = _Section(replace(place, column=heading.start(2) + 1), [heading[2]])
            is_decision = name in decisions
        elif line.startswith("#"):
            faults.at(place, "markdown", "A heading is written “## id: scene”, with an id of a-z, 0-9 and -.")
        elif section is None:
            if line.strip():
                faults.at(place, "markdown", "Words stand here before the first “## id: scene”.")
        elif is_decision and line.startswith("- "):
            _add_choice(section, line, place, faults)
        elif is_decision and section.choices:
            if line.strip():
                faults.at(place, "markdown", "After a choice only choices follow, each on a line of its own.")
        else:
            section.lines.append(line)
    return found


def _add_choice(section: _Section, line: str, place: Place, faults: Faults) -> None:
    choice = _CHOICE.fullmatch(line.rstrip())
    if choice is None:
        faults.at(place, "markdown", "A choice is written “- id: button → what happens”.")
    elif choice[1] in section.choices:
        faults.at(place, "duplicate-id", f"Choice “{choice[1]}” stands here twice.")
    else:
        button, after = (replace(place, column=choice.start(part) + 1) for part in (2, 3))
        section.choices[choice[1]] = _Choice(choice[2], button, choice[3], after)


def _scene(section: _Section, ink: Ink, title: str) -> str:
    text = "\n".join(section.lines)
    if not text.strip():
        ink.faults.at(section.place, "empty", "Nothing is told here.")
    shown = ink.html(text, section.place)
    ink.limits().message(f"{title}\n\n{shown}", section.place, "The scene with its title")
    return shown


def _choices(section: _Section, name: str, goals: Mapping[str, str], ink: Ink) -> dict[str, DecisionWords]:
    limits = ink.limits()
    found: dict[str, DecisionWords] = {}
    for choice in goals:
        if choice not in section.choices:
            sentence = f"Decision “{name}” has a choice “{choice}” without words here."
            ink.faults.at(section.place, "words-and-facts", sentence)
            continue
        said = section.choices[choice]
        words = DecisionWords(ink.plain(said.button, said.place), ink.html(said.consequence, said.after))
        limits.button(words.button, said.place, "Button")
        limits.message(words.consequence, said.after, "The consequence")
        found[choice] = words
    for choice, said in section.choices.items():
        if choice not in goals:
            ink.faults.at(
                said.place, "words-and-facts", f"Decision “{name}” has no choice called “{choice}”."
            )
    return found
