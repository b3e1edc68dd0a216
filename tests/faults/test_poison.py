"""Updates that cannot be handled: a journey that raises, one whose rows cannot be written, an unknown kind,
broken JSON, JSON a thousand levels deep. The next update of the same chat is handled within a second, and a
dead letter holds none of anybody's words.
"""

import json
import time
from collections.abc import Callable, Iterator
from itertools import count

import pytest

from tests import machine
from tests.faults.crowd import at_a_question, people
from tests.faults.door import post, tapped, words
from tests.processes.far_end import OWN_IDS, Person
from tests.processes.stage import Bot, Stage, installation
from tests.processes.waiting import until

pytestmark = pytest.mark.slow
SECRET_WORDS = "my card number ends in 4411"
NUMBERS = count(8001, 2)
"""Two people for each test."""


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
        self._before = {row[0] for row in stage.rows("SELECT id FROM dead_letters")}

    @property
    def learner_id(self) -> int:
        return int(self.stage.one(f"SELECT id FROM learners WHERE account_id = {self.person.id}"))

    def answers(self) -> int:
        """Post the answer; the status it gets."""
        data, message = self.tap
        return post(self.bot, tapped(self.person.id, self.person.id, data, message))[0]

    def next_is_handled_at_once(self, person: Person | None = None) -> None:
        """The next words in the same chat, or in another, are committed and answered within a second."""
        speaker = person or self.person
        before = len(self.stage.telegram.calls("sendMessage", speaker.id))
        began = time.monotonic()
        speaker.write(SECRET_WORDS)
        while len(self.stage.telegram.calls("sendMessage", speaker.id)) == before:
            assert time.monotonic() - began < 1.0, "the next update is not handled"
            time.sleep(0.005)

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


def test_a_journey_that_raises_leaves_a_dead_letter_and_blocks_nobody(poisoned: Poisoned) -> None:
    # The journey looks for an order of choices that is not there.
    poisoned.stage.change(f"UPDATE attempts SET orders = '[]' WHERE learner_id = {poisoned.learner_id}")
    assert poisoned.answers() == 200
    poisoned.next_is_handled_at_once()
    [(update_id, error, shape)] = poisoned.dead_letters()
    assert (update_id, shape) == (poisoned.update_id, "tap")
    assert error.startswith("IndexError at ")
    assert not poisoned.has_answered()


def test_rows_that_cannot_be_written_leave_a_dead_letter_and_spare_the_others(poisoned: Poisoned) -> None:
    refuse_answers(poisoned.stage, poisoned.learner_id)
    assert poisoned.answers() == 200
    poisoned.next_is_handled_at_once()
    [(update_id, _, shape)] = poisoned.dead_letters()
    assert (update_id, shape) == (poisoned.update_id, "tap")
    assert not poisoned.has_answered()


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


def test_rows_that_cannot_be_read_leave_a_dead_letter_and_spare_the_others(poisoned: Poisoned) -> None:
    poisoned.stage.change(f"UPDATE attempts SET queue = '{{' WHERE learner_id = {poisoned.learner_id}")
    assert poisoned.answers() == 200
    assert [letter[0] for letter in poisoned.dead_letters()] == [poisoned.update_id]
    poisoned.next_is_handled_at_once(poisoned.other)


def test_by_polling_nobody_waits_behind_rows_that_cannot_be_read(stage: Stage) -> None:
    poisoned = Poisoned(stage, stage.bot().ready(), next(NUMBERS))
    stage.change("UPDATE attempts SET queue = '{'")
    data, message = poisoned.tap
    poisoned.person.tap(message, data)
    poisoned.next_is_handled_at_once(poisoned.other)
    until(lambda: stage.handled() == stage.telegram.acts, "the tap is put aside")
    assert len(poisoned.dead_letters()) == 1


def test_a_kind_of_update_nobody_knows_is_taken_and_put_aside(poisoned: Poisoned) -> None:
    said = {"from": {"id": poisoned.person.id}, "text": SECRET_WORDS}
    assert post(poisoned.bot, {"update_id": poisoned.update_id, "unheard_of": said})[0] == 200
    poisoned.next_is_handled_at_once()
    assert [letter[0] for letter in poisoned.dead_letters()] == [poisoned.update_id]


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


def test_what_is_no_update_is_told_so_and_stored_nowhere(poisoned: Poisoned) -> None:
    before = poisoned.stage.posted()
    for name, made in BROKEN.items():
        assert post(poisoned.bot, made(poisoned.person.id))[0] == 400, name
    assert poisoned.stage.posted() == before
    assert poisoned.dead_letters() == []
    poisoned.next_is_handled_at_once()


def test_an_update_a_thousand_levels_deep_holds_nobody_up(poisoned: Poisoned) -> None:
    deep = b'{"update_id": 900000001, "message": ' + b'{"a": ' * 1000 + b"1" + b"}" * 1001
    assert post(poisoned.bot, deep)[0] in (200, 400)
    poisoned.next_is_handled_at_once()
