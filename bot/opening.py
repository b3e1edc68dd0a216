"""What every verb of the command line begins with: settings and a database, or one sentence and code 2."""

import os
from typing import Any, NoReturn

import click

from bot.settings import BadSetting, Settings, read

FAULTS, CANNOT = 1, 2
"""Exit codes: faults were found; it could not run."""


def refuse(sentence: str) -> NoReturn:
    """Say in one sentence why nothing was done, and stop with code 2."""
    click.echo(sentence, err=True)
    raise SystemExit(CANNOT)


def settings() -> Settings:
    try:
        return read(dict(os.environ))
    except BadSetting as bad:
        refuse(str(bad))


def connected(found: Settings) -> Any:
    """A writing and a reading engine of a database that answers."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot.store import engine as database

    try:
        engines = database.connect(found.database)
        with engines[1].connect():
            return engines
    except SQLAlchemyError as error:
        refuse(
            f"The database cannot be opened ({type(error).__name__}). Is FRAUDWISE_DATABASE_URL right, is it running?"
        )


def opened() -> tuple[Settings, Any, Any]:
    """Settings and the two engines of a database that stands at the newest schema."""
    from bot.store import engine as database

    found = settings()
    if found.database_url is None:
        found.data_dir.mkdir(parents=True, exist_ok=True)
    writing, reading = connected(found)
    try:
        database.open_schema(writing, upgrade=False)
    except database.WrongSchema as wrong:
        refuse(str(wrong))
    return found, writing, reading
