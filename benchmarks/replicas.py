"""Three replicas on one PostgreSQL behind a round-robin webhook, beside one.

The far end deals its posts out in turn, so a learner's taps meet now this replica and now that. At the end
all are killed, and the database is compared with what was answered, as everywhere.
"""

import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack, closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from benchmarks import stored
from benchmarks.lines import Line
from benchmarks.measuring import Control, Load, answered_all, cpu, process, wait_until
from benchmarks.programs import free_port, hook, settings
from benchmarks.progress import tell
from tests.machine import PostgreSQL, postgresql

LOAD = Load(learners=400, seconds=4.0)
"""More than the hundred posts that Telegram has under way at once."""
REPLICAS = 3
GOAL = 1.5
FLUSHED = 1.5
"""Seconds after which a backend that ended has told its counts; PostgreSQL flushes them once a second."""


@dataclass(frozen=True, slots=True)
class Ran:
    """So many replicas, measured once."""

    replicas: int
    taps_per_second: float
    cpu_ms_per_tap: float
    """Of all replicas together, without the database."""
    p99_ms: float
    refused: int
    answered: int
    stored: int
    deadlocks: int


def measure(server: PostgreSQL, replicas: int, load: Load = LOAD) -> Ran:
    """A database of their own, the crowd, the kill, and what the database says afterwards."""
    url = server.make()
    try:
        _make_durable(url)
        ran, control = _run(url, replicas, load)
        kept = stored.check_server(url, control.ended)
        return Ran(replicas, *ran, sum(it[2] for it in control.ended), kept, _deadlocks(url))
    finally:
        server.drop(url)


def _run(url: str, replicas: int, load: Load) -> tuple[tuple[float, float, float, int], Control]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-")))
        port = free_port()
        stack.enter_context(process([sys.executable, "-m", "benchmarks.far_end", str(port)], {}))
        control = Control(port)
        wait_until(lambda: control.ask("counts") is not None)
        ports = [free_port() for _ in range(replicas)]
        control.ask("ports/" + ",".join(map(str, ports)))
        base_url, shared = f"http://127.0.0.1:{port}/bot", {"DATABASE_URL": url, **hook(ports[0])}
        with ExitStack() as running:
            pids = [
                running.enter_context(
                    process(
                        [sys.executable, "-m", "bot", "run"], settings(base_url, folder, listens, **shared)
                    )
                ).pid
                for listens in ports
            ]
            for listens in ports:
                wait_until(lambda listens=listens: _is_ready(listens))  # type: ignore[misc]
            control.ask(f"join/{load.learners}")
            wait_until(lambda: answered_all(control, load))
            before, used = control.ask("counts"), sum(map(cpu, pids))
            time.sleep(load.seconds)
            after, used = control.ask("counts"), sum(map(cpu, pids)) - used
        control.ended = control.ask("learners")
    taps, seconds = after["taps"] - before["taps"], after["at"] - before["at"]
    return (taps / seconds, 1000 * used / max(taps, 1), 1000 * after["p99"], after["refused"]), control


def _is_ready(port: int) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
        return bool(answer.status == 200)


def _make_durable(url: str) -> None:
    """A commit waits for the disk, as the default is and as the tests' databases do not."""
    name = url.rsplit("/", 1)[1]
    _ask(url, f'ALTER DATABASE "{name}" RESET synchronous_commit')


def _deadlocks(url: str) -> int:
    time.sleep(FLUSHED)
    row = _ask(url, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    return int(row[0])


def _ask(url: str, query: str) -> Any:
    with closing(psycopg.connect(url.replace("+psycopg", ""), autocommit=True)) as connection:
        cursor = connection.execute(query)
        with suppress(psycopg.ProgrammingError):  # a statement without rows
            return cursor.fetchone()


def replicas(repeats: int) -> list[Line]:
    """Taps a second of three over those of one, and deadlocks, of which there is none."""
    runs: dict[int, list[Ran]] = {REPLICAS: [], 1: []}
    with postgresql() as server:
        about = _about(server)
        for number in range(repeats):
            for count in (REPLICAS, 1) if number % 2 == 0 else (1, REPLICAS):
                runs[count].append(ran := measure(server, count))
                tell(f"{number + 1}/{repeats} {count} replicas: {ran.taps_per_second:,.0f} taps/s")
    three, one = runs[REPLICAS], runs[1]
    deadlocks = sum(ran.deadlocks for ran in (*three, *one))
    return [
        Line(
            f"{REPLICAS} replicas on PostgreSQL, taps/s", "one replica, webhook too", "×",
            tuple(a.taps_per_second / b.taps_per_second for a, b in zip(three, one, strict=True)), GOAL, "at least",
            f"{_said(three)} and {_said(one)}; {deadlocks} deadlocks, {sum(r.refused for r in three)} posts refused; "
            f"{sum(r.answered for r in three):,} taps answered, {sum(r.stored for r in three):,} stored; {about}",
            holds=not deadlocks, raw={str(count): [asdict(ran) for ran in some] for count, some in runs.items()},
        )
    ]  # fmt: skip


def _said(runs: list[Ran]) -> str:
    rate, work = median(r.taps_per_second for r in runs), median(r.cpu_ms_per_tap for r in runs)
    return f"{rate:,.0f} taps/s ({work:.2f} ms of processor time)"


def _about(server: PostgreSQL) -> str:
    version, fsync = _ask(server.server, "SELECT current_setting('server_version'), current_setting('fsync')")
    return f"PostgreSQL {version.split()[0]}, fsync {fsync}"
