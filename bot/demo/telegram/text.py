"""What Telegram does to a text between the call and the screen, and back to HTML for our page."""

import re
from html import escape
from typing import Any

from bot.demo.telegram import limits
from bot.demo.telegram.markup import Entity, checked_url, in_order, parse, units
from bot.demo.telegram.refusals import bad
from bot.demo.telegram.settling import settled

# tdlib, misc.cpp, clean_input_string: control characters but the line feed become spaces, carriage
# returns, line separators, direction overrides and three combining lines go.
_CONTROLS = {code: " " for code in range(32) if code not in (10, 13)}
_GONE = dict.fromkeys([13, *range(0x2028, 0x202F), 0x333, 0x33F, 0x30A])
_CLEANING: dict[int, str | None] = {**_CONTROLS, **_GONE}
_UNCLEAN = re.compile("[\x00-\x09\x0b-\x1f\u2028-\u202e\u0333\u033f\u030a]")

_DETECTED = re.compile(
    r"(?P<url>https?://[^\s<>]+[^\s<>.,;:!?)\]。，；：！？）”’])"
    r"|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?<![\w/@])(?P<bot_command>/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?)(?![\w/])"
    r"|(?<![\w@])(?P<mention>@[A-Za-z]\w{2,31})",
)
_CODE = ("code", "pre", "text_link", "text_mention", "custom_emoji")


def clean(text: str) -> str:
    """The text without the characters that Telegram replaces or removes."""
    return text.translate(_CLEANING) if _UNCLEAN.search(text) else text


def read(
    text: str, *, parse_mode: str | None, entities: Any, limit: int, too_long: str, notes: list[str]
) -> tuple[str, list[Entity]]:
    """A bot's text as Telegram keeps it, or a refusal; what is dropped silently is written into ``notes``."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise bad("text must be encoded in UTF-8") from None
    text = clean(text)
    mode = (parse_mode or "").lower()
    if mode == "html":
        plain, found = parse(text)
        _note_lost_links(text, found, notes)
    elif mode:
        # Telegram also reads Markdown and MarkdownV2; this project writes HTML alone.
        raise bad("unsupported parse_mode")
    else:
        plain, found = text, _given(entities, text)
    plain, found = trimmed(plain, settled(found, notes))
    if units(plain) > limit:
        raise bad(too_long)
    # Entities past the hundredth are ignored without an error: constants.MessageLimit.MESSAGE_ENTITIES.
    if len(found) > limits.ENTITIES:
        notes.append(f"{len(found) - limits.ENTITIES} entities dropped")
        found = found[: limits.ENTITIES]
    return plain, detected(plain, found)


def _note_lost_links(text: str, found: list[Entity], notes: list[str]) -> None:
    lost = text.lower().count("<a ") - sum(each["type"] in ("text_link", "text_mention") for each in found)
    if lost > 0:
        notes.append(f"{lost} links dropped")


def _given(entities: Any, text: str) -> list[Entity]:
    if not entities:
        return []
    if not isinstance(entities, list) or not all(isinstance(each, dict) for each in entities):
        raise bad("can't parse entities: expected an Array of MessageEntity")
    length = units(text)
    for each in entities:
        if not isinstance(each.get("type"), str) or "offset" not in each or "length" not in each:
            raise bad("can't parse MessageEntity: Can't find field")
        if each["offset"] < 0 or each["length"] <= 0 or each["offset"] + each["length"] > length:
            raise bad(f"entity beginning at UTF-16 offset {each['offset']} ends after the end of the text")
    return in_order([dict(each) for each in entities])


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Without white space at the end, and at the beginning as far as no entity starts there.

    tdlib, MessageEntity.cpp, fix_formatted_text.
    """
    if text and not text[0].isspace() and not text[-1].isspace():
        return text, entities
    text = text.rstrip()
    first = min((each["offset"] for each in entities), default=len(text))
    lead = min(len(text) - len(text.lstrip()), first)
    text = text[lead:]
    length = units(text)
    kept = []
    for each in entities:
        offset = each["offset"] - lead
        rest = min(each["length"], length - offset)
        if rest > 0:
            kept.append({**each, "offset": offset, "length": rest})
    return text, kept


def detected(text: str, entities: list[Entity]) -> list[Entity]:
    """With what Telegram finds by itself: addresses, commands, mentions; never inside code or links."""
    if "/" not in text and "@" not in text:
        return entities
    taken = [(each["offset"], each["offset"] + each["length"]) for each in entities if each["type"] in _CODE]
    found = []
    for match in _DETECTED.finditer(text):
        kind = str(match.lastgroup)
        start = units(text[: match.start()])
        end = start + units(match.group())
        if not any(start < until and begin < end for begin, until in taken):
            found.append({"type": kind, "offset": start, "length": end - start})
    return in_order(entities + found) if found else entities


_OPENING = {
    "bold": "<b>",
    "italic": "<i>",
    "underline": "<u>",
    "strikethrough": "<s>",
    "spoiler": '<span class="spoiler">',
    "code": "<code>",
    "pre": "<pre>",
    "blockquote": "<blockquote>",
    "expandable_blockquote": '<blockquote class="expandable">',
}
_CLOSING = {kind: f"</{re.split('[ >]', tag[1:])[0]}>" for kind, tag in _OPENING.items()}


def to_html(text: str, entities: list[Entity]) -> str:
    """Safe HTML for a browser: what stands in the text is escaped, entities become tags that nest."""
    if not entities:
        return escape(text)
    raw = text.encode("utf-16-le", "surrogatepass")
    edges = sorted(
        {0, len(raw) // 2, *(e["offset"] for e in entities), *(e["offset"] + e["length"] for e in entities)}
    )
    out: list[str] = []
    open_: list[Entity] = []
    ordered = in_order(entities)
    for begin, end in zip(edges, [*edges[1:], None], strict=True):
        # Entities may cross one another: what ends inside another is closed with it and opened again.
        while any(each["offset"] + each["length"] <= begin for each in open_):
            out.append(_closing(open_.pop()))
        for each in ordered:
            if each["offset"] <= begin < each["offset"] + each["length"] and each not in open_:
                piece = raw[each["offset"] * 2 : (each["offset"] + each["length"]) * 2]
                out.append(_opening(each, piece.decode("utf-16-le", "replace")))
                open_.append(each)
        if end is not None:
            out.append(escape(raw[begin * 2 : end * 2].decode("utf-16-le", "replace")))
    return "".join(out)


def _opening(entity: Entity, inside: str) -> str:
    kind = entity["type"]
    if kind == "text_link":
        return f'<a href="{escape(entity["url"])}">'
    if kind == "url":
        return f'<a href="{escape(checked_url(inside) or "")}">'
    if kind == "bot_command":
        return f'<a data-command="{escape(inside)}">'
    if kind in ("text_mention", "mention", "email"):
        return "<a>"
    return _OPENING.get(kind, "<span>")


def _closing(entity: Entity) -> str:
    if entity["type"] in ("text_link", "url", "bot_command", "text_mention", "mention", "email"):
        return "</a>"
    return _CLOSING.get(entity["type"], "</span>")
