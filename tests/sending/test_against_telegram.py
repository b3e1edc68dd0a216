"""The sender against the strict small Telegram, at Telegram's own pace."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.chat.transport import Endpoint, Transport
from bot.demo.request import SmallTelegramRequest
from bot.demo.telegram import Fault, Rates, SmallTelegram
from bot.sending.limiter import Limiter
from bot.sending.sender import Sender
from tests.sending.office import Office, now, until

TOKEN = "110:AAsmallTelegramOfTheTests_0123456789"
pytestmark = pytest.mark.anyio


@asynccontextmanager
async def telegram_and_sender(office: Office, people: int) -> AsyncIterator[tuple[SmallTelegram, Sender]]:
    telegram = SmallTelegram(token=TOKEN, now=now, rates=Rates())
    for person in range(1, people + 1):
        telegram.add_person(person, f"P{person}", language_code="en")
        telegram.start(person)
    transport = Transport(
        SmallTelegramRequest(telegram), Endpoint("http://127.0.0.1/bot", "http://127.0.0.1/file/bot", TOKEN)
    )
    sender = office.sender(post=transport.post, limiter=Limiter(30))
    await sender.start()
    try:
        yield telegram, sender
    finally:
        await sender.stop()
        await telegram.close()


def refused(telegram: SmallTelegram) -> list[int]:
    return [call.status for call in telegram.ledger if call.status != 200]


async def test_a_broadcast_and_the_replies_in_it_are_refused_by_nobody(office: Office) -> None:
    async with telegram_and_sender(office, 80) as (telegram, sender):
        for person in range(1, 61):
            await office.owe(person, f"lesson {person}", lane="broadcast")
        sender.wake()
        asked = asyncio.get_running_loop().time()
        for person in range(61, 81):
            sender.offer([await office.owe(person, "verdict", lane="replies", claimed=True)])
            await asyncio.sleep(0.03)
        await until(lambda: sum(call.ok for call in telegram.ledger) >= 20)
        await sender.settled()
        took = asyncio.get_running_loop().time() - asked
        assert refused(telegram) == []
        assert office.states() == {"sent": 80}
        assert 80 / took > 20, "and it does not dawdle"


async def test_a_person_who_taps_fast_gets_every_reply_in_order(office: Office) -> None:
    async with telegram_and_sender(office, 1) as (telegram, sender):
        sender.offer([await office.owe(1, f"{n}", lane="replies", claimed=True) for n in range(6)])
        await sender.settled()
        assert refused(telegram) == []
        shown = [message.text for message in telegram.chat(1).messages if message.text in set("012345")]
        assert shown == list("012345")


async def test_a_blocked_bot_notes_why_after_one_call(office: Office) -> None:
    async with telegram_and_sender(office, 1) as (telegram, sender):
        telegram.block(1)
        sender.offer([await office.owe(1, f"{n}", lane="replies", claimed=True) for n in range(3)])
        await sender.settled()
        assert len(telegram.ledger) == 1
        assert {(row.state, row.reason) for row in office.all_rows()} == {("unreachable", "blocked")}


async def test_a_line_cut_after_the_message_was_taken_is_unknown(office: Office) -> None:
    async with telegram_and_sender(office, 1) as (telegram, sender):
        telegram.fault(Fault("cut", method="sendMessage"))
        await office.owe(1, "reminder", care="once")
        await sender.settled()
        assert office.rows()["reminder"].state == "unknown"
        assert [message.text for message in telegram.chat(1).messages][-1] == "reminder", "it did arrive"
