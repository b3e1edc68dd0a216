from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.markdown import plain, render
from bot.content.places import Faults, Place

PLACE = Place("a.md", 3, 1)


def rendered(text: str) -> tuple[str, list[str]]:
    faults = Faults()
    shown = render(text, PLACE, faults)
    return shown, [fault.code for fault in faults.sorted()]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one\ntwo", "one\ntwo"),
        ("one\n\ntwo", "one\n\ntwo"),
        ("a **b** c", "a <b>b</b> c"),
        ("`{x}` & <5", "<code>{x}</code> &amp; &lt;5"),
        ("- one\n- **two**", "• one\n• <b>two</b>"),
        ("text\n> said\n> more\ntext", "text\n<blockquote>said\nmore</blockquote>\ntext"),
        ("> said\n- sign\ntext", "<blockquote>said</blockquote>\n• sign\ntext"),
        ("1 First\n2 Second", "1 First\n2 Second"),
        ("snake_case_name", "snake_case_name"),
        ("**先别动**。再说", "<b>先别动</b>。再说"),
        ("a &amp; b", "a &amp; b"),
    ],
)
def test_what_authors_write_becomes_telegram_html(text: str, shown: str) -> None:
    assert rendered(text) == (shown, [])


@pytest.mark.parametrize(
    "text",
    [
        "# heading", "text\n===", "***", "1. one", "2) two", "```\ncode\n```", "    four spaces\n\tx `", "<b>x</b>",
        "<!-- x -->", "![x](y.png)", "[x](http://y.example)", "<http://y.example>", "*x*", "_x_", "a **b", "**你好。**再",
        "> # heading", "> > deeper", "> - list", "- > quote", "- 1. one", "<script>alert(1)</script>", "<a href='x'>",
    ],
)  # fmt: skip
def test_what_telegram_or_our_voice_has_no_form_for_is_a_fault(text: str) -> None:
    if text.startswith("    "):
        # set in by four spaces is not code here, as every line is looked at without its margin
        assert rendered(text)[1] == []
    else:
        assert set(rendered(text)[1]) == {"markdown"}


def test_a_fault_stands_at_its_line() -> None:
    faults = Faults()
    render("one\n\ntwo\n*three*", PLACE, faults)
    assert [fault.line for fault in faults.sorted()] == [6]


class _Strict(HTMLParser):
    """Reads HTML as Telegram does: known tags only, each closed in its turn."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ("b", "code", "blockquote")
        assert not attrs
        assert tag not in self.open or tag != "blockquote"
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


@settings(deadline=None)
@given(st.text(st.sampled_from("ab 你。*_`>-#<&![]()\\\n1.~|=") | st.characters(codec="utf-8"), max_size=80))
def test_whatever_is_written_telegram_can_parse_it(text: str) -> None:
    shown, _ = rendered(text)
    reader = _Strict()
    reader.feed(shown)
    reader.close()
    assert reader.open == []
    plain(shown)
