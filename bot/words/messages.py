"""Which messages the templates hold, and whether the catalogues say them all."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, nodes

from bot.rules.languages import ENGLISH, HANS, HANT
from bot.words.catalogues import Entry, Key, catalogue_file, read_book

_CONTEXTS: dict[str, tuple[str | None, ...]] = {"_": (None,), "_n": (None,), "_you": ("staff", "borrower")}
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_TAG = re.compile(r"</?[a-z][^>]*>")


class UnreadableMessage(Exception):
    """A template says something that only running it would tell; a catalogue cannot hold that."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something a catalogue lacks, has too much of or says wrongly."""

    file: Path
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


def messages(templates: Path) -> set[Key]:
    """Every (context, English message) that the templates below this folder ask for."""
    environment = Environment(autoescape=True)
    found: set[Key] = set()
    for file in sorted(templates.rglob("*.html")):
        tree = environment.parse(file.read_text(encoding="utf-8"), name=str(file))
        found |= set(_asked(tree))
    return found


def _asked(tree: nodes.Template) -> Iterator[Key]:
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in _CONTEXTS and call.args:
            for message in _literals(call.args[0]):
                yield from ((context, message) for context in _CONTEXTS[call.node.name])


def _literals(said: nodes.Expr) -> Iterator[str]:
    """The message itself, or both where one of two is chosen on the spot."""
    if isinstance(said, nodes.Const) and isinstance(said.value, str):
        yield said.value
    elif isinstance(said, nodes.CondExpr):
        yield from _literals(said.expr1)
        if said.expr2 is not None:
            yield from _literals(said.expr2)
    else:
        raise UnreadableMessage(f"line {said.lineno}: a message has to be written out where it is said")


def level(locales: Path, wanted: Iterable[Key], languages: Iterable[str] = (HANS, HANT)) -> list[Complaint]:
    """What is missing, obsolete or ill-filled in the catalogues, one sentence each; empty when level.

    zh-Hant may be silent: what it lacks is derived.
    """
    keys = set(wanted)
    return [
        complaint
        for language in languages
        if language != ENGLISH
        for complaint in _level(locales, language, keys)
    ]


def _level(locales: Path, language: str, wanted: set[Key]) -> Iterator[Complaint]:
    file = catalogue_file(locales, language)
    entries = read_book(file, blanks=True).entries
    silent = {key for key, entry in entries.items() if not entry.strings}
    missing = (wanted - entries.keys()) | (wanted & silent if language != HANT else set())
    for key in sorted(missing, key=str):
        if language != HANT:
            yield Complaint(file, _line(entries.get(key)), f"{_named(key)} has no words in {language} yet.")
    for key in sorted(entries.keys() - wanted, key=str):
        yield Complaint(file, _line(entries[key]), f"{_named(key)} is not said anywhere any more.")
    for key, entry in entries.items():
        yield from (Complaint(file, entry.line, sentence) for sentence in _ill_filled(key, entry))


def ill_filled(file: Path) -> list[Complaint]:
    """Entries of one catalogue whose placeholders or tags are not those of the English message."""
    entries = read_book(file).entries
    return [
        Complaint(file, entry.line, said)
        for key, entry in entries.items()
        for said in _ill_filled(key, entry)
    ]


def _ill_filled(key: Key, entry: Entry) -> Iterator[str]:
    english = [key[1], *([entry.plural_id] if entry.plural_id else [])]
    for pattern, what in ((_PLACEHOLDER, "placeholders"), (_TAG, "tags")):
        may = {hit for text in english for hit in pattern.findall(text)}
        must = set.intersection(*({*pattern.findall(text)} for text in english))
        for string in entry.strings:
            has = set(pattern.findall(string))
            wrong = sorted((has - may) | (must - has))
            if wrong:
                yield f"{_named(key)} differs from its words in these {what}: {', '.join(wrong)}."


def _line(entry: Entry | None) -> int:
    return entry.line if entry else 1


def _named(key: Key) -> str:
    context, message = key
    short = " ".join(message.split())
    said = f"“{short[:60]}…”" if len(short) > 60 else f"“{short}”"
    return f"{said} ({context})" if context else said
