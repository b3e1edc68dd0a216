"""Invitations on paper: each card in its reader's language, names never markup, and the code says the link."""

from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest

from bot.pictures import cards, qr
from bot.rules.people import Learner
from tests.cast import our_words

UNTIL = date(2026, 12, 14)
LINK = "https://t.me/qingchuan_bot?start=AAAAAAAAAAAAAAAAAAAAAA"
MEI = Learner(1, "employee", "zh-Hans", "UTC", name="陈梅", staff_number="0102", department="Credit")


def page(*people: Learner) -> str:
    return cards.sheet(
        our_words(), [(one, LINK) for one in people], organisation="Qingchuan <Credit>", until=UNTIL
    )


def test_a_page_needs_nothing_else_and_is_well_formed() -> None:
    made = page(MEI, replace(MEI, name="Lin Ling", language="en"))
    assert "src=" not in made and "http-equiv" not in made and "\f" not in made
    assert made.startswith("<!doctype html>") and made.rstrip().endswith("</html>")
    body = made[made.index("<main>") : made.index("</main>") + 7]
    assert len(ElementTree.fromstring(body).findall("article")) == 2


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "Please don't pass it on."),
        ("zh-Hans", "12 月 14 日（周一）前有效，请勿转给别人。"),
        ("zh-Hant", "12 月 14 日（週一）前有效，請勿轉給別人。"),
    ],
)
def test_each_card_speaks_its_readers_language(language: str, says: str) -> None:
    made = page(replace(MEI, language=language)).replace("&#39;", "'")
    assert says in made and f'<article lang="{language}">' in made


def test_a_name_is_never_markup() -> None:
    made = page(replace(MEI, name="<script>alert(1)</script>", department='"><img>'))
    assert "<script>" not in made and "<img>" not in made and "&lt;script&gt;" in made
    assert "<title>Qingchuan &lt;Credit&gt;</title>" in made


def test_the_code_is_drawn_inside_the_page() -> None:
    drawn = ElementTree.fromstring(qr.svg(LINK))
    assert drawn.tag.endswith("svg") and "width" not in drawn.attrib
    assert qr.svg(LINK) != qr.svg(LINK + "x")
