"""The words of a case: scenes under their headings, choices with what follows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.content.ink import Ink
from bot.content.places import Faults, Place
from bot.content.units import Page, title_of
from bot.rules.curriculum import CaseWords, DecisionWords, EndingKind

_HEADING = re.compile(r"## +([a-z0-9-]+): *(.*)")
_CHOICE = re.compile(r"- ([a-z0-9-]+): ([^→]+)→ (.+)")
DEBRIEF = "debrief"


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


def read_words(
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
        section.choices[choice[1]] = _Choice(choice[2].strip(), button, choice[3], after)


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
