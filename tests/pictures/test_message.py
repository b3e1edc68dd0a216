"""Practice messages drawn: every word of theirs, in a frame, within the margins, whatever is in them."""

import struct
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from bot.pictures.lettering import GlyphMissing, width
from bot.pictures.message import Channel, Message, draw_message, message_svg
from bot.pictures.ready import refuse_undrawable
from bot.pictures.worker import NotDrawn, Worker
from tests.cast import our_content

HEADS: dict[Channel, tuple[tuple[str, str], ...]] = {
    "sms": (("from", "① Alder Credit, new number"),), "chat": (("from", "① Ms Bao, HR"),),
    "e-mail": (("from", "① Lu Fei, payroll"), ("subject", "② URGENT timesheets, today 17:00")),
    "call": (("from", "① +65 6222 0000, “Bank security”"),), "web-page": (("address", "① alder.fee.example"),),
}  # fmt: skip
BODY = ("③ Dear custmer, your 70,000 is approved & waiting.", "④ Send the <fee> by 18:00.")


def message(channel: Channel) -> Message:
    return Message(channel=channel, practice="📱 Practice", above=HEADS[channel], body=BODY, language="en")


@pytest.mark.parametrize("channel", HEADS)
def test_every_channel_has_its_frame_and_every_word_stands_in_it(channel: Channel) -> None:
    png = draw_message(message(channel))
    wide, tall = struct.unpack(">II", png[16:24])
    assert wide == 1024 and tall >= 1024 and len(png) < 300_000
    said = " ".join(words(message(channel)))
    for part in (*(part for _, part in HEADS[channel]), *BODY):
        assert part in said, "its number, then its words"
    assert "Practice" in said and "📱" not in said


def test_long_words_are_broken_and_long_messages_grow() -> None:
    hostile = replace(
        message("sms"), above=(("from", "① " + "M" * 60),), body=(f"② {'w' * 200}", "③ " + "и так " * 40)
    )
    for at in ElementTree.fromstring(message_svg(hostile)).iter("{http://www.w3.org/2000/svg}text"):
        assert float(at.get("x", 0)) + width(at.text or "", float(at.get("font-size", 0)), "en") <= 961
    assert "".join(words(hostile)).count("w") == 200
    assert struct.unpack(">II", draw_message(hostile)[16:24])[1] > 1280


def test_nothing_of_ours_would_come_out_as_a_box() -> None:
    refuse_undrawable(our_content())


def test_a_service_whose_content_cannot_be_drawn_does_not_start() -> None:
    loaded = our_content()
    name, item = next((name, item) for name, item in loaded.items.items() if item.type == "red-flags")
    said = item.words["en"]
    odd = replace(said.choices["a"], part="Pay up 💸")
    words = {**item.words, "en": replace(said, choices={**said.choices, "a": odd})}
    with pytest.raises(GlyphMissing, match="no glyph for '💸'"):
        refuse_undrawable(replace(loaded, items={**loaded.items, name: replace(item, words=words)}))


def test_a_worker_draws_the_same_and_starts_again_after_it_died() -> None:
    worker = Worker()
    try:
        assert worker.draw(message("sms")) == draw_message(message("sms"))
        assert worker._process is not None
        worker._process.kill()
        with pytest.raises(NotDrawn):
            worker.draw(message("chat"))
        assert worker.draw(message("chat")) == draw_message(message("chat"))
        with pytest.raises(NotDrawn, match="KeyError"):
            worker.draw(replace(message("sms"), look="pink"))  # type: ignore[arg-type]
        assert worker.draw(message("call"))[:4] == b"\x89PNG"
    finally:
        worker.stop()


def words(of: Message) -> list[str]:
    return [
        at.text or ""
        for at in ElementTree.fromstring(message_svg(of)).iter("{http://www.w3.org/2000/svg}text")
    ]
