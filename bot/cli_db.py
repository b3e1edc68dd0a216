"""The verbs of `fraudwise db`: upgrade, backup, restore, copy, check."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.opening import FAULTS, connected, opened, refuse, settings


@click.group()
def db() -> None:
    """The database: backup, restore and copy work while the service runs."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the newest schema; an empty one is created."""
    from bot.store import engine as database

    found = settings()
    if found.database_url is None:
        found.data_dir.mkdir(parents=True, exist_ok=True)
    writing, _ = connected(found)
    before = database.schema_of(writing)
    try:
        database.open_schema(writing, upgrade=True)
    except database.WrongSchema as wrong:
        refuse(str(wrong))
    click.echo(
        f"The database stands at {database.SCHEMA}" + (" already." if before == database.SCHEMA else ".")
    )


@db.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Say what was done as JSON.")
def db_backup(file: Path, as_json: bool) -> None:
    """Write everything into one file, whatever database it is; counts and a sample are compared."""
    from bot.store import copying

    if file.exists():
        refuse(f"{file} is there already; nothing was overwritten.")
    _, _, reading = opened()
    _told(lambda progress: copying.backup(reading, file, progress), f"Saved to {file}", as_json)


@db.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Say what was done as JSON.")
def db_restore(file: Path, as_json: bool) -> None:
    """Fill an empty database from a backup."""
    from bot.store import copying

    found = settings()
    if found.database_url is None:
        found.data_dir.mkdir(parents=True, exist_ok=True)
    writing, _ = connected(found)
    _told(lambda progress: copying.restore(file, writing, progress), f"Restored from {file}", as_json)


@db.command("copy")
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="Say what was done as JSON.")
def db_copy(url: str, as_json: bool) -> None:
    """Copy everything into the empty database at URL, for example from SQLite to PostgreSQL."""
    from bot.store import copying

    _, _, reading = opened()
    target, other = _at(url)
    try:
        _told(lambda progress: copying.copy(reading, target, progress), "Copied", as_json)
    finally:
        target.dispose()
        other.dispose()


def _at(url: str) -> Any:
    """The engines of another database that answers."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot.store import engine as database

    try:
        engines = database.connect(url)
        with engines[1].connect():
            return engines
    except SQLAlchemyError as error:
        refuse(f"The target cannot be opened ({type(error).__name__}). Is the address right, is it running?")


@db.command("check")
def db_check() -> None:
    """Say whether the database is whole and stands where it should."""
    from bot.store import health

    _, writing, _ = opened()
    found = health.faults(writing)
    for fault in found:
        click.echo(fault, err=True)
    if found:
        raise SystemExit(FAULTS)
    click.echo("The database is whole.")


def _told(work: Callable[[Callable[[str, int, int], None]], Any], said: str, as_json: bool) -> None:
    """Do a copy with a bar on a terminal, and say how much it was."""
    from bot.store import copying

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    try:
        with Progress(
            *columns,
            console=Console(stderr=True),
            transient=True,
            disable=not Console(stderr=True).is_terminal,
        ) as bar:
            tasks: dict[str, Any] = {}

            def show(table: str, done: int, total: int) -> None:
                if table not in tasks:
                    tasks[table] = bar.add_task(table, total=total)
                bar.update(tasks[table], completed=done)

            copied = work(show)
    except copying.NotEmpty:
        refuse("The target holds people already; nothing was copied over them.")
    except copying.NoBackup:
        refuse("This file is no backup of Fraudwise.")
    except copying.NotTheSame as other:
        refuse(f"The copy differs from the original in the table {other}; it was thrown away.")
    if as_json:
        click.echo(json.dumps({"rows": copied.total, "tables": copied.counts}))
    else:
        click.echo(
            f"{said}: {copied.total} rows in {len(copied.counts)} tables, counts and a sample compared."
        )
