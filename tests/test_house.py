"""What no compiler sees: the house's own promises about names, time, settings, commands and what is shipped."""

import ast
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bot import shipped
from bot.chat import dispatch, menu
from bot.rules.languages import ENGLISH, LANGUAGES
from bot.settings import PREFIX, Settings
from bot.words import Words

ROOT = Path(__file__).resolve().parent.parent
CODE = sorted((ROOT / "bot").rglob("*.py"))
MAY_READ_THE_CLOCK = (
    "bot/settings.py",
    "bot/app.py",
    "bot/cli.py",
    "bot/cli_links.py",
    "bot/cli_people.py",
    "bot/demo/",
    "bot/store/ids.py",
)
# An id made by `ids` is only unique and roughly in order: no rule and no screen takes a time from it.
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
NOT_OUR_WORDS = {
    "user",
    "course",
    "question",
    "handler",
    "service",
    "helper",
    "util",
    "utils",
    "data",
    "manager",
}
AUDIENCES = ("staff", "borrower")


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def asks_for_demo(code: str) -> list[int]:
    """The lines with a condition in which the demo is named."""
    tree = ast.parse(code)
    conditions = [
        node.test for node in ast.walk(tree) if isinstance(node, (ast.If, ast.IfExp, ast.While, ast.Assert))
    ]
    words = [
        (condition.lineno, node.id if isinstance(node, ast.Name) else node.attr)
        for condition in conditions
        for node in ast.walk(condition)
        if isinstance(node, (ast.Name, ast.Attribute))
    ]
    return [line for line, word in words if "demo" in word.lower().split("_")]


def clocks_in(code: str) -> list[int]:
    """The lines that read the machine's clock by themselves."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Attribute) and ".".join(ast.unparse(node).split(".")[-2:]) in CLOCKS
    ]


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("if settings.is_demo:\n    pass", [1]),
        ("x = 1\ny = 2 if not demo else 3", [2]),
        ("from bot.demo import stage\nif stage.ready:\n    pass", []),
    ],
)
def test_a_condition_on_the_demo_is_seen(code: str, lines: list[int]) -> None:
    assert asks_for_demo(code) == lines


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("import datetime\ndatetime.datetime.now(UTC)", [2]),
        ("make(now=datetime.now)", [1]),
        ("time.time()", [1]),
        ("time.monotonic()", []),
        ("turn.now", []),
    ],
)
def test_a_look_at_the_clock_is_seen(code: str, lines: list[int]) -> None:
    assert clocks_in(code) == lines


def test_nothing_behaves_otherwise_in_the_demo() -> None:
    found = [
        f"{name_of(file)}:{line}" for file in CODE for line in asks_for_demo(file.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_only_the_edge_reads_the_clock() -> None:
    inside = [file for file in CODE if not name_of(file).startswith(MAY_READ_THE_CLOCK)]
    found = [
        f"{name_of(file)}:{line}" for file in inside for line in clocks_in(file.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_files_are_named_in_our_words() -> None:
    files = [*CODE, *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]
    found = [name_of(file) for file in files if NOT_OUR_WORDS & set(re.split(r"[^a-z]+", file.stem.lower()))]
    assert found == []


def test_every_setting_is_documented() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    settings = [name.upper() for name in Settings.model_fields]
    assert [name for name in settings if not re.search(rf"\b({PREFIX})?{name}\b", readme)] == []


def test_every_command_leads_somewhere() -> None:
    assert set(labels(ENGLISH, "staff")) == set(dispatch.COMMANDS) - {"start", "menu"}
    assert set(labels(ENGLISH, "staff")) <= set(menu.ORDER)


def labels(language: str, audience: str) -> dict[str, str]:
    return menu.labels(Words(ROOT / "locales", ROOT / "bot" / "templates" / "chat"), language, audience)


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_is_helped_and_translated(language: str, audience: str) -> None:
    said, english = labels(language, audience), labels(ENGLISH, audience)
    assert [command for command in english if not said.get(command)] == []
    if language != ENGLISH:
        assert [command for command in english if said[command] == english[command]] == []


def test_the_lock_names_the_public_registry_only() -> None:
    lock = (ROOT / "uv.lock").read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^/\"]+", lock)) == {
        "https://pypi.org",
        "https://files.pythonhosted.org",
    }


def test_a_checkout_s_content_is_found_beside_the_code(tmp_path: Path) -> None:
    assert shipped.content_root() == ROOT
    assert shipped.content_root(tmp_path / "bot") == tmp_path / "bot" / "_shipped"


@pytest.mark.network
@pytest.mark.slow
def test_the_wheel_carries_content_templates_and_pages(tmp_path: Path) -> None:
    pip = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(tmp_path),
        str(ROOT),
    ]
    subprocess.run(pip, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    tracked = subprocess.run(["git", "ls-files", "bot"], cwd=ROOT, check=True, capture_output=True, text=True)
    assert [name for name in tracked.stdout.splitlines() if not (installed / name).exists()] == []
    ask = [sys.executable, "-c", "from bot.shipped import content_root as root; print(root())"]
    root = Path(subprocess.run(ask, cwd=installed, check=True, capture_output=True, text=True).stdout.strip())
    assert root == installed / "bot" / "_shipped"
    assert {folder.name for folder in root.iterdir()} == {"lessons", "quizzes", "locales"}
    written = {
        file.relative_to(ROOT) for folder in ("lessons", "quizzes") for file in (ROOT / folder).rglob("*.*")
    }
    assert written == {
        file.relative_to(root) for folder in ("lessons", "quizzes") for file in (root / folder).rglob("*.*")
    }
