"""python-telegram-bot sends one message to each of so many chats: in a loop, or so many at once.

`python -m benchmarks.sides.news_ptb BASE_URL COUNT [AT_ONCE]`; its pool holds 256 connections, as its default does.
"""

import asyncio
import sys

from telegram import Bot

from benchmarks.sides.news import chats, words


async def broadcast(base_url: str, count: int, at_once: int) -> None:
    waiting = iter(chats(count))
    async with Bot("1:benchmark", base_url=base_url) as bot:

        async def send() -> None:
            for chat, number in waiting:
                await bot.send_message(chat, words(number), parse_mode="HTML")

        await asyncio.gather(*(send() for _ in range(at_once)))


if __name__ == "__main__":
    asyncio.run(broadcast(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1))
