"""Text is measured before it is drawn, and no sign comes out as a box."""

import pytest

from bot.pictures.lettering import GlyphMissing, drawable, fit, refuse_missing, width, wrap
from bot.pictures.tokens import BODY, ROOM


def test_a_body_line_holds_what_the_plan_says() -> None:
    assert width("国" * 14, BODY, "zh-Hans") <= ROOM
    assert width("Overpayments and refunds, on", BODY, "en") <= ROOM


def test_long_text_shrinks_first_and_is_wrapped_then() -> None:
    assert fit("Short", 400, 60, "en") == fit("Short", 900, 60, "en")
    shrunk = fit("Takeover of accounts", 450, 60, "en")
    assert len(shrunk.lines) == 1 and 60 * 0.72 <= shrunk.size < 60
    wrapped = fit("Takeover of accounts and cards", 450, 60, "en")
    assert len(wrapped.lines) == 2 and wrapped.size == pytest.approx(60 * 0.72)


def test_lines_are_of_about_one_length_and_punctuation_never_begins_one() -> None:
    assert wrap("接下来：多付款与退款骗局，就在明天", ROOM, BODY, "zh-Hans") == (
        "接下来：多付款与退",
        "款骗局，就在明天",
    )
    for room in range(180, 900, 30):
        assert not any(
            line[0] in "，。：）"
            for line in wrap("您好，请回电。谢谢：（周五）再见。", room, BODY, "zh-Hans")
        )


def test_what_the_font_cannot_draw_is_left_out_of_strangers_text() -> None:
    assert drawable("Mei 🛡️ Lin‍\u202e") == "Mei Lin"
    assert drawable("مرحبا") == ""
    assert drawable("Nguye\u0302\u0303n") == "Nguyễn"


def test_our_own_words_are_refused_in_one_sentence() -> None:
    refuse_missing(["Fri 13 Mar", "我的培训", "我的培訓", "①②③"])
    with pytest.raises(GlyphMissing, match=r"no glyph for '🛡' \(U\+1F6E1\) in “Safe 🛡”"):
        refuse_missing(["Safe 🛡"])
