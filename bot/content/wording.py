"""The catalogues of a content folder: readable, filled as their messages are, level with the code."""

from pathlib import Path

from bot.content.places import Faults, Place
from bot.rules.languages import HANT
from bot.words import CatalogueRefused, UnreadableMessage, catalogue_file, ill_filled, level, messages


def check_words(
    locales: Path, faults: Faults, *, language: str | None = None, templates: Path | None = None
) -> None:
    """Note what the catalogues get wrong; with *language* and *templates* also what they lack."""
    try:
        complaints = [
            complaint
            for file in sorted(locales.glob("*/LC_MESSAGES/bot.po"))
            if file.is_file() and not file.is_symlink()
            for complaint in ill_filled(file)
        ]
        if language and templates:
            complaints += level(locales, messages(templates), [language])
            if language != HANT and not catalogue_file(locales, language).is_file():
                sentence = f"There is no catalogue for {language} yet."
                faults.at(_place(catalogue_file(locales, language), 1, locales), "words", sentence)
    except CatalogueRefused as refused:
        faults.at(_place(refused.file, refused.line, locales), "words", refused.sentence)
    except UnreadableMessage as unreadable:
        faults.at(Place("templates"), "words", f"{unreadable}.")
    else:
        for complaint in complaints:
            faults.at(_place(complaint.file, complaint.line, locales), "words", complaint.sentence)


def _place(file: Path, line: int, locales: Path) -> Place:
    inside = file.relative_to(locales.parent) if file.is_relative_to(locales.parent) else file
    return Place(inside.as_posix(), max(line, 1))
