"""The cast, and a small world to play in: the whole service in this process, a small Telegram, a clock."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, select

from bot import app as assembly
from bot import content
from bot.app import App
from bot.chat.commands.start import token_hash
from bot.demo.request import SmallTelegramRequest
from bot.demo.telegram import Message, SmallTelegram
from bot.demo.telegram.ledger import Call
from bot.rules.curriculum import Content, Lesson, LessonWords
from bot.rules.people import Learner, Right
from bot.rules.roster import RosterLine
from bot.settings import read
from bot.shipped import content_root
from bot.store import people, rows, tables
from bot.words import Words

ZONE = "Asia/Shanghai"
MONDAY = datetime(2026, 11, 30, 9, 0, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
"""Monday, 09:00 where the cast lives: a week after the hotlines were last checked."""
TOKEN = "123456:" + "A" * 35
KEYS = "A" * 43
PATIENCE = 20.0
"""Seconds after which what was waited for is held not to come."""
T = TypeVar("T")


@dataclass(frozen=True)
class Someone:
    """Somebody with a Telegram account; staff also stand in the roster."""

    account: int
    name: str
    code: str = "en"
    """The language code their Telegram sends."""
    staff_number: str | None = None
    department: str = ""
    manager: str | None = None
    right: Right | None = None
    language: str = "en"

    @property
    def line(self) -> RosterLine:
        assert self.staff_number is not None
        job = "manager" if self.manager is None else "credit-officer"
        return RosterLine(
            self.staff_number, self.name, self.department, job, self.manager, None, self.language, ZONE
        )


LING = Someone(2001, "Lin Ling", staff_number="0101", department="Credit")
MEI = Someone(2002, "Chen Mei", staff_number="0102", department="Credit", manager="0101")
WEI = Someone(2003, "Zhao Wei", staff_number="0103", department="Credit", manager="0101")
OMAR = Someone(2004, "Omar Haddad", staff_number="0201", department="Collections")
SANA = Someone(2005, "Sana Malik", staff_number="0202", department="Collections", manager="0201")
BO = Someone(2006, "Bo Lindqvist", staff_number="0301", department="Compliance", right="triager")
TINA = Someone(2007, "Tina Ng", staff_number="0302", department="Compliance", right="trainer")
ADA = Someone(2008, "Ada Okafor", staff_number="0303", department="Office", right="administrator")
TAN = Someone(3001, "Tan", code="en")
FEN = Someone(3002, "Fen", code="zh-hans")
STRANGER = Someone(3009, "Nobody", code="en")

STAFF = (LING, MEI, WEI, OMAR, SANA, BO, TINA, ADA)
CAST = (*STAFF, TAN, FEN, STRANGER)


class Clock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime = MONDAY) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


async def until(true: Callable[[], object], what: str = "") -> None:
    """Wait until something holds, looking often; fail when it does not come to hold."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not true():
                await asyncio.sleep(0.001)
    except TimeoutError:
        raise AssertionError(f"it did not come to hold: {what or true}") from None


@cache
def our_content() -> Content:
    return content.load(content_root())


def our_lesson(slug: str, language: str = "en") -> LessonWords:
    lesson = our_content().units[slug]
    assert isinstance(lesson, Lesson)
    return lesson.words[language]


def card(lesson: LessonWords, number: int) -> str:
    """The first line of a card."""
    return f"{lesson.title} · {number}/{len(lesson.cards)}"


@cache
def our_words() -> Words:
    return Words(content_root() / "locales", assembly.TEMPLATES)


@dataclass
class World:
    """A running service on a database of its own, and everybody who talks to it."""

    url: str
    folder: Path
    clock: Clock = field(default_factory=Clock)
    content: Content = field(default_factory=our_content)
    dice: int = 7
    telegram: SmallTelegram = field(init=False)
    app: App = field(init=False)
    dead_letters_are_expected: bool = False

    def __post_init__(self) -> None:
        self.telegram = SmallTelegram(token=TOKEN, now=self.clock)
        for someone in CAST:
            self.telegram.add_person(someone.account, someone.name, language_code=someone.code)
        self.app = self.build()

    def build(self) -> App:
        """Put the service together as the command line would; nothing runs yet."""
        environment = {
            "FRAUDWISE_BOT_TOKEN": TOKEN,
            "FRAUDWISE_DATABASE_URL": self.url,
            "FRAUDWISE_DATA_DIR": str(self.folder),
            "FRAUDWISE_SECRET_KEYS": KEYS,
            "FRAUDWISE_SENDS_PER_SECOND": "0",
            "FRAUDWISE_UPDATES_PER_MINUTE": "0",
            "FRAUDWISE_ORGANISATION": "Qingchuan Credit",
            "FRAUDWISE_ORGANISATION_TIME_ZONE": ZONE,
        }
        built = assembly.build(
            read(environment),
            now=self.clock,
            request=SmallTelegramRequest(self.telegram),
            loaded=self.content,
            words=our_words(),
            dice=random.Random(self.dice),
            outlives="kill",  # no test waits for the disk
        )
        return assembly.with_polling(built)

    async def start(self) -> None:
        await self.app.start(ticking=False)
        await until(lambda: self.app.source and self.app.source.registered, "polling has begun")

    async def restart(self, content: Content | None = None) -> None:
        """Stop cleanly and start again, perhaps with other content."""
        await self.app.stop()
        self.dispose()
        self.content = content or self.content
        self.app = self.build()
        await self.start()

    def dispose(self) -> None:
        self.app.reading.dispose()
        self.app.writer._engine.dispose()

    async def settle(self) -> None:
        """Return when every update is committed, every answer and every due message has arrived."""
        source = self.app.source
        assert source is not None
        await until(lambda: source.offset > self.telegram.world.updates._last_id, "all updates are committed")
        queries = self.telegram.world.queries.values()
        await until(lambda: all(query.answered for query in queries), "all taps are answered")
        async with asyncio.timeout(PATIENCE):
            await self.app.sender.settled()

    async def move(self, to: datetime | None = None, **by: float) -> None:
        """Move the clock, let it strike, and wait until what came due has arrived."""
        self.clock.at = to.astimezone(UTC) if to else self.clock.at + timedelta(**by)
        await self.strike()

    async def come_back(self, to: datetime) -> None:
        """Move the clock as if nothing had run since the last tick, and wait for what is made up for."""
        await asyncio.to_thread(self.app.clock.strike)
        self.clock.at = to.astimezone(UTC)
        await asyncio.to_thread(self.app.clock.come_back)
        await self.settle()

    async def strike(self) -> int:
        await asyncio.to_thread(self.app.clock.enrol)
        await asyncio.to_thread(self.app.clock.miss)
        owed = await asyncio.to_thread(self.app.clock.strike)
        owed += await asyncio.to_thread(self.app.clock.greet)
        await self.carry_out()
        return owed

    async def carry_out(self) -> int:
        """Do what was asked of others' records, as the tick does, and wait until its messages have arrived."""
        done = await asyncio.to_thread(self.app.clock.carry_out)
        self.app.sender.wake()
        await self.settle()
        return done

    async def until_hour(self, day: int, hour: int = 9, minute: int = 0) -> None:
        """Move to an hour of the cast's own wall clock, so many days after the story began."""
        began = MONDAY.astimezone(ZoneInfo(ZONE)) + timedelta(days=day)
        await self.move(began.replace(hour=hour, minute=minute))

    async def write(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self.app.writer.run(work))

    def rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        """What a fresh reader sees."""
        with self.app.reading.connect() as connection:
            return connection.execute(query).all()

    def all_of(self, table: str, learner_id: int | None = None) -> list[dict[str, Any]]:
        """Rows of a table as dicts, of one learner or of all."""
        t = tables.metadata.tables[table]
        query = select(t).order_by(*t.primary_key.columns)
        if learner_id is not None:
            query = query.where(t.c.id == learner_id if table == "learners" else t.c.learner_id == learner_id)
        return [dict(row._mapping) for row in self.rows(query)]

    def learner(self, someone: Someone) -> Learner:
        found = self.rows(rows.LEARNERS.where(tables.learners.c.account_id == someone.account))
        return rows.learner_of(found[0])

    async def roster(self, *staff: Someone, hired_on: date | None = None) -> None:
        """Import a roster of these people, and give them their rights."""
        lines = [replace(someone.line, hired_on=hired_on) for someone in staff]

        def work(connection: Connection) -> None:
            people.import_roster(connection, lines, self.clock())
            for someone in staff:
                if someone.right is not None:
                    assert someone.staff_number is not None
                    people.grant(connection, someone.staff_number, someone.right, self.clock())

        await self.write(work)

    async def invite(self, someone: Someone) -> str:
        """The token of a fresh invitation."""
        token = people.new_token()
        number = someone.staff_number
        assert number is not None
        await self.write(lambda c: people.invite(c, number, token_hash(token), self.clock()))
        return token

    async def arrive(self, *them: Someone) -> None:
        """Everybody comes in their own way: staff by invitation, business owners by /start."""
        for someone in them:
            token = await self.invite(someone) if someone.staff_number else ""
            self.telegram.start(someone.account, token)
        await self.settle()

    def chat(self, someone: Someone) -> "Chat":
        return Chat(self, someone)

    @property
    def refusals(self) -> list[Call]:
        """Calls that Telegram did not take; that nothing had to be changed, or a poll that was hung up, is none."""
        return [
            call
            for call in self.telegram.ledger
            if not call.ok and "not modified" not in (call.description or "") and call.method != "getUpdates"
        ]


@dataclass
class Chat:
    """One person's chat with the bot, played by hand."""

    world: World
    who: Someone

    @property
    def telegram(self) -> SmallTelegram:
        return self.world.telegram

    @property
    def messages(self) -> list[Message]:
        return self.telegram.chat(self.who.account).messages

    @property
    def last(self) -> Message:
        """The newest message of the bot."""
        return next(message for message in reversed(self.messages) if message.by_bot)

    @property
    def text(self) -> str:
        return self.last.text

    @property
    def first_line(self) -> str:
        return self.text.split("\n")[0]

    @property
    def labels(self) -> list[list[str]]:
        return labels_of(self.last)

    @property
    def buttons(self) -> list[str]:
        return [label for row in self.labels for label in row]

    @property
    def menu(self) -> list[str]:
        return [entry["command"] for entry in self.telegram.chat(self.who.account).menu]

    def data(self, label: str, message: Message | None = None) -> str:
        """What a button holds."""
        for row in (message or self.last).keyboard or []:
            for button in row:
                if button["text"] == label:
                    return str(button["callback_data"])
        raise AssertionError(f"no button {label!r} among {labels_of(message or self.last)}")

    async def say(self, words: str) -> str:
        """Write, and read what the bot shows then."""
        self.telegram.write(self.who.account, words)
        await self.world.settle()
        return self.text

    async def tap(self, label: str, message: Message | None = None) -> str | None:
        """Press the button with this label on the newest message, or on the one given; the toast, if any."""
        return await self.tap_data(self.data(label, message), message)

    async def tap_data(self, data: str, message: Message | None = None, *, forge: bool = False) -> str | None:
        """Tap with these data; `forge` sends what no button of the message holds."""
        on = message or self.last
        query = self.telegram.tap(self.who.account, on.message_id, data, forge=forge)
        await self.world.settle()
        answered = self.telegram.answer(query)
        assert answered is not None, "a tap was left without an answer"
        return answered.text

    async def walk(self, *labels: str) -> str:
        """Press one button after another; what is shown at the end."""
        for label in labels:
            await self.tap(label)
        return self.text


def labels_of(message: Message) -> list[list[str]]:
    return [[button["text"] for button in row] for row in message.keyboard or []]


@asynccontextmanager
async def playing(url: str, folder: Path, **more: Any) -> AsyncIterator[World]:
    """A world with nobody in it yet; at the end nothing may have been refused or buried."""
    world = World(url, folder, **more)
    await world.start()
    try:
        yield world
        await world.settle()
        refused = [f"{c.method}: {c.description} {c.params}"[:400] for c in world.refusals]
        assert not refused, f"{len(refused)} calls were refused, the first: {refused[0]}"
        if not world.dead_letters_are_expected:
            assert world.all_of("dead_letters") == []
    finally:
        await world.app.stop()
        world.dispose()
