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
