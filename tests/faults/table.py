"""What a fault did, as one row of a table: `python -m tests.faults` prints it, the suite only checks it."""

from dataclasses import asdict, dataclass, field
from typing import Any

import pytest


@dataclass(slots=True, eq=False)
class Seen:
    """What the judge counted in one test of a fault; the test fills it in before it asserts."""

    fault: int
    name: str
    size: int
    database: str
    lost: int = 0
    doubled: int = 0
    allowed: int = 0
    """Repeats that the promise allows."""
    worst_delay: float | None = None
    """Seconds."""
    note: str = ""
    verdict: str = "not run"

    def says(
        self,
        *,
        lost: int = 0,
        doubled: int = 0,
        allowed: int = 0,
        worst_delay: float | None = None,
        note: str = "",
    ) -> None:
        """Set down what was counted; asserts nothing."""
        self.lost, self.doubled, self.allowed = lost, doubled, allowed
        self.worst_delay, self.note = worst_delay, note


SEEN = pytest.StashKey[Seen]()


@dataclass(slots=True, eq=False)
class Table:
    """Gathers the rows of one run."""

    rows: list[Seen] = field(default_factory=list)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        report = yield
        if report.when == "call" or report.outcome != "passed":
            seen = item.stash.get(SEEN, None) or seen_by(item)
            seen.verdict = report.outcome
            if seen not in self.rows:
                self.rows.append(seen)
        return report

    def printed(self) -> str:
        """As Markdown, by the numbers of the faults."""
        lines = [
            "| fault | what | size | database | lost | doubled (allowed) | worst delay | verdict | |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
        lines += [_row(seen) for seen in sorted(self.rows, key=lambda it: (it.fault, it.name, it.database))]
        return "\n".join(lines)

    def as_json(self) -> list[dict[str, Any]]:
        return [asdict(seen) for seen in self.rows]


def _row(seen: Seen) -> str:
    delay = "–" if seen.worst_delay is None else f"{seen.worst_delay:.1f} s"
    return (
        f"| {seen.fault} | {seen.name} | {seen.size:,} | {seen.database} | {seen.lost} "
        f"| {seen.doubled} ({seen.allowed}) | {delay} | {seen.verdict} | {seen.note} |"
    )


def seen_by(item: pytest.Item) -> Seen:
    """An empty row for this test: its number and size are its mark's, its database its parameter's."""
    number, _, _ = sizes(item)
    words = item.name.partition("[")[0].removeprefix("test_").replace("_", " ")
    named = item.name.partition("[")[2]
    database = next((kind for kind in ("postgresql", "sqlite") if kind in named), "–")
    if database == "–" and "postgresql_url" in getattr(item, "fixturenames", ()):
        database = "postgresql"
    elif database == "–" and "sqlite_url" in getattr(item, "fixturenames", ()):
        database = "sqlite"
    return Seen(number, words, size_of(item), database)


def sizes(item: pytest.Item) -> tuple[int, int, int]:
    """(fault, small, full) of its mark; one that is small at 0 runs in full sizes alone."""
    mark = item.get_closest_marker("fault")
    assert mark is not None, "the test has no @pytest.mark.fault(number, small=…, full=…)"
    return mark.args[0], mark.kwargs.get("small", 1), mark.kwargs.get("full", 1)


def size_of(item: pytest.Item) -> int:
    """How much of it this run wants."""
    _, small, full = sizes(item)
    return full if item.config.getoption("--full") else small
