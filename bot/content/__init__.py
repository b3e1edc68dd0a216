"""What authors write, read straight into rules' values; `check` explains faults in sentences."""

from datetime import date
from pathlib import Path

from bot.content.assembling import content_of
from bot.content.packing import pack, unpack
from bot.content.places import Fault, Faults, Refused, format_faults
from bot.content.published import publish as write_lock
from bot.content.reading import read_folder
from bot.content.release import waiting
from bot.content.wording import check_words
from bot.rules.curriculum import Content

__all__ = ["Fault", "Refused", "check", "format_faults", "load", "pack", "unpack"]


def load(root: Path) -> Content:
    """Everything below *root* that is taught, or `Refused` with all faults and nothing half-loaded.

    No day is asked for: a review that has run out is for `check --release`, not a reason to stop.
    """
    faults = Faults()
    reading = read_folder(root, faults)
    check_words(root, reading.texts, faults)
    if faults:
        raise Refused(faults.sorted())
    return content_of(reading)


def check(
    root: Path,
    *,
    language: str | None = None,
    release: bool = False,
    publish: bool = False,
    today: date | None = None,
    templates: Path | None = None,
) -> list[Fault]:
    """All faults below *root*, by the same reading that `load` uses.

    *language* adds the words its catalogue lacks (those *templates* ask for); *release* adds what waits
    for people to approve and read, grade C facts and, given *today*, reviews that have run out. *publish*
    writes ``lessons/published.lock`` when there is no fault.
    """
    faults = Faults()
    reading = read_folder(root, faults)
    check_words(root, reading.texts, faults, language=language, templates=templates)
    if release:
        waiting(reading, faults, today)
    if publish and not faults:
        write_lock(root, reading.items)
    return faults.sorted()
