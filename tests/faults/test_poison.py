"""Updates that cannot be handled: a journey that raises, one whose rows cannot be written, an unknown kind,
broken JSON, JSON a thousand levels deep. The next update of the same chat is handled within a second, and a
dead letter holds none of anybody's words.
"""

import json
import time
from collections.abc import Callable

import pytest

from tests.faults.crowd import Waiting, at_a_question, people
from tests.faults.door import OWN_IDS, post, tapped, words
from tests.processes.stage import Bot, Stage

pytestmark = pytest.mark.slow
SECRET_WORDS = "my card number ends in 4411"


class Poisoned:
    """A bot with a webhook, and somebody who stands at a question."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.bot: Bot = stage.bot(webhook=True).ready()
        self.waiting: Waiting = at_a_question(stage, people(stage, 1))[0]
        self.person = self.waiting.person
        if self.person.of_kind("k"):
            self.person.press("a")  # something is ticked, so that the last tap answers
            stage.settle()

    def next_is_handled_at_once(self) -> None:
        """The next words in the same chat are committed and answered within a second."""
        self.person.far_end.ask("clear")
        began = time.monotonic()
        self.person.write(SECRET_WORDS)
        before = self.stage.handled()
        while not any(call["method"] == "sendMessage" for call in self.stage.telegram.calls()):
            assert time.monotonic() - began < 1.0, f"{before} updates are handled, this one is not"
            time.sleep(0.005)

    def dead_letters(self) -> list[tuple[int, str, str]]:
        found = self.stage.rows("SELECT update_id, error, shape FROM dead_letters ORDER BY id")
        assert SECRET_WORDS not in json.dumps([list(row) for row in found])
        return [(row.update_id, row.error, row.shape) for row in found]


@pytest.fixture
def poisoned(stage: Stage) -> Poisoned:
    return Poisoned(stage)


def test_a_journey_that_raises_leaves_a_dead_letter_and_blocks_nobody(poisoned: Poisoned) -> None:
    poisoned.stage.change(
        "UPDATE attempts SET orders = '[]'"
    )  # the journey looks for an order that is not there
    data, message = poisoned.waiting.taps[-1]
    assert post(poisoned.bot, tapped(1, poisoned.person.id, data, message))[0] == 200
    poisoned.next_is_handled_at_once()
    [(update_id, error, shape)] = poisoned.dead_letters()
    assert (update_id, shape) == (OWN_IDS + 1, "tap")
    assert error.startswith("IndexError at ")
    assert poisoned.stage.one("SELECT count(*) FROM answers") == 0


def test_rows_that_cannot_be_written_leave_a_dead_letter_and_spare_the_others(poisoned: Poisoned) -> None:
    refuse_events(poisoned.stage, "answered")
    data, message = poisoned.waiting.taps[-1]
    assert post(poisoned.bot, tapped(1, poisoned.person.id, data, message))[0] == 200
    poisoned.next_is_handled_at_once()
    [(update_id, _, shape)] = poisoned.dead_letters()
    assert (update_id, shape) == (OWN_IDS + 1, "tap")
    assert poisoned.stage.one("SELECT count(*) FROM answers") == 0


def refuse_events(stage: Stage, kind: str) -> None:
    """From now on the database refuses events of this kind."""
    if stage.is_sqlite:
        stage.change(
            f"CREATE TRIGGER refuse BEFORE INSERT ON events WHEN NEW.kind = '{kind}' "
            "BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )
    else:
        stage.change(f"ALTER TABLE events ADD CONSTRAINT refuse CHECK (kind <> '{kind}') NOT VALID")


def test_a_kind_of_update_nobody_knows_is_taken_and_put_aside(poisoned: Poisoned) -> None:
    unknown = {
        "update_id": OWN_IDS + 1,
        "unheard_of": {"from": {"id": poisoned.person.id}, "text": SECRET_WORDS},
    }
    assert post(poisoned.bot, unknown)[0] == 200
    poisoned.next_is_handled_at_once()
    assert [letter[0] for letter in poisoned.dead_letters()] == [OWN_IDS + 1]


def test_rows_that_cannot_be_read_leave_a_dead_letter_and_spare_the_others(poisoned: Poisoned) -> None:
    poisoned.stage.change("UPDATE attempts SET queue = '{'")
    data, message = poisoned.waiting.taps[-1]
    assert post(poisoned.bot, tapped(1, poisoned.person.id, data, message))[0] == 200
    assert [letter[0] for letter in poisoned.dead_letters()] == [OWN_IDS + 1]
    poisoned.person = people(poisoned.stage, 2)[1]
    poisoned.next_is_handled_at_once()


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
    for number, body in enumerate(strange, start=1):
        assert post(poisoned.bot, {"update_id": OWN_IDS + number, **body})[0] == 200, body
    handled = [
        row[0] for row in poisoned.stage.rows(f"SELECT id FROM updates WHERE id > {OWN_IDS} ORDER BY id")
    ]
    assert handled == [OWN_IDS + number for number in range(1, len(strange) + 1)]
    poisoned.next_is_handled_at_once()
    poisoned.dead_letters()


BROKEN: dict[str, Callable[[int], bytes]] = {
    "broken": lambda person: json.dumps(words(1, person, SECRET_WORDS)).encode()[:-9],
    "no update": lambda person: b'["update_id", 1]',
    "not UTF-8": lambda person: b'{"update_id": 900000001, "message": "\xff\xfe"}',
}


def test_what_is_no_update_is_told_so_and_stored_nowhere(poisoned: Poisoned) -> None:
    before = poisoned.stage.handled()
    for name, made in BROKEN.items():
        assert post(poisoned.bot, made(poisoned.person.id))[0] == 400, name
    assert poisoned.stage.handled() == before
    assert poisoned.dead_letters() == []
    poisoned.next_is_handled_at_once()


def test_an_update_a_thousand_levels_deep_holds_nobody_up(poisoned: Poisoned) -> None:
    deep = b'{"update_id": 900000001, "message": ' + b'{"a": ' * 1000 + b"1" + b"}" * 1001
    assert post(poisoned.bot, deep)[0] in (200, 400)
    poisoned.next_is_handled_at_once()
