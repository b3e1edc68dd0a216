"""The same update posted three times in a row, and twenty times at once to two replicas: handled once, all get 200."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.crowd import at_a_question, each_answered_once, people, sent
from tests.faults.door import post, tapped
from tests.processes.stage import Stage

pytestmark = pytest.mark.slow
CROWD = 6
TIMES = 20


def test_an_update_posted_twenty_times_to_two_replicas_counts_once(
    stages: Callable[..., Stage], postgresql_url: Callable[[], str]
) -> None:
    stage = stages(postgresql_url())
    one = stage.bot(webhook=True, replica="a").ready()
    waiting = at_a_question(stage, people(stage, CROWD))
    other = stage.bot(webhook=True, replica="b").ready()
    with ThreadPoolExecutor(TIMES) as posting:
        for number, each in enumerate(waiting):
            update = tapped(number, each.person.id, *each.taps[0])
            answers = list(
                posting.map(lambda time, it=update: post((one, other)[time % 2], it), range(TIMES))
            )
            assert [status for status, _, _ in answers] == [200] * TIMES
    assert stage.posted() == CROWD

    for number, each in enumerate(waiting):
        for _ in range(3):
            assert post(one, tapped(CROWD + number, each.person.id, *each.taps[1]))[0] == 200
    assert stage.posted() == 2 * CROWD
    each_answered_once(stage, CROWD)
    stage.settle()
    assert not sent(stage).lost
    assert sent(stage).repeats == 0
