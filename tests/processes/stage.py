"""One installation in real processes: a small Telegram, a database, and the bots that work on them."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from tests.processes.dealing import Table, dealing
from tests.processes.far_end import BARE, OWN_IDS, ROOT, TOKEN, FarEnd, Person, far_end, put_down
from tests.processes.waiting import until

SECRET = "canary-webhook-secret"
KEYS = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE"
ORGANISATION = "Qingchuan Credit"


class Bot:
    """`python -m bot run` with a clean environment; its log lies in a file."""

    def __init__(self, environment: dict[str, str], port: int, folder: Path) -> None:
        self.environment = environment
        self.port = port
        self.log = folder / f"bot-{port}-{time.monotonic_ns()}.log"
        with self.log.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def ready(self) -> "Bot":
        """Wait until it says that it is ready."""

        def is_ready() -> bool:
            assert self.process.poll() is None, self.log.read_text()
            with suppress(OSError):
                return self.get("/readyz")[0] == 200
            return False

        until(is_ready, "the bot is ready", within=30, every=0.02)
        return self

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of one of its pages."""
        status, _, body = request(self.port, "GET", path)
        return status, body

    def kill(self) -> None:
        """End it as a power cut would: no signal handler runs."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> tuple[int, float]:
        """Ask it to stop; its exit code and how long it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(15), time.monotonic() - began


def request(
    port: int, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one request on a line of its own."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as line:
        line.request(method, path, body, headers or {})
        answer = line.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


class Stage:
    """Starts processes, reads the database afresh, and puts everything down at the end."""

    def __init__(self, folder: Path, database_url: str, telegram: FarEnd) -> None:
        self.folder = folder
        self.database_url = database_url
        self.telegram = telegram
        # Each statement is a transaction of its own, so each read sees what is committed by then.
        self._engine = create_engine(
            database_url, isolation_level="AUTOCOMMIT", pool_size=1, pool_pre_ping=True
        )
        self._bots: list[Bot] = []
        self._ports: dict[str, int] = {}
        self._table: Table | None = None
        self.beside: dict[str, str] = {}
        """What else stands in the environment of every process, beside our settings."""
        self._opened = ExitStack()

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    def environment(self, **settings: str) -> dict[str, str]:
        """A clean environment: these settings and nothing of ours."""
        ours = {
            "BOT_TOKEN": TOKEN,
            "ORGANISATION": ORGANISATION,
            "ORGANISATION_TIME_ZONE": "Asia/Shanghai",
            "DATABASE_URL": self.database_url,
            "DATA_DIR": str(self.folder / "kept"),
            "TELEGRAM_BASE_URL": f"{self.telegram.url}/bot",
            "TELEGRAM_FILE_URL": f"{self.telegram.url}/file/bot",
            "SECRET_KEYS": KEYS,
            "SENDS_PER_SECOND": "0",
            "UPDATES_PER_MINUTE": "0",
            **settings,
        }
        return BARE | self.beside | {f"FRAUDWISE_{name}": value for name, value in ours.items()}

    def bot(self, *, webhook: bool = False, replica: str = "a", **settings: str) -> Bot:
        """Start a bot; started again under the same name it listens where it did.

        Once there are `replicas`, Telegram's posts are dealt out to every bot by webhook.
        """
        port = self._port(replica)
        settings["LISTEN"] = f"127.0.0.1:{port}"
        if webhook:
            settings |= {"WEBHOOK_URL": self.hook(replica), "WEBHOOK_SECRET": SECRET}
        bot = Bot(self.environment(**settings), port, self.folder)
        self._bots.append(bot)
        return bot

    def replicas(self, count: int, *, webhook: bool = True, **settings: str) -> list[Bot]:
        """Start bots "a", "b", "c"… on the one database, all ready; Telegram's posts go to them in turn.

        Who does not answer is skipped: one that was killed may be started again by `bot(webhook=True,
        replica="b")`, and one more joins under a new name. With `webhook=False` all of them poll.
        """
        if webhook and self._table is None:
            self._table = self._opened.enter_context(dealing())
            for port in self._ports.values():
                self._table.sit(port)
        names = "abcdefghij"[:count]
        # The first one makes the tables, so that the others find them.
        first = self.bot(webhook=webhook, replica=names[0], **settings).ready()
        others = [self.bot(webhook=webhook, replica=name, **settings) for name in names[1:]]
        return [first, *(bot.ready() for bot in others)]

    def hook(self, replica: str = "a") -> str:
        """Where Telegram posts updates for a bot of this name: to itself, or to whoever deals them out."""
        port = self._port(replica)
        return f"http://127.0.0.1:{self._table.port if self._table is not None else port}/telegram"

    def _port(self, replica: str) -> int:
        if replica not in self._ports:
            self._ports[replica] = port = free_port()
            if self._table is not None:
                self._table.sit(port)
        return self._ports[replica]

    def command(self, *arguments: str) -> str:
        """What a verb of the command line printed; it has to succeed."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            check=False,
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self, query: str, **params: Any) -> list[Any]:
        """Rows of the database, read on a connection of their own."""
        with self._engine.connect() as connection:
            return list(connection.execute(text(query), params))

    def one(self, query: str, **params: Any) -> Any:
        """The one value of a query."""
        return self.rows(query, **params)[0][0]

    def change(self, *statements: str) -> None:
        """Do something to the database from outside."""
        with self._engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def handled(self) -> int:
        """How many of the small Telegram's updates were handled so far."""
        with suppress(OperationalError):  # SQLite, while a killed bot's log is taken up again
            return int(self.one("SELECT count(*) FROM updates WHERE id < :own", own=OWN_IDS))
        return 0

    def posted(self) -> int:
        """How many of the tests' own updates were handled so far."""
        return int(self.one("SELECT count(*) FROM updates WHERE id >= :own", own=OWN_IDS))

    def owed(self) -> int:
        """Messages that are due and have not left."""
        now = time.time_ns() // 1000
        query = "SELECT count(*) FROM outbox WHERE state IN ('owed', 'claimed') AND due_at <= :now"
        return int(self.one(query, now=now))

    def settle(self, within: float = 30.0) -> None:
        """Wait until every act is handled, everything owed is sent, and Telegram knows it."""
        acts = self.telegram.acts
        until(lambda: self.handled() >= acts, f"{acts} updates are handled", within)
        until(lambda: not self.owed(), "nothing is owed", within)

    def close(self) -> None:
        for bot in self._bots:
            put_down(bot.process)
        self._opened.close()
        self._engine.dispose()


def free_port() -> int:
    """A port nobody listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port: int = free.getsockname()[1]
        return port


@contextmanager
def installation(folder: Path, database_url: str, *arguments: str) -> Iterator[Stage]:
    """An installation on a database; all its processes are gone afterwards."""
    with far_end(folder, *arguments) as telegram, closing(Stage(folder, database_url, telegram)) as stage:
        yield stage


@pytest.fixture
def stages(tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    """Each call makes an installation on a database."""
    with ExitStack() as stack:
        yield lambda *how: stack.enter_context(installation(tmp_path, *how))


@pytest.fixture
def stage(stages: Callable[..., Stage], database_url: str) -> Stage:
    """One installation: on SQLite, then in a second run of the test on PostgreSQL."""
    return stages(database_url)


__all__ = ["Bot", "FarEnd", "Person", "Stage", "installation", "request", "stage", "stages"]
