"""An environment of their own for programs whose packages do not go together with ours.

aiogram pins an older pydantic than we use. `peers.txt` was made by `uv pip compile --universal --python-version 3.11`
from `aiogram[fast]`; the environment is made at the first run, in the user's cache, and again when that file changes.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

PINNED = Path(__file__).with_name("peers.txt")


def python() -> Path:
    """The Python that has them."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    stamp = hashlib.sha256(version.encode() + PINNED.read_bytes()).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "fraudwise-benchmarks" / stamp
    found = folder / "bin" / "python"
    if not folder.exists():
        unfinished = folder.with_name(f"{stamp}.{os.getpid()}")
        try:
            _make(unfinished)
            unfinished.rename(folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return found


def version(package: str) -> str | None:
    """As it is pinned."""
    pins = (line.partition(";")[0].strip().partition("==") for line in PINNED.read_text().splitlines())
    return next((pinned for name, _, pinned in pins if name == package), None)


def _make(folder: Path) -> None:
    uv = [sys.executable, "-m", "uv", "--quiet"]
    subprocess.run([*uv, "venv", "--relocatable", "--python", sys.executable, str(folder)], check=True)
    install = ["pip", "install", "--no-deps", "--requirements", str(PINNED)]
    subprocess.run([*uv, *install, "--python", str(folder / "bin" / "python")], check=True)
