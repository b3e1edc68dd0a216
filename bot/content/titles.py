"""Titles that stand in YAML, one a language."""

from collections.abc import Callable

from bot.content.forms import Form, by_language
from bot.content.ink import Ink
from bot.content.limits import Limits


def read_titles(form: Form, key: str, hant: Callable[[str], str], most: int | None = None) -> dict[str, str]:
    """Plain titles by language; at most *most* units wide where they stand on a button."""
    titles = form.form(key)
    if not form.has(key):
        return {}
    found = {}
    for language, node in by_language(titles, hant, f"“{key}”").items():
        found[language] = Ink(language, {}, form.faults).plain_of(node, f"“{key}”")
        if most:
            Limits(form.faults, language).button(found[language], node.place, "Title", most)
    titles.done()
    return found
