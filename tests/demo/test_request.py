"""The small Telegram under PTB itself: its types read our JSON, its errors come out of our refusals."""

import asyncio
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any

import pytest
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.demo.request import SmallTelegramRequest
from bot.demo.telegram import Fault, SmallTelegram
from tests.demo.conftest import MEI, STRANGER, TOKEN

pytestmark = pytest.mark.filterwarnings("ignore:.*attribute `retry_after`")


def play(telegram: SmallTelegram, scene: Callable[[Bot], Awaitable[Any]], token: str = TOKEN) -> Any:
    async def whole() -> Any:
        bot = Bot(
            token,
            request=SmallTelegramRequest(telegram),
            get_updates_request=SmallTelegramRequest(telegram),
        )
        async with bot:
            return await scene(bot)

    return asyncio.run(whole())


def test_ptb_reads_what_people_do(telegram: SmallTelegram) -> None:
    telegram.send_file(MEI, "shot.png", b"x", "image/png", as_photo=True, caption="see")
    telegram.send_sticker(MEI)
    telegram.send_voice(MEI)
    telegram.forward(MEI, MEI, 1)
    telegram.edit(MEI, 1, "/start again")
    telegram.block(MEI)

    updates: list[Update] = list(play(telegram, lambda bot: bot.get_updates()))

    messages = [each.message for each in updates if each.message]
    assert messages[0].text == "/start"
    assert (messages[1].photo[-1].width, messages[1].caption) == (1280, "see")
    assert messages[2].sticker is not None
    assert messages[3].voice is not None
    assert messages[4].forward_origin is not None
    assert updates[5].edited_message is not None
    assert updates[6].my_chat_member is not None


def test_ptb_sends_edits_and_answers(telegram: SmallTelegram) -> None:
    async def scene(bot: Bot) -> None:
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("Next", callback_data="n")]])
        sent = await bot.send_message(MEI, "<b>1</b>", parse_mode="HTML", reply_markup=markup)
        telegram.tap(MEI, sent.message_id, "n")
        query = (await bot.get_updates(offset=-1))[0].callback_query
        assert query is not None
        assert query.message == sent
        await query.answer("Saved")
        await sent.edit_text("2")
        await bot.set_my_commands([BotCommand("learn", "Go on")], language_code="en")
        await bot.send_chat_action(MEI, "typing")
        assert (await bot.get_chat(MEI)).first_name == "Mei"

    play(telegram, scene)

    assert [(each.text, each.edited_by) for each in telegram.chat(MEI).messages] == [
        ("/start", None),
        ("2", "tap"),
    ]
    assert all(call.ok for call in telegram.ledger)


def test_ptb_uploads_and_downloads(telegram: SmallTelegram) -> None:
    async def scene(bot: Bot) -> bytes:
        sent = await bot.send_document(MEI, BytesIO(b"a,b"), filename="a.csv", caption="rows")
        assert sent.document is not None
        file = await bot.get_file(sent.document.file_id)
        return bytes(await file.download_as_bytearray())

    assert play(telegram, scene) == b"a,b"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("refuse", method="sendMessage", retry_after=3), RetryAfter),
        (
            Fault(
                "refuse",
                method="sendMessage",
                status=403,
                description="Forbidden: bot was blocked by the user",
            ),
            Forbidden,
        ),
        (
            Fault("refuse", method="sendMessage", status=400, description="Bad Request: chat not found"),
            BadRequest,
        ),
        (Fault("refuse", method="sendMessage", status=400, migrate_to_chat_id=-1009), ChatMigrated),
        (Fault("refuse", method="sendMessage", status=502), NetworkError),
        (Fault("cut", method="sendMessage"), NetworkError),
        (Fault("hang", method="sendMessage"), TimedOut),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else None,
)
def test_a_fault_becomes_ptbs_own_error(
    telegram: SmallTelegram, fault: Fault, error: type[Exception]
) -> None:
    telegram.fault(fault)

    with pytest.raises(error):
        play(telegram, lambda bot: bot.send_message(MEI, "a"))


def test_refusals_become_ptbs_own_errors(telegram: SmallTelegram) -> None:
    with pytest.raises(Forbidden):
        play(telegram, lambda bot: bot.send_message(STRANGER, "a"))
    with pytest.raises(InvalidToken):
        play(telegram, lambda bot: bot.get_me(), token="111:BBB")


def test_two_pollers_conflict(telegram: SmallTelegram) -> None:
    async def scene(bot: Bot) -> None:
        await bot.get_updates(offset=100_000_002)
        first = asyncio.create_task(bot.get_updates(offset=100_000_002, timeout=30))
        await asyncio.sleep(0)
        second = asyncio.create_task(bot.get_updates(offset=100_000_002, timeout=30))
        with pytest.raises(Conflict):
            await asyncio.wait_for(first, 5)
        telegram.write(MEI, "news")
        assert len(await asyncio.wait_for(second, 5)) == 1

    play(telegram, scene)


def test_a_bare_post_is_answered_as_the_sender_makes_it(telegram: SmallTelegram) -> None:
    async def whole() -> Any:
        request = SmallTelegramRequest(telegram)
        values = {"chat_id": MEI, "text": "a", "reply_markup": {"inline_keyboard": []}}
        data = RequestData([RequestParameter.from_input(name, value) for name, value in values.items()])
        return await request.post(f"https://api.telegram.org/bot{TOKEN}/sendMessage", data)

    assert asyncio.run(whole())["text"] == "a"


def test_an_expired_link_is_not_found(telegram: SmallTelegram) -> None:
    url = f"https://api.telegram.org/file/bot{TOKEN}/documents/none.pdf"

    assert asyncio.run(SmallTelegramRequest(telegram).do_request(url, "GET"))[0] == 404
