"""A hundred people who each stand at a question, and what they do there all at once."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.processes.far_end import Person
from tests.processes.stage import Bot, Stage

FIRST_ID = 5001


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody at a question, with the taps that answer it once and the tap that comes too late."""

    person: Person
    taps: tuple[tuple[str, int], ...]

    def answer_and_more(self) -> None:
        """Two taps of which exactly one is an answer, and words: three updates."""
        for data, message in self.taps:
            self.person.tap(message, data)
        self.person.write("What does this mean?")

    def answer(self) -> None:
        """Two taps, of which exactly one is an answer."""
        for data, message in self.taps:
            self.person.tap(message, data)


def people(stage: Stage, count: int, first: int = FIRST_ID) -> list[Person]:
    """People who are new to the bot."""
    return [Person(stage.telegram, first + number, f"P{number}") for number in range(count)]


def at_a_question(stage: Stage, crowd: list[Person]) -> list[Waiting]:
    """Bring everybody to a question that one tap more answers."""
    for person in crowd:
        person.start()
    stage.settle()  # of two processes the one that answers the second update may be the first to send
    for person in crowd:
        person.write("/quiz first-hour")
    stage.settle()
    while under_way := [
        (person, tap) for person in crowd for tap, is_answer in [person.next_tap()] if not is_answer
    ]:
        for person, (data, message) in under_way:
            person.tap(message, data)
        stage.settle()
    return [Waiting(person, _taps(person)) for person in crowd]


def _taps(person: Person) -> tuple[tuple[str, int], ...]:
    answer, _ = person.next_tap()
    is_checked = person.of_kind("k")
    return (answer, answer) if is_checked else tuple(person.of_kind("a")[:2])


def taken_in(bot: Bot) -> int:
    """Updates that this process committed since it was started."""
    lines = bot.get("/metrics")[1].decode().splitlines()
    found = [line for line in lines if line.startswith('fraudwise_updates_total{outcome="committed"}')]
    return int(float(found[0].split()[-1])) if found else 0


def each_answered_once(stage: Stage, count: int) -> None:
    """One answer each: in the log, in the table of answers and in the attempt itself."""
    logged = [json.loads(row[0]) for row in stage.rows("SELECT payload FROM events WHERE kind = 'answered'")]
    times = Counter((event["attempt"], event["number"]) for event in logged)
    assert len(times) == count
    assert set(times.values()) == {1}
    assert stage.one("SELECT count(*) FROM answers") == count
    attempts = stage.rows('SELECT id, asked, "right", number FROM attempts')
    right = {event["attempt"]: event["right"] for event in logged}
    assert {(row.id, row.asked, bool(row.right), row.number) for row in attempts} == {
        (attempt, 1, is_right, 1) for attempt, is_right in right.items()
    }


@dataclass(frozen=True, slots=True)
class Sent:
    """How the messages that arrived compare with those that were owed."""

    lost: list[Any]
    """Rows of the outbox whose message never arrived."""
    repeats: int


def sent(stage: Stage) -> Sent:
    """Compare the ledger with the rows of the outbox, message by message."""
    arrived = Counter((call["chat_id"], call["params"]["text"]) for call in stage.telegram.sends())
    owed: Counter[tuple[int, str]] = Counter()
    lost: list[Any] = []
    for row in stage.rows(
        "SELECT id, chat_id, state, params, reason FROM outbox WHERE method = 'sendMessage'"
    ):
        key = (row.chat_id, json.loads(row.params)["text"])
        owed[key] += 1
        if row.state != "sent":
            lost.append((row.id, row.state, row.reason))
    lost += [(key, "not in the ledger") for key in owed if arrived[key] < owed[key]]
    return Sent(lost, sum((arrived - owed).values()))
