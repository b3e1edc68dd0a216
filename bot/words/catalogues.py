"""What the catalogues say: English is the msgid, zh-Hans is written, zh-Hant derived where silent."""

import gettext
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po

from bot.rules.languages import ENGLISH, HANS, HANT

Key = tuple[str | None, str]
"""Context (``staff``, ``borrower`` or None) and English message."""


class CatalogueRefused(Exception):
    """A catalogue cannot be read; the message is one sentence."""

    def __init__(self, file: Path, line: int, sentence: str) -> None:
        super().__init__(f"{file}:{line}: {sentence}")
        self.file, self.line, self.sentence = file, line, sentence


@dataclass(frozen=True, slots=True)
class Entry:
    line: int
    strings: tuple[str, ...]
    plural_id: str | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """One catalogue, by context and English message; fuzzy and empty entries are left out."""

    entries: dict[Key, Entry]
    plural: Callable[[int], int]


def folder(language: str) -> str:
    """How Babel spells a language tag as a folder name."""
    return language.replace("-", "_")


def catalogue_file(locales: Path, language: str) -> Path:
    return locales / folder(language) / "LC_MESSAGES" / "bot.po"


def read_book(file: Path, *, blanks: bool = False) -> Book:
    """The catalogue in this file; an absent one is empty. *blanks* keeps untranslated entries."""
    if not file.is_file():
        return Book({}, lambda _: 0)
    try:
        with file.open("rb") as pages:
            catalogue = read_po(pages, abort_invalid=True)
        if catalogue.charset.lower() not in ("utf-8", "utf8"):
            raise ValueError("its charset has to be UTF-8")
        return Book(dict(_entries(catalogue, blanks)), _plural(catalogue))
    except PoFileError as trouble:
        raise CatalogueRefused(file, trouble.lineno, f"{trouble.args[0]}.") from trouble
    except (ValueError, LookupError, RecursionError, OverflowError) as trouble:
        raise CatalogueRefused(file, 1, f"The catalogue cannot be read: {trouble}.") from trouble


def _entries(catalogue: Catalog, blanks: bool) -> Iterable[tuple[Key, Entry]]:
    for message in catalogue:
        if not message.id:
            continue
        ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        strings = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        filled = bool(strings) and all(strings) and not message.fuzzy
        if filled or blanks:
            plural_id = ids[1] if len(ids) > 1 else None
            yield (message.context, ids[0]), Entry(message.lineno or 1, strings if filled else (), plural_id)


def _plural(catalogue: Catalog) -> Callable[[int], int]:
    choose: Callable[[int], int] = gettext.c2py(catalogue.plural_expr)
    return choose


class Catalogues:
    """All catalogues of one folder, read once."""

    def __init__(self, locales: Path, hant: Callable[[str], str]) -> None:
        self._locales, self._hant = locales, hant
        self._books: dict[str, Book] = {}

    def book(self, language: str) -> Book:
        if language not in self._books:
            self._books[language] = read_book(catalogue_file(self._locales, language))
        return self._books[language]

    def one(self, language: str, message: str, context: str | None = None) -> str:
        """This message in this language; English where nobody has written it."""
        return self._find(language, (context, message), 1) or message

    def many(self, language: str, one: str, many: str, n: int, context: str | None = None) -> str:
        english = one if n == 1 else many
        return self._find(language, (context, one), n) or english

    def _find(self, language: str, key: Key, n: int) -> str | None:
        if language == ENGLISH:
            return None
        book = self.book(language)
        entry = book.entries.get(key)
        if entry is not None:
            return entry.strings[min(book.plural(n), len(entry.strings) - 1)]
        hans = self._find(HANS, key, n) if language == HANT else None
        return None if hans is None else self._hant(hans)
