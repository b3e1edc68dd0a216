"""YAML as authors may write it: maps, lists and texts, with line and column; nothing that acts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from bot.content.places import Faults, Place
from bot.content.unseen import UNSEEN, name_of

DEEPEST = 12
MOST = 20_000
MOST_OF_ALL = 60_000
"""Keys and texts of all files of a folder: the whole curriculum is a quarter of it."""


@dataclass(slots=True)
class Text:
    """A scalar. It stays the text that was written: ``no`` is a word and ``07`` keeps its zero."""

    place: Place
    value: str
    quoted: bool = False


@dataclass(slots=True)
class List:
    place: Place
    entries: list["Node"] = field(default_factory=list)


@dataclass(slots=True)
class Map:
    place: Place
    entries: dict[str, "Node"] = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)


Node = Text | List | Map


class _Stop(Exception):
    """Reading of this file ends here; the fault is noted."""


class _Reader:
    def __init__(self, text: str, file: str, faults: Faults) -> None:
        self._file, self._faults = file, faults
        self._left = MOST
        self._lines = text.split("\n")
        self._events: Iterator[Any] = YAML(typ="safe", pure=True).parse(text)

    def document(self) -> Node | None:
        node: Node | None = None
        documents = 0
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._stop(event, "yaml", "A second document starts here; a file holds one.")
            elif isinstance(event, (ScalarEvent, SequenceStartEvent, MappingStartEvent, AliasEvent)):
                node = self._node(event, 0)
        return node

    def _node(self, event: Any, depth: int) -> Node:
        self._left -= 1
        self._faults.read += 1
        if self._left < 0:
            self._stop(event, "too-big", f"A file holds at most {MOST} keys and texts.")
        if self._faults.read > MOST_OF_ALL:
            self._stop(event, "too-big", f"All files together hold at most {MOST_OF_ALL} keys and texts.")
        if depth > DEEPEST:
            self._stop(event, "too-deep", "Keys are nested too deep here.")
        if isinstance(event, AliasEvent) or event.anchor:
            self._stop(event, "alias", "Anchors (&) and aliases (*) are not read; write the words out.")
        if event.tag:
            self._stop(event, "alias", "Tags (!) are not read; write the words alone.")
        place = self._place(event)
        if isinstance(event, ScalarEvent):
            return Text(self._start(event, place), self._seen(event), quoted=event.style is not None)
        return self._list(place, depth) if isinstance(event, SequenceStartEvent) else self._map(place, depth)

    def _list(self, place: Place, depth: int) -> List:
        found = List(place)
        for event in self._events:
            if isinstance(event, SequenceEndEvent):
                break
            found.entries.append(self._node(event, depth + 1))
        return found

    def _map(self, place: Place, depth: int) -> Map:
        found = Map(place)
        for event in self._events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if not isinstance(key, Text):
                self._faults.at(key.place, "yaml", "A key has to be a word.")
            elif key.value in found.entries:
                self._faults.at(key.place, "duplicate-key", f"“{key.value}” stands here twice.")
            else:
                found.entries[key.value] = value
                found.keys[key.value] = key.place
        return found

    def _seen(self, event: Any) -> str:
        """The text without the unseen signs that an escape in quotes may hold."""
        said = str(event.value)
        hit = UNSEEN.search(said)
        if hit is None:
            return said
        self._faults.at(self._place(event), "encoding", f"The unseen sign {name_of(hit)} is not for texts.")
        return UNSEEN.sub("", said)

    def _start(self, event: Any, place: Place) -> Place:
        """Where the words begin: below the bar of a block, else where the text stands."""
        if event.style == "|":
            margin = self._indent(place.line) + 1
            return Place(self._file, place.line + 1, margin, margin=margin)
        return replace(place, folded=True)

    def _indent(self, line: int) -> int:
        below = self._lines[line] if line < len(self._lines) else ""
        return len(below) - len(below.lstrip(" "))

    def _place(self, event: Any) -> Place:
        mark = event.start_mark
        return Place(self._file, mark.line + 1, mark.column + 1)

    def _stop(self, event: Any, code: str, sentence: str) -> None:
        self._faults.at(self._place(event), code, sentence)
        raise _Stop


def read(text: str, file: str, faults: Faults) -> Node | None:
    """The file's one document, or None with a fault noted."""
    try:
        node = _Reader(text, file, faults).document()
    except _Stop:
        return None
    except MarkedYAMLError as trouble:
        mark = trouble.problem_mark or trouble.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        faults.at(place, "yaml", f"This is not YAML: {trouble.problem or trouble.context}.")
        return None
    except (YAMLError, ValueError, OverflowError, RecursionError) as trouble:
        faults.at(Place(file), "yaml", f"This is not YAML: {str(trouble).splitlines()[0]}.")
        return None
    if node is None:
        faults.at(Place(file), "empty", "This file is empty.")
    return node


def rewritten(node: Node, write: Callable[[str], str]) -> Node:
    """The same tree with every text (not the keys) passed through *write*, marked as derived."""
    place = replace(node.place, derived=True)
    if isinstance(node, Text):
        return Text(place, write(node.value), node.quoted)
    if isinstance(node, List):
        return List(place, [rewritten(entry, write) for entry in node.entries])
    entries = {key: rewritten(entry, write) for key, entry in node.entries.items()}
    return Map(place, entries, node.keys)
