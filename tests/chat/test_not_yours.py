"""Every command and every button, by every kind of person, with somebody else's ids: nothing of theirs changes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.chat import menu
from bot.chat.dispatch import COMMANDS, TAPS
from bot.rules import access
from bot.sealing.buttons import Signer
from bot.sealing.keys import read_ring
from tests.cast import ADA, BO, KEYS, LING, MEI, OMAR, STAFF, TAN, TINA, Someone, World, playing
from tests.chat.player import give, to_the_questions

SIGNER = Signer(read_ring(KEYS))
OF_LEARNERS = ("wakes", "enrolments", "assignments", "attempts", "answers", "dialogues", "events")
OTHERS = (OMAR, BO, TINA, ADA, LING, TAN)


def all_that_is(world: World, learner_id: int) -> dict[str, list[dict[str, Any]]]:
    known = {name: world.all_of(name, learner_id) for name in OF_LEARNERS}
    return {**known, "learners": world.all_of("learners", learner_id)}


async def mei_half_way(world: World) -> tuple[int, list[int]]:
    """Mei with something of every kind; her id, and the ids of her rows."""
    await world.arrive(MEI)
    mei = world.chat(MEI)
    await mei.tap("Start · 2 minutes")
    await to_the_questions(mei, "report-it-fast")
    await give(mei, right=True)
    await mei.say("/cases")
    await mei.tap(mei.buttons[0])
    await mei.tap(mei.buttons[0])
    await mei.say("/settings")
    await mei.tap("Hour")
    await mei.tap("Another hour")
    learner = world.learner(MEI).id
    return learner, [row["id"] for name in ("assignments", "attempts") for row in world.all_of(name, learner)]


@pytest.mark.anyio
async def test_nobody_touches_what_is_somebody_elses(sqlite_url: Callable[[], str], tmp_path: Path) -> None:
    async with playing(sqlite_url(), tmp_path) as world:
        await world.roster(*STAFF)
        mei, rows = await mei_half_way(world)
        await world.arrive(*OTHERS)
        before, hers = all_that_is(world, mei), len(world.chat(MEI).messages)
        for who in OTHERS:
            await _try_everything(world, who, rows)
        assert all_that_is(world, mei) == before
        assert len(world.chat(MEI).messages) == hers
        assert "Mei" not in seen_by(world, *[who for who in OTHERS if who not in (LING, ADA)])
        assert not any("0102" in text for who in OTHERS for text in (seen_by(world, who),))


async def _try_everything(world: World, who: Someone, rows: list[int]) -> None:
    """Every command, then every kind of button signed for this very person with somebody else's rows."""
    chat = world.chat(who)
    for command in COMMANDS:
        await chat.say(f"/{command}")
    me = world.learner(who).id
    place = next(message for message in chat.messages if message.keyboard).message_id
    for kind in TAPS:
        for row in rows:
            for number, choice in ((0, 0), (1, 1)):
                world.telegram.tap(who.account, place, SIGNER.sign(me, kind, row, number, choice), forge=True)
        await world.settle()


def test_every_command_stands_in_the_table_of_rights_and_in_the_menu() -> None:
    assert set(COMMANDS) <= {act for rule in access.TABLE for act in rule.acts}
    assert set(COMMANDS) - {"start", "menu"} <= set(menu.ORDER)


def seen_by(world: World, *people: Someone) -> str:
    return "\n".join(message.text for who in people for message in world.chat(who).messages)


@pytest.mark.anyio
async def test_what_is_not_yours_and_what_is_not_there_look_alike(
    sqlite_url: Callable[[], str], tmp_path: Path
) -> None:
    async with playing(sqlite_url(), tmp_path) as world:
        await world.roster(*STAFF)
        _, rows = await mei_half_way(world)
        await world.arrive(OMAR)
        omar, me = world.chat(OMAR), world.learner(OMAR).id
        for kind in ("a", "k", "g", "c", "r", "v", "d", "f", "w", "o", "t"):
            for row in rows:
                shown = omar.text
                theirs = await omar.tap_data(SIGNER.sign(me, kind, row, 0, 0), forge=True)
                nobodys = await omar.tap_data(SIGNER.sign(me, kind, 12345, 0, 0), forge=True)
                assert theirs == nobodys == "This button has expired. /learn goes on", kind
                assert omar.text == shown
