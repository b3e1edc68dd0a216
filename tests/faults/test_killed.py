"""A process that is killed, or asked to stop, in the middle of its work loses nothing and counts nothing twice.

300 updates wait and the bot is killed while it handles them (long polling); 200 updates were answered with 200
and the bot is killed at once (webhook); the bot is asked to stop under load. The judge is the small Telegram's
ledger and a fresh read of the database.
"""

import time

import pytest

from tests.faults.crowd import at_a_question, each_answered_once, people, sent
from tests.processes.stage import Stage
from tests.processes.waiting import until

pytestmark = pytest.mark.slow
CROWD = 100
IN_FLIGHT = 32
"""Rows that one sender posts at most before it has noted what became of them."""


def in_the_middle(stage: Stage, before: int, pending: int) -> None:
    """Return when about a third of what was pending is handled."""
    until(lambda: stage.handled() >= before + pending // 3, "a third is handled", every=0.001)


def slow_answers(stage: Stage, seconds: float, *methods: str) -> None:
    """Let Telegram take its time, so that there is always something on its way."""
    for method in methods:
        stage.telegram.ask("fault", kind="slow", method=method, seconds=seconds, count=None)


def let_claims_run_out(stage: Stage) -> None:
    """What half a minute without the process that was killed does to its claims."""
    stage.change("UPDATE outbox SET claimed_until = claimed_until - 30000000 WHERE state = 'claimed'")


def test_300_pending_updates_survive_a_kill_while_polling(stage: Stage) -> None:
    bot = stage.bot().ready()
    waiting = at_a_question(stage, people(stage, CROWD))
    assert bot.stop()[0] == 0
    before = stage.handled()
    assert before == stage.telegram.acts
    slow_answers(stage, 0.1, "sendMessage")
    for each in waiting:
        each.answer_and_more()
    assert len(stage.telegram.ask("pending")) == 3 * CROWD

    began = time.monotonic()
    bot = stage.bot()
    in_the_middle(stage, before, 3 * CROWD)
    bot.kill()
    assert before < stage.handled() < before + 3 * CROWD, "the kill came in the middle"
    let_claims_run_out(stage)
    print(f"killed after {stage.handled() - before} of {3 * CROWD}")

    stage.telegram.ask("clear_faults")
    stage.bot().ready()
    stage.settle(60)
    print(f"all handled after {time.monotonic() - began:.1f} s; {sent(stage).repeats} repeats")
    assert stage.handled() == stage.telegram.acts
    until(lambda: not stage.telegram.ask("pending"), "Telegram knows that all are handled")
    each_answered_once(stage, CROWD)
    assert not sent(stage).lost
    assert sent(stage).repeats <= IN_FLIGHT
    assert stage.one("SELECT count(*) FROM dead_letters") == 0


def test_200_updates_answered_200_survive_a_kill_right_after(stage: Stage) -> None:
    bot = stage.bot(webhook=True).ready()
    waiting = at_a_question(stage, people(stage, CROWD))
    assert bot.stop()[0] == 0
    before = stage.handled()
    slow_answers(stage, 0.1, "sendMessage")
    for each in waiting:
        each.answer()
    for each in waiting:
        each.person.write("What does this mean?")
    assert len(stage.telegram.ask("pending")) == 3 * CROWD

    bot = stage.bot(webhook=True)
    until(lambda: len(stage.telegram.ask("pending")) <= CROWD, "200 were answered 200", every=0.001)
    bot.kill()
    answered = 3 * CROWD - len(stage.telegram.ask("pending"))
    print(f"killed after {answered} answers; {stage.owed()} messages still owed")
    assert stage.handled() - before >= answered >= 2 * CROWD, "whatever was answered 200 was committed"
    if not stage.is_sqlite:  # there it waits half a minute, as it would anywhere
        let_claims_run_out(stage)

    stage.telegram.ask("clear_faults")
    stage.bot(webhook=True).ready()
    stage.settle(60)
    assert stage.handled() == stage.telegram.acts
    each_answered_once(stage, CROWD)
    print(f"{sent(stage).repeats} repeats")
    assert not sent(stage).lost
    assert sent(stage).repeats <= IN_FLIGHT


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
