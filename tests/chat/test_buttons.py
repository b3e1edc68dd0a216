"""Buttons that are forged, foreign, forwarded or old: one neutral word, and nothing changes."""

import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.sealing.buttons import Signer
from bot.sealing.keys import read_ring
from bot.store.tables import learners
from tests.cast import KEYS, MEI, STRANGER, TAN, WEI, Chat, World
from tests.chat.player import give, to_the_questions

pytestmark = pytest.mark.anyio
SPENT = "This button has expired. /learn goes on"
TABLES = (
    "learners", "wakes", "invitations", "enrolments", "assignments", "attempts", "answers", "dialogues", "events",
)  # fmt: skip
SIGNER = Signer(read_ring(KEYS))


def state(world: World) -> dict[str, list[dict[str, Any]]]:
    """All that is known of everybody."""
    return {name: world.all_of(name) for name in TABLES}


async def at_a_question(world: World) -> Chat:
    await world.arrive(MEI, WEI)
    mei = world.chat(MEI)
    await mei.tap("Start · 2 minutes")
    await to_the_questions(mei, "report-it-fast")
    return mei


def forgeries(real: str, dice: random.Random) -> list[str]:
    kind, row, number, choice, mac = real.split(".")
    bits = [
        real[:at] + chr(ord(real[at]) ^ (1 << dice.randrange(6))) + real[at + 1 :] for at in range(len(real))
    ]
    made = [
        "", ".", "....", "a.b.c.d.e", "a.²².0.0." + mac, f"{kind}.{row}.{number}.{choice}.", f"{kind}.{row}.{number}.{choice}.é",
        f"{kind}.{'9' * 19}.{number}.{choice}.{mac}", f"{kind}.-{row}.{number}.{choice}.{mac}", f"{kind}.{row}.{number}.9.{mac}",
        f"k.{row}.{number}.{choice}.{mac}", f"{kind}.{row}.{number}.{choice}.{mac}.x", "\ud800.1.2.3.4", "a.1.2.3.\udfff",
        f"{kind}.{'1' * 40}.0.0.{mac}",
    ]  # fmt: skip
    rubbish = [dice.randbytes(48).decode("latin-1") for _ in range(40)]
    return [data for data in (*bits, *made, *rubbish) if data != real and data]


async def test_forged_buttons_get_one_neutral_word_and_change_nothing(world: World) -> None:
    mei = await at_a_question(world)
    real = mei.last.keyboard[0][0]["callback_data"] if mei.last.keyboard else ""
    before = state(world)
    for data in forgeries(real, random.Random(3)):
        assert await mei.tap_data(data, forge=True) == SPENT, repr(data)
    assert state(world) == before
    assert world.all_of("dead_letters") == []
    await give(mei, right=True)
    assert mei.first_line.startswith("✅")


async def test_somebody_elses_button_opens_nothing(world: World) -> None:
    mei = await at_a_question(world)
    wei, before = world.chat(WEI), state(world)
    for row in mei.last.keyboard or []:
        for button in row:
            assert await wei.tap_data(button["callback_data"], forge=True) == SPENT
    assert state(world) == before


async def test_a_card_forwarded_to_somebody_else_gives_them_nothing(world: World) -> None:
    await world.arrive(MEI, WEI)
    mei, wei = world.chat(MEI), world.chat(WEI)
    await mei.tap("Start · 2 minutes")
    card, data = mei.last, mei.data("Next ›")
    world.telegram.forward(WEI.account, MEI.account, card.message_id)
    await world.settle()
    assert wei.first_line == "Is this something suspicious?"
    before = state(world)
    assert await wei.tap_data(data, forge=True) == SPENT
    assert state(world) == before


async def test_a_stranger_who_taps_a_button_is_not_even_remembered(world: World) -> None:
    mei = await at_a_question(world)
    stranger = world.chat(STRANGER)
    world.telegram.write(STRANGER.account, "/start")
    await world.settle()
    await world.write(lambda c: _forget(c, world.learner(STRANGER).id))
    before = state(world)
    data = mei.last.keyboard[0][0]["callback_data"] if mei.last.keyboard else ""
    assert await stranger.tap_data(data, forge=True) == SPENT
    assert state(world) == before


def _forget(connection: Any, learner_id: int) -> None:
    connection.execute(update(learners).where(learners.c.id == learner_id).values(account_id=None))


async def test_a_question_of_a_try_put_aside_is_spent(world: World) -> None:
    mei = await at_a_question(world)
    old, data = mei.last, mei.last.keyboard[0][0]["callback_data"] if mei.last.keyboard else ""
    learner = world.learner(MEI)
    lesson = world.content.units["report-it-fast"]
    again = SIGNER.sign(learner.id, "u", lesson.number, 0, 1)
    await mei.tap_data(again, forge=True)
    before = state(world)
    assert await mei.tap_data(data, old, forge=True) == SPENT
    assert state(world) == before


async def test_choices_that_are_not_there_are_spent_though_well_signed(world: World) -> None:
    mei = await at_a_question(world)
    attempt = world.all_of("attempts")[0]
    before = state(world)
    for kind, row, number, choice in (
        ("c", 1, 1, 0), ("a", 1, 0, 0), ("d", attempt["id"], 0, 0), ("f", attempt["id"], 0, 0), ("w", attempt["id"], 0, 0),
        ("o", 1, 0, 0), ("t", 1, 0, 0), ("u", 1, 0, 0), ("q", 0, 0, 99), ("h", 0, 0, 99), ("l", 0, 0, 99), ("x", 0, 5, 99),
        ("?", 0, 0, 0),
    ):  # fmt: skip
        data = SIGNER.sign(world.learner(MEI).id, kind, row, number, choice)
        assert await mei.tap_data(data, forge=True) == SPENT, kind
    assert state(world) == before


async def test_every_button_fits_into_64_bytes_and_is_for_its_reader_alone(world: World) -> None:
    mei = await at_a_question(world)
    await give(mei, right=False)
    await world.arrive(TAN)
    mine = world.learner(MEI).id
    for message in mei.messages:
        for row in message.keyboard or []:
            for button in row:
                if data := button.get("callback_data"):
                    assert len(data.encode()) <= 64
                    assert SIGNER.verify(mine, data) and not SIGNER.verify(mine + 1, data)


async def test_taps_that_are_too_old_are_not_an_error(world: World) -> None:
    mei = await at_a_question(world)
    data = mei.last.keyboard[0][0]["callback_data"] if mei.last.keyboard else ""
    world.clock.at += timedelta(days=3)
    await mei.tap_data(data)
    assert len(world.all_of("answers")) <= 1
