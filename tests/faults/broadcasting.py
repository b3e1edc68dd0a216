"""Messages owed to many, and what became of each: by the small Telegram's ledger and a fresh read of the database."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import create_engine

from bot.rules.sending import Care, Lane, Posting
from bot.store import ids, outbox
from tests.processes.stage import Bot, Stage
from tests.processes.waiting import until

FIRST_CHAT = 20_001
IN_FLIGHT = 32
"""Rows that one sender posts at most before it has noted what became of them (`sender.Sender`)."""
SHARE = 1_000
"""Rows of one transaction."""


def readers(stage: Stage, count: int) -> list[int]:
    """So many people who have written to the bot before."""
    chats = list(range(FIRST_CHAT, FIRST_CHAT + count))
    for chat in chats:
        stage.telegram.ask("add_person", id=chat, first_name="P", language_code="en", started=True)
    return chats


def owe(
    stage: Stage, chats: Sequence[int], lane: Lane = "broadcast", care: Care = "resend", text: str = "news",
    learners: Mapping[int, int] | None = None,
) -> None:  # fmt: skip
    """Owe a message to each of these chats."""
    now = datetime.now(UTC)
    rows = [
        outbox.owed_row(
            Posting(
                ids.new(), (learners or {}).get(chat), chat, lane, care, 0, "sendMessage", {"chat_id": chat, "text": f"{text} for {chat}"},
                None, {}, now,
            ),
            now, assignment_id=None, slot=f"{text}-{chat}",
        )
        for chat in chats
    ]  # fmt: skip
    engine = create_engine(stage.database_url)
    for start in range(0, len(rows), SHARE):
        with engine.begin() as connection:
            outbox.owe_all(connection, rows[start : start + SHARE])
    engine.dispose()


def arrived(stage: Stage) -> int:
    """Messages that arrived so far, those that nobody was told of included."""
    return sum(stage.telegram.ask("counts").get("sendMessage", {}).values())


def has_arrived(stage: Stage, count: int, within: float = 60.0) -> None:
    """Wait until so many messages are in the ledger."""
    until(lambda: arrived(stage) >= count, f"{count} messages arrive", within, every=0.02)


def all_through(stage: Stage, within: float = 120.0) -> None:
    """Wait until nothing is owed any more."""
    query = "SELECT count(*) FROM outbox WHERE state IN ('owed', 'claimed')"
    until(lambda: not stage.one(query), "all is through", within, every=0.1)


def let_claims_run_out(stage: Stage) -> None:
    """What half a minute without the process that was killed does to its claims."""
    stage.change("UPDATE outbox SET claimed_until = claimed_until - 30000000 WHERE state = 'claimed'")


def seconds_until_more(stage: Stage, began: float) -> float:
    """How long after `began` the next message arrives; where others are left who send, none at all may be owed."""
    before, query = arrived(stage), "SELECT count(*) FROM outbox WHERE state = 'owed'"
    until(lambda: arrived(stage) > before or not stage.one(query), "another message arrives", 60, every=0.02)
    return time.monotonic() - began


@dataclass(frozen=True, slots=True)
class Told:
    """How what arrived compares with what was owed."""

    lost: int
    repeats: int
    unexplained: int
    """Repeats whose row does not say that there was a second try, and why."""


def told(stage: Stage, text: str = "news") -> Told:
    """Compare ledger and rows, message by message."""
    times = Counter(
        call["chat_id"] for call in stage.telegram.sends() if call["params"]["text"].startswith(text)
    )
    rows = stage.rows(
        "SELECT chat_id, state, sends, reason FROM outbox WHERE slot LIKE :slot", slot=f"{text}-%"
    )
    lost = sum(not times[row.chat_id] or row.state != "sent" for row in rows)
    again = [row for row in rows if times[row.chat_id] > 1]
    unexplained = sum(row.sends < 2 or row.reason != outbox.LOST for row in again)
    return Told(lost, sum(times[row.chat_id] - 1 for row in again), unexplained)


def slow_line(stage: Stage, seconds: float = 0.05) -> None:
    """Let Telegram take its time, so that there is always something on its way."""
    stage.telegram.ask("fault", kind="slow", method="sendMessage", seconds=seconds, count=None)


def senders(stage: Stage, on_sqlite: int, on_postgresql: int, *, full: bool, in_flight: int = 0) -> list[Bot]:
    """As many processes as the promise names; in the small size two of several, for a start costs a second."""
    count = on_sqlite if stage.is_sqlite else on_postgresql
    return stage.replicas(count if full else min(count, 2), SENDS_IN_FLIGHT=str(in_flight))
