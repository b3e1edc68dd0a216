"""Six weeks of the sample organisation, played through the real journeys against a moved clock."""

import heapq
from collections.abc import Awaitable, Callable, Iterable
from datetime import date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from bot.demo.clock import MovableClock
from bot.demo.organisation import EMPLOYEES, OWNERS, SCENES, ZONE, Employee, Owner, Scene, account_of
from bot.demo.players import Player
from bot.demo.telegram import SmallTelegram
from bot.rules.calendar import SATURDAY

WEEKS = 6
START_AT = time(9, 20)
"""When people open their invitation or press Start."""
SIT_DOWN = (time(9, 40), time(12, 40))
"""When those who have something to do do it, one day and the next."""
HALF = 4
"""Taps after which a slow reader gets off the bus."""
LONGEST = 90
"""Taps in one sitting at most: three lessons, their questions and a story."""
WAITS = {"late": timedelta(days=3), "slow": timedelta(days=1)}
Act = str | Scene


class History:
    """Plays everybody's days in order; each tap goes through the bot like any other."""

    def __init__(
        self, telegram: SmallTelegram, clock: MovableClock, first_day: date, players: dict[str, Player],
        tokens: dict[str, str], move: Callable[[datetime], Awaitable[object]], settled: Callable[[], Awaitable[None]],
    ) -> None:  # fmt: skip
        self._telegram = telegram
        self._clock = clock
        self._first_day = first_day
        self._players = players
        self._tokens = tokens
        self._move = move
        self._settled = settled
        self._order = count()
        self._habits = {key: habit for key, _, habit in _everybody()}
        self._agenda: list[tuple[datetime, int, Act, str]] = []

    async def play(self) -> None:
        """From the first day to the Monday on which the demo opens, before its lesson hour."""
        for key, joins, habit in _everybody():
            if joins < WEEKS * 7:
                self._plan(key, joins, habit)
        for scene in SCENES:
            self._put(self._at(scene.day, scene.at), scene, scene.key)
        ends = self._at(WEEKS * 7, time(8, 30))
        while self._agenda:
            at = self._agenda[0][0]
            if at >= ends:
                break
            due: list[tuple[Act, str]] = []
            while self._agenda and self._agenda[0][0] == at:
                _, _, act, key = heapq.heappop(self._agenda)
                due.append((act, key))
            await self._move(at)
            await self._act(due)
        await self._move(ends)

    def _at(self, day: int, at: time) -> datetime:
        return datetime.combine(self._first_day + timedelta(days=day), at, ZoneInfo(ZONE))

    def _plan(self, key: str, joins: int, habit: str) -> None:
        """When this person joins, and when they sit down to what has arrived; staff on working days."""
        works = any(employee.number == key for employee in EMPLOYEES)
        self._put(self._at(joins, time(17, 10) if habit == "absent" else START_AT), "start", key)
        last = {"absent": joins, "stops": joins + 1, "blocks": joins + 1}.get(habit, WEEKS * 7)
        for day in range(joins, last):
            if not works or day % 7 < SATURDAY:
                self._put(self._at(day, SIT_DOWN[day % 2]), "sit", key)
        if habit == "blocks":
            self._put(self._at(joins + 5, time(18, 5)), "block", key)

    def _put(self, at: datetime, act: Act, key: str) -> None:
        heapq.heappush(self._agenda, (at, next(self._order), act, key))

    async def _act(self, due: list[tuple[Act, str]]) -> None:
        sitting: dict[str, int] = {}
        for act, key in due:
            account, player = account_of(key), self._players[key]
            if isinstance(act, Scene):
                await self._play_scene(act, player)
            elif act == "start":
                self._telegram.start(account, self._tokens.get(key, ""))
            elif act == "block":
                self._telegram.block(account)
            elif player.has_waited(WAITS.get(self._habits[key], timedelta()), self._clock.now()):
                player.sit_down()
                sitting[key] = HALF if self._habits[key] == "slow" else LONGEST
        await self._settled()
        await self._learn(sitting)

    async def _play_scene(self, scene: Scene, player: Player) -> None:
        for act in scene.does:
            if not player.do(act):
                return
            await self._settled()

    async def _learn(self, sitting: dict[str, int]) -> None:
        """Everybody taps on in turn until they are through or have had enough."""
        up = list(sitting)
        taps = 0
        while sitting:
            taps += 1
            for key in [key for key, most in sitting.items() if taps > most or not self._players[key].step()]:
                del sitting[key]
            if sitting:
                await self._settled()
        for key in up:
            self._players[key].get_up()


def _everybody() -> Iterable[tuple[str, int, str]]:
    people: tuple[Employee | Owner, ...] = (*EMPLOYEES, *OWNERS)
    for one in people:
        yield (one.number if isinstance(one, Employee) else one.name), one.joins, one.habit
