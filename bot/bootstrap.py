"""Puts the project's own `.venv` under a plain Python, so that one command is enough on a bare machine.

Standard library only, and in a form that an old Python can read far enough to be told that it is too old.
"""

import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
UNFINISHED = "unfinished"


class CannotSetUp(Exception):
    """What is missing and what to do about it, for whoever typed the command."""


def ensure(tests: bool = False, root: Path = ROOT) -> None:
    """Return inside a virtual environment or without a `uv.lock`; else make `.venv` ready and start again in it."""
    if sys.prefix != sys.base_prefix or not (root / "uv.lock").exists():
        return
    try:
        if sys.version_info < OLDEST:
            raise CannotSetUp(
                f"Fraudwise needs Python 3.11 or newer, this is {VERSION}: start it with a newer one."
            )
        environment = Environment(root)
        with _one_at_a_time(root / "uv.lock"):
            if not environment.is_ready(tests):
                environment.make_ready(tests)
    except CannotSetUp as fault:
        print(fault, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    command = [str(environment.python), *sys.orig_argv[1:]]
    if sys.platform == "win32":
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)


class Environment:
    """The `.venv` beside `uv.lock`, and the stamp in it that says from which `uv.lock` it was finished."""

    def __init__(self, root: Path) -> None:
        scripts, suffix = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
        self.root, self.folder = root, root / ".venv"
        self.python, self.uv = (self.folder / scripts / (name + suffix) for name in ("python", "uv"))
        self.stamp = self.folder / "fraudwise-stamp.txt"
        self.lock = hashlib.sha256((root / "uv.lock").read_bytes()).hexdigest()

    def is_ready(self, tests: bool) -> bool:
        """Whether it was finished from this very lock, with the tools of the tests where they are asked for."""
        stamped = self._stamped()
        return self.python.exists() and stamped[:1] == [self.lock] and (not tests or "tests" in stamped)

    def make_ready(self, tests: bool) -> None:
        """Make what is missing and repair what was left half made, saying so in one line."""
        stamped = self._stamped()
        # Without our stamp it may be somebody's own environment, which is kept as long as its pip runs.
        is_whole = stamped != [UNFINISHED] and not self._fault(self.python, "-m", "pip", "--version")
        package = "" if is_whole or importlib.util.find_spec("ensurepip") else _debian_package()
        if stamped and is_whole:
            print("Bringing .venv level with uv.lock…", file=sys.stderr, flush=True)
        else:
            extra = f", with {package} from Debian" if package else ""
            print(f"Setting up .venv (first run only){extra}…", file=sys.stderr, flush=True)
        if package:
            apt = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300")
            self._fault(*apt, "update")
            self.run(
                *apt, "install", "-y", "--no-install-recommends", package, DEBIAN_FRONTEND="noninteractive"
            )
        if not is_whole:
            self.run(sys.executable, "-m", "venv", "--clear", self.folder)
            self.stamp.write_text(UNFINISHED, encoding="utf-8")
        self._bring_uv()
        self._sync(tests)
        self.stamp.write_text(f"{self.lock} tests" if tests else self.lock, encoding="utf-8")

    def _bring_uv(self) -> None:
        import tomllib

        packages = tomllib.loads((self.root / "uv.lock").read_text(encoding="utf-8"))["package"]
        uv = next(package for package in packages if package["name"] == "uv")
        wanted = self.folder / "uv-from-lock.txt"
        hashes = "".join(" --hash=" + wheel["hash"] for wheel in uv["wheels"])
        wanted.write_text(f"uv=={uv['version']}{hashes}\n", encoding="utf-8")
        quietly = ("--quiet", "--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:")
        self.run(self.python, "-m", "pip", "install", *quietly, "-r", wanted)

    def _sync(self, tests: bool) -> None:
        sync = [
            str(self.uv),
            "sync",
            "--quiet",
            "--locked",
            "--inexact",
            "--no-install-project",
            "--no-python-downloads",
        ]
        if not tests:
            sync.append("--no-dev")
        # uv's own certificates do not know a company's, and a bare machine has no others: whichever works.
        fault = self._fault(*sync, UV_SYSTEM_CERTS="1")
        if fault and self._fault(*sync):
            raise CannotSetUp(f"{fault}\nCould not install what uv.lock names: see above, then start again.")

    def _stamped(self) -> "list[str]":
        return self.stamp.read_text(encoding="utf-8").split() if self.stamp.exists() else []

    def run(self, *command: "str | Path", **settings: str) -> None:
        """Run one program of the set-up; what it says when it fails is the fault."""
        fault = self._fault(*command, **settings)
        if fault:
            words = " ".join(str(word) for word in command[:4])
            raise CannotSetUp(f"{fault}\n“{words} …” failed: see above, or delete .venv, then start again.")

    def _fault(self, *command: "str | Path", **settings: str) -> str:
        """Nothing when the command succeeds, otherwise what it said."""
        around = {
            name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "UV_PYTHON")
        }
        around.update(settings, UV_PROJECT_ENVIRONMENT=str(self.folder), UV_PYTHON_PREFERENCE="only-system")
        has_home = os.access(os.path.expanduser("~"), os.W_OK)  # noqa: PTH111 - Path's raises without a home
        if not has_home and not {"UV_CACHE_DIR", "XDG_CACHE_HOME"} & set(around):
            around["UV_NO_CACHE"] = "1"
        with contextlib.suppress(OSError):
            done = subprocess.run(
                command, check=False, env=around, cwd=self.root, stdin=subprocess.DEVNULL, capture_output=True
            )
            said = (done.stdout + done.stderr).decode(errors="replace").strip()
            return (said or f"It ended with {done.returncode}.") if done.returncode else ""
        return f"There is no {command[0]}."


@contextlib.contextmanager
def _one_at_a_time(lock: Path) -> "Iterator[None]":
    """Two first starts at once: the second waits here and then finds the work done."""
    with lock.open("rb") as file:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _debian_package() -> str:
    package = f"python{VERSION}-venv"
    if sys.platform != "win32" and os.geteuid() == 0 and shutil.which("apt-get"):
        return package
    raise CannotSetUp(
        f"This Python cannot make a virtual environment: install {package} "
        f"(Debian, Ubuntu: sudo apt install {package}) and start again."
    )
