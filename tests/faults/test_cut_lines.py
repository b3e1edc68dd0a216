"""Telegram takes a message and cuts the line before it answers: nobody knows whether it arrived.

A lesson is sent at most twice, a message that must not be repeated exactly once, and never three times in a hurry;
the row says what happened.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine

from bot.rules.sending import Care, Lane, Posting
from bot.store import ids, outbox
from tests.processes.far_end import Person
from tests.processes.stage import Stage
from tests.processes.waiting import until

pytestmark = pytest.mark.slow
EACH = 20
AGAIN_CUT = 8
"""Lessons whose second copy is cut off too."""
IN_NO_HURRY = timedelta(seconds=4)


def owe(stage: Stage, people: Sequence[Person], lane: Lane, care: Care) -> None:
    """Owe a message to each of these people."""
    now = datetime.now(UTC)
    rows = [
        outbox.owed_row(
            Posting(
                ids.new(), None, person.id, lane, care, 0, "sendMessage",
                {"chat_id": person.id, "text": f"{lane} for {person.id}"}, None, {}, now,
            ),
            now, assignment_id=None, slot=f"{lane}-{person.id}",
        )
        for person in people
    ]  # fmt: skip
    engine = create_engine(stage.database_url)
    with engine.begin() as connection:
        assert outbox.owe_all(connection, rows) == len(people)
    engine.dispose()


def test_a_message_that_may_have_arrived_is_sent_at_most_twice(stage: Stage) -> None:
    bot = stage.bot()
    reading = [Person(stage.telegram, 6001 + number, "P") for number in range(EACH)]
    reminded = [Person(stage.telegram, 7001 + number, "P") for number in range(EACH)]
    for person in (*reading, *reminded):
        stage.telegram.ask("add_person", id=person.id, first_name="P", language_code="en", started=True)
    for number, person in enumerate(reading):
        cuts = 2 if number < AGAIN_CUT else 1
        stage.telegram.ask("fault", kind="cut", method="sendMessage", chat_id=person.id, count=cuts)
    for person in reminded:
        stage.telegram.ask("fault", kind="cut", method="sendMessage", chat_id=person.id, count=None)
    bot.ready()
    owe(stage, reading, "lessons", "resend")
    owe(stage, reminded, "broadcast", "once")
    until(
        lambda: not stage.one("SELECT count(*) FROM outbox WHERE state IN ('owed', 'claimed')"),
        "all is through",
        40,
    )

    times: dict[int, list[datetime]] = defaultdict(list)
    for call in stage.telegram.calls("sendMessage"):
        times[call["chat_id"]].append(datetime.fromisoformat(call["at"]))
    assert all(len(times[person.id]) == 2 for person in reading)
    assert all(len(times[person.id]) == 1 for person in reminded)
    assert min(second - first for first, second in (times[person.id] for person in reading)) > IN_NO_HURRY

    found = stage.rows("SELECT chat_id, state, reason, sends FROM outbox")
    said = {row.chat_id: (row.state, row.reason, row.sends) for row in found}
    for number, person in enumerate(reading):
        state, reason, sends = said[person.id]
        assert sends == 2
        assert state == ("unknown" if number < AGAIN_CUT else "sent")
        assert state == "sent" or reason.startswith("unknown")
    for person in reminded:
        state, reason, sends = said[person.id]
        assert (state, sends) == ("unknown", 1)
        assert reason.startswith("unknown")
    assert bot.stop()[0] == 0
