"""A PostgreSQL primary and its synchronous standby, as processes of their own that can be killed and promoted."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from tests import machine
from tests.processes.stage import free_port
from tests.processes.waiting import until


class Server:
    """One PostgreSQL on files that exist."""

    def __init__(self, data: Path, programs: Path, account: str | None) -> None:
        self.port = free_port()
        # Only a process is killed here and never the power cut, so nobody waits for the disk.
        how = ["-c", "fsync=off", "-c", "full_page_writes=off"]
        where: list[str | Path] = ["-D", data, "-h", "127.0.0.1", "-p", str(self.port), "-k", data.parent]
        with (data.parent / f"{data.name}.log").open("wb") as said:
            self._process = subprocess.Popen(
                [programs / "postgres", *where, *how],
                user=account,
                cwd=data.parent,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until(self._answers, f"{data.name} answers", within=30)

    def run(self, words: str) -> list[tuple[object, ...]]:
        """Run one statement; its rows."""
        with closing(psycopg.connect(self._url, autocommit=True)) as connection:
            cursor = connection.execute(words.encode())
            return cursor.fetchall() if cursor.description else []

    def _answers(self) -> bool:
        try:
            return bool(self.run("SELECT 1"))
        except psycopg.OperationalError:
            return False

    @property
    def _url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def kill(self) -> None:
        """End every process of it as a power cut would."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
            self._process.wait(20)


class Pair:
    """A primary that commits nothing which its standby does not have too."""

    def __init__(self, primary: Server, standby: Server) -> None:
        self.primary = primary
        self.standby = standby

    def url(self, database: str) -> str:
        """Both servers, of which the one is taken that may be written to."""
        hosts = "&".join(f"host=127.0.0.1:{one.port}" for one in (self.primary, self.standby))
        return f"postgresql+psycopg://postgres@/{database}?{hosts}&target_session_attrs=read-write"

    def promote(self) -> float:
        """Make the standby the server to write to; when it was asked to."""
        began = time.monotonic()
        self.standby.run("SELECT pg_promote(wait => false)")
        return began


@contextmanager
def synchronous_pair() -> Iterator[Pair]:
    """Make both, in a folder that is gone afterwards."""
    with machine.installed() as (folder, programs, account):
        one, two = folder / "one", folder / "two"
        machine.initialise(one, programs, account)
        with closing(Server(one, programs, account)) as primary:
            from_ = ["-h", "127.0.0.1", "-p", str(primary.port), "-U", "postgres"]
            copy: list[str | Path] = [
                programs / "pg_basebackup",
                "-D",
                two,
                *from_,
                "-R",
                "-X",
                "stream",
                "-c",
                "fast",
                "--no-sync",
            ]
            machine.must(copy, account, folder)
            with closing(Server(two, programs, account)) as standby:
                primary.run("ALTER SYSTEM SET synchronous_standby_names = '*'")
                primary.run("SELECT pg_reload_conf()")
                state = "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming'"
                until(lambda: primary.run(state), "the standby follows", within=30)
                yield Pair(primary, standby)
