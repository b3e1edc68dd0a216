"""The sample organisation on stage: the bot, the small Telegram and the movable clock together."""

import asyncio
import json
import random
import shutil
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot import app as assembly
from bot.chat.commands.start import token_hash
from bot.demo import organisation
from bot.demo.clock import MovableClock
from bot.demo.history import WEEKS, History
from bot.demo.organisation import DECISIONS, EMPLOYEES, OWNERS, PARTS, RIGHTS, account_of
from bot.demo.players import Player
from bot.demo.rehearsal import Rehearsal
from bot.demo.request import SmallTelegramRequest
from bot.demo.stage import Group, Moved, StagePerson
from bot.demo.telegram import SmallTelegram
from bot.rules.languages import HANS, HANT
from bot.rules.people import Learner, Right
from bot.settings import Settings
from bot.store import people
from bot.store.snapshot import Snapshot, snapshot

TOKEN = "100000001:" + "demo-token-that-opens-nothing-outs"
OPENS_AT = time(9)
NEWCOMERS_FROM = 800_000_001
NEW: tuple[str, Group] = ("Somebody new", "learners")
ROLES: tuple[tuple[Right, str, Group], ...] = (
    ("administrator", "Administrator", "administrator"),
    ("triager", "Compliance desk", "desk"),
    ("trainer", "Trainer", "trainer"),
)
CODES = {HANS: "zh-hans", HANT: "zh-hant"}
EMPTY_CAST = (("Ada", "en"), ("Ling", "en"), ("Mei", "zh-Hans"), ("Mr Tan", "zh-Hans"))
"""Who has a Telegram account in a demo where nobody has been taken in yet."""


class Theatre:
    """Implements `Stage` for the page, with everything behind it running in this process.

    An empty one has no organisation and no history, only people with a telephone, and its clock runs
    with the wall's: it is there to be filled from the command line, as an installation is.
    """

    def __init__(
        self, folder: Path, today: date, *, empty: bool = False, content_dir: Path | None = None
    ) -> None:
        self._folder = folder
        self._content_dir = content_dir
        self._empty = empty
        self._monday = today - timedelta(days=today.weekday())
        self._newcomers: list[dict[str, str]] = []
        self._moving = asyncio.Lock()
        self._ticking: asyncio.Task[None] | None = None
        begins = self._at(self._monday - timedelta(weeks=WEEKS), time(8))
        self.clock = MovableClock(datetime.now(UTC) if empty else begins)
        self.telegram = SmallTelegram(token=TOKEN, now=self.now)
        self.app = self._built()
        self._rehearsal = Rehearsal(self.app)

    @staticmethod
    def _at(day: date, at: time) -> datetime:
        return datetime.combine(day, at, ZoneInfo(organisation.ZONE))

    def _built(self) -> assembly.App:
        # None of the environment's settings: a shell set up for a real service must not lend us its database.
        ours = {name: field.default for name, field in Settings.model_fields.items()} | {
            "bot_token": TOKEN, "organisation": organisation.NAME, "organisation_time_zone": organisation.ZONE,
            "data_dir": self._folder, "sends_per_second": 0, "updates_per_minute": 0, "log_level": "WARNING",
            "content_dir": self._content_dir,
        }  # fmt: skip
        settings = Settings(**ours)
        request = SmallTelegramRequest(self.telegram)
        return assembly.with_polling(
            assembly.build(
                settings, now=self.now, request=request, dice=random.Random("demo"), outlives="kill"
            )
        )

    # start and stop
    async def start(self) -> None:
        """Open where it was left, or after six weeks that are played first."""
        kept = self._folder / "stage.json"
        state: dict[str, Any] | None = json.loads(kept.read_text()) if kept.exists() else None
        if state is not None:
            self.telegram.restore(state["telegram"])
            self._newcomers = state["newcomers"]
            self.clock.set(datetime.fromisoformat(state["now"]))
            if self._empty:
                self.clock.set(datetime.now(UTC))
                self.clock.run()
        await self.app.start(ticking=False)
        await assembly.introduce(self.app)
        if state is None:
            await self._begin()
            self.keep()
        else:
            await self._round()
        self._ticking = asyncio.create_task(self._keep_ticking(), name="demo-ticks")

    async def stop(self) -> None:
        if self._ticking is not None:
            self._ticking.cancel()
        await self.app.stop()
        self.keep()
        await self.telegram.close()

    def keep(self) -> None:
        """Write down what the next start goes on from."""
        state = {
            "telegram": self.telegram.dump(),
            "newcomers": self._newcomers,
            "now": self.now().isoformat(),
        }
        beside = self._folder / "stage.json.new"
        beside.write_text(json.dumps(state, ensure_ascii=False))
        beside.replace(self._folder / "stage.json")

    async def _begin(self) -> None:
        if self._empty:
            for name, language in EMPTY_CAST:
                self.add_person(name, language)
            self.clock.run()
            return
        await self._play_history()
        await self.move(self._at(self._monday, OPENS_AT))

    async def _play_history(self) -> None:
        first_day = self._monday - timedelta(weeks=WEEKS)
        tokens = await self._hire(first_day)
        everybody = {one.number: one for one in EMPLOYEES} | {one.name: one for one in OWNERS}
        players = {
            key: Player(
                account_of(key), one.skill, random.Random(f"hand of {key}"), self.telegram,
                self.app.room.library.content, self._attempt, DECISIONS.get(one.habit, 1_000),
            )
            for key, one in everybody.items()
        }  # fmt: skip
        await History(self.telegram, self.clock, first_day, players, tokens, self.move, self.settled).play()

    async def _hire(self, first_day: date) -> dict[str, str]:
        """Import the roster, grant the rights and make the invitations, as the command line does."""
        for employee in EMPLOYEES:
            code = CODES.get(employee.language, "en")
            self.telegram.add_person(account_of(employee.number), employee.name, language_code=code)
        for owner in OWNERS:
            self.telegram.add_person(account_of(owner.name), owner.name, language_code=owner.language_code)
        tokens = {employee.number: people.new_token() for employee in EMPLOYEES}
        now = self.now()

        def hire(connection: Any) -> None:
            people.import_roster(connection, organisation.roster(first_day), now)
            for number, right in RIGHTS:
                people.grant(connection, number, right, now)
            for employee in EMPLOYEES:
                opens = self._at(first_day + timedelta(days=max(employee.joins - 3, 0)), time(8))
                people.invite(connection, employee.number, token_hash(tokens[employee.number]), opens)

        await asyncio.wrap_future(self.app.writer.run(hire))
        return tokens

    def _attempt(self, attempt_id: int) -> Any:
        with snapshot(self.app.reading) as kept:
            return kept.attempt(attempt_id)

    # the stage
    def now(self) -> datetime:
        return self.clock.now()

    @property
    def organisation_zone(self) -> str:
        return organisation.ZONE

    @property
    def is_running(self) -> bool:
        return self.clock.is_running

    def real_time(self, on: bool) -> None:
        if on:
            self.clock.run()
        else:
            self.clock.set(self.now())

    def people(self) -> list[StagePerson]:
        """The parts, then whoever was added; their language is the one they chose last."""
        with snapshot(self.app.reading) as kept:
            parts = () if self._empty else PARTS
            found = [self._person(kept, part.key, part) for part in parts]
            return found + [self._newcomer(kept, number, one) for number, one in enumerate(self._newcomers)]

    def _person(self, kept: Any, key: str, part: organisation.Part) -> StagePerson:
        account = account_of(key)
        learner = kept.by_account(account)
        employee = next((one for one in EMPLOYEES if one.number == key), None)
        name = employee.name if employee else key
        language = learner.language if learner else (employee.language if employee else HANS)
        manager = account_of(employee.manager) if employee and employee.manager else None
        return StagePerson(
            account, name, part.called, part.role, part.group, language,
            learner.time_zone if learner else organisation.ZONE, initials(name), part.about, manager,
        )  # fmt: skip

    def _newcomer(self, kept: Any, number: int, one: dict[str, str]) -> StagePerson:
        learner = kept.by_account(NEWCOMERS_FROM + number)
        language = learner.language if learner else one["language"]
        zone = learner.time_zone if learner else organisation.ZONE
        joined = learner is not None and learner.staff_number is not None
        about = "Came by an invitation." if joined else "Came without an invitation and without a history."
        role, group = part_of(kept, learner) if learner is not None and joined else NEW
        return StagePerson(
            NEWCOMERS_FROM + number, one["name"], one["name"], role, group, language, zone, initials(one["name"]), about,
        )  # fmt: skip

    def add_person(self, name: str, language: str) -> StagePerson:
        number = len(self._newcomers)
        self._newcomers.append({"name": name, "language": language})
        self.telegram.add_person(NEWCOMERS_FROM + number, name, language_code=CODES.get(language, "en"))
        with snapshot(self.app.reading) as kept:
            return self._newcomer(kept, number, self._newcomers[number])

    async def next_delivery(self) -> datetime | None:
        """The next instant at which a message goes out by itself."""
        return await asyncio.to_thread(self._rehearsal.next_delivery, self.now())

    async def move(self, to: datetime) -> Moved:
        """Go from one due instant to the next until `to`, each with its tick, as if time had passed."""
        async with self._moving:
            before = self._arrived()
            running = self.clock.is_running
            to = max(to, self.now())
            while self.now() < to:
                due = await self.next_wake()
                self.clock.set(min(to, due) if due is not None and due > self.now() else to)
                await self._round()
            if running:
                self.clock.run()
            after = self._arrived()
        sent = {account: n - before[account] for account, n in after.items() if n > before[account]}
        return Moved(sum(sent.values()), sent)

    async def next_wake(self) -> datetime | None:
        def ask() -> datetime | None:
            with snapshot(self.app.reading) as kept:
                return kept.next_wake(self.now())

        return await asyncio.to_thread(ask)

    def _arrived(self) -> Counter[int]:
        """Messages by chat; that something is being written or made is none."""
        sent = (call for call in self.telegram.ledger if call.ok and call.method.startswith("send"))
        return Counter(call.chat_id or 0 for call in sent if call.message_id is not None)

    async def _round(self) -> None:
        await asyncio.to_thread(self.app.clock.round)
        await self.settled()

    async def settled(self) -> None:
        """Return when every update so far is committed and all that it owed is sent."""
        poller = self.app.source
        while poller is not None and (len(self.telegram.world.updates) or poller.offset <= 0):
            await asyncio.sleep(0.001)
        await self.app.sender.settled()

    async def _keep_ticking(self) -> None:
        while True:
            await asyncio.sleep(1)
            async with self._moving:
                await asyncio.to_thread(self.app.clock.round)


def part_of(kept: Snapshot, learner: Learner) -> tuple[str, Group]:
    """What somebody is who came by an invitation, and among whom they stand."""
    for right, role, group in ROLES:
        if right in learner.rights:
            return role, group
    where = f", {learner.department}" if learner.department else ""
    if kept.manages(learner.id):
        return f"Manager{where}", "manager"
    return f"Employee{where}", "learners"


def initials(name: str) -> str:
    """One or two letters for a face."""
    parts = name.split()
    if not name.isascii():
        return parts[0][0]
    return "".join(part[0] for part in parts[:2]).upper()


def fresh(folder: Path) -> None:
    """Throw away what was played."""
    shutil.rmtree(folder, ignore_errors=True)
