"""Whether everything that may be drawn can be: asked at start, so that nobody ever gets boxes."""

from collections.abc import Iterator

from bot.pictures.lettering import refuse_missing
from bot.rules.curriculum import Content


def refuse_undrawable(content: Content) -> None:
    """Raise `GlyphMissing` where a practice message, a title or a topic has a sign the font lacks."""
    refuse_missing(_drawn(content))


def _drawn(content: Content) -> Iterator[str]:
    for titles in content.topic_titles.values():
        yield from titles.values()
    for unit in content.units.values():
        yield from (words.title for words in unit.words.values())
    for item in content.items.values():
        if item.type == "red-flags":
            yield from (choice.part for words in item.words.values() for choice in words.choices.values())
