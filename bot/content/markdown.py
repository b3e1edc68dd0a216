"""Authors' Markdown as Telegram HTML: paragraphs, bold, bullets, quotes and code; line breaks stay."""

import html
import re
from collections.abc import Iterator
from itertools import groupby

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.content.dress import dressed, messages
from bot.content.places import Faults, Place
from bot.content.unseen import UNSEEN, name_of

_PARSER = MarkdownIt("commonmark", {"html": True}).disable(["text_join"])
BULLET = "•"

_REFUSED = {
    "heading_open": "A heading may not stand inside a card.",
    "html_block": "HTML is not read; write **bold**, lists and quotes as Markdown.",
    "html_inline": "HTML is not read; write **bold**, lists and quotes as Markdown.",
    "image": "Pictures are not shown in cards.",
    "link_open": "Links are not read; write the name or the address alone.",
    "em_open": "Italics are not used; **bold** is for the one safe move.",
    "fence": "A block of code is not used; put `one piece` between single backticks.",
    "code_block": "This line is set in by four spaces or more; take them out.",
    "hr": "A line of dashes ends a card; it cannot stand here.",
    "ordered_list_open": "Numbered lists lose their numbers; write “1 First” without a full stop.",
}
_EXPECTED = {
    "quote": {"blockquote_open", "blockquote_close"},
    "bullets": {"bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"},
    "text": set[str](),
}
_PLAIN = {"paragraph_open", "paragraph_close", "inline"}


def render(text: str, place: Place, faults: Faults) -> str:
    """*text* as Telegram HTML; what Telegram or our voice has no form for is a fault."""
    lines = text.strip("\n").split("\n")
    shown: list[str] = []
    number = 0
    for kind, group in groupby(lines, key=_kind):
        run = list(group)
        if kind == "blank":
            shown.append("")
        elif kind == "quote":
            shown.extend(_quote(said, place.down(number + start), faults) for start, said in messages(run))
        else:
            shown.append(_block(kind, run, place.down(number), faults))
        number += len(run)
    return "\n".join(shown).strip("\n")


def _kind(line: str) -> str:
    bare = line.strip()
    if not bare:
        return "blank"
    if bare.startswith(">"):
        return "quote"
    # an indented line goes on with the bullet above it only where it is one itself: cards have no sub-lists
    return "bullets" if re.match(r"[-*+] ", bare) else "text"


def _quote(run: list[str], place: Place, faults: Faults) -> str:
    """Other people's words behind a bar, under the name of their channel where it is told."""
    channel, sender = dressed(run, place, faults)
    if not channel:
        return _block("quote", run, place, faults)
    above = f"{{channel:{channel}}} · {_block('text', [sender], place, faults)}"
    return f"{above}\n{_block('quote', run[1:], place.down(1), faults)}"


def _block(kind: str, run: list[str], place: Place, faults: Faults) -> str:
    tokens = _PARSER.parse("\n".join(line.strip() for line in run))
    for token in tokens:
        if token.type not in _PLAIN | _EXPECTED[kind]:
            said = _REFUSED.get(token.type, "This is not read in cards.")
            if not token.type.endswith("_close") and token.type != "list_item_open":
                faults.at(place.down(token.map[0] if token.map else 0), "markdown", said)
    if sum(token.type == "blockquote_open" for token in tokens) > 1:
        faults.at(place, "markdown", "A quote stands inside a quote; one bar is all there is.")
    parts = [_inline(token, place, faults) for token in tokens if token.type == "inline"]
    if kind == "quote":
        return f"<blockquote>{chr(10).join(parts)}</blockquote>"
    return "\n".join(f"{BULLET} {part}" for part in parts) if kind == "bullets" else "\n".join(parts)


def _inline(block: Token, place: Place, faults: Faults) -> str:
    where = place.down(block.map[0] if block.map else 0)
    return "".join(_pieces(block.children or [], where, faults))


def _pieces(tokens: list[Token], place: Place, faults: Faults) -> Iterator[str]:
    line = 0
    for token in tokens:
        match token.type:
            case "text" | "text_special":
                _look_at(token, place.down(line), faults)
                yield html.escape(token.content, quote=False)
            case "softbreak" | "hardbreak":
                line += 1
                yield "\n"
            case "strong_open":
                yield "<b>"
            case "strong_close":
                yield "</b>"
            case "code_inline":
                yield f"<code>{html.escape(token.content, quote=False)}</code>"
            case _ if token.type in _REFUSED:
                faults.at(place.down(line), "markdown", _REFUSED[token.type])
            case _:
                pass


def _look_at(token: Token, place: Place, faults: Faults) -> None:
    if token.type == "text" and "*" in token.content:
        faults.at(place, "markdown", _STARS)
    if "](" in token.content or _SCHEME.search(token.content):
        faults.at(place, "markdown", _REFUSED["link_open"])
    if token.info == "entity" and (hidden := _HIDDEN.search(token.content)):
        faults.at(place, "encoding", f"{name_of(hidden)} is not for texts, written as an entity neither.")


_SCHEME = re.compile(r"\b(?:javascript|vbscript|data):\S|\b(?!https?:)[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_HIDDEN = re.compile(f"{UNSEEN.pattern}|[{{}}]")
_STARS = "A star would be printed here; bold has to end before 。？， and the like."
_TAG = re.compile(r"<[^>]*>")


def plain(shown: str) -> str:
    """What a reader sees of our Telegram HTML, for counting."""
    return html.unescape(_TAG.sub("", shown))
