"""A whole class plays at random; the log alone then tells the same scores and completions."""

import json
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.rules.completion import Event, rebuild
from bot.store import tables
from tests.cast import MEI, OMAR, SANA, STAFF, TAN, WEI, Chat, World, playing
from tests.store.conftest import prepared

pytestmark = pytest.mark.anyio
CLASS = (MEI, WEI, SANA, OMAR, TAN)


def events(world: World) -> list[Event]:
    return [
        Event(row.learner_id, row.kind, row.at, json.loads(row.payload), row.content_version)
        for row in world.rows(select(tables.events).order_by(tables.events.c.id))
    ]


async def fiddle(chat: Chat, dice: random.Random) -> None:
    """Press anything that stands anywhere in the chat, or write anything."""
    if dice.random() < 0.12:
        await chat.say(
            dice.choice(["/learn", "/lessons", "/cases", "/quiz", "/cancel", "/start", "hm", "/settings"])
        )
        return
    messages = [m for m in chat.messages if m.by_bot and m.keyboard]
    message = messages[-1] if dice.random() < 0.9 else dice.choice(messages)
    taps = [b["callback_data"] for row in message.keyboard or [] for b in row if "callback_data" in b]
    onward = [data for data in taps if data[0] in "acgkdfuonjqrw"]
    eager = [data for data in onward if data[0] in "gfro"] or [data for data in onward if data[0] == "c"][-1:]
    for wanted in (eager, onward, taps):
        if wanted and dice.random() < 0.8:
            await chat.tap_data(dice.choice(wanted), message)
            return


def told(a: dict[str, Any]) -> tuple[Any, ...]:
    return (
        a["started_at"], a["completed_at"], a["score_percent"], a["attempts"], a["content_version"],
        a["assigned_on"], a["due_on"], a["exempt_reason"],
    )  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
async def test_scores_and_completion_can_be_rebuilt_from_the_log_alone(
    copy_of: Callable[[Callable[[str], None]], str], tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)
    async with playing(copy_of(prepared), tmp_path, dice=seed) as world:
        await world.roster(*STAFF)
        await world.arrive(*CLASS)
        for day in range(4):
            await world.until_hour(day * 3, 9)
            for _ in range(50):
                await fiddle(world.chat(dice.choice(CLASS)), dice)
        owed = world.all_of("assignments")
        rebuilt = rebuild(events(world))
        assert {a["id"]: told(a) for a in owed} == {
            number: (
                one.started_at, one.completed_at, one.score_percent, one.attempts, one.content_version,
                date.fromisoformat(one.assigned_on), one.due_on and date.fromisoformat(one.due_on), one.exempt_reason,
            )
            for number, one in rebuilt.items()
        }  # fmt: skip
        assert sum(a["completed_at"] is not None for a in owed) >= 2, "the class did learn something"
        answered = {
            (e.payload["attempt"], e.payload["number"]) for e in events(world) if e.kind == "answered"
        }
        assert answered == {(row["attempt_id"], row["number"]) for row in world.all_of("answers")}
