"""One account posts 2,000 updates a second, or hundreds of strangers press Start at once: the others notice nothing.

The judge is the small Telegram's ledger: when each answer of the others arrived there, and what the
flooder was told.
"""

import json
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from tests.faults.crowd import people
from tests.faults.door import post, words
from tests.faults.table import Seen
from tests.processes.far_end import ROOT, Person
from tests.processes.stage import Bot, Stage

pytestmark = pytest.mark.slow
FLOODER = 4001
A_SECOND = 2_000
OTHERS_A_SECOND = 50
"""Acts of all the others together."""
NOTICE = "That was a lot in one go."
P95, RSS = 2.0, 500


def peak(bot: Bot) -> float:
    """The most memory it ever held, in MB."""
    status = Path(f"/proc/{bot.process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def answered_after(stage: Stage, begun: dict[int, list[float]], before: int = 0) -> list[float]:
    """Seconds from each act to its answer at Telegram, one chat after another in order."""
    arrived = defaultdict[int, list[float]](list)
    for call in stage.telegram.sends()[before:]:
        arrived[call["chat_id"]].append(datetime.fromisoformat(call["at"]).timestamp())
    assert {chat: len(arrived[chat]) for chat in begun} == {chat: len(acts) for chat, acts in begun.items()}
    return [
        end - start for chat, acts in begun.items() for start, end in zip(acts, arrived[chat], strict=True)
    ]


def act(bot: Bot, others: list[Person], until_over: Callable[[], bool]) -> dict[int, list[float]]:
    """Everybody writes in turn, at an even pace, until the flood is over; when each did."""
    begun = defaultdict[int, list[float]](list)

    def write(number: int) -> None:
        person = others[number % len(others)]
        begun[person.id].append(time.time())
        assert post(bot, words(number, person.id, "/help"))[0] == 200

    began, number = time.monotonic(), 0
    with ThreadPoolExecutor(8) as posting:
        done = []
        while not until_over():
            done.append(posting.submit(write, number))
            number += 1
            time.sleep(max(0.0, began + number / OTHERS_A_SECOND - time.monotonic()))
        for each in done:
            each.result()
    return begun


@pytest.mark.fault(39, small=2, full=60)
def test_a_flood_from_one_account_holds_up_nobody(
    stages: Callable[..., Stage], sqlite_url: Callable[[], str], size: int, seen: Seen
) -> None:
    stage = stages(sqlite_url())
    bot = stage.bot(webhook=True, UPDATES_PER_MINUTE="300").ready()
    others = people(stage, 200 if size > 10 else 50)
    flooder = Person(stage.telegram, FLOODER, "F")
    for person in (*others, flooder):
        person.start()
    stage.settle()
    welcomed = len(stage.telegram.sends())
    command = [
        sys.executable,
        "-m",
        "tests.faults.flooding",
        str(bot.port),
        str(FLOODER),
        str(A_SECOND),
        str(size),
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as flood:
        begun = act(bot, others, lambda: flood.poll() is not None)
        assert flood.stdout is not None
        told = json.loads(flood.stdout.read())
    assert post(bot, words(9_000_000, FLOODER, "I was scammed"))[0] == 200
    stage.settle()
    delays = answered_after(stage, begun, welcomed)
    to_flooder = [
        call["params"].get("text", "") for call in stage.telegram.sends() if call["chat_id"] == FLOODER
    ]
    notices = sum(NOTICE in text for text in to_flooder)
    numbers = bot.get("/metrics")[1].decode()
    shed = int(float(re.search(r'updates_total\{outcome="shed"\} ([\d.e+]+)', numbers)[1]))  # type: ignore[index]
    flooded, handled = sum(told["answers"].values()), stage.posted() - sum(map(len, begun.values())) - 1
    seen.says(
        worst_delay=max(delays),
        note=f"{flooded / told['seconds']:,.0f} updates/s; p95 of {len(delays)} others {p95(delays):.2f} s; "
        f"{shed:,} shed, {notices} notice(s), {peak(bot):.0f} MB",
    )
    assert told["answers"] == {"200": flooded}, "a flood is answered, so that it does not come again"
    assert shed == flooded - handled + notices
    assert shed > flooded / 2
    assert 1 <= notices <= 1 + told["seconds"] // 60
    assert "first" in to_flooder[-1].lower() or "bank" in to_flooder[-1].lower(), "a cry for help is answered"
    assert p95(delays) < P95
    assert peak(bot) < RSS


@pytest.mark.fault(39, small=30, full=500)
def test_strangers_who_all_press_start_at_once_are_all_welcomed(
    stages: Callable[..., Stage], sqlite_url: Callable[[], str], size: int, seen: Seen
) -> None:
    stage = stages(sqlite_url())
    bot = stage.bot(webhook=True, UPDATES_PER_MINUTE="300").ready()
    strangers = people(stage, size)
    begun: dict[int, list[float]] = {}
    for stranger in strangers:
        begun[stranger.id] = [time.time()]
        stranger.start()
    stage.settle()
    delays = answered_after(stage, begun)
    seen.says(
        lost=size - len(delays), worst_delay=max(delays), note=f"p95 {p95(delays):.2f} s, {peak(bot):.0f} MB"
    )
    assert p95(delays) < P95
    assert peak(bot) < RSS
