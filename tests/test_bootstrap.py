"""One command on a bare machine: the first start makes `.venv`, every later one just uses it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot import bootstrap
from bot.bootstrap import ROOT, CannotSetUp, Environment

PLAIN_PYTHON = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
"""The interpreter that our own environment was made from."""

CLI = """
import sys

def main():
    import telegram, sqlalchemy
    print("started in", sys.prefix, "with", *sys.argv[1:])
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A fresh clone's bare bones, with a command line that says where it runs."""
    folder = tmp_path / "fraudwise"
    (folder / "bot").mkdir(parents=True)
    for name in ("pyproject.toml", "uv.lock", "bot/__init__.py", "bot/__main__.py", "bot/bootstrap.py"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "bot" / "cli.py").write_text(CLI)
    return folder


def start(
    checkout: Path, home: Path, *, timeout: float = 300, **settings: str
) -> subprocess.CompletedProcess[str]:
    """`python3 -m bot --help` with nothing in the environment and nothing in the home folder."""
    around = {"HOME": str(home), "PATH": "/usr/local/bin:/usr/bin:/bin", **settings}
    command = [str(PLAIN_PYTHON), "-m", "bot", "--help"]
    return subprocess.run(
        command, check=False, cwd=checkout, env=around, capture_output=True, text=True, timeout=timeout
    )


@pytest.mark.network
@pytest.mark.slow
def test_the_first_start_brings_everything_and_the_second_is_at_once(checkout: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    said = f"started in {checkout}/.venv with --help\n"

    first = start(checkout, home)
    assert (first.stderr, first.stdout, first.returncode) == ("Setting up .venv (first run only)…\n", said, 0)
    assert Environment(checkout).is_ready(tests=False)
    assert not Environment(checkout).is_ready(tests=True)

    # Without a way out to a registry nothing could be brought a second time.
    second = start(checkout, home, PIP_NO_INDEX="1", UV_OFFLINE="1", timeout=10)
    assert (second.stderr, second.stdout, second.returncode) == ("", said, 0)

    with (checkout / "uv.lock").open("a") as lock:
        lock.write("\n# another day\n")
    third = start(checkout, home)
    assert (third.stderr, third.stdout) == ("Bringing .venv level with uv.lock…\n", said)

    (checkout / ".venv" / "fraudwise-stamp.txt").write_text(bootstrap.UNFINISHED)
    fourth = start(checkout, home)
    assert (fourth.stderr, fourth.stdout) == ("Setting up .venv (first run only)…\n", said)


def test_inside_a_virtual_environment_it_steps_aside(checkout: Path) -> None:
    bootstrap.ensure(root=checkout)
    assert not (checkout / ".venv").exists()


def test_without_a_lock_it_steps_aside(checkout: Path, tmp_path: Path) -> None:
    (checkout / "uv.lock").unlink()
    (checkout / "bot" / "cli.py").write_text("def main(): print('installed otherwise')")
    done = start(checkout, tmp_path)
    assert (done.stdout, done.stderr) == ("installed otherwise\n", "")
    assert not (checkout / ".venv").exists()


def test_an_environment_is_ready_for_the_lock_it_was_finished_from_only(checkout: Path) -> None:
    environment = Environment(checkout)
    environment.python.parent.mkdir(parents=True)
    environment.python.touch()
    assert not environment.is_ready(tests=False)
    environment.stamp.write_text(environment.lock)
    assert environment.is_ready(tests=False)
    assert not environment.is_ready(tests=True)
    environment.stamp.write_text(f"{environment.lock} tests")
    assert environment.is_ready(tests=False)
    assert environment.is_ready(tests=True)
    with (checkout / "uv.lock").open("a") as lock:
        lock.write("\n")
    assert not Environment(checkout).is_ready(tests=False)


def test_an_environment_whose_python_is_gone_is_not_ready(checkout: Path) -> None:
    environment = Environment(checkout)
    environment.folder.mkdir()
    environment.stamp.write_text(environment.lock)
    assert not environment.is_ready(tests=False)


def python_with(folder: Path, words: str) -> str:
    """A `PYTHONPATH` under which a plain Python is a little different."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(words)
    return str(folder)


def apt_get(folder: Path) -> Path:
    """A PATH entry whose `apt-get` writes down what it is asked for, and fails."""
    folder.mkdir()
    program = folder / "apt-get"
    program.write_text(f'#!/bin/sh\necho "$@" >> {folder}/asked\nexit 7\n')
    program.chmod(0o755)
    return folder


WITHOUT_ENSUREPIP = "import os, sys; sys.modules['ensurepip'] = None; os.geteuid = lambda: {}"


@pytest.mark.parametrize(("account", "has_apt"), [(1000, True), (0, False)])
def test_who_cannot_install_is_told_the_package_in_one_sentence(
    checkout: Path, tmp_path: Path, account: int, has_apt: bool
) -> None:
    programs = apt_get(tmp_path / "programs") if has_apt else tmp_path
    debian = python_with(tmp_path / "debian", WITHOUT_ENSUREPIP.format(account))
    done = start(checkout, tmp_path, PYTHONPATH=debian, PATH=str(programs))
    package = f"python3.{sys.version_info.minor}-venv"
    assert done.stderr == (
        f"This Python cannot make a virtual environment: install {package} "
        f"(Debian, Ubuntu: sudo apt install {package}) and start again.\n"
    )
    assert done.returncode == 2
    assert not (checkout / ".venv").exists()
    assert not (programs / "asked").exists()


def test_root_has_debian_s_package_installed(checkout: Path, tmp_path: Path) -> None:
    programs = apt_get(tmp_path / "programs")
    debian = python_with(tmp_path / "debian", WITHOUT_ENSUREPIP.format(0))
    done = start(checkout, tmp_path, PYTHONPATH=debian, PATH=f"{programs}:/usr/bin:/bin")
    package = f"python3.{sys.version_info.minor}-venv"
    asked = (programs / "asked").read_text().splitlines()
    assert [line.split()[-1] for line in asked] == ["update", package]
    assert done.stderr.startswith(f"Setting up .venv (first run only), with {package} from Debian…\n")
    assert done.returncode == 2


def test_what_a_failing_program_said_is_passed_on(checkout: Path) -> None:
    environment = Environment(checkout)
    with pytest.raises(CannotSetUp, match="no such wheel"):
        environment.run(sys.executable, "-c", "raise SystemExit('no such wheel')")


def test_an_old_python_is_told_so_in_one_sentence(checkout: Path, tmp_path: Path) -> None:
    # No old Python need be installed: ours claims to be one.
    old = python_with(tmp_path / "old", "import sys; sys.version_info = (3, 10, 13)")
    done = start(checkout, tmp_path, PYTHONPATH=old)
    assert done.stderr == "Fraudwise needs Python 3.11 or newer, this is 3.10: start it with a newer one.\n"
    assert done.returncode == 2
