"""HTML read as tdlib reads it, refused where it refuses it and with the same place named."""

from typing import Any

import pytest

from bot.demo.telegram.markup import checked_url, parse, units
from bot.demo.telegram.refusals import Refused

# Two emoji with a space between are 9 bytes and 5 UTF-16 units: offsets in the two must not be mixed up.
SUN = "🌞 🌞"


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("plain", "plain", []),
        ("1 &lt; 2 &amp; 3 &gt; 2 &quot;q&quot;", '1 < 2 & 3 > 2 "q"', []),
        ("&nbsp;&copy; & co", "&nbsp;&copy; & co", []),
        ("&lt without a semicolon", "< without a semicolon", []),
        ("&#20320;&#x597d;&#0;", "你好&#0;", []),
        (f"{SUN}<b>你好</b>", f"{SUN}你好", [entity("bold", 5, 2)]),
        ("<strong>a</strong>", "a", [entity("bold", 0, 1)]),
        ("<i>a</i><em>b</em>", "ab", [entity("italic", 0, 1), entity("italic", 1, 1)]),
        ("<u>a</u><ins>b</ins>", "ab", [entity("underline", 0, 1), entity("underline", 1, 1)]),
        (
            "<s>a</s><strike>b</strike><del>c</del>",
            "abc",
            [entity("strikethrough", at, 1) for at in range(3)],
        ),
        ('<span class="tg-spoiler">a</span>', "a", [entity("spoiler", 0, 1)]),
        ("<tg-spoiler>a</tg-spoiler>", "a", [entity("spoiler", 0, 1)]),
        ("<B>a</b>", "a", [entity("bold", 0, 1)]),
        ("<b>a</>", "a", [entity("bold", 0, 1)]),
        ("<b>a</b  >", "a", [entity("bold", 0, 1)]),
        ("<b></b>x", "x", []),
        ("<b>a<i>b</i></b>", "ab", [entity("bold", 0, 2), entity("italic", 1, 1)]),
        ("<i><b>ab</b></i>", "ab", [entity("bold", 0, 2), entity("italic", 0, 2)]),
        ("<b whatever=1 and='more'>a</b>", "a", [entity("bold", 0, 1)]),
        ("<blockquote>a</blockquote>", "a", [entity("blockquote", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [entity("expandable_blockquote", 0, 1)]),
        ("<code>a</code>", "a", [entity("code", 0, 1)]),
        ("<pre>a</pre>", "a", [entity("pre", 0, 1)]),
        (
            '<pre><code class="language-python">a</code></pre>',
            "a",
            [entity("pre", 0, 1, language="python")],
        ),
        (
            '<tg-emoji emoji-id="5368">👍</tg-emoji>',
            "👍",
            [entity("custom_emoji", 0, 2, custom_emoji_id="5368")],
        ),
        (
            '<a href="https://bank.example/a?b=1&amp;c=2">bank</a>',
            "bank",
            [entity("text_link", 0, 4, url="https://bank.example/a?b=1&c=2")],
        ),
        ("<a href=bank.example>x</a>", "x", [entity("text_link", 0, 1, url="http://bank.example/")]),
        ("<a>bank.example</a>", "bank.example", [entity("text_link", 0, 12, url="http://bank.example/")]),
        ("<a>no address</a>", "no address", []),
        ('<a href="tg://user?id=7">Mei</a>', "Mei", [entity("text_mention", 0, 3, user={"id": 7})]),
    ],
)
def test_what_telegram_reads_is_read(html: str, text: str, entities: list[dict[str, Any]]) -> None:
    assert parse(html) == (text, entities)


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        (f"{SUN}<bank", "Unclosed start tag at byte offset 9"),
        (f"{SUN}<br>", 'Unsupported start tag "br" at byte offset 9'),
        ("<p>a</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        (f"{SUN}<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        (f"{SUN}a</b>", "Unexpected end tag at byte offset 10"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<b =x>a</b>", 'Empty attribute name in the tag "b" at byte offset 0'),
        ("<b x=", 'Unclosed start tag "b" at byte offset 0'),
        ('<b x="', "Unclosed start tag at byte offset 0"),
        ("<b x=y,z>a</b>", "Unexpected end of name token at byte offset 5"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji>a</tg-emoji>", "Invalid custom emoji identifier specified"),
        (
            "&#xD83D;",
            (
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            ),
        ),
    ],
)
def test_what_telegram_refuses_is_refused_with_the_place(html: str, fault: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(html)

    assert refused.value.description == f"Bad Request: can't parse entities: {fault}"


def test_lengths_are_utf_16_units() -> None:
    assert [units(text) for text in ("abc", "你好", "👍", "👨‍👩‍👧")] == [3, 2, 2, 8]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://Bank.Example/Path", "https://bank.example/Path"),
        ("bank.example", "http://bank.example/"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
        ("http://localhost/", None),
        ("just words", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_addresses_are_kept_as_telegram_keeps_them(given: str, kept: str | None) -> None:
    assert checked_url(given) == kept
