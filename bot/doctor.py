"""What is wrong with this installation, one sentence a finding; `fraudwise doctor` prints it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot import content
from bot.chat.transport import AiohttpRequest, Endpoint, Transport
from bot.content.release import AHEAD
from bot.rules import delivery
from bot.rules.answers import Sent
from bot.rules.calendar import Calendar
from bot.rules.curriculum import Content
from bot.settings import Settings
from bot.shipped import content_root
from bot.store import engine as database
from bot.store import health
from bot.store.snapshot import snapshot

LEAST_SPACE = 500_000_000
OWED_TOO_LONG = timedelta(minutes=10)
How = Literal["good", "look", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: good, worth a look, or wrong, with what to do."""

    how: How
    about: str
    sentence: str


def of_folder(settings: Settings) -> Iterator[Finding]:
    """The data folder: there, ours alone, with room."""
    folder = settings.data_dir
    if not folder.is_dir():
        yield Finding("look", "data folder", f"{folder} is not there yet; the first start makes it.")
        return
    if folder.stat().st_mode & 0o077:
        yield Finding(
            "look", "data folder", f"Others on this machine may read {folder}; chmod 700 closes it."
        )
    free = shutil.disk_usage(folder).free
    if free < LEAST_SPACE:
        yield Finding("wrong", "disk", f"Only {free // 1_000_000} MB are free in {folder}.")
    else:
        yield Finding("good", "disk", f"{free // 1_000_000_000} GB are free.")


def of_content(root: Path, today: date) -> Iterator[Finding]:
    """What is taught: loads without a fault, hotlines not too old."""
    try:
        loaded: Content = content.load(root)
    except content.Refused as refused:
        yield Finding("wrong", "content", f"{len(refused.faults)} faults; `fraudwise check` names them.")
        return
    yield Finding(
        "good", "content", f"{len(loaded.units)} lessons and stories, {len(loaded.items)} questions."
    )
    old = [place for place, line in loaded.hotlines.items() if delivery.is_stale(line.checked_on, today)]
    if old:
        said = ", ".join(sorted(old))
        yield Finding("look", "hotlines", f"Last checked over 90 days ago, so shown with a warning: {said}.")
    yield from _of_calendar(loaded.calendar, today)


def _of_calendar(calendar: Calendar, today: date) -> Iterator[Finding]:
    for place in calendar.places:
        ends = calendar.ends(place)
        if ends is not None and ends < today + AHEAD:
            sentence = (
                f"The holidays of {place} are listed until {ends}; then every Monday to Friday is worked."
            )
            yield Finding("look", "holidays", sentence)


def of_database(writing: Engine, reading: Engine, now: datetime) -> Iterator[Finding]:
    """The database: whole, at the right schema, nothing waiting too long, no dead letters."""
    broken = health.faults(writing)
    if broken:
        yield from (Finding("wrong", "database", fault) for fault in broken)
        return
    kind = "SQLite" if database.is_sqlite(writing) else "PostgreSQL"
    yield Finding("good", "database", f"{kind}, schema {database.SCHEMA}, whole.")
    with snapshot(reading) as kept:
        owed, oldest, dead = kept.owed(now)
    if oldest is not None and now - oldest > OWED_TOO_LONG:
        minutes = int((now - oldest).total_seconds() // 60)
        yield Finding(
            "wrong",
            "sending",
            f"{owed} messages are due, the oldest for {minutes} minutes. Is the service running?",
        )
    if dead:
        yield Finding("look", "updates", f"{dead} updates could not be handled; they stand in dead_letters.")


async def of_telegram(transport: Transport, settings: Settings) -> Iterator[Finding]:
    """The token and the webhook, as Telegram tells them."""
    found: list[Finding] = []
    me = await transport.post("getMe", {})
    if not isinstance(me, Sent):
        return iter(
            [
                Finding(
                    "wrong",
                    "Telegram",
                    "It does not answer to this token. Is it right, is the network there?",
                )
            ]
        )
    found.append(Finding("good", "Telegram", f"The bot is @{me.result['username']}."))
    info = await transport.post("getWebhookInfo", {})
    if isinstance(info, Sent):
        found += _of_webhook(info.result, settings)
    return iter(found)


async def all_findings(settings: Settings, now: datetime) -> list[Finding]:
    """Everything, from the folder to Telegram."""
    found = [*of_folder(settings), *of_content(settings.content_dir or content_root(), now.date())]
    try:
        writing, reading = database.connect(settings.database)
        found += of_database(writing, reading, now)
    except SQLAlchemyError as error:
        found.append(
            Finding("wrong", "database", f"It cannot be opened ({type(error).__name__}). Is it running?")
        )
    if settings.bot_token is None:
        return [*found, Finding("wrong", "Telegram", "FRAUDWISE_BOT_TOKEN is not set; @BotFather gives one.")]
    endpoint = Endpoint(
        settings.telegram_base_url, settings.telegram_file_url, settings.bot_token.get_secret_value()
    )
    transport = Transport(AiohttpRequest(), endpoint)
    await transport.start()
    try:
        found += await of_telegram(transport, settings)
    finally:
        await transport.stop()
    return found


def _of_webhook(info: Any, settings: Settings) -> Iterator[Finding]:
    url = info.get("url", "")
    if settings.webhook_url and url != settings.webhook_url:
        yield Finding(
            "look", "webhook", "Telegram knows another address, or none; the service sets it at its start."
        )
    if not settings.webhook_url and url:
        yield Finding(
            "look", "webhook", "A webhook is set, and this installation polls; the service takes it away."
        )
    if info.get("last_error_message"):
        yield Finding("wrong", "webhook", f"Telegram could not post to it: {info['last_error_message']}.")
    if info.get("pending_update_count", 0) > 100:
        yield Finding("look", "updates", f"{info['pending_update_count']} updates wait at Telegram.")
