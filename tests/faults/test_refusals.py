"""Telegram refuses: 429 to one chat and to all, 403 and 400 of every kind, a group that moved."""

import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.faults.broadcasting import all_through, owe, readers
from tests.faults.table import Seen
from tests.processes.far_end import Person
from tests.processes.stage import Stage
from tests.processes.waiting import until

pytestmark = pytest.mark.slow
AFTER = 3
"""Seconds that Telegram asks for."""
OTHERS = 40
FULL = 30
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def feed(stage: Stage, chats: list[int], seconds: float, name: str) -> None:
    """Owe a few messages every quarter of a second, in turn to all chats, and one a second to the first."""
    began, number = time.monotonic(), 0
    while time.monotonic() < began + seconds:
        few = [chats[1 + (number * 5 + step) % (len(chats) - 1)] for step in range(5)]
        owe(stage, [*chats[: number % 4 == 0], *few], text=f"{name} {number}")
        number += 1
        time.sleep(0.25)


def sent_at(stage: Stage) -> dict[int, list[tuple[datetime, int, str]]]:
    """When each chat was called, what was answered, and with which words."""
    found = defaultdict(list)
    for call in stage.telegram.calls("sendMessage"):
        at = datetime.fromisoformat(call["at"])
        found[call["chat_id"]].append((at, call["status"], call["params"]["text"]))
    return found


def made_at(stage: Stage, name: str) -> dict[str, datetime]:
    """When each message was owed, by its words."""
    rows = stage.rows("SELECT chat_id, slot, made_at FROM outbox WHERE slot LIKE :slot", slot=f"{name} %")
    return {
        f"{row.slot[: -len(str(row.chat_id)) - 1]} for {row.chat_id}": EPOCH
        + timedelta(microseconds=row.made_at)
        for row in rows
    }


def too_early(calls: list[tuple[datetime, int, str]]) -> int:
    """Calls before the time that was asked for."""
    early, not_before = 0, EPOCH
    for at, status, _ in calls:
        early += at < not_before
        if status == 429:
            not_before = max(not_before, at + timedelta(seconds=AFTER))
    return early


@pytest.mark.fault(11, small=0, full=FULL)
def test_a_storm_of_429_is_waited_out(stage: Stage, size: int, seen: Seen) -> None:
    chats = readers(stage, OTHERS + 1)
    bots = stage.replicas(3 if size == FULL and not stage.is_sqlite else 1, SENDS_PER_SECOND="1000")
    stage.telegram.ask(
        "fault", kind="refuse", method="sendMessage", retry_after=AFTER, chat_id=chats[0], count=None
    )
    feed(stage, chats, size, "one")
    made = made_at(stage, "one")
    during = sent_at(stage)
    delays = sorted(
        (at - made[text]).total_seconds()
        for chat in chats[1:]
        for at, _, text in during[chat]
        if text in made
    )
    stage.telegram.ask("clear_faults")
    stage.telegram.ask("fault", kind="refuse", method="sendMessage", retry_after=AFTER, count=None)
    feed(stage, chats, size, "all")
    stage.telegram.ask("clear_faults")
    all_through(stage)  # the first chat has a message for each second of it
    calls = sent_at(stage)
    early = sum(too_early(calls[chat]) for chat in chats)
    rows = stage.rows(
        "SELECT chat_id, state, sends FROM outbox WHERE slot LIKE '%-%' AND method = 'sendMessage'"
    )
    arrived = sum(status == 200 for chat in chats for _, status, _ in calls[chat])
    p95 = delays[len(delays) * 95 // 100]
    refused = sum(status == 429 for chat in chats for _, status, _ in calls[chat])
    seen.says(
        lost=sum(row.state != "sent" for row in rows), doubled=arrived - len(rows), worst_delay=p95,
        note=f"{len(bots)} senders, {refused} × 429, {early} too early; the delay is p95 of other chats",
    )  # fmt: skip
    assert refused >= 2
    assert early == 0
    assert {(row.state, row.sends) for row in rows} == {("sent", 1)}
    assert arrived == len(rows)
    assert p95 < 1


TERMINAL = {
    "Forbidden: bot was blocked by the user": "blocked",
    "Forbidden: user is deactivated": "deactivated",
    "Forbidden: bot was kicked from the group chat": "kicked",
    "Forbidden: the group chat was deleted": "group-deleted",
    "Bad Request: chat not found": "chat-not-found",
}


@pytest.mark.fault(13, small=1, full=20)
def test_each_refusal_has_its_consequence(
    stages: Callable[..., Stage], sqlite_url: Callable[[], str], size: int, seen: Seen
) -> None:
    stage = stages(sqlite_url())
    stage.bot().ready()
    people = [Person(stage.telegram, 5001 + number, "P") for number in range(size * (len(TERMINAL) + 1))]
    for person in people:
        person.start()
    stage.settle()
    ends = {person.id: words for person, words in zip(people[size:], list(TERMINAL) * size, strict=True)}
    unknown = [person.id for person in people[:size]]
    for chat, words in (ends | dict.fromkeys(unknown, "Forbidden: something new")).items():
        code = 403 if words.startswith("Forbidden") else 400
        stage.telegram.ask(
            "fault",
            kind="refuse",
            method="sendMessage",
            chat_id=chat,
            status=code,
            description=words,
            count=None,
        )
    before = len(stage.telegram.calls("sendMessage"))
    learners = dict(stage.rows("SELECT account_id, id FROM learners"))
    owe(stage, [*ends, *unknown], "lessons", learners=learners)
    until(lambda: len(stage.telegram.calls("sendMessage")) >= before + len(people), "each was tried once")
    until(lambda: not stage.one("SELECT count(*) FROM outbox WHERE state = 'claimed'"), "each is noted")

    states = {
        row.chat_id: (row.state, row.reason)
        for row in stage.rows("SELECT chat_id, state, reason FROM outbox WHERE slot LIKE 'news-%'")
    }
    assert {chat: states[chat] for chat in ends} == {
        chat: ("unreachable", TERMINAL[words]) for chat, words in ends.items()
    }
    assert {states[chat] for chat in unknown} == {("owed", "Forbidden: something new")}
    marked = dict(stage.rows("SELECT account_id, unreachable FROM learners"))
    assert marked == {chat: TERMINAL[words] for chat, words in ends.items()} | dict.fromkeys(unknown)

    stage.telegram.ask("clear_faults")
    new = next(iter(ends))
    stage.telegram.ask(
        "fault", kind="refuse", method="sendMessage", chat_id=-78, status=400, count=None,
        description="Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=new,
    )  # fmt: skip
    owe(stage, [-78], text="moved")
    row = until(
        lambda: stage.rows(
            "SELECT chat_id, state, sends FROM outbox WHERE slot = 'moved--78' AND state = 'sent'"
        ),
        "the group's message arrives under its new id",
    )[0]
    assert (row.chat_id, row.state, row.sends) == (new, "sent", 1)
    moved = [
        call for call in stage.telegram.calls("sendMessage") if call["params"]["text"].startswith("moved")
    ]
    assert [(call["chat_id"], call["ok"]) for call in moved] == [(-78, False), (new, True)]

    came_back = people[size]
    came_back.write("/help")
    stage.settle()
    assert stage.one("SELECT unreachable FROM learners WHERE account_id = :id", id=came_back.id) is None
    owe(stage, [came_back.id], "lessons", text="again")
    until(
        lambda: stage.one("SELECT state FROM outbox WHERE slot LIKE 'again-%'") == "sent",
        "they are reached again",
    )
    seen.says(note=f"{size} of each kind; one request each; unblocking resumes; a group's new id is kept")
