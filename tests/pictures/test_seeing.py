"""Pictures for eyes in glare: contrast by the tokens, and printed in grey and blurred by two points."""

from dataclasses import replace
from typing import get_args
from xml.etree import ElementTree

import pytest

from bot.pictures.message import Message, message_svg
from bot.pictures.progress import ProgressCard, progress_svg
from bot.pictures.tokens import TONES, Look
from tests.pictures.pixels import POINT, apart, contrast, printed
from tests.pictures.test_progress import CARD, HANS, HANT

LOOKS = get_args(Look)


@pytest.mark.parametrize("look", LOOKS)
def test_words_stand_out_from_whatever_they_stand_on(look: Look) -> None:
    tones = TONES[look]
    for ground in (tones.ground, tones.panel):
        assert contrast(tones.ink, ground) >= 11
        assert contrast(tones.accent, ground) >= 5 and contrast(tones.muted, ground) >= 5
    assert contrast(tones.ink, tones.bar) >= 5, "an address stands on a bar"
    assert contrast(tones.accent, tones.bar) >= 4.5, "so does its number"
    assert contrast(tones.outline, tones.ground) >= 3


def test_the_tones_are_as_they_were_measured() -> None:
    light, dark = TONES["light"], TONES["dark"]
    found = [
        round(contrast(tone, at.ground), 1) for at in (light, dark) for tone in (at.ink, at.muted, at.accent)
    ]
    assert found == [15.7, 6.5, 6.8, 14.3, 8.0, 9.3]


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("card", [CARD, HANS, HANT], ids=lambda card: card.language)
def test_in_grey_and_blurred_it_still_says_how_far_one_is(card: ProgressCard, look: Look) -> None:
    svg = progress_svg(replace(card, look=look))
    seen, ground = printed(svg, "en"), TONES[look].ground
    segments = [at for at in _all(svg, "rect") if at.get("height") == "60"]
    tones = [
        seen[_point(float(at["y"]) + 30)][_point(float(at["x"]) + float(at["width"]) / 2)] for at in segments
    ]
    assert min(apart(tones[4], other) for other in tones[5:]) >= 3, "five filled, four not"
    paper = int(ground[3:5], 16)
    for at in _all(svg, "text"):
        foot, tall = _point(float(at["y"])), _point(float(at["font-size"]) * 0.7)
        line = [tone for row in seen[foot - tall : foot] for tone in row[15:241]]
        assert max(apart(tone, paper) for tone in {min(line), max(line)}) >= 2.5, at


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("channel", ["sms", "chat", "e-mail", "call", "web-page"])
def test_in_grey_and_blurred_every_part_keeps_its_number(channel: str, look: Look) -> None:
    above = {
        "e-mail": (("from", "① Lu Fei"), ("subject", "② Timesheets")),
        "web-page": (("address", "① a.example"),),
    }
    message = Message(
        channel=channel, practice="Practice", language="en", look=look,  # type: ignore[arg-type]  # one of the five
        above=above.get(channel, (("from", "① Lu Fei"),)), body=("③ Please do it in the timesheet system.",),
    )  # fmt: skip
    svg = message_svg(message)
    seen = printed(svg, "en")
    for at in _all(svg, "text"):
        foot, left, size = (_point(float(at[name])) for name in ("y", "x", "font-size"))
        around = [tone for row in seen[foot - int(size * 0.7) : foot] for tone in row[left : left + size]]
        assert apart(min(around), max(around)) >= 1.8, at


def _point(pixels: float) -> int:
    return int(pixels / POINT)


def _all(svg: str, name: str) -> list[dict[str, str]]:
    return [at.attrib for at in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}" + name)]
