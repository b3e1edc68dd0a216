"""What every test may ask for: databases of its own, a Chromium. In CI nothing may be skipped."""

import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from tests import machine
from tests.faults.table import SEEN, Seen, seen_by, size_of, sizes

IN_CI = os.environ.get("CI", "").lower() in ("1", "true")
Prepare = Callable[[str], None]
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the transcripts anew as they play now")
    parser.addoption(
        "--full", action="store_true", help="faults in the sizes of the promise, not of the suite"
    )
    parser.addoption("--only-faults", default="", help="numbers of faults, comma-separated")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[machine.PostgreSQL]:
    try:
        with machine.postgresql() as server:
            yield server
    except machine.NotHere as why:
        pytest.skip(f"NO POSTGRESQL: {why}")


@pytest.fixture(scope="session")
def sqlite_server(tmp_path_factory: pytest.TempPathFactory) -> machine.SQLite:
    return machine.SQLite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_server(request: pytest.FixtureRequest) -> machine.Server:
    """SQLite, then in a second run of the test PostgreSQL."""
    server: machine.Server = request.getfixturevalue(f"{request.param}_server")
    return server


@pytest.fixture
def postgresql_url(postgresql_server: machine.PostgreSQL) -> Iterator[Callable[[], str]]:
    """Each call answers the URL of a fresh, empty PostgreSQL database; all are dropped after the test."""
    yield from _handing_out(postgresql_server)


@pytest.fixture
def sqlite_url(sqlite_server: machine.SQLite) -> Iterator[Callable[[], str]]:
    """Each call answers the URL of a fresh, empty SQLite database; all are dropped after the test."""
    yield from _handing_out(sqlite_server)


@pytest.fixture
def new_url(database_server: machine.Server) -> Iterator[Callable[..., str]]:
    """Each call answers the URL of a fresh database: the test runs once on SQLite and once on PostgreSQL."""
    yield from _handing_out(database_server)


@pytest.fixture
def database_url(new_url: Callable[..., str]) -> str:
    """A fresh, empty database: the test runs once on SQLite and once on PostgreSQL."""
    return new_url()


@pytest.fixture(scope="session")
def originals() -> dict[tuple[machine.Server, Prepare], str]:
    """The databases that `copy_of` has prepared in this run."""
    return {}


@pytest.fixture
def copy_of(
    database_server: machine.Server,
    new_url: Callable[..., str],
    originals: dict[tuple[machine.Server, Prepare], str],
) -> Callable[[Prepare], str]:
    """Answer a fresh copy of the database that `prepare(url)` filled once in the run, on SQLite and on PostgreSQL.

    `prepare` closes its connections before it returns.
    """

    def copy(prepare: Prepare) -> str:
        key = (database_server, prepare)
        if key not in originals:
            originals[key] = database_server.make()
            prepare(originals[key])
        return new_url(originals[key])

    return copy


def _handing_out(server: machine.Server) -> Iterator[Callable[..., str]]:
    made: list[str] = []

    def make(original: str = "") -> str:
        made.append(server.make(original))
        return made[-1]

    yield make
    for url in made:
        server.drop(url)


@pytest.fixture(scope="session")
def faketime() -> Path:
    """The library that shows whole processes another clock."""
    try:
        return machine.faketime()
    except machine.NotHere as why:
        pytest.skip(f"NO FAKETIME: {why}")


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The program to hand to Playwright as `executable_path`, with `machine.CHROMIUM_ARGUMENTS` as `args`."""
    try:
        return machine.chromium()
    except machine.NotHere as why:
        pytest.skip(f"NO CHROMIUM: {why}")


@pytest.fixture
def size(request: pytest.FixtureRequest) -> int:
    """How much of its fault this run wants: the mark's `small`, or `full` with `--full`."""
    return size_of(request.node)


@pytest.fixture
def seen(request: pytest.FixtureRequest) -> Seen:
    """The row of the table that this test fills in."""
    request.node.stash[SEEN] = row = seen_by(request.node)
    return row


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if only := config.getoption("--only-faults"):
        wanted = {int(number) for number in only.split(",")}
        kept = [item for item in items if item.get_closest_marker("fault") and sizes(item)[0] in wanted]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept
    if not config.getoption("--full"):
        kept = [item for item in items if not item.get_closest_marker("fault") or size_of(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept
    for item in items:
        asked = getattr(item, "fixturenames", ())
        if "postgresql_server" in asked:
            item.add_marker(pytest.mark.postgresql)
        if "chromium" in asked:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _no_skip_in_ci((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _no_skip_in_ci((yield))


def _no_skip_in_ci(report: Report) -> Report:
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"In CI a skip is a failure: {report.longrepr}"
    return report
