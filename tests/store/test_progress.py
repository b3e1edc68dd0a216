"""Progress from 500 answers: what it is counted from, and that it takes no time."""

import time
from datetime import UTC, datetime, timedelta

from bot.rules import progress as rules
from bot.rules.days import Days
from bot.rules.people import Learner
from bot.store import progress
from tests.store.conftest import Store, somebody

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
ANSWERS = 500
LIMIT = 0.05
"""Seconds on a busy machine; measured 3 to 4 ms on an idle one."""


def answered(store: Store, count: int) -> None:
    store.add(somebody(1))
    for number in range(count // 5):
        at = NOW - timedelta(days=number)
        store.insert("attempts", {
            "id": number + 1, "learner_id": 1, "kind": "quiz", "unit": "t", "content_version": "", "started_at": at,
            "stage": "done", "card": 0, "queue": "[]", "orders": "[]", "number": 5, "picks": "", "last": "",
            "asked": 5, "right": 4, "missed_must": False, "node": "", "path": "[]", "ending": "", "finished_at": at,
            "closed": False, "version": 0,
        })  # fmt: skip
        for one in range(5):
            store.insert("answers", {
                "attempt_id": number + 1, "number": one, "learner_id": 1, "item": f"i-{one}", "chosen": "a",
                "right": one > 0, "first": one != 4, "at": at,
            })  # fmt: skip


def test_first_answers_count_and_every_answer_makes_a_day_of_learning(store: Store) -> None:
    answered(store, 10)
    past = store_past(store)
    assert [(item, right) for item, right, _ in past.answers[:4]] == [
        ("i-0", False), ("i-1", True), ("i-2", True), ("i-3", True),
    ]  # fmt: skip
    assert len(past.answers) == 8 and len(past.learnt_at) == 12 and past.finished == frozenset()


def test_five_hundred_answers_are_counted_at_once(store: Store) -> None:
    answered(store, ANSWERS)
    store_past(store)  # the first read compiles its statements
    began = time.perf_counter()
    past = store_past(store)
    topic_of = {f"i-{one}": "t" for one in range(5)}
    learner = Learner(1, "employee", "en", "UTC", account_id=1)
    found = rules.progress(learner, [], past, topic_of, Days(), NOW.date(), {})
    took = time.perf_counter() - began
    print(f"{took * 1000:.1f} ms")
    assert found.topics[0].asked == 400 and found.in_a_row == 100
    assert took < LIMIT


def store_past(one: Store) -> rules.Past:
    found: rules.Past = one.do(lambda connection: progress.past(connection, 1))
    return found
