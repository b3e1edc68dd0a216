"""The benchmark of the ticks strikes those it says, and the one of memory keeps nothing of its own."""

import asyncio
from collections import Counter
from datetime import timedelta

from sqlalchemy import text
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from benchmarks import million
from benchmarks.soak import FarEnd, lines_of
from benchmarks.ticks import Office, fill, strike
from tests.cast import our_content
from tests.machine import SQLite


def test_of_a_hundred_who_are_due_each_gets_what_the_benchmark_says(sqlite_server: SQLite) -> None:
    url = sqlite_server.make()
    fill(url, our_content(), 1_000, 100)
    office = Office(url, our_content())
    assert asyncio.run(strike(office)).owed == 0
    office.at = million.NOW + timedelta(minutes=million.LOTS)
    struck = asyncio.run(strike(office))
    assert asyncio.run(strike(office)).owed == 0
    with office.reading.connect() as connection:
        made = connection.execute(text("SELECT wish, state FROM outbox WHERE id > 1000000000"))
        found = Counter((row.wish, row.state) for row in made)
    office.close()
    lots = million.LOTS
    assert found["lesson_due", "owed"] == lots * (60 + 5 + 12)
    assert found["reminder", "owed"] == lots * (10 + 2)
    assert found["reminder", "skipped"] == lots * 5, "it rides in the lesson's message"
    assert found["lesson_due", "skipped"] == lots * 3, "on leave"
    assert found["review_due", "owed"] >= lots
    assert struck.owed == sum(count for (_, state), count in found.items() if state == "owed")


def test_the_far_end_keeps_one_keyboard_a_chat() -> None:
    far = FarEnd()

    async def show(number: int) -> None:
        keyboard = {"inline_keyboard": [[{"text": "A", "callback_data": f"a.{number}"}]]}
        params = [RequestParameter("chat_id", 7, None), RequestParameter("reply_markup", keyboard, None)]
        await far.do_request("https://x/sendMessage", "POST", RequestData(params))

    for number in range(3):
        asyncio.run(show(number))
    assert far.shown == {7: (3, ["a.2"])} and far.unread == {7}


def test_memory_is_compared_with_the_third_day() -> None:
    seen = [
        {"rss": rss, "objects": 5.0, "updates": 1.0, "calls": 1.0}
        for rss in (50.0, 80.0, 100.0, 105.0, 112.0)
    ]
    memory, objects = lines_of(seen, "it")
    assert memory.median == 1.12 and not memory.is_met
    assert objects.median == 1 and objects.is_met
