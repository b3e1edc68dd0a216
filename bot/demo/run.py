"""`fraudwise demo`: the stage, the page, and a browser that opens on it."""

import asyncio
import signal
import webbrowser
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from bot import content
from bot.demo.organisation import ZONE
from bot.demo.page import create_page
from bot.demo.theatre import Theatre
from bot.demo.theatre import fresh as begin_again
from bot.observing import set_up

FOLDER = Path("data") / "demo"
PROGRAM = "python3 -m bot"
EMPTY_FOLDER = Path("data") / "empty-demo"


async def run_demo(
    *, port: int, browser: bool, fresh: bool, say: Callable[[str], None], empty: bool = False,
    folder: Path | None = None, content_dir: Path | None = None,
) -> None:  # fmt: skip
    """Serve the demo until it is stopped; raises OSError where the port is taken.

    Raises `content.Refused` and throws nothing away where *content_dir* has faults.
    """
    set_up("WARNING")
    await _free(port)
    if content_dir is not None:
        await asyncio.to_thread(content.load, content_dir)
    folder = folder or (EMPTY_FOLDER if empty else FOLDER)
    if await asyncio.to_thread(prepared, folder, fresh) and not empty:
        say("Playing six weeks of a sample organisation, about ten seconds …")
    theatre = Theatre(folder, datetime.now(UTC).date(), empty=empty, content_dir=content_dir)
    await theatre.start()
    config = uvicorn.Config(
        create_page(theatre.telegram, theatre), host="127.0.0.1", port=port, log_config=None, lifespan="off",
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = _Server(config)
    stopping = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, stopping.set)
    serving = asyncio.create_task(server.serve())
    address = f"http://127.0.0.1:{port}/"
    say(f"Fraudwise is at {address} (stop with Ctrl+C).")
    if empty:
        where = f"FRAUDWISE_DATA_DIR={folder} FRAUDWISE_ORGANISATION_TIME_ZONE={ZONE}"
        say(f"Nobody is in it yet. In another terminal: {where} {PROGRAM} roster import FILE")
    if browser:
        await asyncio.to_thread(webbrowser.open, address)
    waiting = asyncio.create_task(stopping.wait())
    await asyncio.wait({waiting, serving}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await serving
    await theatre.stop()


def prepared(folder: Path, fresh: bool) -> bool:
    """Make the folder ready; whether the six weeks have to be played first."""
    if fresh or not (folder / "stage.json").exists():
        begin_again(folder)
        folder.mkdir(parents=True)
        return True
    return False


async def _free(port: int) -> None:
    """Raise OSError at once when the port is taken, before six weeks are played for nothing."""
    probe = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", port)
    probe.close()
    await probe.wait_closed()


class _Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """Signals are ours."""
