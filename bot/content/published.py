"""lessons/published.lock: what published items mean, so that no answer ever changes its meaning."""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import cast

from bot.content.folder import Folder
from bot.content.items import ReadItem
from bot.content.places import Faults, Place
from bot.rules.languages import HANT

FILE = "lessons/published.lock"
_LINE = re.compile(r"([a-z0-9-]+) ([0-9a-f]{32})")
_HEADER = "# Published items and what they mean. Written by check --publish; never edit by hand.\n"


def meaning_of(one: ReadItem, *, overridden: bool = True) -> str:
    """Hash over type, answer and choices as they are written; not *overridden*: without zh-Hant by hand."""
    meaning = one.meaning
    if not overridden:
        kind, answer, choices, *more = meaning
        rows = cast(list[list[str]], choices)
        meaning = (kind, answer, [row for row in rows if row[0] != HANT], *more)
    written = json.dumps(meaning, ensure_ascii=False, separators=(",", ":"))
    return sha256(written.encode()).hexdigest()[:32]


def read_lock(folder: Folder, faults: Faults) -> dict[str, tuple[str, int]]:
    """Meaning and line by item id."""
    found: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(folder.texts.get(FILE, "").splitlines(), 1):
        entry = _LINE.fullmatch(line.rstrip())
        if entry and entry[1] not in found:
            found[entry[1]] = (entry[2], number)
        elif line.strip() and not line.startswith("#"):
            faults.at(Place(FILE, number), "lock", "This line is not “item-id hash”, or stands here twice.")
    return found


def check_lock(lock: Mapping[str, tuple[str, int]], items: Mapping[str, ReadItem], faults: Faults) -> None:
    """Nothing published is gone or means something else.

    An override may still be added where zh-Hant was derived; once published it stays like the rest.
    """
    for name, (meaning, line) in lock.items():
        if name not in items:
            sentence = (
                f"Published item “{name}” is gone; put it back, and let a new one say “replaces: {name}”."
            )
            faults.at(Place(FILE, line), "removed-item", sentence)
        elif meaning not in (meaning_of(items[name]), meaning_of(items[name], overridden=False)):
            sentence = (
                f"Published item “{name}” has another answer, type or choices than people answered; "
                f"put it back and write a new one with “replaces: {name}”."
            )
            faults.at(items[name].place, "changed-meaning", sentence)


def publish(root: Path, items: Mapping[str, ReadItem]) -> None:
    """Write down what every item means that is not a draft; call it without faults only.

    What was published once stays, even where somebody has made a draft of it again: people have answered it.
    """
    file = root / FILE
    known = set(_LINE.findall(file.read_text(encoding="utf-8"))) if file.exists() else set()
    published = {name for name, _ in known}
    lines = [
        f"{name} {meaning_of(one)}\n"
        for name, one in sorted(items.items())
        if not one.drafted or name in published
    ]
    beside = file.with_name(file.name + ".new")
    beside.write_text(_HEADER + "".join(lines), encoding="utf-8")
    beside.replace(file)
