"""Updates that cannot be handled: a journey that raises, one whose rows cannot be written, an unknown kind,
broken JSON, JSON a thousand levels deep. The next update of the same chat is handled within a second, a dead
letter holds none of anybody's words, and however often the update is posted there is one of it, and one alert.
"""

import json
import time
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from tests import machine
from tests.faults.crowd import at_a_question, people
from tests.faults.door import post, tapped, words
from tests.faults.table import Seen
from tests.processes.far_end import OWN_IDS, Person
from tests.processes.stage import Bot, Stage, installation
from tests.processes.waiting import until

pytestmark = pytest.mark.slow
SECRET_WORDS = "my card number ends in 4411"
NUMBERS = count(8001, 2)
"""Two people for each test."""
ALERTS = ("journey_failed", "turn_not_written", "turn_put_aside", "update_failed", "apology_failed")
"""What operators are told to look for in the log; beside it `fraudwise_dead_letters` counts and /status says it."""


class Poisoned:
    """A bot, and somebody who stands at a question and is about to answer it."""

    def __init__(self, stage: Stage, bot: Bot, person_id: int) -> None:
        self.stage = stage
        self.bot = bot
        self.person = people(stage, 1, person_id)[0]
        self.other = people(stage, 1, person_id + 1)[0]
        waiting = at_a_question(stage, [self.person])[0]
        self.tap = waiting.taps[-1]
        self.update_id = OWN_IDS + person_id
        self._logged = len(bot.log.read_text(encoding="utf-8"))
        self._before = {row[0] for row in stage.rows("SELECT id FROM dead_letters")}

    @property
    def learner_id(self) -> int:
        return int(self.stage.one(f"SELECT id FROM learners WHERE account_id = {self.person.id}"))

    def answer(self) -> dict[str, object]:
        """The update that is the answer."""
        data, message = self.tap
        return tapped(self.person.id, self.person.id, data, message)

    def posted(self, update: object, times: int, seen: Seen, then: Person | None = None) -> tuple[str, str]:
        """Post this as often: taken each time, one dead letter, one alert, and the next is handled at once.

        Answers what the dead letter says: the error and the kind of update.
        """
        assert [post(self.bot, update)[0] for _ in range(times)] == [200] * times
        delay = self.next_is_handled_at_once(then)
        letters, alerts = self.dead_letters(), self.alerts()
        seen.says(doubled=len(letters) - 1, worst_delay=delay, note=f"{alerts} alert in the log")
        assert [letter[0] for letter in letters] == [self.update_id]
        assert alerts <= 1
        return letters[0][1:]

    def alerts(self) -> int:
        """How often the log asked somebody to look, since this test began."""
        said = self.bot.log.read_text(encoding="utf-8")[self._logged :]
        return sum(said.count(name) for name in ALERTS)

    def next_is_handled_at_once(self, person: Person | None = None) -> float:
        """The next words in the same chat, or in another, are committed and answered within a second."""
        speaker = person or self.person
        before = len(self.stage.telegram.calls("sendMessage", speaker.id))
        began = time.monotonic()
        speaker.write(SECRET_WORDS)
        while len(self.stage.telegram.calls("sendMessage", speaker.id)) == before:
            assert time.monotonic() - began < 1.0, "the next update is not handled"
            time.sleep(0.005)
        return time.monotonic() - began

    def dead_letters(self) -> list[tuple[int, str, str]]:
        """Those that came since, without a word of anybody."""
        found = self.stage.rows("SELECT id, update_id, error, shape FROM dead_letters ORDER BY id")
        assert SECRET_WORDS not in str(found)
        return [(row.update_id, row.error, row.shape) for row in found if row.id not in self._before]

    def has_answered(self) -> bool:
        return bool(self.stage.one(f"SELECT count(*) FROM answers WHERE learner_id = {self.learner_id}"))


@pytest.fixture(scope="module")
def hooked(
    database_server: machine.Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Stage, Bot]]:
    """One bot with a webhook for all these tests: what one of them poisons must not reach the next."""
    url = database_server.make()
    with installation(tmp_path_factory.mktemp("poison"), url) as stage:
        yield stage, stage.bot(webhook=True).ready()
    database_server.drop(url)


@pytest.fixture
def poisoned(hooked: tuple[Stage, Bot]) -> Poisoned:
    stage, bot = hooked
    return Poisoned(stage, bot, next(NUMBERS))


@pytest.mark.fault(8, small=3, full=100)
def test_a_journey_that_raises_leaves_a_dead_letter_and_blocks_nobody(
    poisoned: Poisoned, size: int, seen: Seen
) -> None:
    # The journey looks for an order of choices that is not there.
    poisoned.stage.change(f"UPDATE attempts SET orders = '[]' WHERE learner_id = {poisoned.learner_id}")
    error, shape = poisoned.posted(poisoned.answer(), size, seen)
    assert shape == "tap"
    assert error.startswith("IndexError at ")
    assert not poisoned.has_answered()
    assert poisoned.alerts() == 1


@pytest.mark.fault(8, small=3, full=100)
def test_rows_that_cannot_be_written_leave_a_dead_letter_and_spare_the_others(
    poisoned: Poisoned, size: int, seen: Seen
) -> None:
    refuse_answers(poisoned.stage, poisoned.learner_id)
    _, shape = poisoned.posted(poisoned.answer(), size, seen)
    assert shape == "tap"
    assert not poisoned.has_answered()
    assert poisoned.alerts() == 1


def refuse_answers(stage: Stage, learner_id: int) -> None:
    """From now on the database refuses this learner's answers."""
    if stage.is_sqlite:
        stage.change(
            f"CREATE TRIGGER refuse BEFORE INSERT ON answers WHEN NEW.learner_id = {learner_id} "
            "BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
    else:
        stage.change(
            f"ALTER TABLE answers ADD CONSTRAINT refuse CHECK (learner_id <> {learner_id}) NOT VALID"
        )


@pytest.mark.fault(8, small=3, full=100)
def test_rows_that_cannot_be_read_leave_a_dead_letter_and_spare_the_others(
    poisoned: Poisoned, size: int, seen: Seen
) -> None:
    poisoned.stage.change(f"UPDATE attempts SET queue = '{{' WHERE learner_id = {poisoned.learner_id}")
    poisoned.posted(poisoned.answer(), size, seen, then=poisoned.other)
    assert poisoned.alerts() == 1


def test_by_polling_nobody_waits_behind_rows_that_cannot_be_read(stage: Stage) -> None:
    poisoned = Poisoned(stage, stage.bot().ready(), next(NUMBERS))
    stage.change("UPDATE attempts SET queue = '{'")
    data, message = poisoned.tap
    poisoned.person.tap(message, data)
    poisoned.next_is_handled_at_once(poisoned.other)
    until(lambda: stage.handled() == stage.telegram.acts, "the tap is put aside")
    assert len(poisoned.dead_letters()) == 1


@pytest.mark.fault(8, small=3, full=100)
def test_a_kind_of_update_nobody_knows_is_taken_and_put_aside(
    poisoned: Poisoned, size: int, seen: Seen
) -> None:
    said = {"from": {"id": poisoned.person.id}, "text": SECRET_WORDS}
    poisoned.posted({"update_id": poisoned.update_id, "unheard_of": said}, size, seen)


def _strange(number: int, person: int) -> list[dict[str, object]]:
    """Updates that claim to be what they are not."""
    message = words(number, person, SECRET_WORDS)["message"]
    tap = tapped(number, person, "a.1.0.0.x", 1)["callback_query"]
    return [
        {},
        {"message": None},
        {"message": []},
        {"message": SECRET_WORDS},
        {"message": {**message, "from": None}},
        {"message": {**message, "from": {**message["from"], "id": 10**30}}},
        {"message": {**message, "from": {**message["from"], "id": True}}},
        {"message": {**message, "from": {**message["from"], "id": str(person)}}},
        {"message": {**message, "from": {**message["from"], "id": 4002, "language_code": 7}}},
        {"message": {**message, "from": {**message["from"], "id": 4003, "language_code": "\0-\ud800"}}},
        {"message": {**message, "chat": {"id": -(10**30), "type": "private"}}},
        {"message": {**message, "chat": person}},
        {"message": {**message, "message_id": 10**30}},
        {"message": {**message, "text": ["/start"]}},
        {"message": {**message, "text": "/start " + "\ud800\0" * 9}},
        {"message": {**message, "text": "/" + "x" * 4095}},
        {"callback_query": {**tap, "data": 7}},
        {"callback_query": {**tap, "data": f"a.{10**17}.9999999999999999999.1.x"}},
        {"callback_query": {**tap, "data": "\ud800.²...²"}},
        {"callback_query": {**tap, "id": {"a": 1}}},
        {"callback_query": {**tap, "message": "gone"}},
        {"callback_query": {**tap, "message": {"message_id": 10**30, "chat": {}}}},
        {"edited_message": {"from": 1}},
        {"my_chat_member": {"chat": {"id": 1}, "new_chat_member": "kicked"}},
    ]


def test_updates_of_a_strange_shape_are_all_taken_once(poisoned: Poisoned) -> None:
    strange = _strange(0, poisoned.person.id)
    first = OWN_IDS * 2
    for number, body in enumerate(strange):
        assert post(poisoned.bot, {"update_id": first + number, **body})[0] == 200, body
    handled = [
        row[0] for row in poisoned.stage.rows(f"SELECT id FROM updates WHERE id >= {first} ORDER BY id")
    ]
    assert handled == [first + number for number in range(len(strange))]
    poisoned.next_is_handled_at_once()
    poisoned.dead_letters()


BROKEN: dict[str, Callable[[int], bytes]] = {
    "broken": lambda person: json.dumps(words(1, person, SECRET_WORDS)).encode()[:-9],
    "no update": lambda person: b'["update_id", 1]',
    "not UTF-8": lambda person: b'{"update_id": 900000001, "message": "\xff\xfe"}',
}


@pytest.mark.fault(8, small=3, full=100)
def test_what_is_no_update_is_told_so_and_stored_nowhere(poisoned: Poisoned, size: int, seen: Seen) -> None:
    before = poisoned.stage.posted()
    for name, made in BROKEN.items():
        for _ in range(size):
            assert post(poisoned.bot, made(poisoned.person.id))[0] == 400, name
    delay = poisoned.next_is_handled_at_once()
    seen.says(worst_delay=delay, note="400, nothing stored")
    assert poisoned.stage.posted() == before
    assert poisoned.dead_letters() == []
    assert poisoned.alerts() == 0


@pytest.mark.fault(8, small=3, full=100)
def test_an_update_a_thousand_levels_deep_is_taken_and_put_aside(
    poisoned: Poisoned, size: int, seen: Seen
) -> None:
    head = f'{{"update_id": {poisoned.update_id}, "message": '.encode()
    poisoned.posted(head + b'{"a": ' * 1000 + b"1" + b"}" * 1001, size, seen)
