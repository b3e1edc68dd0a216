"""The programs under measurement and how each is started."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import peers

Start = Callable[[str, Path], tuple[list[str], dict[str, str]]]
"""(base URL, an empty folder) → (command, what it adds to the environment)."""
IN_FLIGHT = "125"
"""Messages on their way at once: what the service takes by itself at 1,000 a second, Telegram's highest limit."""
KEY = "YmVuY2htYXJrYmVuY2htYXJrYmVuY2htYXJrYmVuYzE"


@dataclass(frozen=True, slots=True)
class Side:
    """One program; `stores` says whether its database has to hold what it answered."""

    name: str
    words: str
    start: Start
    stores: bool = False
    is_posted_to: bool = False
    """Whether it has a webhook instead of asking for updates."""


def _of(module: str) -> Start:
    return lambda base_url, _folder: ([sys.executable, "-m", module, base_url], {})


def _of_peers(module: str) -> Start:
    return lambda base_url, _folder: ([str(peers.python()), "-m", module, base_url], {})


def concurrent_ptb(at_once: int) -> Side:
    """The bare bot with so many updates at once."""
    command = [sys.executable, "-m", "benchmarks.sides.bare_ptb"]
    return Side(
        f"ptb-{at_once}", f"bare python-telegram-bot, concurrent_updates={at_once}, stores nothing",
        lambda base_url, _folder: ([*command, base_url, str(at_once)], {}),
    )  # fmt: skip


def _storing(module: str) -> Start:
    return lambda base_url, folder: ([sys.executable, "-m", module, base_url, str(folder)], {})


def _ours(module: str, *, webhook: bool = False) -> Start:
    """The service as its operator runs it, but for the limiter; SQLite, an fsync a commit."""

    def start(base_url: str, folder: Path) -> tuple[list[str], dict[str, str]]:
        port = free_port()
        more = hook(port) if webhook else {}
        return [sys.executable, "-m", module, "run"], settings(base_url, folder, port, **more)

    return start


def settings(base_url: str, folder: Path, port: int, **more: str) -> dict[str, str]:
    """What our service is started with; its limits stand where no crowd meets them."""
    ours = {
        "BOT_TOKEN": "1:benchmark", "TELEGRAM_BASE_URL": base_url, "DATA_DIR": str(folder),
        "SECRET_KEYS": KEY, "SENDS_PER_SECOND": "0", "SENDS_IN_FLIGHT": IN_FLIGHT, "UPDATES_PER_MINUTE": "100000",
        "LISTEN": f"127.0.0.1:{port}", "LOG_LEVEL": "WARNING",
    }  # fmt: skip
    return {f"FRAUDWISE_{name}": value for name, value in (ours | more).items()}


def hook(port: int) -> dict[str, str]:
    """Settings of a service that is posted to."""
    return {"WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram", "WEBHOOK_SECRET": "benchmark-secret"}


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def environment(added: dict[str, str]) -> dict[str, str]:
    """Ours without any Fraudwise setting of the machine, with these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FRAUDWISE_")}
    return {**kept, **added}


OURS = Side("fraudwise", "fraudwise, SQLite synchronous=FULL", _ours("bot"), stores=True)
BARE_PTB = Side("bare-ptb", "bare python-telegram-bot, stores nothing", _of("benchmarks.sides.bare_ptb"))
STORING_PTB = Side(
    "storing-ptb", "python-telegram-bot, the same rows, a commit a tap", _storing("benchmarks.sides.storing_ptb"),
    stores=True,
)  # fmt: skip
AIOGRAM = Side("aiogram", "aiogram 3 with uvloop, stores nothing", _of_peers("benchmarks.sides.aiogram_bot"))
FLOOR = Side(
    "floor", "no framework: sockets and sqlite3, the same rows in groups", _storing("benchmarks.sides.floor"),
    stores=True,
)  # fmt: skip
SOCKETS = Side(
    "ceiling", "ready-made answers on sockets (the far end's ceiling)", _of("benchmarks.sides.sockets")
)
OURS_POSTED = Side(
    "fraudwise-webhook", "fraudwise, webhook", _ours("bot", webhook=True), stores=True, is_posted_to=True
)
PTB_POSTED = Side(
    "ptb-webhook", "bare python-telegram-bot, webhook, stores nothing",
    lambda base_url, _folder: (
        [sys.executable, "-m", "benchmarks.sides.webhook_ptb", base_url, str(free_port())], {}
    ), is_posted_to=True,
)  # fmt: skip
PROFILED = Side("profiled", "fraudwise under cProfile", _ours("benchmarks.profiled"), stores=True)
METERED = Side("metered", "fraudwise with a meter in the writer", _ours("benchmarks.metered"), stores=True)
