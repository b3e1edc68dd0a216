"""A process that is killed, or asked to stop, in the middle of its work loses nothing and counts nothing twice.

Updates wait and the bot is killed while it handles them (long polling); updates were answered with 200 and every
replica is killed at once (webhook); the bot is asked to stop under load. The judge is the small Telegram's
ledger and a fresh read of the database.
"""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.broadcasting import IN_FLIGHT, let_claims_run_out
from tests.faults.crowd import at_a_question, each_answered_once, people, sent, taken_in
from tests.faults.table import Seen
from tests.processes.stage import Stage
from tests.processes.waiting import until

pytestmark = pytest.mark.slow
CROWD = 20
REALLY_WAITS = 200
"""From this size on claims run out by themselves, within half a minute."""


def in_the_middle(stage: Stage, before: int, pending: int) -> None:
    """Return when about a third of what was pending is handled."""
    until(lambda: stage.handled() >= before + pending // 3, "a third is handled", every=0.001)


def slow_answers(stage: Stage, seconds: float, *methods: str) -> None:
    """Let Telegram take its time, so that there is always something on its way."""
    for method in methods:
        stage.telegram.ask("fault", kind="slow", method=method, seconds=seconds, count=None)


@pytest.mark.fault(5, small=60, full=300)
def test_updates_that_were_pending_survive_a_kill_while_polling(stage: Stage, size: int, seen: Seen) -> None:
    crowd = size // 3
    bot = stage.bot().ready()
    waiting = at_a_question(stage, people(stage, crowd))
    assert bot.stop()[0] == 0
    before = stage.handled()
    assert before == stage.telegram.acts
    slow_answers(stage, 0.1, "sendMessage")
    for each in waiting:
        each.answer_and_more()
    assert len(stage.telegram.ask("pending")) == size

    bot = stage.bot()
    in_the_middle(stage, before, size)
    bot.kill()
    killed_at = time.monotonic()
    done = stage.handled() - before
    assert 0 < done < size, "the kill came in the middle"
    let_claims_run_out(stage)

    stage.telegram.ask("clear_faults")
    stage.bot().ready()
    stage.settle(60)
    seen.worst_delay = time.monotonic() - killed_at
    all_handled_once(stage, crowd, seen, f"killed after {done}")


@pytest.mark.fault(6, small=40, full=200)
def test_updates_answered_200_survive_a_kill_of_every_process_right_after(
    stage: Stage, size: int, seen: Seen
) -> None:
    bots = stage.replicas(1 if stage.is_sqlite else 3)
    waiting = at_a_question(stage, people(stage, size // 2))
    counted = [taken_in(bot) for bot in bots]
    assert max(counted) - min(counted) < sum(counted) / len(counted), "each takes its turn"
    before = stage.handled()
    slow_answers(stage, 0.1, "sendMessage")
    with ThreadPoolExecutor(8) as acting:
        done = [acting.submit(each.answer_and_more) for each in waiting]
        until(lambda: answered(stage) >= before + size, f"{size} were answered 200", every=0.001)
        for bot in bots:
            os.kill(bot.process.pid, signal.SIGKILL)
    for bot in bots:
        bot.process.wait(10)
    for each in done:
        each.result()
    told = answered(stage) - before
    assert stage.handled() - before >= told >= size, "whatever was answered 200 was committed"
    owed = stage.owed()
    if size < REALLY_WAITS:
        let_claims_run_out(stage)

    stage.telegram.ask("clear_faults")
    killed_at = time.monotonic()
    stage.bot(webhook=True).ready()
    stage.settle(60)
    seen.worst_delay = time.monotonic() - killed_at
    all_handled_once(
        stage, len(waiting), seen, f"killed after {told} answers, {owed} messages owed", len(bots)
    )


def answered(stage: Stage) -> int:
    """Updates that Telegram was told are taken."""
    return stage.telegram.acts - len(stage.telegram.ask("pending"))


def all_handled_once(stage: Stage, crowd: int, seen: Seen, note: str, processes: int = 1) -> None:
    """Set down what Telegram and the database say, and hold it against the promise."""
    until(lambda: not stage.telegram.ask("pending"), "Telegram knows that all are handled", within=60)
    arrived = sent(stage)
    unhandled = stage.telegram.acts - stage.handled()
    allowed = IN_FLIGHT * processes
    seen.says(
        lost=unhandled + len(arrived.lost),
        doubled=arrived.repeats,
        allowed=allowed,
        worst_delay=seen.worst_delay,
        note=note,
    )
    assert unhandled == 0
    each_answered_once(stage, crowd)
    assert not arrived.lost
    assert arrived.repeats <= allowed
    assert stage.one("SELECT count(*) FROM dead_letters") == 0


@pytest.mark.parametrize("way", ["polling", "webhook"])
def test_a_stop_under_load_loses_nothing_and_repeats_nothing(stage: Stage, way: str) -> None:
    bot = stage.bot(webhook=way == "webhook").ready()
    waiting = at_a_question(stage, people(stage, CROWD))
    assert bot.stop()[0] == 0
    before = stage.handled()
    slow_answers(stage, 0.3, "sendMessage", "editMessageText")
    for each in waiting:
        each.answer_and_more()
    bot = stage.bot(webhook=way == "webhook")
    in_the_middle(stage, before, 3 * CROWD)
    code, seconds = bot.stop()
    print(f"stopped in {seconds:.1f} s with {stage.owed()} messages owed")
    assert code == 0, bot.log.read_text()
    assert seconds < 10
    assert stage.owed() > 0, "it was stopped under load"
    assert stage.one("SELECT count(*) FROM outbox WHERE state = 'claimed'") == 0
    assert sent(stage).repeats == 0

    stage.telegram.ask("clear_faults")
    stage.bot(webhook=way == "webhook").ready()
    stage.settle(60)
    assert stage.handled() == stage.telegram.acts
    each_answered_once(stage, CROWD)
    assert not sent(stage).lost
    assert sent(stage).repeats == 0
