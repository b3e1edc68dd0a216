"""The same update posted three times in a row, and twenty times at once to several: handled once, all get 200."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.crowd import at_a_question, each_answered_once, people, sent
from tests.faults.door import post, tapped
from tests.faults.table import Seen
from tests.processes.stage import Stage

pytestmark = pytest.mark.slow
TIMES = 20


@pytest.mark.fault(7, small=6, full=200)
def test_an_update_posted_twenty_times_to_several_processes_counts_once(
    stage: Stage, size: int, seen: Seen
) -> None:
    bots = stage.replicas(2 if stage.is_sqlite else 3)
    waiting = at_a_question(stage, people(stage, size))
    with ThreadPoolExecutor(TIMES) as posting:
        for number, each in enumerate(waiting):
            update = tapped(number, each.person.id, *each.taps[0])
            answers = list(
                posting.map(lambda time, it=update: post(bots[time % len(bots)], it), range(TIMES))
            )
            assert [status for status, _, _ in answers] == [200] * TIMES
    assert stage.posted() == size

    for number, each in enumerate(waiting):
        for _ in range(3):
            assert post(bots[0], tapped(size + number, each.person.id, *each.taps[1]))[0] == 200
    assert stage.posted() == 2 * size
    stage.settle()
    arrived = sent(stage)
    seen.says(lost=len(arrived.lost), doubled=arrived.repeats)
    each_answered_once(stage, size)
    assert not arrived.lost
    assert arrived.repeats == 0
