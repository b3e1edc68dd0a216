"""Invitations tried by people they are not for: one account a link, and whatever opens nothing looks, reads and lasts alike.

Everything goes through the whole service; the judges are the small Telegram and a fresh read of the database.
"""

import statistics
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest

from bot.chat.commands.start import GUESSES
from bot.store import people
from tests.cast import ADA, LING, MEI, OMAR, STAFF, WEI, World, playing
from tests.faults.table import Seen

pytestmark = pytest.mark.anyio
FIRST = 600_000
"""Accounts of strangers begin here."""
TRIES = 2 * GUESSES
KINDS = ("used", "expired", "unknown", "somebody else's")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with playing(database_url, tmp_path) as it:
        await it.roster(*STAFF)
        yield it


def strangers(world: World, count: int) -> list[int]:
    accounts = list(range(FIRST, FIRST + count))
    for account in accounts:
        world.telegram.add_person(account, "Nobody", language_code="en")
    return accounts


def read(world: World, account: int) -> str:
    """The bot's newest message in a chat, with the words of its buttons."""
    message = next(one for one in reversed(world.telegram.chat(account).messages) if one.by_bot)
    return f"{message.text} {[[button['text'] for button in row] for row in message.keyboard or []]}"


@pytest.mark.fault(29, small=200, full=100_000)
async def test_guesses_open_nothing_and_end_at_the_fifth(world: World, size: int, seen: Seen) -> None:
    token = await world.invite(MEI)
    size = (
        size if world.url.startswith("sqlite") else size // 10
    )  # the same code; one database in full is enough
    accounts = strangers(world, size // TRIES)
    said: set[str] = set()
    for first in range(0, len(accounts), 100):
        for _ in range(TRIES):
            for account in accounts[first : first + 100]:
                world.telegram.start(account, people.new_token())
            await world.settle()
            said |= {read(world, account) for account in accounts[first : first + 100]}
    noted = [row["account_id"] for row in world.all_of("guesses")]
    opened = [row for row in world.all_of("invitations") if row["used_at"] is not None]
    joined = [row for row in world.all_of("learners") if row["account_id"] and row["staff_number"]]
    seen.says(
        lost=len(opened) + len(joined),
        note=f"{len(accounts) * TRIES:,} guesses of {len(accounts):,} accounts opened nothing; {len(noted):,} noted; {len(said)} text",
    )
    assert not opened and not joined
    assert len(said) == 1
    assert all(noted.count(account) == GUESSES for account in accounts[:50])
    assert len(noted) == GUESSES * len(accounts)

    world.telegram.start(accounts[0], token)
    await world.settle()
    assert read(world, accounts[0]) in said, "who guessed five times finds even a good link shut"
    world.clock.at += timedelta(hours=1, seconds=1)
    world.telegram.start(accounts[0], token)
    await world.settle()
    assert read(world, accounts[0]) not in said, "after an hour it opens"
    assert sum(row["used_at"] is not None for row in world.all_of("invitations")) == 1


@pytest.mark.fault(29, small=3, full=100)
async def test_a_link_is_good_once_and_for_one_account(world: World, size: int, seen: Seen) -> None:
    token = await world.invite(MEI)
    accounts = strangers(world, size)
    for account in (MEI.account, *accounts):
        world.telegram.start(account, token)
    await world.settle()
    holders = [
        row["account_id"] for row in world.all_of("learners") if row["staff_number"] == MEI.staff_number
    ]
    told = {read(world, account) for account in accounts}
    seen.says(doubled=len(holders) - 1, note=f"{size} other accounts tried it at once; {len(told)} text")
    assert holders == [MEI.account]
    assert len(told) == 1 and MEI.name not in told.pop()


@pytest.mark.fault(29, small=24, full=480)
async def test_a_link_that_opens_nothing_tells_not_why_in_words_or_in_time(
    world: World, size: int, seen: Seen
) -> None:
    """Each account tries one of each, in every order alike; a rank test says whether one kind comes sooner."""
    expired = await world.invite(WEI)
    world.clock.at += timedelta(days=60)
    used, anothers = await world.invite(MEI), await world.invite(LING)
    await world.arrive(ADA, LING)
    world.telegram.start(MEI.account, used)
    await world.settle()
    tokens = {"used": used, "expired": expired, "unknown": "A" * len(used), "somebody else's": anothers}
    orders = list(permutations(KINDS))
    took: dict[str, list[float]] = {kind: [] for kind in KINDS}
    said: set[str] = set()
    for number, account in enumerate(strangers(world, size)):
        world.telegram.start(account)
        await world.settle()
        for kind in orders[number % len(orders)]:
            began = time.perf_counter()
            world.telegram.start(account, tokens[kind])
            await world.settle()
            took[kind].append(time.perf_counter() - began)
            said.add(read(world, account))
    apart = max(_sooner(took[one], took[other]) - 0.5 for one in KINDS for other in KINDS)
    noise = (1 / (6 * size)) ** 0.5  # of the rank statistic of two samples of this size
    seen.says(
        lost=len(said) - 1,
        note=f"{size} of each of {len(KINDS)} kinds, {len(said)} text; medians "
        f"{', '.join(f'{1000 * statistics.median(times):.2f}' for times in took.values())} ms; "
        f"one sooner than another in {50 + 100 * apart:.1f} % of pairs, {4 * 100 * noise:.1f} points are noise",
    )
    assert len(said) == 1
    assert apart < 4 * noise


def _sooner(some: list[float], others: list[float]) -> float:
    """How often one of some comes before one of the others (Mann and Whitney)."""
    return sum(one < other for one in some for other in others) / (len(some) * len(others))


@pytest.mark.fault(29, small=1, full=1)
async def test_nobody_finds_out_who_stands_in_the_roster(world: World, seen: Seen) -> None:
    """What looks like somebody's name or number is answered as the like of nobody's."""
    await world.arrive(OMAR)
    pairs = [(MEI.name, "Chan Moi"), ("Chen", "Chan"), (str(MEI.staff_number), "9102"), (f"/start {MEI.staff_number}", "/start 9102"),
        (f"/start {MEI.name}", "/start Chan Moi"), ("+86 138 0000 0102", "+86 138 0000 9102"), (MEI.department, "Kredit"),
        (f"/team {MEI.name}", "/team Chan Moi"), (f"/invite {MEI.staff_number}", "/invite 9102"), (f"/roles {MEI.staff_number}", "/roles 9102")]  # fmt: skip
    differs, shown = [], ""
    for number, (theirs, nobodys) in enumerate(pairs):
        one, other = strangers_from(world, 2 * number)
        for account, words in ((one, theirs), (other, nobodys)):
            world.telegram.start(account)
            world.telegram.write(account, words)
        await world.settle()
        told = [read(world, account) for account in (one, other)]
        shown += told[0]
        if told[0].replace(theirs, "") != told[1].replace(nobodys, ""):
            differs.append(theirs)
    named = [word for someone in STAFF for word in (someone.name, str(someone.staff_number)) if word in shown]
    seen.says(
        lost=len(differs) + len(named),
        note=f"{len(pairs)} probes; {len(differs)} told apart, {len(named)} names shown",
    )
    assert differs == []
    assert named == []


def strangers_from(world: World, number: int) -> tuple[int, int]:
    accounts = FIRST + number, FIRST + number + 1
    for account in accounts:
        world.telegram.add_person(account, "Nobody", language_code="en")
    return accounts
