"""aiogram sends one message to each of so many chats: in a loop, or so many at once.

`python -m benchmarks.sides.news_aiogram BASE_URL COUNT [AT_ONCE]`, in the environment of `benchmarks.peers`.
"""

import asyncio
import sys

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from benchmarks.sides.news import chats, words


async def broadcast(base_url: str, count: int, at_once: int) -> None:
    server = TelegramAPIServer(base=f"{base_url}{{token}}/{{method}}", file="")
    bot = Bot("1:benchmark", session=AiohttpSession(api=server, limit=max(100, at_once)))
    waiting = iter(chats(count))

    async def send() -> None:
        for chat, number in waiting:
            await bot.send_message(chat, words(number), parse_mode="HTML")

    await asyncio.gather(*(send() for _ in range(at_once)))
    await bot.session.close()


if __name__ == "__main__":
    try:
        import uvloop

        uvloop.install()
    except ImportError:
        pass
    asyncio.run(broadcast(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1))
