"""Buttons that were not given: noise, somebody else's, of a closed attempt, out of range, flipped bits, a copy.

Nothing changes in any table, all hear one and the same neutral word, each leaves an audit row, and the answer is
there within 200 ms.
"""

import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

import pytest

from bot.chat.asking import UNDO
from bot.sealing.buttons import Signer
from bot.sealing.keys import read_ring
from bot.store.tables import metadata
from tests.faults.crowd import at_a_question, people
from tests.faults.door import post, tapped
from tests.faults.table import Seen
from tests.processes.far_end import Person
from tests.processes.stage import KEYS, Stage
from tests.processes.waiting import until

pytestmark = pytest.mark.slow
OURS = ("updates", "audit", "marks")
"""Of each update the id, of each refusal a row, and of each tick an instant."""
SPENT = "This button has expired. /learn goes on"
WITHIN = 0.2
SIGNER = Signer(read_ring(KEYS))
NO_CHOICE = (UNDO - 1, 2 * UNDO - 1, *range(2 * UNDO, 99))
"""Numbers of buttons that no question has: not the tenth choice, nor the taking back of it, nor anything beyond."""
Forged = tuple[str, int]
"""The data, and the message on which they are tapped."""


def state(stage: Stage) -> dict[str, list[Any]]:
    """Every row of every table that a tap could change."""
    names = [name for name in metadata.tables if name not in OURS]
    return {name: sorted(map(repr, stage.rows(f"SELECT * FROM {name}"))) for name in names}


def learner(stage: Stage, person: Person) -> int:
    return int(stage.one(f"SELECT id FROM learners WHERE account_id = {person.id}"))


def flipped(data: str, dice: random.Random) -> str:
    """The same with one bit to four the other way round."""
    raw = bytearray(data.encode())
    for _ in range(dice.randint(1, 4)):
        raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
    return raw.decode("latin-1")


def forgeries(stage: Stage, me: Person, other: Person, count: int) -> Iterator[Forged]:
    """As many as wanted, of every kind in turn; `me` taps them all."""
    dice = random.Random(15)
    mine = [(data, message) for _, data, message in me.buttons()]
    theirs = [(data, message) for _, data, message in other.buttons()]
    number = learner(stage, me)
    attempt = stage.one(f"SELECT id FROM attempts WHERE learner_id = {number} AND NOT closed")
    closed = stage.one(f"SELECT id FROM attempts WHERE learner_id = {number} AND closed")
    kinds = cycle(("noise", "foreign", "copy", "closed", "range", "bits", "bits", "bits"))
    for kind in islice(kinds, count):
        real, message = dice.choice(mine)
        match kind:
            case "noise":
                yield dice.randbytes(64).decode("latin-1"), message
            case "foreign":
                yield dice.choice(theirs)[0], message
            case "copy":
                yield dice.choice(theirs)  # a card passed on: Telegram gives a copy no buttons
            case "closed":
                yield SIGNER.sign(number, "a", closed, 0, dice.randrange(3)), message
            case "range":
                yield SIGNER.sign(number, "a", attempt, 0, dice.choice(NO_CHOICE)), message
            case _:
                forged = flipped(real, dice)
                yield forged if forged != real else real + "x", message


@pytest.mark.fault(15, small=160, full=10_000)
def test_forged_buttons_change_nothing_and_hear_one_word(stage: Stage, size: int, seen: Seen) -> None:
    bot = stage.bot(webhook=True).ready()
    me, other = people(stage, 2)
    at_a_question(stage, [me, other])
    stage.change(f"UPDATE attempts SET closed = TRUE WHERE learner_id = {learner(stage, me)}")
    me.write("/quiz first-hour")
    stage.settle()
    at_a_question_again(stage, me)
    before = state(stage)
    refused = stage.one("SELECT count(*) FROM audit WHERE action = 'tap refused'")
    said: Counter[str | None] = Counter()
    slow: list[float] = []
    for number, (data, message) in enumerate(forgeries(stage, me, other, size)):
        began = time.monotonic()
        status, _, body = post(bot, tapped(number, me.id, data, message))
        slow.append(time.monotonic() - began)
        assert status == 200, repr(data)
        said[json.loads(body).get("text")] += 1
    after = state(stage)
    changed = [name for name in before if before[name] != after[name]]
    audited = stage.one("SELECT count(*) FROM audit WHERE action = 'tap refused'") - refused
    slow.sort()
    usual = slow[len(slow) * 99 // 100]
    seen.says(
        doubled=len(changed), worst_delay=slow[-1],
        note=f"{len(changed)} tables changed, 99 in 100 within {usual * 1000:.0f} ms, {audited} audit rows",
    )  # fmt: skip
    assert changed == []
    assert said == {SPENT: size}
    assert audited == size
    assert usual <= WITHIN
    told = str(stage.rows("SELECT actor, action, object FROM audit"))
    assert str(me.id) not in told, "no account stands in the audit log"
    until(lambda: not stage.one("SELECT count(*) FROM audit WHERE number IS NULL"), "all are chained", 60)
    assert stage.command("audit", "verify")
    data, message = me.next_tap()[0]
    me.tap(message, data)
    stage.settle()
    assert stage.one("SELECT count(*) FROM answers") == 1, "the real button still works"


def at_a_question_again(stage: Stage, person: Person) -> None:
    """Bring somebody who has begun anew to where one tap answers."""
    while True:
        (data, message), is_answer = person.next_tap()
        if is_answer:
            return
        person.tap(message, data)
        stage.settle()
