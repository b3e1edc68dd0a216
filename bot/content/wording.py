"""The catalogues of a content folder: readable, filled as their messages are, level with the code."""

import os
import re
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path

from bot.content.places import Faults, Place
from bot.rules.languages import ENGLISH, HANT
from bot.words import (
    CatalogueRefused,
    Complaint,
    UnreadableMessage,
    catalogue_file,
    ill_filled,
    level,
    messages,
)

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def check_words(
    root: Path,
    texts: Collection[str],
    faults: Faults,
    *,
    language: str | None = None,
    templates: Path | None = None,
) -> None:
    """Note what the catalogues among *texts* get wrong; with *language* and *templates* what they lack."""
    locales = root / "locales"
    if not os.path.lexists(locales):
        faults.at(
            Place("locales"),
            "words",
            "There is no folder “locales” here; copy ours beside lessons and quizzes.",
        )
        return
    for path in sorted(texts):
        if path.endswith("/LC_MESSAGES/bot.po"):
            _note(partial(ill_filled, root / path), locales, faults)
    if language and templates and language != ENGLISH:
        _check_language(language, locales, texts, templates, faults)


def _check_language(
    language: str, locales: Path, texts: Collection[str], templates: Path, faults: Faults
) -> None:
    if not _TAG.fullmatch(language):
        faults.at(Place("locales"), "words", f"“{language}” is not a language tag like zh-Hans.")
        return
    file = catalogue_file(locales, language)
    is_there = os.path.lexists(file)
    if not is_there and language != HANT:
        faults.at(Place(_inside(file, locales)), "words", f"There is no catalogue for {language} yet.")
    if not is_there or _inside(file, locales) in texts:
        _note(lambda: level(locales, messages(templates), [language]), locales, faults)


def _note(look: Callable[[], list[Complaint]], locales: Path, faults: Faults) -> None:
    try:
        complaints = look()
    except CatalogueRefused as refused:
        faults.at(Place(_inside(refused.file, locales), max(refused.line, 1)), "words", refused.sentence)
    except UnreadableMessage as unreadable:
        faults.at(Place("templates"), "words", f"{unreadable}.")
    else:
        for one in complaints:
            faults.at(Place(_inside(one.file, locales), max(one.line, 1)), "words", one.sentence)


def _inside(file: Path, locales: Path) -> str:
    return file.relative_to(locales.parent).as_posix()
