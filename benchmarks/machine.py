"""On what the figures were taken."""

import os
import platform
import sqlite3
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks import peers

PACKAGES = (
    "python-telegram-bot", "httpx", "sniffio", "aiohttp", "uvloop", "sqlalchemy", "psycopg", "starlette", "uvicorn", "jinja2",
    "apscheduler", "xlsxwriter", "cryptography",
)  # fmt: skip


def about() -> dict[str, Any]:
    """Processor, memory, system, versions, commit and how busy the machine was."""
    return {
        "processor": _line("/proc/cpuinfo", "model name") or platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "memory": _line("/proc/meminfo", "MemTotal"),
        "system": platform.platform(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "load_before": round(os.getloadavg()[0], 2),
        "commit": _commit(),
        **{name: _version(name) for name in PACKAGES},
        "aiogram": peers.version("aiogram"),
    }


def _line(file: str, name: str) -> str:
    try:
        lines = Path(file).read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _commit() -> str:
    asked = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip()
