"""getFile and the links it gives."""

from bot.demo.telegram import SmallTelegram
from tests.demo.conftest import MEI, Bot, Clock


def test_a_file_is_fetched_by_its_link_for_an_hour(bot: Bot, telegram: SmallTelegram, clock: Clock) -> None:
    sent = telegram.send_file(MEI, "note.pdf", b"%PDF", "application/pdf").attachment
    assert sent is not None
    found = bot.ask("getFile", file_id=sent.file_id)

    assert (found["file_size"], found["file_path"].rpartition(".")[2]) == (4, "pdf")
    clock.move(minutes=59)
    assert telegram.file(found["file_path"]) == b"%PDF"
    clock.move(minutes=1)
    assert telegram.file(found["file_path"]) is None
    assert telegram.file(bot.ask("getFile", file_id=sent.file_id)["file_path"]) == b"%PDF"


def test_a_file_past_20_mb_is_refused(bot: Bot, telegram: SmallTelegram) -> None:
    for size, fits in ((20_000_000, True), (20_000_001, False)):
        sent = telegram.send_file(MEI, "clip.mp4", b"x", "video/mp4", size=size).attachment
        assert sent is not None
        status, answer = bot.call("getFile", file_id=sent.file_id)
        assert (status == 200) is fits
        assert fits or answer["description"] == "Bad Request: file is too big"


def test_an_unknown_file_is_refused(bot: Bot) -> None:
    assert bot.refused("getFile", file_id="made-up") == "Bad Request: invalid file_id"
    assert bot.refused("getFile") == "Bad Request: file_id is empty"


def test_the_smallest_size_of_a_photo_is_a_small_picture(bot: Bot, telegram: SmallTelegram) -> None:
    telegram.send_file(MEI, "shot.png", b"the picture", "image/png", as_photo=True)
    *_, update = telegram.world.updates.alive()
    small, large = update.body["photo"]

    assert telegram.file(bot.ask("getFile", file_id=large["file_id"])["file_path"]) == b"the picture"
    thumb = telegram.file(bot.ask("getFile", file_id=small["file_id"])["file_path"])
    assert thumb is not None
    assert thumb.startswith(b"\x89PNG")
    assert len(thumb) == small["file_size"]
