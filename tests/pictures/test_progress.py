"""The progress card: facts of the picture, not its bytes."""

import struct
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from bot.pictures.lettering import width
from bot.pictures.progress import ProgressCard, draw_progress, progress_svg

CARD = ProgressCard(
    title="My training", day="Fri 13 Mar", figure="5 of 9", under="lessons done", done=5, of=9,
    topics=(("Fake loan offers", 2), ("Safe numbers", 4), ("Account takeover", 6), ("Reporting", 10)),
    next_line="Next: Overpayments\ntomorrow", language="en",
)  # fmt: skip
HANS = replace(
    CARD, title="我的培训", day="3 月 13 日（周五）", figure="5/9", under="已完成课程", language="zh-Hans",
    topics=(("假贷款", 2), ("安全号码", 4)), next_line="接下来：多付款骗局\n明天",
)  # fmt: skip
HANT = replace(HANS, title="我的培訓", language="zh-Hant")


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("card", [CARD, HANS, HANT], ids=lambda card: card.language)
def test_a_card_is_a_portrait_of_few_bytes(card: ProgressCard, look: str) -> None:
    png = draw_progress(replace(card, look=look))  # type: ignore[arg-type]  # one of the two
    assert struct.unpack(">II", png[16:24]) == (1024, 1280)
    assert len(png) < 300_000


def test_the_same_card_gives_the_same_bytes() -> None:
    assert draw_progress(CARD) == draw_progress(replace(CARD))


def test_every_word_and_figure_stands_on_it() -> None:
    said = words(CARD)
    for word in (
        "My training",
        "Fri 13 Mar",
        "5 of 9",
        "lessons done",
        "Fake loan offers",
        "2/10",
        "10/10",
        "tomorrow",
    ):
        assert word in said


def test_segments_show_how_many_are_done() -> None:
    def filled(card: ProgressCard) -> list[bool]:
        tone = "#0A626B"
        return [at.get("fill") == tone for at in shapes(card, "rect") if at.get("height") == "60"]

    assert filled(CARD) == [True] * 5 + [False] * 4
    assert filled(replace(CARD, done=0, of=0)) == []
    assert filled(replace(CARD, done=30, of=60)) == [False, True]


def test_readers_of_either_script_get_its_shapes() -> None:
    assert 'font-family="Noto Sans CJK SC"' in progress_svg(HANS)
    assert 'font-family="Noto Sans CJK TC"' in progress_svg(HANT)
    assert draw_progress(replace(HANS, title="直角骨")) != draw_progress(replace(HANT, title="直角骨"))


def test_hostile_names_are_wrapped_and_never_cut() -> None:
    name = "Takeover of <b>accounts</b> & SIM cards, and everything else that has a very long name"
    card = replace(CARD, topics=((name, 2), ("W" * 90, 4), ("مرحبا 🛡 <x>", -3), ("Reporting", 100)))
    said = words(card)
    assert name in " ".join(said)
    assert sum(line.count("W") for line in said if set(line) == {"W"}) == 90
    assert "<x>" in said and "0/10" in said and "10/10" in said
    assert struct.unpack(">II", draw_progress(card)[16:24])[1] > 1280


def test_nothing_reaches_over_the_margin() -> None:
    long = replace(CARD, next_line="word " * 40, topics=(("Takeover of accounts and SIM cards", 6),) * 4)
    for at in ElementTree.fromstring(progress_svg(long)).iter("{http://www.w3.org/2000/svg}text"):
        if at.get("text-anchor") == "start":
            assert float(at.get("x", 0)) + width(at.text or "", float(at.get("font-size", 0)), "en") <= 961


def words(card: ProgressCard) -> list[str]:
    return [
        at.text or ""
        for at in ElementTree.fromstring(progress_svg(card)).iter("{http://www.w3.org/2000/svg}text")
    ]


def shapes(card: ProgressCard, name: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(progress_svg(card)).iter("{http://www.w3.org/2000/svg}" + name))
