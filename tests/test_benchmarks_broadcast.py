"""What the benchmark of broadcasts counts is what happened."""

from typing import Any, cast

import pytest

from benchmarks import broadcast
from benchmarks.far_end import Line
from benchmarks.measuring import Control
from benchmarks.news_far_end import NEWS, NewsFarEnd


class Wire:
    """A line to the far end that keeps what was answered."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def answer(self, body: str) -> None:
        self.said.append("taken")

    def refuse(self, status: int, body: bytes) -> None:
        self.said.append(str(status))


def test_the_call_that_is_one_too_many_in_a_second_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("benchmarks.news_far_end.perf_counter", lambda: now)
    far_end, wire = NewsFarEnd(0.0, 2), Wire()

    def send(at: float) -> None:
        nonlocal now
        now = at
        far_end.call(cast(Line, wire), "sendMessage", {"chat_id": NEWS, "text": "1"})

    for at in (100.0, 100.5, 100.999, 101.0, 101.4):
        send(at)
    assert wire.said == ["taken", "taken", "429", "taken", "429"]
    assert (far_end.refused, [at for at, _, _ in far_end.news]) == (2, [100.0, 100.5, 101.0])


def test_what_is_lost_doubled_or_out_of_order_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    news = [(1.0, 7, "1"), (1.5, 8, "2"), (2.0, 7, "2"), (2.5, 7, "2"), (3.0, 8, "1")]

    class Told:
        def ask(self, verb: str) -> Any:
            counted = [at for at, _, _ in news]
            return {
                "arrived": 9,
                "news": {"news": news, "counted": counted, "refused": 3, "waits": []},
            }[verb]

    monkeypatch.setattr(broadcast, "cpu", lambda pid: 0.5)
    found = broadcast.told(cast(Control, Told()), 5, 1, 0.0, lambda: 0)
    assert (found.lost, found.doubled, found.out_of_order, found.refused) == (1, 1, 1, 3)
    assert found.per_second == pytest.approx(2.0)
    assert not found.is_whole
