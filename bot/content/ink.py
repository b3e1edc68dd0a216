"""One text on its way to the reader: placeholders filled, Markdown rendered, spacing looked at."""

import html
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from bot.content import markdown, typography
from bot.content.forms import Form, is_slug
from bot.content.limits import MESSAGE, Limits
from bot.content.places import Faults, Place
from bot.content.yaml import Map, Node, Text
from bot.rules.languages import HANS, HANT, LANGUAGES

LONGEST = 2 * MESSAGE
"""A text beyond this is not even rendered."""
LEFT_FOR_LATER = ("hotline",)
LONGEST_FILL = 300
"""A figure of a scene, or the lender's own words for a policy."""
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
_ALONE = "A “{}” stands alone here; placeholders read {{name}}."
_FIRST = 0xE000
_MOST = 0x1000


@dataclass(frozen=True, slots=True)
class Ink:
    """Writes texts of one unit in one language. Fills are plain text by placeholder name."""

    language: str
    fills: Mapping[str, str]
    faults: Faults
    policies: frozenset[str] = field(default_factory=frozenset)
    hotline: str = ""

    def html(self, text: str, place: Place) -> str:
        """Telegram HTML; ``{hotline}`` is left for the reader's place."""
        marked, fills = self._mark(text, place)
        shown = markdown.render(marked, place, self.faults)
        shown = _filled(shown, [html.escape(fill, quote=False) for fill in fills])
        self._look_at(shown, text, place)
        return re.sub(r"\n{3,}", "\n\n", shown)

    def plain(self, text: str, place: Place) -> str:
        """The same for texts that stand on a button or in a title, where nothing can be bold."""
        shown = self.quoted(text, place)
        self._look_at(html.escape(shown, quote=False), text, place)
        return shown

    def quoted(self, text: str, place: Place) -> str:
        """Plain words of other people, who space and punctuate as they like."""
        marked, fills = self._mark(text, place)
        if re.search(r"\*\*|`", marked):
            self.faults.at(place, "markdown", "Nothing can be bold or code here; write the words alone.")
        shown = _filled(" ".join(marked.split()), fills)
        if "{hotline}" in shown:
            self.faults.at(place, "placeholder", "{hotline} cannot stand on a button or in a title.")
        return shown

    def html_of(self, node: Node | None, what: str) -> str:
        text = self._text(node, what)
        return self.html(text.value, text.place) if text else ""

    def plain_of(self, node: Node | None, what: str) -> str:
        text = self._text(node, what)
        return self.plain(text.value, text.place) if text else ""

    def quoted_of(self, node: Node | None, what: str) -> str:
        text = self._text(node, what)
        return self.quoted(text.value, text.place) if text else ""

    def _text(self, node: Node | None, what: str) -> Text | None:
        if isinstance(node, Text) and node.value.strip():
            return node
        if isinstance(node, Text):
            self.faults.at(node.place, "empty", f"The text of {what} is empty.")
        elif node is not None:
            self.faults.at(node.place, "yaml", f"A text is expected for {what}.")
        return None

    def _mark(self, text: str, place: Place) -> tuple[str, list[str]]:
        """Placeholders become single unseen letters, so that what fills them is never read as Markdown.

        A text that no message holds, by itself or once it is filled, is a fault and empty.
        """
        fills: list[str] = []
        if self._is_too_long(len(text), place):
            return "", fills

        def mark(hit: re.Match[str]) -> str:
            fills.append(self._fill(hit, place))
            return chr(_FIRST + len(fills) - 1) if len(fills) < _MOST else ""

        marked = _PLACEHOLDER.sub(mark, text)
        if self._is_too_long(len(marked) + sum(map(len, fills)), place):
            return "", []
        brace = re.search(r"[{}]", marked)
        if brace:
            self.faults.at(
                place.down(marked.count("\n", 0, brace.start())), "placeholder", _ALONE.format(brace[0])
            )
        return marked, fills

    def _is_too_long(self, length: int, place: Place) -> bool:
        if length > LONGEST:
            self.faults.at(place, "too-long", f"This text has {length} characters; no message holds it.")
        return length > LONGEST

    def _fill(self, hit: re.Match[str], place: Place) -> str:
        name = hit[1]
        if name in LEFT_FOR_LATER and self.hotline:
            return hit[0]
        if name in self.fills:
            return self.fills[name]
        where = place.within(hit.string, hit.start())
        kind, colon, policy = name.partition(":")
        if kind == "policy" and colon and is_slug(policy):
            if policy not in self.policies:
                self.faults.at(
                    where, "policy", f"Nobody has written the policy “{policy}” in lessons/policy.yaml."
                )
        else:
            self.faults.at(where, "placeholder", f"“{hit[0]}” is filled by nothing here.")
        return hit[0]

    def _look_at(self, shown: str, text: str, place: Place) -> None:
        if self.language != HANS:
            return
        for line, piece, sentence in typography.complaints(shown):
            start = sum(len(above) + 1 for above in text.split("\n")[:line])
            self.faults.at(place.within(text, max(text.find(piece, start), start)), "chinese", sentence)

    def limits(self) -> Limits:
        """What texts of this language may have; ``{hotline}`` counts as the longest line that fills it."""
        return Limits(self.faults, self.language, self.hotline)


def _filled(marked: str, fills: Iterable[str]) -> str:
    for number, fill in enumerate(fills):
        marked = marked.replace(chr(_FIRST + number), fill)
    return marked


def scene_of(form: Form, hant: Callable[[str], str]) -> dict[str, dict[str, str]]:
    """The figures of a scene by language: written once, 3000 is shown as 3,000."""
    found: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for name, node in form.pairs():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in LEFT_FOR_LATER:
            form.faults.at(
                form.key(name), "placeholder", f"“{name}” cannot name a figure: a-z, 0-9 and _ only."
            )
        for words in found.values():
            words[name] = name  # for the texts that ask for it, should it be a fault
        for language in LANGUAGES:
            value = _scene_value(node, language, hant)
            if value is None or "{" in value or "}" in value or len(value) > LONGEST_FILL:
                form.faults.at(
                    node.place, "value", f"“{name}” is a figure or a word, or one for each language."
                )
                break
            found[language][name] = value
    return found


def _scene_value(node: Node, language: str, hant: Callable[[str], str]) -> str | None:
    if isinstance(node, Map):
        inner = node.entries.get(language)
        if inner is None and language == HANT:
            hans = _scene_value(node, HANS, hant)
            return None if hans is None else hant(hans)
        return _scene_value(inner, language, hant) if isinstance(inner, Text) else None
    if not isinstance(node, Text) or not node.value.strip():
        return None
    number = re.fullmatch(r"-?[0-9]{4,12}", node.value) if not node.quoted else None
    return f"{int(node.value):,}" if number else node.value
