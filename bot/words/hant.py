"""zh-Hant out of zh-Hans: OpenCC's Taiwan phrases, then our own terms, then Taiwan's quotes."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import opencc  # type: ignore[import-untyped,unused-ignore]

_PACKAGE = Path(__file__).resolve().parents[1]
_SHIPPED = _PACKAGE / "_shipped" / "locales"
OURS = (_SHIPPED if _SHIPPED.is_dir() else _PACKAGE.parent / "locales") / "terms.toml"
"""Our own term list: inside the package when installed, beside it in a checkout."""
_APOSTROPHE = re.compile(r"(?<=[A-Za-z])’(?=[A-Za-z])")
_QUOTES = str.maketrans("“”‘’", "「」『』")
_HAN = re.compile(r"[㐀-鿿\U00020000-\U0003ffff]")
_KEPT_APOSTROPHE = "\ue0ff"


class TermsRefused(Exception):
    """The term list cannot be read; the message is one sentence for whoever edits it."""


class Converter:
    """Writes a zh-Hans text as Taiwan would, the same text always the same way.

    A term acts only on lines whose zh-Hans holds it: 登出 that means *log out* stays, although
    s2twp makes 注销 into 登出 as well.
    """

    def __init__(self, terms: Mapping[str, str]) -> None:
        self._open = opencc.OpenCC("s2twp")
        found = ((hans, self._open.convert(hans), hant) for hans, hant in terms.items())
        # a term that changes nothing stays: it keeps shorter ones away from its words
        self._terms = sorted(found, key=lambda term: (-len(term[1]), term[1]))
        self.cached = lru_cache(maxsize=16_384)(self._text)

    def __call__(self, text: str) -> str:
        return self.cached(text)

    def _text(self, text: str) -> str:
        if not _HAN.search(text):
            return text
        return "\n".join(self._line(line) for line in text.split("\n"))

    def _line(self, line: str) -> str:
        hant: str = self._open.convert(line)
        here = {key: ours for hans, key, ours in self._terms if hans in line}
        if here:
            hant = re.sub("|".join(map(re.escape, here)), lambda hit: here[hit[0]], hant)
        return _quotes(hant)


def _quotes(line: str) -> str:
    kept = _APOSTROPHE.sub(_KEPT_APOSTROPHE, line)
    return kept.translate(_QUOTES).replace(_KEPT_APOSTROPHE, "’")


def read_terms(file: Path) -> dict[str, str]:
    """Every zh-Hans term of a term list with the zh-Hant we want for it."""
    try:
        groups = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as trouble:
        raise TermsRefused(f"The term list cannot be read: {trouble}.") from trouble
    terms: dict[str, str] = {}
    for name, group in groups.items():
        if not isinstance(group, dict) or not all(isinstance(word, str) for word in group.values()):
            raise TermsRefused(f"“{name}” in the term list is not a table of words.")
        _refuse_twice(terms.keys() & group.keys())
        terms.update(group)
    return terms


def _refuse_twice(twice: Iterable[str]) -> None:
    for term in sorted(twice):
        raise TermsRefused(f"“{term}” stands twice in the term list.")


@lru_cache(maxsize=8)
def _converter(file: Path, changed_at: int) -> Converter:
    return Converter(read_terms(file) if changed_at else {})


def converter(file: Path = OURS) -> Converter:
    """The converter with this term list; without such a file, ours."""
    wanted = file if file.is_file() else OURS
    return _converter(wanted, wanted.stat().st_mtime_ns if wanted.is_file() else 0)


def hant(text: str) -> str:
    """This zh-Hans text in zh-Hant, with our own term list."""
    return converter()(text)
