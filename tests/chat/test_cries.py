"""Somebody in trouble writes as people do, not in commands."""

import pytest

from tests.cast import STRANGER, TAN, World

pytestmark = pytest.mark.anyio


async def test_a_stranger_who_was_robbed_gets_the_bank_first(world: World) -> None:
    stranger = world.chat(STRANGER)
    await stranger.say("我刚刚被骗了")
    assert "96110" in "".join(stranger.buttons) or "☎️" in stranger.text


async def test_a_loss_goes_before_small_talk(world: World) -> None:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    assert (await tan.say("I sent money to a lender and he is gone")).startswith("☎️")


async def test_a_worried_word_is_asked_about(world: World) -> None:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    assert (await tan.say("this call is odd, is it a scam?")).startswith("Is this something suspicious?")
    assert tan.buttons[0].startswith("✋")


async def test_somebody_who_reads_traditional_characters_is_asked_where_they_are(world: World) -> None:
    world.telegram.add_person(4_242, "王老闆", language_code="zh-hant")
    world.telegram.write(4_242, "求助")
    await world.settle()
    last = world.telegram.chat(4_242).messages[-1]
    assert "銀行" in last.text.splitlines()[0]
    labels = [button["text"] for row in last.keyboard or [] for button in row]
    assert "香港" in labels and "台灣" in labels


async def test_small_talk_is_not_answered_twice_alike(world: World) -> None:
    await world.arrive(TAN)
    tan = world.chat(TAN)
    first = await tan.say("good morning")
    assert await tan.say("nice weather") != first
