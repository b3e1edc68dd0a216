"""A right that is taken while a turn is under way stops it at its commit, and what was asked before it is not done.

The other side is a real transaction of another connection. On PostgreSQL it commits between the
turn's reading and its writing; SQLite has one writer, so there it waits and comes right after.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Update, update

from bot.chat import dispatch
from bot.chat.telegram import hear
from bot.sealing.buttons import Signer
from bot.sealing.keys import read_ring
from bot.store import engine, tables
from bot.store.group import TurnJob
from bot.store.turn import TurnStore
from tests.cast import ADA, KEYS, LING, MEI, OMAR, WEI, Someone, World

pytestmark = pytest.mark.anyio
SIGNER = Signer(read_ring(KEYS))
PEOPLE = tables.learners.c


class Meanwhile:
    """One change of another connection, begun while a turn is decided."""

    def __init__(self, world: World, change: Update) -> None:
        self._world = world
        self._change = change
        self._thread = threading.Thread(target=self._commit)
        self.decided = 0

    @property
    def is_sqlite(self) -> bool:
        return self._world.url.startswith("sqlite")

    def happens(self) -> None:
        """Once: at the first deciding. Where another may commit now, wait until it has."""
        self.decided += 1
        if self.decided > 1:
            return
        self._thread.start()
        if not self.is_sqlite:
            self._thread.join()

    def _commit(self) -> None:
        writing, reading = engine.connect(self._world.url)
        with writing.begin() as connection:
            connection.execute(self._change)
        writing.dispose()
        reading.dispose()

    async def over(self) -> None:
        await asyncio.to_thread(self._thread.join)


async def tapping(world: World, who: Someone, data: str, meanwhile: Meanwhile) -> dict[str, Any]:
    """A tap that is handled as always, with something else going on before its commit; the toast's call."""
    message = next(m for m in world.chat(who).messages if m.keyboard)
    source = {"id": who.account, "is_bot": False, "first_name": who.name}
    on = {"message_id": message.message_id, "date": 0, "chat": {"id": who.account, "type": "private"}}
    heard = hear(
        {"update_id": 900_000_000, "callback_query": {"id": "1", "from": source, "message": on, "data": data}}
    )
    now = world.clock()

    def journey(store: TurnStore) -> Any:
        answer = dispatch.handle(heard, world.app.room, store, now)
        meanwhile.happens()
        return answer

    apology: Callable[..., Any] = lambda store, _: dispatch.apologise(heard, world.app.room, store, now)  # noqa: E731
    job = TurnJob(who.account, heard.update_id, now, 0, journey, apology, heard.shape)
    handled = await asyncio.wrap_future(world.app.writer.turn(job))
    await meanwhile.over()
    assert isinstance(handled.result, dict)
    return handled.result


def data(world: World, who: Someone, kind: str, row: int, number: int, choice: int = 0) -> str:
    return SIGNER.sign(world.learner(who).id, kind, row, number, choice)


def of(who: Someone) -> Update:
    """A change of this person's row, as every change is made."""
    changed = update(tables.learners).where(PEOPLE.staff_number == who.staff_number)
    return changed.values(version=PEOPLE.version + 1)


@pytest.mark.parametrize("how", ["revoked", "left"])
async def test_an_administrator_who_is_none_any_more_at_the_commit_gives_nothing(
    world: World, how: str
) -> None:
    await world.arrive(ADA, MEI)
    mei = world.learner(MEI).id
    change = of(ADA).values(rights="") if how == "revoked" else of(ADA).values(left_on=world.clock().date())
    meanwhile = Meanwhile(world, change)
    give = data(world, ADA, "R", mei, 5, 2)
    answer = await tapping(world, ADA, give, meanwhile)
    if not meanwhile.is_sqlite:
        assert meanwhile.decided == 2 and answer["text"] == "This button has expired. /learn goes on"
        assert world.all_of("orders") == []
    await world.carry_out()
    assert all(row["outcome"] == "not allowed" for row in world.all_of("orders"))
    assert world.learner(MEI).rights == frozenset()


@pytest.mark.parametrize("how", ["moved", "left"])
async def test_a_manager_whose_team_is_gone_at_the_commit_exports_nothing(world: World, how: str) -> None:
    await world.arrive(LING, OMAR, MEI, WEI)
    ling = world.learner(LING)
    team = update(tables.learners).where(PEOPLE.manager_id == ling.id)
    went: dict[str, dict[str, object]] = {
        "moved": {"manager_id": world.learner(OMAR).id},
        "left": {"left_on": world.clock().date()},
    }
    moved = team.values(went[how])
    meanwhile = Meanwhile(world, moved)  # not a column of Ling's own row changes
    before = len(world.chat(LING).messages)
    await tapping(world, LING, data(world, LING, "e", 0, 0), meanwhile)
    if not meanwhile.is_sqlite:
        assert meanwhile.decided == 2 and not [
            r for r in world.all_of("outbox") if r["wish"] == "completions"
        ]
    await world.settle()
    assert not [m for m in world.chat(LING).messages[before:] if m.attachment]
    assert world.learner(LING).version == ling.version


async def test_a_turn_is_not_decided_twice_while_its_right_stands(world: World) -> None:
    await world.arrive(ADA, MEI)
    meanwhile = Meanwhile(world, of(MEI).values(place="SG"))
    await tapping(world, ADA, data(world, ADA, "R", world.learner(MEI).id, 5, 2), meanwhile)
    assert meanwhile.decided == 1
    await world.carry_out()
    assert "administrator" in world.learner(MEI).rights
