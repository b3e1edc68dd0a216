"""Telegram's HTML: read, refused and measured the way tdlib's parse_html does.

Offsets in refusals are UTF-8 bytes, offsets of entities are UTF-16 units, as with Telegram.
"""

import re
from typing import Any

from bot.demo.telegram.refusals import bad

Entity = dict[str, Any]

# Bot API, “HTML style”. tdlib knows the same names and no others (MessageEntity.cpp, parse_html).
TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
# Entities that begin and end together are told in this order (MessageEntity.cpp, get_type_priority).
ORDER = {
    "blockquote": 0,
    "expandable_blockquote": 0,
    "pre": 11,
    "code": 20,
    "text_link": 49,
    "text_mention": 49,
    "bold": 90,
    "italic": 91,
    "underline": 92,
    "strikethrough": 93,
    "spoiler": 94,
    "custom_emoji": 99,
}
_SPACE = " \t\r\n\0\v"
_SPECIAL = re.compile("[<&]")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#[xX]([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")
_TOKEN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-")


def units(text: str) -> int:
    """The length of a text as Telegram counts it: UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse(html: str) -> tuple[str, list[Entity]]:
    """The plain text and its entities, or a refusal with the place of the first fault."""
    if "<" not in html and "&" not in html:
        return html, []
    return _Parser(html).read()


class _Parser:
    def __init__(self, html: str) -> None:
        self.html = html
        self.at = 0
        self.out: list[str] = []
        self.length = 0
        self.open: list[tuple[str, str, int, int]] = []  # tag, argument, first unit, first piece of `out`
        self.entities: list[Entity] = []

    def read(self) -> tuple[str, list[Entity]]:
        html, end = self.html, len(self.html)
        while self.at < end:
            special = _SPECIAL.search(html, self.at)
            stop = special.start() if special else end
            if stop > self.at:
                self._put(html[self.at : stop])
                self.at = stop
            if not special:
                break
            if html[stop] == "&":
                self._put(self._reference())
            elif html.startswith("</", stop):
                self._close()
            else:
                self._start()
        if self.open:
            raise _refusal(f'Can\'t find end tag corresponding to start tag "{self.open[-1][0]}"')
        text = "".join(self.out)
        if not html.isascii() or "&#" in html:
            try:
                text.encode()
            except UnicodeEncodeError:
                raise _refusal(
                    "Text contains invalid Unicode characters after decoding HTML entities, "
                    "check for unmatched surrogate code units"
                ) from None
        return text, _merged(in_order(self.entities))

    def _put(self, piece: str) -> None:
        self.out.append(piece)
        self.length += units(piece)

    def _bytes(self, at: int) -> int:
        return len(self.html[:at].encode("utf-8", "surrogatepass"))

    def _reference(self) -> str:
        """Decode what stands at an ampersand; what is no reference stays as written."""
        match = _REFERENCE.match(self.html, self.at)
        found = _decoded(match) if match else None
        if match is None or found is None:
            self.at += 1
            return "&"
        self.at = match.end()
        return found

    def _skip_space(self) -> None:
        while self.at < len(self.html) and self.html[self.at] in _SPACE:
            self.at += 1

    def _until(self, stops: str) -> str:
        begin = self.at
        while self.at < len(self.html) and self.html[self.at] not in stops:
            self.at += 1
        return self.html[begin : self.at]

    def _start(self) -> None:
        begin = self.at
        self.at += 1
        tag = self._until(_SPACE + ">").lower()
        if self.at >= len(self.html):
            raise _refusal(f"Unclosed start tag at byte offset {self._bytes(begin)}")
        if tag not in TAGS:
            raise _refusal(f'Unsupported start tag "{tag}" at byte offset {self._bytes(begin)}')
        argument = ""
        while self.html[self.at] != ">":
            name, value = self._attribute(tag, begin)
            if name == ">":
                break
            argument = _argument(tag, name, value) or argument
            if self.at >= len(self.html):
                raise _refusal(f"Unclosed start tag at byte offset {self._bytes(begin)}")
        self.at += 1
        if tag == "span" and argument != "tg-spoiler":
            raise _refusal(f'Tag "span" must have class "tg-spoiler" at byte offset {self._bytes(begin)}')
        self.open.append((tag, argument, self.length, len(self.out)))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        self._skip_space()
        if self.html.startswith(">", self.at):
            return ">", ""
        name = self._until(_SPACE + "=>")
        self._skip_space()
        if self.at >= len(self.html):
            raise _refusal(f'Unclosed start tag "{tag}" at byte offset {self._bytes(begin)}')
        if not name:
            raise _refusal(f'Empty attribute name in the tag "{tag}" at byte offset {self._bytes(begin)}')
        if self.html[self.at] != "=":
            return name.lower(), ""
        self.at += 1
        self._skip_space()
        if self.at >= len(self.html):
            raise _refusal(f'Unclosed start tag "{tag}" at byte offset {self._bytes(begin)}')
        return name.lower(), self._value(begin)

    def _value(self, begin: int) -> str:
        quote = self.html[self.at]
        if quote not in "'\"":
            return self._bare_value()
        self.at += 1
        value: list[str] = []
        while self.at < len(self.html) and self.html[self.at] != quote:
            if self.html[self.at] == "&":
                value.append(self._reference())
            else:
                value.append(self.html[self.at])
                self.at += 1
        if self.at >= len(self.html):
            raise _refusal(f"Unclosed start tag at byte offset {self._bytes(begin)}")
        self.at += 1
        return "".join(value)

    def _bare_value(self) -> str:
        begin = self.at
        while self.at < len(self.html) and self.html[self.at] in _TOKEN:
            self.at += 1
        if self.at >= len(self.html) or self.html[self.at] not in _SPACE + ">":
            raise _refusal(f"Unexpected end of name token at byte offset {self._bytes(begin)}")
        return self.html[begin : self.at].lower()

    def _close(self) -> None:
        begin = self.at
        if not self.open:
            raise _refusal(f"Unexpected end tag at byte offset {self._bytes(begin)}")
        self.at += 2
        name = self._until(_SPACE + ">").lower()
        self._skip_space()
        if not self.html.startswith(">", self.at):
            raise _refusal(f"Unclosed end tag at byte offset {self._bytes(begin)}")
        self.at += 1
        tag, argument, offset, piece = self.open.pop()
        if name and name != tag:
            raise _refusal(
                f"Unmatched end tag at byte offset {self._bytes(begin)}, "
                f'expected "</{tag}>", found "</{name}>"'
            )
        if self.length > offset:
            entity = _entity(tag, argument, "".join(self.out[piece:]))
            if entity is not None:
                self.entities.append({**entity, "offset": offset, "length": self.length - offset})


def _refusal(what: str) -> Exception:
    return bad(f"can't parse entities: {what}")


def _decoded(match: re.Match[str]) -> str | None:
    hexadecimal, decimal, name = match.groups()
    if name:
        return _NAMED.get(name)
    # tdlib gives up on references of ten characters and more, on zero and past the last code point.
    if match.end() - match.start() > 11:
        return None
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(code) if 0 < code < 0x10FFFF else None


def _argument(tag: str, name: str, value: str) -> str:
    """What of an attribute a tag listens to; everything else is ignored, as Telegram does."""
    if tag == "a" and name == "href":
        return value
    if tag == "code" and name == "class" and value.startswith("language-"):
        return value.removeprefix("language-")
    if tag == "span" and name == "class" and value.startswith("tg-"):
        return value
    if tag == "tg-emoji" and name == "emoji-id":
        return value
    if tag == "blockquote" and name == "expandable":
        return "expandable"
    return ""


def _entity(tag: str, argument: str, inside: str) -> Entity | None:
    kind = TAGS[tag]
    if kind == "text_link":
        # A link without href means its own text; one that is no address is dropped without a word.
        return _link(argument or inside)
    if kind == "custom_emoji":
        if not argument.isdecimal():
            raise _refusal("Invalid custom emoji identifier specified")
        return {"type": kind, "custom_emoji_id": argument}
    if kind == "blockquote" and argument:
        return {"type": "expandable_blockquote"}
    if kind == "code" and argument:
        return {"type": kind, "language": argument}
    return {"type": kind}


_PERSON = re.compile(r"tg://user\?id=(\d+)")
_ADDRESS = re.compile(r"(?:(https?|ftp|tonsite|tg|ton)://)?([^/?#\s]+)([/?#]\S*)?", re.IGNORECASE)


def _link(url: str) -> Entity | None:
    person = _PERSON.fullmatch(url)
    if person:
        return {"type": "text_mention", "user": {"id": int(person[1])}}
    address = checked_url(url)
    return {"type": "text_link", "url": address} if address else None


def checked_url(url: str) -> str | None:
    """The address as Telegram keeps it, or None when it would not take it (tdlib: LinkManager::check_link)."""
    match = _ADDRESS.fullmatch(url.strip())
    if not match:
        return None
    scheme, host, rest = (match[1] or "http").lower(), match[2], match[3] or ""
    if scheme in ("tg", "ton"):
        return f"{scheme}://{host}{rest}"
    name = host.rpartition("@")[2].partition(":")[0]
    if "." not in name.strip(".") or name.startswith(".") or "\\" in name:
        return None
    return f"{scheme}://{host.lower()}{rest if rest.startswith('/') else '/' + rest}"


def in_order(entities: list[Entity]) -> list[Entity]:
    """Sorted as Telegram tells them: by beginning, the longer first."""
    return sorted(entities, key=lambda each: (each["offset"], -each["length"], ORDER.get(each["type"], 50)))


def _merged(entities: list[Entity]) -> list[Entity]:
    """``<pre><code class="language-…">`` is one block with a language, whichever stands outside."""
    merged: list[Entity] = []
    for each in entities:
        twin = merged[-1] if merged else None
        if twin and _are_one_block(twin, each):
            twin["language"] = each.get("language") or twin.get("language", "")
            twin["type"] = "pre"
        else:
            merged.append(each)
    for each in merged:
        if each["type"] == "code":
            each.pop("language", None)
    return merged


def _are_one_block(one: Entity, other: Entity) -> bool:
    same_place = one["offset"] == other["offset"] and one["length"] == other["length"]
    return same_place and {one["type"], other["type"]} == {"pre", "code"} and "language" in {**one, **other}
