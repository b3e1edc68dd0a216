"""The clock goes three hours forward and three hours back while lessons go out and claims are held.

Whole processes see it; the small Telegram, which judges, lives in real time.
"""

import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.rules import delivery
from tests.faults.broadcasting import IN_FLIGHT
from tests.faults.crowd import people
from tests.faults.faked import Faked, zone_at
from tests.faults.table import Seen
from tests.processes.far_end import Person
from tests.processes.stage import Stage
from tests.processes.waiting import until

pytestmark = pytest.mark.slow
LESSON = "never-pay-before-you-receive"
HOURS = 3 * 3600
ON_ITS_WAY = 2.0
"""Seconds that a message made before the jump may take."""
STUCK = 60.0


@pytest.fixture
def faked(faketime: Path, tmp_path: Path) -> Faked:
    return Faked(faketime, tmp_path / "clock")


class Audience:
    """People in two zones: three hours on it is still day for the first half, and night for the others."""

    def __init__(self, stage: Stage, faked: Faked, count: int, hours: tuple[int, int] = (13, 19)) -> None:
        self.stage, self.faked = stage, faked
        self.zones = (zone_at(hours[0]), zone_at(hours[1]))
        self.people: list[Person] = people(stage, count)
        for person in self.people:
            person.start()
        stage.settle(180)
        for half, zone in enumerate(self.zones):
            stage.change(f"UPDATE learners SET time_zone = '{zone}' WHERE account_id % 2 = {half}")
        stage.change(
            f"UPDATE wakes SET at = {faked.now() + 20 * 3_600_000_000}",
            "INSERT INTO assignments (id, learner_id, track, unit, unit_kind, position, assigned_on, attempts, content_version, "
            f"exempt, version) SELECT id, id, 't', '{LESSON}', 'lesson', 0, '2026-01-01', 0, '', {self.false}, 0 FROM learners",
        )  # fmt: skip
        self.before = len(stage.telegram.sends())

    def owe(self) -> int:
        """Announce a lesson to everybody, as a tick would; how many."""
        found = self.stage.rows("SELECT id, account_id FROM learners WHERE account_id IS NOT NULL")
        first, now = time.time_ns(), self.faked.now()
        self.stage.change(*[
            "INSERT INTO outbox (id, learner_id, chat_id, lane, care, state, wish, wish_args, sealed, made_at, due_at, sends) "
            f"VALUES ({first + number}, {row.id}, {row.account_id}, 2, 'resend', 'owed', 'lesson_due', "
            f"'{{\"assignment_id\"\\:{row.id}}}', {self.false}, {now}, {now}, 0)"
            for number, row in enumerate(found)
        ])  # fmt: skip
        return len(found)

    @property
    def false(self) -> str:
        return "0" if self.stage.is_sqlite else "false"


@pytest.mark.fault(24, small=40, full=600)
def test_a_clock_that_jumps_by_three_hours_loses_repeats_and_holds_up_nothing(
    stages: Callable[..., Stage], sqlite_url: Callable[[], str], faked: Faked, size: int, seen: Seen
) -> None:
    stage = stages(sqlite_url())
    stage.beside = faked.environment
    bot = stage.bot(webhook=True).ready()
    everybody = Audience(stage, faked, size)
    stage.telegram.ask(
        "fault", kind="slow", method="sendMessage", seconds=1.0 if size < 100 else 0.3, count=None
    )
    half = size // 2

    def lessons() -> list[tuple[int, datetime]]:
        sends = stage.telegram.sends()[everybody.before :]
        return [(call["chat_id"], datetime.fromisoformat(call["at"])) for call in sends]

    # Forward, in the middle of a broadcast: for the second half it is night now.
    assert everybody.owe() == size
    until(lambda: len(lessons()) >= size // 4, "a quarter has arrived", every=0.002)
    faked.set(HOURS)
    jumped = time.time()
    until(
        lambda: len({chat for chat, _ in lessons() if chat % 2 == 0}) == half,
        "it is day for the first half",
        60,
    )
    forward = time.time() - jumped
    kept = stage.one("SELECT count(*) FROM outbox WHERE wish = 'lesson_due' AND state = 'owed'")
    assert kept == size - len({chat for chat, _ in lessons()}), "the others are told in the morning"

    # Back, in the middle of the next one, and whoever holds claims is killed with it.
    stage.change("DELETE FROM outbox WHERE wish = 'lesson_due' AND state = 'owed'")
    first = lessons()
    assert everybody.owe() == size
    until(lambda: len(lessons()) >= len(first) + size // 8, "an eighth of the next has arrived", every=0.002)
    kills = 0
    if size > 100:
        bot.kill()
        kills = 1
    faked.set(0)
    jumped = time.time()
    if kills:
        bot = stage.bot(webhook=True).ready()
    until(
        lambda: len({chat for chat, _ in lessons()[len(first) :] if chat % 2 == 0}) == half,
        "everybody is told for whom it was day",
        120,
    )
    back = max(at.timestamp() for _, at in lessons()) - jumped
    stage.telegram.ask("clear_faults")
    stage.settle(60)
    second = lessons()[len(first) :]
    everybody.people[0].write("/help")
    stage.settle(10)

    waves = (first, second)
    repeats = sum(
        sum(Counter(chat for chat, _ in wave).values()) - len({chat for chat, _ in wave}) for wave in waves
    )
    at_night = [
        (chat, at)
        for wave in waves
        for chat, at in wave
        if delivery.is_quiet(faked.shown(at).astimezone(ZoneInfo(everybody.zones[chat % 2])))
        and faked.since_set(at) > ON_ITS_WAY
    ]
    waiting = stage.rows("SELECT chat_id, reason FROM outbox WHERE state IN ('owed', 'claimed')")
    left = len([row for row in waiting if row.chat_id % 2 == 0 or row.reason != "quiet hours"])
    left += size - len({chat for chat, _ in second}) - len(waiting)
    seen.says(
        lost=left, doubled=repeats, allowed=IN_FLIGHT * kills, worst_delay=max(forward, back),
        note=f"{kills} kill(s); {len(at_night)} at night; all sent {forward:.0f} s after +3 h, {back:.0f} s after -3 h",
    )  # fmt: skip
    assert left == 0
    assert repeats <= IN_FLIGHT * kills
    assert not at_night
    assert max(forward, back) < STUCK


@pytest.mark.fault(24, small=20, full=300)
def test_two_replicas_whose_clocks_lie_three_hours_apart_send_nothing_twice(
    stages: Callable[..., Stage], postgresql_url: Callable[[], str], faked: Faked, size: int, seen: Seen
) -> None:
    stage = stages(postgresql_url())
    stage.bot(webhook=True).ready()
    everybody = Audience(stage, faked, size, hours=(13, 14))
    faked.set(HOURS)
    stage.beside = faked.environment
    ahead = stage.bot(webhook=True, replica="b").ready()
    faked.ahead = 0.0  # what is owed here is owed by real time
    stage.telegram.ask("fault", kind="slow", method="sendMessage", seconds=5.0, count=None)
    began = time.time()
    ahead.process.send_signal(signal.SIGSTOP)  # so that the other one has them first
    assert everybody.owe() == size
    claimed = "SELECT count(*) FROM outbox WHERE state = 'claimed' AND wish = 'lesson_due'"
    until(lambda: stage.one(claimed) >= min(size, 20), "the other one has claimed")
    ahead.process.send_signal(signal.SIGCONT)
    stage.settle(120)
    sends = stage.telegram.sends()[everybody.before :]
    arrived = Counter(call["chat_id"] for call in sends)
    by = stage.one("SELECT count(*) FROM outbox WHERE wish = 'lesson_due' AND reason = 'sender was lost'")
    seen.says(
        lost=size - len(arrived), doubled=arrived.total() - len(arrived),
        worst_delay=max(datetime.fromisoformat(call["at"]).timestamp() for call in sends) - began,
        note=f"{by} rows taken over from somebody who was there",
    )  # fmt: skip
    assert arrived == dict.fromkeys((person.id for person in everybody.people), 1)
    assert by == 0
