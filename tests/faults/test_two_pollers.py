"""Several processes poll with one token: one of them fetches, and when it is killed or hangs another takes over.

On SQLite two processes share the file, on PostgreSQL three the database. The judge is the small Telegram's ledger:
who was turned away with 409, and when somebody was answered again.
"""

import json
import os
import signal
import time
from collections.abc import Callable

import pytest

from tests.faults.crowd import people, sent
from tests.faults.table import Seen
from tests.processes.stage import Bot, Stage
from tests.processes.waiting import until

pytestmark = pytest.mark.slow
TAKEN_OVER_WITHIN = 60.0
WATCHED = 30.0
"""Seconds in which two who cannot agree are counted."""


def conflicts(stage: Stage) -> int:
    return sum(call["status"] == 409 for call in stage.telegram.calls("getUpdates"))


def takes_in(bot: Bot) -> object:
    """What it says of updates: whether they reach it, or that it stands by."""
    return json.loads(bot.get("/readyz")[1])["updates"]


def leader_of(bots: dict[str, Bot]) -> str:
    """The one who fetches, while all the others stand by."""

    def found() -> str:
        said = {name: takes_in(bot) for name, bot in bots.items()}
        fetches = [name for name, says in said.items() if says is True]
        stands_by = [name for name, says in said.items() if says == "standing by"]
        return fetches[0] if (len(fetches), len(stands_by)) == (1, len(bots) - 1) else ""

    return until(found, "one fetches and the others stand by", within=TAKEN_OVER_WITHIN)


def polling(stage: Stage) -> dict[str, Bot]:
    bots = stage.replicas(2 if stage.is_sqlite else 3, webhook=False)
    return dict(zip("abc", bots, strict=False))


def until_answered(stage: Stage, since: float) -> float:
    """Seconds from then until everything said by now is handled."""
    acts = stage.telegram.acts
    until(lambda: stage.handled() >= acts, "somebody took over", within=TAKEN_OVER_WITHIN)
    return time.monotonic() - since


def says(stage: Stage, seen: Seen, worst: float, note: str, turned_away: int) -> None:
    arrived = sent(stage)
    lost = stage.telegram.acts - stage.handled() + len(arrived.lost)
    seen.says(
        lost=lost, doubled=arrived.repeats, worst_delay=worst, note=f"{note}; {turned_away} answers were 409"
    )
    assert lost == 0
    assert arrived.repeats == 0


@pytest.mark.fault(40, small=1, full=5)
def test_of_several_pollers_one_leads_and_another_takes_over_when_it_is_killed(
    stage: Stage, size: int, seen: Seen
) -> None:
    bots = polling(stage)
    crowd = people(stage, 5)
    worst = 0.0
    for _ in range(size):
        leader = leader_of(bots)
        for person in crowd:
            person.start()
        stage.settle()
        bots[leader].kill()
        killed_at = time.monotonic()
        for person in crowd:
            person.write("/help")
        worst = max(worst, until_answered(stage, killed_at))
        stage.settle()
        if size > 1:
            bots[leader] = stage.bot(replica=leader).ready()
    turned_away = conflicts(stage)
    says(stage, seen, worst, f"leader killed {size} ×", turned_away)
    assert turned_away == 0


@pytest.mark.fault(40, small=0, full=2)
def test_a_leader_that_hangs_is_replaced_and_does_not_come_back(stage: Stage, size: int, seen: Seen) -> None:
    bots = polling(stage)
    crowd = people(stage, 5)
    worst = 0.0
    for _ in range(size):
        leader = leader_of(bots)
        os.kill(bots[leader].process.pid, signal.SIGSTOP)
        stopped_at = time.monotonic()
        for person in crowd:
            person.start()
        worst = max(worst, until_answered(stage, stopped_at))
        os.kill(bots[leader].process.pid, signal.SIGCONT)
        assert leader_of(bots) != leader
        stage.settle()
    turned_away = conflicts(stage)
    says(stage, seen, worst, f"leader stopped {size} ×, as a machine that vanishes", turned_away)
    assert turned_away <= 2 * size, "its last question is ended by the new one's, and perhaps one more"


@pytest.mark.fault(40, small=0, full=1)
def test_two_installations_with_one_token_say_so_and_do_not_fight(
    stages: Callable[..., Stage], sqlite_url: Callable[[], str], size: int, seen: Seen
) -> None:
    stage = stages(sqlite_url())
    mine = stage.bot().ready()
    foreign = stage.bot(
        replica="foreign", DATABASE_URL=sqlite_url(), DATA_DIR=str(stage.folder / f"foreign-{size}")
    )
    until(lambda: conflicts(stage), "the two meet")
    time.sleep(WATCHED)
    turned_away = conflicts(stage)
    logs = mine.log.read_text() + foreign.log.read_text()
    seen.says(note=f"{turned_away} answers were 409 in {WATCHED:.0f} s, told in the log")
    assert "Another process fetches updates with this bot token" in logs
    assert turned_away <= WATCHED / 3, "each waits 5, 10, 20, 30 s after one"
    assert logs.count("Another process fetches updates") <= turned_away
