"""The ticks go on, whatever becomes of the wall clock or of one of them."""

import threading
import time

from bot.clock.rounds import Rounds

PATIENCE = 5.0


def test_a_round_that_fails_or_hangs_stops_neither_itself_nor_the_others() -> None:
    again, free, went_on = threading.Semaphore(0), threading.Event(), threading.Semaphore(0)

    def breaks() -> None:
        again.release()
        raise ZeroDivisionError

    def hangs() -> None:
        free.wait(PATIENCE)

    rounds = Rounds(((breaks, 0.001), (hangs, 0.001), (went_on.release, 0.001)))
    rounds.start()
    try:
        for _ in range(3):
            assert again.acquire(timeout=PATIENCE)
            assert went_on.acquire(timeout=PATIENCE)
    finally:
        free.set()
        rounds.stop()


def test_a_stop_waits_for_what_is_under_way_and_begins_nothing_more() -> None:
    begun, done = threading.Event(), []

    def works() -> None:
        begun.set()
        time.sleep(0.05)
        done.append(1)

    rounds = Rounds(((works, 0.001),))
    rounds.start()
    assert begun.wait(PATIENCE)
    rounds.stop()
    so_far = len(done)
    assert so_far >= 1
    time.sleep(0.01)
    assert len(done) == so_far


def test_what_was_never_started_can_be_stopped() -> None:
    Rounds(((lambda: None, 1.0),)).stop()
