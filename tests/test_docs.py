"""The README and the pages of `docs/` hold: links, settings, commands, columns, excerpts, rows and test names."""

import ast
import re
import struct
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bot import content
from bot.cli import main
from bot.imports import roster
from bot.observing import SEND_STATES, Metrics
from bot.rules.delivery import HOTLINE_AGES_AFTER, Status
from bot.rules.languages import LANGUAGES
from bot.settings import PREFIX, SECRETS, Settings
from bot.store import completions
from bot.store.people import INVITATION_LASTS

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
NAMES = [page.relative_to(ROOT).as_posix() for page in PAGES]
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"")
COMMAND = re.compile(r"python3? -m bot ([^`\n#…]+)")
CELL = re.compile(r"`([^`]+)`")


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def prose_of(name: str) -> str:
    return FENCE.sub("", text_of(name))


def anchors(page: Path) -> set[str]:
    """What headings may be linked to as, the way GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}


def table(name: str, first: str) -> list[list[str]]:
    """The rows of the table whose heading begins with this cell, as lists of cells."""
    rows = [line.strip().strip("|").split("|") for line in text_of(name).splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in row] for row in rows]
    start = next(number for number, row in enumerate(cells) if row[0] == first)
    lines = text_of(name).splitlines()
    at = next(
        n for n, line in enumerate(lines) if line.startswith("|") and line.strip("| ").startswith(first)
    )
    height = next((n for n, line in enumerate(lines[at:]) if not line.startswith("|")), len(lines) - at)
    return cells[start + 2 : start + height]


def names_in(name: str, first: str) -> list[str]:
    """What stands between backticks in the first column of that table."""
    return [found for row in table(name, first) for found in CELL.findall(row[0])]


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str) -> None:
    home = (ROOT / name).parent
    broken = []
    for inline, source in LINK.findall(prose_of(name)):
        target = inline or source
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        page = home / path if path else ROOT / name
        if not page.exists() or (anchor and anchor not in anchors(page)):
            broken.append(target)
    assert broken == []


def test_the_settings_table_is_the_settings() -> None:
    assert names_in("README.md", "setting") == [PREFIX + name.upper() for name in Settings.model_fields]


def test_defaults_and_secrets_are_told_as_they_are() -> None:
    told = {row[0].strip("`"): row for row in table("README.md", "setting")}
    for name, field in Settings.model_fields.items():
        _, default, says = told[PREFIX + name.upper()]
        if field.default not in (None, ""):
            assert CELL.findall(default) == [str(field.default)], name
        assert says.startswith("*secret*") == (name.upper() in SECRETS), name


def commands_named() -> Iterator[tuple[str, list[str]]]:
    """(page, words after `python3 -m bot`) of each command that a page names."""
    for name in NAMES:
        for rest in COMMAND.findall(text_of(name)):
            yield name, rest.split()


def test_commands_that_are_named_exist() -> None:
    named = list(commands_named())
    assert len({" ".join(words[:2]) for _, words in named}) > 8
    for name, words in named:
        command: click.Command = main
        for word in words:
            if not isinstance(command, click.Group) or word.startswith("-"):
                break  # an argument, or an option of what was reached
            assert word in command.commands, f"{name}: {' '.join(words)}"
            command = command.commands[word]
        known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        assert {word for word in words if word.startswith("-")} <= known, f"{name}: {' '.join(words)}"


def leaves(group: click.Group, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        path = f"{before} {name}".strip()
        if isinstance(command, click.Group):
            yield from leaves(command, path)
        else:
            yield path


def test_every_command_is_named_somewhere() -> None:
    said = "\n".join(text_of(name) for name in NAMES)
    assert [path for path in leaves(main) if not re.search(rf"\b{path}\b", said)] == []


def test_the_columns_of_the_export_are_those_of_the_code() -> None:
    assert f"`{','.join(completions.COLUMNS)}`" in text_of("README.md")
    assert tuple(names_in("docs/managers.md", "column")) == completions.COLUMNS
    assert tuple(names_in("docs/managers.md", "status")) == Status.__args__  # type: ignore[attr-defined]


def test_the_columns_of_the_roster_are_those_of_the_code() -> None:
    assert tuple(names_in("README.md", "column")) == roster.COLUMNS
    required = [row[0].strip("`") for row in table("README.md", "column") if row[1].startswith("required")]
    assert tuple(required) == roster.REQUIRED


def test_the_numbers_are_those_of_metrics() -> None:
    metrics = Metrics()
    metrics.updates.labels("committed").inc()
    named = re.findall(r"^# HELP (\w+)", metrics.page().decode(), re.MULTILINE)
    found = {name for name in named if not name.endswith("_created")}
    told = {name.partition("{")[0] for name in names_in("docs/operating.md", "name")}
    assert told == found
    sends = next(row[1] for row in table("docs/operating.md", "name") if "sends" in row[0])
    assert tuple(CELL.findall(sends)) == SEND_STATES


def test_spans_of_time_are_told_as_they_are() -> None:
    assert f"within {INVITATION_LASTS.days} days" in text_of("README.md")
    assert HOTLINE_AGES_AFTER.days == 90 and "Ninety days" in text_of("docs/trainers.md")


def excerpts() -> Iterator[tuple[str, str]]:
    """(file, lines) of each block that follows “From `file`:”."""
    pattern = re.compile(r"From\s+`([^`]+)`:\n\n```\w+\n(.*?)```", re.DOTALL)
    yield from pattern.findall(text_of("docs/trainers.md"))


def test_excerpts_are_lines_of_the_files_they_name() -> None:
    found = list(excerpts())
    assert len(found) >= 4
    for file, lines in found:
        there = text_of(file).splitlines()
        assert [line for line in lines.splitlines() if line not in there] == [], file


def test_the_pictures_are_there_in_both_lights_and_small_enough() -> None:
    for name, width in (("demo", 2560), ("mr-tan", 750)):
        for light in ("light", "dark"):
            drawn = (ROOT / "docs" / "pictures" / f"{name}-{light}.png").read_bytes()
            assert drawn.startswith(b"\x89PNG") and len(drawn) < 500_000
            assert struct.unpack(">I", drawn[16:20])[0] == width
            assert f"docs/pictures/{name}-{light}.png" in text_of("README.md")


def test_the_rows_taught_are_those_the_content_declares() -> None:
    units = content.load(ROOT).units
    declared = {slug: set(unit.covers) for slug, unit in units.items() if unit.kind != "test"}
    told = {CELL.findall(row[0])[0]: set(row[1].split()) for row in table("docs/coverage.md", "unit")}
    assert told == declared
    assert all(set(unit.words) == set(LANGUAGES) for unit in units.values())


def every_test() -> set[str]:
    found = set()
    for file in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                found.add(f"{file.relative_to(ROOT).as_posix()}::{node.name}")
    return found


def test_the_tests_that_are_named_exist() -> None:
    named = set(re.findall(r"tests/[\w/]+\.py::\w+", text_of("docs/coverage.md")))
    assert named and named <= every_test()


def test_the_pages_speak_of_the_project_alone() -> None:
    for name in NAMES:
        said = text_of(name)
        assert not re.search(r"/work/|/tmp/|localhost:\d", said), name
        assert "TODO" not in said and "lorem" not in said.lower(), name
