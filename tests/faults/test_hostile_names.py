"""Markup, templates and signs that turn text around as people's names, through every screen that is open to anybody.

The judge is the small Telegram, which parses what it is sent as Telegram does: it may refuse nothing.
"""

import html
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat.dispatch import COMMANDS
from tests.cast import ADA, BO, LING, MEI, OMAR, STAFF, TAN, TINA, Someone, World, playing
from tests.faults.table import Seen

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
NAMES = (
    "<b>", "&", '"><a href="tg://user?id=1">x</a>', "</b></i>&lt;", "{{ ''.__class__ }}", "{% for x in y %}",
    "{hotline}", "%(name)s {0}", "a\u202eb", "<tg-emoji emoji-id='1'>", "&#x0; &amp;amp;", "*_`[x](y)", "\\n'\"\\",
    "<pre><code>" * 8, "🦊" * 60, "<" * 64,
)  # fmt: skip
BUTTONS = 12
"""As many of a screen are pressed at most; a list of people repeats itself."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.fault(31, small=len(STAFF), full=2 * len(STAFF))
async def test_no_name_breaks_a_screen(
    sqlite_url: Callable[[], str], tmp_path: Path, size: int, seen: Seen
) -> None:
    screens, refused, shown = 0, [], ""
    names = NAMES[:size]
    viewers = (LING, ADA, TAN) if size <= len(STAFF) else (LING, ADA, TAN, MEI, TINA, BO, OMAR)
    for first in range(0, size, len(STAFF)):
        async with playing(sqlite_url(), tmp_path) as world:
            screens += await _everything(world, names[first : first + len(STAFF)], viewers)
            refused += [f"{call.description}: {call.params}"[:300] for call in world.refusals]
            shown += html.unescape("\n".join(str(call.params.get("text")) for call in world.telegram.ledger))
    broken = [one for one in refused if "parse" in one]
    read = [name for name in names if name in shown]
    seen.says(
        lost=len(refused),
        note=f"{len(names)} names, {screens:,} screens: {len(broken)} could not be parsed; {len(read)} were read as they are",
    )
    assert refused == []
    assert len(read) > size // 2


async def _everything(world: World, names: Sequence[str], viewers: Sequence[Someone]) -> int:
    """Give everybody one of these names, and open what there is for each kind of person; how many screens."""
    cast = [
        replace(one, name=f"{name} {name}", department=name) for one, name in zip(STAFF, names, strict=False)
    ]
    for one in cast:
        world.telegram.person(one.account).first_name = one.name
    world.telegram.person(TAN.account).first_name = names[0]
    await world.roster(*cast, *STAFF[len(cast) :])
    await world.arrive(*STAFF, TAN)
    screens = 0
    for viewer in viewers:
        for command in COMMANDS:
            screens += await _opened(world, viewer, command)
    await world.until_hour(1)
    return screens


async def _opened(world: World, viewer: Someone, command: str) -> int:
    """Write a command, then press each button of what comes; how many screens that were."""
    chat = world.chat(viewer)
    await chat.say(f"/{command}")
    buttons = [
        button["callback_data"]
        for row in chat.last.keyboard or []
        for button in row
        if "callback_data" in button
    ]
    message = chat.last
    for data in buttons[:BUTTONS]:
        world.telegram.tap(viewer.account, message.message_id, data, forge=True)
    await world.settle()
    return 1 + len(buttons[:BUTTONS])
