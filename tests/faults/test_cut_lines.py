"""Telegram takes a message and cuts the line before it answers: nobody knows whether it arrived.

A lesson is sent at most twice, a message that must not be repeated exactly once, and never three times in a hurry;
the row says what happened.
"""

from collections import defaultdict
from datetime import datetime, timedelta

import pytest

from tests.faults.broadcasting import all_through, owe, readers
from tests.faults.table import Seen
from tests.processes.stage import Stage

pytestmark = pytest.mark.slow
CUT = 100
"""Lessons, and as many reminders, that are cut off in the full size."""
IN_NO_HURRY = timedelta(seconds=4)


@pytest.mark.fault(4, small=40, full=2_000)
def test_a_message_that_may_have_arrived_is_sent_at_most_twice(stage: Stage, size: int, seen: Seen) -> None:
    bot = stage.bot()
    chats = readers(stage, size)
    each = min(CUT, size // 2)
    reading, reminded, spared = chats[:each], chats[each : 2 * each], chats[2 * each :]
    again_cut = reading[: each * 2 // 5]
    """Lessons whose second copy is cut off too."""
    for chat in reading:
        cuts = 2 if chat in again_cut else 1
        stage.telegram.ask("fault", kind="cut", method="sendMessage", chat_id=chat, count=cuts)
    for chat in reminded:
        stage.telegram.ask("fault", kind="cut", method="sendMessage", chat_id=chat, count=None)
    bot.ready()
    owe(stage, [*reading, *spared], "lessons", "resend")
    owe(stage, reminded, "broadcast", "once")
    all_through(stage, 60)

    times: dict[int, list[datetime]] = defaultdict(list)
    for call in stage.telegram.calls("sendMessage"):
        times[call["chat_id"]].append(datetime.fromisoformat(call["at"]))
    found = stage.rows("SELECT chat_id, state, reason, sends FROM outbox")
    said = {row.chat_id: (row.state, row.reason, row.sends) for row in found}
    hurry = min(times[chat][1] - times[chat][0] for chat in reading if len(times[chat]) > 1)
    seen.says(
        lost=sum(not times[chat] for chat in chats), doubled=sum(len(it) - 1 for it in times.values()),
        allowed=each, note=f"{2 * each} cut; a second copy after {hurry.total_seconds():.1f} s at the soonest",
    )  # fmt: skip
    assert all(len(times[chat]) == 2 for chat in reading)
    assert all(len(times[chat]) == 1 for chat in (*reminded, *spared))
    assert hurry > IN_NO_HURRY
    for chat in reading:
        state, reason, sends = said[chat]
        assert (state, sends) == ("unknown" if chat in again_cut else "sent", 2)
        assert reason.startswith("unknown")
    for chat in reminded:
        state, reason, sends = said[chat]
        assert (state, sends) == ("unknown", 1)
        assert reason.startswith("unknown")
    assert {said[chat] for chat in spared} <= {("sent", None, 1)}
    assert bot.stop()[0] == 0
