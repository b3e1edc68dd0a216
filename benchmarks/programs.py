"""The programs under measurement and how each is started."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Start = Callable[[str, Path], tuple[list[str], dict[str, str]]]
"""(base URL, an empty folder) → (command, what it adds to the environment)."""
KEY = "YmVuY2htYXJrYmVuY2htYXJrYmVuY2htYXJrYmVuYzE"


@dataclass(frozen=True, slots=True)
class Side:
    """One program; `stores` says whether its database has to hold what it answered."""

    name: str
    words: str
    start: Start
    stores: bool = False


def _of(module: str) -> Start:
    return lambda base_url, _folder: ([sys.executable, "-m", module, base_url], {})


def _storing(module: str) -> Start:
    return lambda base_url, folder: ([sys.executable, "-m", module, base_url, str(folder)], {})


def _ours(module: str) -> Start:
    """The service as its operator runs it, but for the limiter; SQLite, an fsync a commit."""

    def start(base_url: str, folder: Path) -> tuple[list[str], dict[str, str]]:
        settings = {
            "BOT_TOKEN": "1:benchmark", "TELEGRAM_BASE_URL": base_url, "DATA_DIR": str(folder),
            "SECRET_KEYS": KEY, "SENDS_PER_SECOND": "0", "LISTEN": f"127.0.0.1:{free_port()}",
            "UPDATES_PER_MINUTE": "0", "LOG_LEVEL": "WARNING",
        }  # fmt: skip
        return [sys.executable, "-m", module, "run"], {f"FRAUDWISE_{k}": v for k, v in settings.items()}

    return start


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
FLOOR = Side(
    "floor", "no framework: sockets and sqlite3, the same rows in groups", _storing("benchmarks.sides.floor"),
    stores=True,
)  # fmt: skip
SOCKETS = Side(
    "ceiling", "ready-made answers on sockets (the far end's ceiling)", _of("benchmarks.sides.sockets")
)
PROFILED = Side("profiled", "fraudwise under cProfile", _ours("benchmarks.profiled"), stores=True)
