"""Where a fault stands and what it says."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

Form = Literal["text", "json", "github"]


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing an author has to change: where it stands and a sentence about it."""

    file: str
    line: int
    column: int
    sentence: str
    code: str


@dataclass(frozen=True, slots=True)
class Place:
    """A point in a file of the content folder; lines and columns count from 1."""

    file: str
    line: int = 1
    column: int = 1
    derived: bool = False
    """The text was made from another one (zh-Hant from zh-Hans); nobody can edit it here."""
    folded: bool = False
    """The text's own line breaks are not the file's: a quoted text in YAML."""
    margin: int = 1
    """Where the lines further down begin: an indented block in YAML."""

    def down(self, lines: int) -> "Place":
        """The start of a line further down."""
        if not lines or self.folded:
            return self
        return replace(self, line=self.line + lines, column=self.margin)

    def within(self, text: str, index: int) -> "Place":
        """Where this point of a text stands that starts here."""
        if self.folded:
            return self
        lines = text.count("\n", 0, index)
        start = self.down(lines)
        return replace(start, column=start.column + index - (text.rfind("\n", 0, index) + 1))


class Refused(Exception):
    """The content has faults, so nothing of it is used; ``faults`` says which."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        first = faults[0]
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        super().__init__(f"{first.file}:{first.line}:{first.column}: {first.sentence}{more}")
        self.faults = tuple(faults)


MOST = 1_000
"""Nobody mends more at once, and a hostile folder could name millions."""
_CAUSES = frozenset({"alias", "encoding", "link", "template", "too-big", "too-deep", "unreadable", "yaml"})
_FOLLOWING = frozenset(
    {
        "covers",
        "items",
        "missing-key",
        "missing-language",
        "placeholder",
        "policy",
        "removed-item",
        "stray",
        "unknown-slug",
    }
)
_TELLING_IN_DERIVED = frozenset({"too-long"})


class Faults:
    """Collects faults, each once, while reading goes on."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int, int, str, str], Fault] = {}
        self.read = 0
        """Keys and texts read so far: one check reads so much and no more."""

    def at(self, place: Place, code: str, sentence: str) -> None:
        """Note a fault. Of a derived text only its length counts, and only if its source is short enough."""
        if place.derived and (code not in _TELLING_IN_DERIVED or self._has(place, code)):
            return
        if len(self._found) >= MOST:
            return
        fault = Fault(place.file, place.line, place.column, sentence, code)
        self._found.setdefault((fault.file, fault.line, fault.column, sentence, code), fault)

    def _has(self, place: Place, code: str) -> bool:
        return any(
            (fault.file, fault.line, fault.code) == (place.file, place.line, code)
            for fault in self._found.values()
        )

    def __bool__(self) -> bool:
        return bool(self._found)

    def sorted(self) -> list[Fault]:
        """In the order of files. What cannot be read makes other files lack things; only the cause is told."""
        found = list(self._found.values())
        if any(fault.code in _CAUSES for fault in found):
            found = [fault for fault in found if fault.code not in _FOLLOWING]
        return sorted(found)


def format_faults(faults: Sequence[Fault], form: Form = "text") -> str:
    """The faults as lines for people, as JSON, or as annotations for a GitHub run."""
    if form == "json":
        written = json.dumps([asdict(fault) for fault in faults], ensure_ascii=False, indent=2)
        return written.encode("utf-8", "backslashreplace").decode()  # a file's name need not be UTF-8
    if form == "github":
        return "\n".join(_annotation(fault) for fault in faults)
    return "\n".join(
        f"{_one_line(fault.file)}:{fault.line}:{fault.column}: {_one_line(fault.sentence)} [{fault.code}]"
        for fault in faults
    )


def _one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def _annotation(fault: Fault) -> str:
    def value(text: str) -> str:
        lines = [_one_line(line) for line in text.replace("\r", "\n").split("\n")]
        return "%0A".join(line.replace("%", "%25") for line in lines)

    file = value(fault.file).replace(":", "%3A").replace(",", "%2C")
    where = f"file={file},line={fault.line},col={fault.column},title={fault.code}"
    return f"::error {where}::{value(fault.sentence)}"
