"""Everything in order: lint, types, import contracts, content, and all tests; `quick` and pytest's own words for less."""

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import machine

ROOT = Path(__file__).resolve().parent.parent
STEPS = (
    ("lint", ["-m", "ruff", "check", "."]),
    ("format", ["-m", "ruff", "format", "--check", "."]),
    ("types", ["-m", "mypy"]),
    ("import contracts", ["-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-logo"]),
    ("content", ["-m", "bot", "check"]),
)
QUICK = ("rules", "content", "store", "transcripts", "test_transcripts.py")
QUICK_LEAVES_OUT = "not postgresql and not browser and not network and not slow"


class Steps:
    """Repeats above pytest's closing line what failed before the tests, where it will be seen."""

    def __init__(self) -> None:
        self.failed: list[str] = []

    def run(self, name: str, arguments: list[str]) -> None:
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, *arguments],
            check=False,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        seconds = time.monotonic() - began
        print(f"{name}: {'FAILED' if done.returncode else 'passed'} in {seconds:.1f} s", flush=True)
        if done.returncode:
            print(done.stdout.rstrip(), flush=True)
            self.failed.append(name)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.failed:
            terminalreporter.write_line(
                f"FAILED before the tests: {', '.join(self.failed)}", red=True, bold=True
            )


def main() -> int:
    """Answer 0 when all that was asked for passed."""
    os.chdir(ROOT)
    asked = sys.argv[1:]
    if asked == ["quick"]:
        folders = [f"tests/{name}" for name in QUICK if (ROOT / "tests" / name).exists()]
        return int(pytest.main(["-m", QUICK_LEAVES_OUT, *folders]))
    if asked:
        return int(pytest.main(asked))
    return everything()


def everything() -> int:
    steps = Steps()
    for name, arguments in STEPS:
        steps.run(name, arguments)
    with ExitStack() as stack:
        _bring_machine(stack)
        # A file stays with one worker, so that what a module prepares is prepared once.
        code = int(pytest.main(["-n", "2", "--dist", "loadfile"], plugins=[steps]))
    return code or int(bool(steps.failed))


def _bring_machine(stack: ExitStack) -> None:
    """Find or bring once what both workers then only have to find."""
    began = time.monotonic()
    try:
        server = stack.enter_context(machine.postgresql()).server
        os.environ["FRAUDWISE_TEST_DATABASE_URL"] = server
        print(f"PostgreSQL: {server.rsplit('@')[-1]}, ready in {time.monotonic() - began:.1f} s", flush=True)
    except machine.NotHere as why:
        print(f"NO POSTGRESQL, THE TESTS THAT NEED IT ARE SKIPPED: {why}", flush=True)
    began = time.monotonic()
    try:
        path = machine.chromium()
        os.environ["FRAUDWISE_TEST_CHROMIUM"] = str(path)
        print(f"Chromium: {path}, ready in {time.monotonic() - began:.1f} s", flush=True)
    except machine.NotHere as why:
        print(f"NO CHROMIUM, THE TESTS THAT NEED IT ARE SKIPPED: {why}", flush=True)
