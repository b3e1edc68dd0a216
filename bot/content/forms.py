"""Reading a YAML map key by key: what is asked for is there or a fault says so, the rest is unknown."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from bot.content import yaml
from bot.content.places import Faults, Place
from bot.content.yaml import List, Map, Node, Text
from bot.rules.languages import HANS, HANT, LANGUAGES, WRITTEN

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NUMBER = re.compile(r"-?[0-9]{1,9}")
LONGEST_SLUG = 60


def is_slug(text: str) -> bool:
    return len(text) <= LONGEST_SLUG and _SLUG.fullmatch(text) is not None


class Form:
    """One map being read. Ask for keys, then `done` names those nobody asked for."""

    def __init__(self, node: Node | None, place: Place, faults: Faults) -> None:
        if node is not None and not isinstance(node, Map):
            faults.at(node.place, "yaml", "Keys with values are expected here.")
        self._map = node if isinstance(node, Map) else Map(place)
        self._was_read = isinstance(node, Map)
        self._asked: set[str] = set()
        self.place = self._map.place if self._was_read else place
        self.faults = faults

    def node(self, key: str, *, needed: bool = True) -> Node | None:
        self._asked.add(key)
        node = self._map.entries.get(key)
        if node is None and needed and self._was_read:
            self.faults.at(self.place, "missing-key", f"“{key}:” is missing here.")
        return node

    def has(self, key: str) -> bool:
        return key in self._map.entries

    def key(self, key: str) -> Place:
        """Where the key stands, or where the map starts."""
        return self._map.keys.get(key, self.place)

    def form(self, key: str, *, needed: bool = True) -> "Form":
        return Form(self.node(key, needed=needed), self.key(key), self.faults)

    def text(self, key: str, *, needed: bool = True) -> str:
        node = self.text_node(key, needed=needed)
        return node.value if node else ""

    def text_node(self, key: str, *, needed: bool = True) -> Text | None:
        node = self.node(key, needed=needed)
        return None if node is None else _text(node, f"“{key}:”", self.faults)

    def among(self, key: str, allowed: tuple[str, ...], *, needed: bool = True) -> str:
        node = self.text_node(key, needed=needed)
        if node and node.value not in allowed:
            self.faults.at(
                node.place, "value", f"“{key}:” is one of {', '.join(allowed)}, not “{node.value}”."
            )
            return ""
        return node.value if node else ""

    def slug(self, key: str, *, needed: bool = True) -> Text | None:
        node = self.text_node(key, needed=needed)
        if node and not is_slug(node.value):
            self.faults.at(node.place, "slug", f"“{node.value}” is not a slug: a-z, 0-9 and - only.")
            return None
        return node

    def yes(self, key: str, *, needed: bool = False) -> bool:
        return self.among(key, ("true", "false"), needed=needed) == "true"

    def number(self, key: str, low: int, high: int, *, needed: bool = True) -> int | None:
        node = self.text_node(key, needed=needed)
        if node is None:
            return None
        if not _NUMBER.fullmatch(node.value) or not low <= int(node.value) <= high:
            self.faults.at(node.place, "value", f"“{key}:” is a number from {low} to {high}.")
            return None
        return int(node.value)

    def day(self, key: str, *, needed: bool = True) -> date | None:
        node = self.text_node(key, needed=needed)
        if node is None:
            return None
        try:
            return date.fromisoformat(node.value)
        except ValueError:
            self.faults.at(node.place, "date", f"“{node.value}” is not a day; write it as 2027-10-31.")
            return None

    def texts(self, key: str, *, needed: bool = True) -> list[Text]:
        """A list of texts; a text alone counts as a list of one."""
        node = self.node(key, needed=needed)
        if node is None:
            return []
        entries = node.entries if isinstance(node, List) else [node]
        read = [_text(entry, f"an entry of “{key}:”", self.faults) for entry in entries]
        return [text for text in read if text]

    def entries(self, key: str) -> list[Node]:
        node = self.node(key)
        if node is not None and not isinstance(node, List):
            self.faults.at(node.place, "yaml", f"“{key}:” holds a list, one entry a line.")
        return node.entries if isinstance(node, List) else []

    def forms(self, key: str) -> list["Form"]:
        return [Form(node, node.place, self.faults) for node in self.entries(key)]

    def pairs(self) -> Iterator[tuple[str, Node]]:
        """Every key with its value, in the order written."""
        self._asked.update(self._map.entries)
        yield from self._map.entries.items()

    def slugs(self) -> Iterator[tuple[str, Node]]:
        """As `pairs`, for maps whose keys are names that an author chose."""
        for key, node in self.pairs():
            if is_slug(key):
                yield key, node
            else:
                self.faults.at(self.key(key), "slug", f"“{key}” is not a slug: a-z, 0-9 and - only.")

    def done(self) -> None:
        if not self._was_read:
            return
        for key in self._map.entries:
            if key not in self._asked:
                self.faults.at(self.key(key), "unknown-key", f"Nobody reads “{key}:” here.")


def _text(node: Node, what: str, faults: Faults) -> Text | None:
    if not isinstance(node, Text):
        faults.at(node.place, "yaml", f"A text is expected for {what}.")
        return None
    if not node.value.strip():
        faults.at(node.place, "empty", f"The text of {what} is empty.")
        return None
    return node


def by_language(form: Form, hant: Callable[[str], str], what: str) -> Mapping[str, Node]:
    """What stands under en, zh-Hans and, derived unless written, zh-Hant."""
    found: dict[str, Node] = {}
    for language in LANGUAGES:
        node = form.node(language, needed=False)
        if node is not None:
            found[language] = node
        elif language in WRITTEN:
            form.faults.at(form.place, "missing-language", f"The {language} words of {what} are missing.")
    if HANT not in found and HANS in found:
        found[HANT] = yaml.rewritten(found[HANS], hant)
    return found
