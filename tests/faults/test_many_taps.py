"""A hundred taps at once on one question: one answer, one score, and everybody else is told that it is answered.

On SQLite to one process, on PostgreSQL to three replicas in turn; the taps are a hundred updates.
"""

import json
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from string import ascii_lowercase
from typing import Any

import pytest

from tests.faults.crowd import at_a_question, people, sent
from tests.faults.door import post, tapped
from tests.faults.table import Seen
from tests.processes.far_end import PICKED, Person
from tests.processes.stage import Bot, Stage

pytestmark = pytest.mark.slow
TAPS = 100
ALREADY = "Answered already; the first counts"
TAKEN = "taken"
"""Said by nobody: the tap was an answer, and the message shows what became of it."""
OPTIONS = 3
"""Fewer buttons than that are no choice to spread taps over."""


def options(person: Person) -> list[tuple[str, int]]:
    """The buttons of a question that one tap answers; none where it takes more."""
    labels = [label for label, data, _ in person.buttons() if data.startswith("a.")]
    is_plain = not person.of_kind("k") and not any(PICKED.match(label) for label in labels)
    return person.of_kind("a") if is_plain and len(labels) >= OPTIONS else []


def choosers(stage: Stage, count: int) -> list[tuple[Person, list[tuple[str, int]]]]:
    """So many people who each stand at a question with several options."""
    found: list[tuple[Person, list[tuple[str, int]]]] = []
    first = 5001
    while len(found) < count:
        some = people(stage, 4, first)
        at_a_question(stage, some)
        found += [(person, options(person)) for person in some if options(person)]
        first += 4
    return found[:count]


def toast(bot: Bot, update: dict[str, object]) -> str | None:
    """Post one tap until it is taken, as Telegram would; what its answer says above the chat.

    Nothing is known of a tap that was put off and then handled meanwhile: a repeat has no answer.
    """
    while True:
        status, headers, body = post(bot, update)
        if status == 200:
            said: str | None = json.loads(body).get("text", TAKEN) if body else None
            return said
        assert status == 503, status
        time.sleep(int(headers["retry-after"]))


def tap_at_once(
    bots: Sequence[Bot], person: Person, taps: Sequence[tuple[str, int]], of: int
) -> list[tuple[str, str | None]]:
    """Post these taps all at once; of each its data and what it was told."""
    updates = [tapped(of + number, person.id, *tap) for number, tap in enumerate(taps)]
    with ThreadPoolExecutor(len(taps)) as posting:
        said = list(posting.map(lambda it: toast(bots[it[0] % len(bots)], it[1]), enumerate(updates)))
    return [(data, words) for (data, _), words in zip(taps, said, strict=True)]


@pytest.mark.fault(14, small=2, full=20)
def test_a_hundred_taps_at_once_are_one_answer(stage: Stage, size: int, seen: Seen) -> None:
    bots = [stage.bot(webhook=True).ready()] if stage.is_sqlite else stage.replicas(3)
    worst, answers, unknown = 0.0, 0, 0
    for number, (person, buttons) in enumerate(choosers(stage, size)):
        taps = buttons if number % 2 else buttons[:1]
        began = time.monotonic()
        told = tap_at_once(bots, person, (taps * TAPS)[:TAPS], number * TAPS)
        worst = max(worst, time.monotonic() - began)
        said = Counter(words for _, words in told)
        unknown += said[None]
        rows, events = kept(stage, person)
        answers += len(rows)
        assert len(rows) == len(events) == 1
        assert said[ALREADY] + said[TAKEN] + said[None] == TAPS
        assert 1 - said[None] <= said[TAKEN] <= 1, "all others are told that it is answered"
        event, row = json.loads(events[0].payload), rows[0]
        # Of a statement both its halves are kept, and its reasons come after “true” and “false”.
        letters = ascii_lowercase if len(row.chosen) == 1 else "tf" + ascii_lowercase
        for data, words in told:
            if words == TAKEN:
                assert letters[int(data.split(".")[3])] == row.chosen[-1]
        assert event["chosen"] == row.chosen
        assert (row.asked, row.score, row.number) == (1, int(row.right), 1)
    stage.settle()
    arrived = sent(stage)
    seen.says(
        lost=len(arrived.lost) + size - answers, doubled=arrived.repeats + max(0, answers - size), worst_delay=worst,
        note=f"{TAPS} taps at each of {size} questions, {unknown} put off and then found done",
    )  # fmt: skip
    assert not arrived.lost
    assert arrived.repeats == 0
    assert stage.one("SELECT count(*) FROM dead_letters") == 0


def kept(stage: Stage, person: Person) -> tuple[list[Any], list[Any]]:
    """The answers of one person beside their score, and what the log says of them."""
    mine = f"(SELECT id FROM learners WHERE account_id = {person.id})"
    rows = stage.rows(
        'SELECT a.chosen, a."right", t.asked, t."right" AS score, t.number FROM answers a '
        f"JOIN attempts t ON t.id = a.attempt_id WHERE a.learner_id = {mine}"
    )
    events = stage.rows(f"SELECT payload FROM events WHERE kind = 'answered' AND learner_id = {mine}")
    return rows, events
