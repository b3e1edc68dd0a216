"""Links of invitations as files: a list, or cards to be printed, written before any of them opens."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from bot.opening import refuse
from bot.settings import Settings

LINK_COLUMNS = ("staff_number", "name", "department", "language", "link", "expires_on")


def links(found: Settings, outs: Sequence[Path], sheet: Path | None) -> Callable[[str], str] | None:
    """How a link of this bot is written; None when none are asked for."""
    if not outs:
        return None
    for out in outs:
        if out.exists():
            refuse(f"{out} is there already; nothing was overwritten.")
        if not out.absolute().parent.is_dir():
            refuse(f"{out.parent}: No such file or directory.")
    name = bot_name(found)
    if name is None and sheet is not None:
        refuse(
            "Cards need the bot's name, and it is not known: set FRAUDWISE_BOT_TOKEN, or is Telegram out of reach?"
        )
    return lambda token: link_of(name, token)


def link_of(name: str | None, token: str) -> str:
    """The link that opens the bot, or, where its name is not known, what to write to it."""
    return f"https://t.me/{name}?start={token}" if name else f"/start {token}"


def bot_name(found: Settings) -> str | None:
    """What Telegram calls the bot, where there is a token and Telegram answers."""
    return asyncio.run(_bot_name(found))


async def _bot_name(found: Settings) -> str | None:
    from bot.chat.transport import AiohttpRequest, Endpoint, Transport
    from bot.rules.answers import Sent

    if found.bot_token is None:
        return None
    endpoint = Endpoint(found.telegram_base_url, found.telegram_file_url, found.bot_token.get_secret_value())
    transport = Transport(AiohttpRequest(), endpoint)
    await transport.start()
    answer = await transport.post("getMe", {})
    await transport.stop()
    if isinstance(answer, Sent) and isinstance(answer.result, dict):
        return str(answer.result["username"])
    return None


def write_links(
    found: Settings, writing: Any, link: Callable[[str], str], out: Path | None, sheet: Path | None
) -> None:
    """The files first, then what makes their links open: a link that opens and that nobody has is worse."""
    from bot.exports import csv
    from bot.store import people

    now = datetime.now(UTC)
    with writing.begin() as connection:
        waiting = people.without_a_link(connection, now)
    made = [(learner, people.new_token()) for learner in waiting]
    until = (now + people.INVITATION_LASTS).astimezone(ZoneInfo(found.organisation_time_zone)).date()
    try:
        if out is not None:
            csv.write(LINK_COLUMNS, _link_rows(made, link, until), out)
        if sheet is not None:
            _write_sheet(found, [(learner, link(token)) for learner, token in made], until, sheet)
        _open_links(writing, made, now)
    except BaseException:
        for path in (out, sheet):
            if path is not None:
                path.unlink(missing_ok=True)
        raise
    click.echo(
        f"{len(made)} invitations, each once and for one person, until {until.isoformat()}. Whoever holds such a "
        "file can come in as anybody in it: hand it out, then delete it.", err=True,
    )  # fmt: skip


def _link_rows(
    made: Sequence[tuple[Any, str]], link: Callable[[str], str], until: date
) -> Iterator[tuple[object, ...]]:
    for learner, token in made:
        yield learner.staff_number, learner.name, learner.department, learner.language, link(token), until


def _open_links(writing: Any, made: Sequence[tuple[Any, str]], now: datetime) -> None:
    """A few hundred at a time, so that nobody who taps meanwhile waits."""
    from bot.chat.commands.start import token_hash
    from bot.store import people, rosters

    hashed = [(learner, token_hash(token)) for learner, token in made]
    rosters.in_steps(writing, hashed, lambda connection, some: people.invite_all(connection, some, now))


def _write_sheet(found: Settings, cards: Sequence[tuple[Any, str]], until: date, out: Path) -> None:
    from bot.app import TEMPLATES
    from bot.pictures import cards as printed
    from bot.shipped import content_root
    from bot.words import Words

    words = Words(content_root() / "locales", TEMPLATES)
    written = printed.sheet(words, cards, organisation=found.organisation, until=until)
    out.write_text(written, encoding="utf-8")
