"""python-telegram-bot behind a webhook of Starlette's, as its own example `customwebhookbot.py` does it; stores nothing.

Its best version: handled in the request rather than in a queue, one beside the other, and on uvloop, which
that example could use and does not.
`python -m benchmarks.sides.webhook_ptb BASE_URL PORT`.
"""

import asyncio
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update
from telegram.ext import Application

from benchmarks.sides.bare_ptb import with_handlers
from bot.cli import new_loop


async def main(base_url: str, port: str) -> None:
    """Listen until the process is ended."""
    application = with_handlers(
        Application.builder().token("1:benchmark").base_url(base_url).updater(None).build()
    )

    async def telegram(request: Request) -> Response:
        await application.process_update(Update.de_json(await request.json(), application.bot))
        return Response()

    web = Starlette(routes=[Route("/telegram", telegram, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(web, port=int(port), host="127.0.0.1", log_level="warning"))
    async with application:
        await application.start()
        serving = asyncio.create_task(server.serve())
        await application.bot.set_webhook(url=f"http://127.0.0.1:{port}/telegram")
        await serving


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(main(*sys.argv[1:3]))
