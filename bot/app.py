"""The one place where everything is put together."""

import asyncio
import os
import random
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
from sqlalchemy import Connection, Engine, text
from telegram.request import BaseRequest

from bot import content
from bot.chat import dispatch, menu
from bot.chat.leading import Leader
from bot.chat.library import Library
from bot.chat.poller import Poller
from bot.chat.say import Speaker
from bot.chat.telegram import ALLOWED_UPDATES, hear
from bot.chat.transport import AiohttpRequest, Endpoint, Transport
from bot.chat.turn import Bot, Room
from bot.chat.turnstile import Turnstile
from bot.clock.ticks import Clock
from bot.observing import Metrics
from bot.pictures.ready import refuse_undrawable
from bot.rules import watching
from bot.rules.answers import Sent
from bot.rules.curriculum import Content
from bot.rules.people import Learner
from bot.rules.sending import Outcome, Posting
from bot.rules.slots import Ask, Grant
from bot.rules.wall import Renewals, Wall
from bot.sealing.buttons import Signer
from bot.sealing.keys import BadKey, CannotOpen, Letters, Ring, own_ring, read_ring
from bot.sending.limiter import Limiter
from bot.sending.sender import IN_FLIGHT, RENEW_EVERY, Outbox, Sender
from bot.sending.shared import SharedSlots
from bot.sending.wishes import Workshop, as_owed
from bot.settings import BadSetting, Settings
from bot.shipped import content_root
from bot.store import cards, ids, leading, outbox, slots, versions
from bot.store import engine as database
from bot.store.group import TurnJob
from bot.store.rows import LEASE
from bot.store.snapshot import snapshot
from bot.store.writer import Writer
from bot.web.server import Door, Health, Server, app_for
from bot.words import Words

log = structlog.get_logger()
ID_DIGITS = len(str(ids.LARGEST))
TEMPLATES = Path(__file__).parent / "templates" / "chat"
POSTS = 100
"""Updates that Telegram may have under way at once, the most it takes: what comes together is committed together."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """An update is committed, or shed; of a tap, the call that answers it."""

    answer: dict[str, Any] | None = None
    is_shed: bool = False
    """Whether so much came from this account that this was let go by."""


@dataclass(slots=True)
class App:
    """A running service, or one that can be started."""

    settings: Settings
    writer: Writer
    sender: Sender
    clock: Clock
    room: Room
    transport: Transport
    metrics: Metrics
    reading: Engine
    now: Callable[[], datetime]
    turnstile: Turnstile
    source: Poller | None = None
    server: Server | None = None
    is_introduced: bool = False
    """Whether Telegram knows where to find us by webhook."""

    async def receive(self, update: Any) -> Receipt:
        """Handle one update; resolves after its commit, raises `Busy` when nothing could be saved.

        What is over one account's allowance is shed: it is answered as if it were handled, so that it
        does not come again. The first of a minute makes the message that says so.
        """
        heard = hear(update)
        passage = self.turnstile.passage(heard)
        if passage == "shed":
            return Receipt(is_shed=True)
        handle = dispatch.handle if passage == "in" else dispatch.let_go_by
        now = self.now()
        job = TurnJob(
            heard.account_id, heard.update_id, now, _named(heard.tap),
            lambda store: handle(heard, self.room, store, now),
            lambda store, _error: dispatch.apologise(heard, self.room, store, now), heard.shape,
        )  # fmt: skip
        handled = await asyncio.wrap_future(self.writer.turn(job))
        self.sender.offer(handled.postings)
        if handled.owes:
            self.sender.wake()
        return Receipt(None if handled.repeated else handled.result, is_shed=passage != "in")

    async def start(self, *, ticking: bool = True) -> None:
        """Begin to send, to tick and to take updates in."""
        self.writer.start()
        bodies = list(self.room.library.bodies())
        await asyncio.wrap_future(
            self.writer.run(lambda connection: versions.keep(connection, bodies, self.now()))
        )
        await self.transport.start()
        await self.sender.start()
        if ticking:
            self.clock.start(asyncio.get_running_loop())
        if self.server is not None:
            await self.server.start()
        if self.source is not None:
            await self.source.start()

    async def stop(self) -> None:
        """Stop so that nothing is lost and nothing is sent twice: no more in, finish, send, give back."""
        self.writer.closing()
        if self.source is not None:
            await self.source.stop()
        if self.server is not None:
            await self.server.stop()
        await asyncio.to_thread(self.clock.stop)
        await self.sender.stop()
        await asyncio.to_thread(self.writer.stop)
        await self.transport.stop()


def _named(tap: str) -> int:
    """The row id that a button names, before anybody has verified it: only good for loading."""
    parts = tap.split(".")
    if len(parts) != 5 or not parts[1].isascii() or not parts[1].isdigit() or len(parts[1]) > ID_DIGITS:
        return 0
    return min(int(parts[1]), ids.LARGEST)


def ring_of(settings: Settings) -> Ring:
    """The secret keys: from the setting, else one that is made in `DATA_DIR`; never made for PostgreSQL."""
    if settings.secret_keys is not None:
        try:
            return read_ring(settings.secret_keys.get_secret_value())
        except BadKey:
            raise BadSetting(
                "FRAUDWISE_SECRET_KEYS: each key is 32 bytes in base64url, comma-separated, the newest first."
            ) from None
    if not settings.database.startswith("sqlite"):
        raise BadSetting(
            "FRAUDWISE_SECRET_KEYS is needed with PostgreSQL, so that every process signs with the same key."
        )
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return own_ring(settings.data_dir)


def engines(settings: Settings, outlives: database.Outlives = "power cut") -> tuple[Engine, Engine]:
    """The database, created when it is empty."""
    if settings.database_url is None:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    writing, reading = database.connect(settings.database, outlives=outlives)
    database.open_schema(writing, upgrade=False)
    return writing, reading


def build(
    settings: Settings, *, now: Callable[[], datetime] | None = None, request: BaseRequest | None = None,
    loaded: Content | None = None, words: Words | None = None, dice: random.Random | None = None,
    outlives: database.Outlives = "power cut",
) -> App:  # fmt: skip
    """Put a service together; nothing runs before `App.start`."""
    now = now or (lambda: datetime.now(UTC))
    ring = ring_of(settings)
    root = settings.content_dir or content_root()
    loaded = loaded or content.load(root)  # before anything else is opened: what is refused changes nothing
    refuse_undrawable(loaded)
    words = words or Words(root / "locales", TEMPLATES)
    writing, reading = engines(settings, outlives)
    shelf = Library(loaded, partial(versions.body, reading))
    speaker = Speaker(words, Signer(ring), settings.organisation)
    claimant = f"{socket.gethostname()[:20]}:{os.getpid()}:{os.urandom(3).hex()}"
    writer = Writer(writing, claimant)
    letters = Letters(ring)
    room = Room(
        shelf, words, speaker, dice or random.Random(), settings.organisation, settings.organisation_time_zone,
        settings.default_language, letters, Bot(),
    )  # fmt: skip
    token = settings.bot_token.get_secret_value() if settings.bot_token else ""
    transport = Transport(
        request or AiohttpRequest(), Endpoint(settings.telegram_base_url, settings.telegram_file_url, token)
    )
    workshop = Workshop(
        partial(snapshot, reading), shelf.unit, speaker, settings.organisation, settings.organisation_time_zone,
        settings.data_dir / "outgoing", now, room.days,
    )  # fmt: skip
    metrics = Metrics()
    sender = Sender(
        transport.post, _outbox(writer, workshop, letters, claimant, now), now=now,
        limiter=Limiter(settings.sends_per_second, shared=_slots(settings, writer, writing, claimant)),
        in_flight=settings.sends_in_flight or max(IN_FLIGHT, settings.sends_per_second // 8), lease=LEASE, watch=metrics.sent,
    )  # fmt: skip
    clock = Clock(writer, ring.derived("audit")[0], now, sender.wake, lambda: shelf.content, words.territory)
    turnstile = Turnstile(settings.updates_per_minute)
    return App(settings, writer, sender, clock, room, transport, metrics, reading, now, turnstile)


def _slots(settings: Settings, writer: Writer, engine: Engine, claimant: str) -> SharedSlots | None:
    """Places to send from, counted with every process on this database.

    On PostgreSQL in a thread of its own, for a journey's transaction must never hold them. On SQLite everything
    waits for the one write lock anyway: the writer takes them with what it commits next, and saves an fsync.
    """
    per_second = settings.sends_per_second
    if not per_second:
        return None
    is_sqlite = database.is_sqlite(engine)
    alone = ThreadPoolExecutor(1, "slots")

    def take_now(asked: Ask) -> Grant:
        with engine.begin() as connection:
            return slots.take(connection, asked, per_second)

    async def ask(asked: Ask) -> Grant:
        if is_sqlite:
            work = partial(slots.take, ask=asked, per_second=per_second)
            return await asyncio.wrap_future(writer.run(work))
        return await asyncio.get_running_loop().run_in_executor(alone, take_now, asked)

    return SharedSlots(per_second, ask, claimant, is_our_clock=is_sqlite)


def _outbox(
    writer: Writer, workshop: Workshop, letters: Letters, claimant: str, now: Callable[[], datetime]
) -> Outbox:
    """The store's outbox, as the sender awaits it."""
    wall, renewals = Wall(settles_in=LEASE), Renewals(looks_for=timedelta(seconds=2 * RENEW_EVERY))

    async def claim(limit: int, skip: Sequence[int]) -> Sequence[Posting]:
        at = now()
        over = wall.is_settled(at, time.monotonic())

        def work(connection: Connection) -> list[Posting]:
            others = outbox.long_over(connection, by=claimant, now=at) if over else {}
            spared = renewals.perhaps_alive(others, time.monotonic())
            return outbox.claim(
                connection,
                by=claimant,
                now=at,
                limit=limit,
                skip_chats=tuple(skip),
                takes_over=over,
                spared=spared,
            )

        claimed = await asyncio.wrap_future(writer.run(work))
        return [_opened(as_owed(posting), letters) for posting in claimed]

    async def note(outcomes: Sequence[Outcome]) -> None:
        def work(connection: Connection) -> None:
            outbox.note(connection, outcomes, by=claimant)
            cards.to_pin(connection, [one.id for one in outcomes if one.is_to_pin], now())

        await asyncio.wrap_future(writer.run(work))

    async def renew() -> Sequence[int]:
        return await asyncio.wrap_future(writer.run(partial(outbox.renew, by=claimant, now=now())))

    async def release() -> None:
        await asyncio.wrap_future(writer.run(partial(outbox.release, by=claimant)))

    async def render(posting: Posting) -> Posting:
        method, params, files = await asyncio.to_thread(workshop.make, posting)
        store = partial(outbox.store_call, row_id=posting.id, method=method, params=params, files=files)
        await asyncio.wrap_future(writer.run(store))
        return replace(posting, method=method, params=params, files=files)

    return Outbox(claim, note, renew, release, render)


def _opened(posting: Posting, letters: Letters) -> Posting:
    """A claimed row as it is sent; Telegram refuses one that no key opens, and the row says so."""
    if not posting.sealed or "sealed" not in posting.params:
        return posting
    try:
        return replace(posting, params=letters.open(posting.params, posting.id))
    except CannotOpen as error:
        log.error("sealed_message_cannot_be_opened", key_id=str(error))
        return posting


def with_polling(app: App, leader: Leader | None = None) -> App:
    """Take updates in by getUpdates; with a leader, while this process is the one that does."""
    app.source = Poller(
        app.transport.post, app.receive, app.sender.answer_callback, app.metrics.received, leader
    )
    return app


def elected(app: App) -> Leader:
    """Who fetches updates for all processes that share this database."""
    return Leader(_LeadRow(app.writer, app.reading, app.now), leading.this_process(), leading.has_ended)


@dataclass(frozen=True, slots=True)
class _LeadRow:
    """The store's row of who leads, as the poller awaits it."""

    writer: Writer
    reading: Engine
    now: Callable[[], datetime]

    async def standing(self) -> leading.Lead | None:
        def read() -> leading.Lead | None:
            with self.reading.connect() as connection:
                return leading.standing(connection)

        return await asyncio.to_thread(read)

    async def take(self, after: leading.Lead | None, mine: leading.Lead) -> bool:
        work = partial(leading.take, after=after, mine=mine, now=self.now())
        return await asyncio.wrap_future(self.writer.run(work))

    async def give_back(self, mine: leading.Lead) -> None:
        await asyncio.wrap_future(self.writer.run(partial(leading.give_back, mine=mine)))


def with_web(app: App) -> App:
    """Listen on `LISTEN` for health and metrics, and for Telegram when `WEBHOOK_URL` is set."""
    door = path = None
    if app.settings.webhook_url and app.settings.webhook_secret:
        door = Door(app.receive, app.settings.webhook_secret.get_secret_value(), app.metrics)
        path = urlsplit(app.settings.webhook_url).path or "/"
    app.server = Server(app_for(_health(app), app.metrics, door, path), *app.settings.host_and_port)
    return app


def _health(app: App) -> Health:
    async def answers() -> bool:
        def ask() -> bool:
            with app.reading.connect() as connection:
                return connection.execute(text("SELECT 1")).scalar() == 1

        return await asyncio.to_thread(ask)

    async def sends() -> bool:
        return app.sender.is_alive()

    async def takes_in() -> bool | str:
        if app.source is not None and app.source.is_alive() and app.source.is_standing_by:
            return "standing by"
        if app.source is not None:
            return app.source.is_alive() and app.source.registered
        return app.is_introduced

    async def stands() -> bool:
        return await asyncio.to_thread(database.schema_of, app.reading) == database.SCHEMA

    async def refresh() -> None:
        await asyncio.to_thread(_refresh, app)

    checks = {"database": answers, "schema": stands, "sender": sends, "updates": takes_in}
    return Health(checks, refresh)


def _refresh(app: App) -> None:
    """Set the numbers that are read from the tables."""
    now, numbers = app.now(), app.metrics
    with snapshot(app.reading) as kept:
        owed, oldest, dead = kept.owed(now)
        signs = kept.signs(now)
    numbers.owed.set(owed)
    numbers.oldest.set(max(0.0, (now - oldest).total_seconds()) if oldest else 0.0)
    numbers.dead_letters.set(dead)
    numbers.stopped.set(watching.trouble(signs, now) is not None)
    numbers.last_tick.set((now - signs.ticked_at).total_seconds() if signs.ticked_at else 0.0)


async def introduce(app: App) -> None:
    """Tell Telegram who the bot is: menus, description, and the webhook when there is one."""
    if app.settings.webhook_url and app.settings.webhook_secret:
        await _set_webhook(app, app.settings.webhook_url, app.settings.webhook_secret.get_secret_value())
    me = await app.transport.post("getMe", {})
    if isinstance(me, Sent) and isinstance(me.result, dict):
        app.room.bot.username = str(me.result.get("username", ""))
    stranger = Learner(0, "borrower", "en", "UTC")
    for code, language in menu.TELEGRAM_LANGUAGES.items():
        commands = menu.telegram_menu(app.room.words, stranger, language)
        about = app.room.words.render("description.html", language, "borrower").strip()
        short = app.room.words.render("short_description.html", language, "borrower").strip()
        for method, params in (
            ("setMyCommands", {"commands": commands, "language_code": code}),
            ("setMyDescription", {"description": about, "language_code": code}),
            ("setMyShortDescription", {"short_description": short, "language_code": code}),
        ):
            await _ask(app, method, params)


async def _set_webhook(app: App, url: str, secret: str) -> None:
    """Tell Telegram where to post, however often it takes: without it nobody is heard."""
    asked = {
        "url": url,
        "secret_token": secret,
        "allowed_updates": list(ALLOWED_UPDATES),
        "max_connections": POSTS,
    }
    wait = 1.0
    while not await _ask(app, "setWebhook", asked):
        await asyncio.sleep(wait)
        wait = min(60.0, wait * 2)
    app.is_introduced = True


async def _ask(app: App, method: str, params: Mapping[str, Any]) -> bool:
    answer = await app.transport.post(method, params)
    if not isinstance(answer, Sent):
        log.warning("telegram_did_not_take", method=method, answer=type(answer).__name__)
    return isinstance(answer, Sent)
