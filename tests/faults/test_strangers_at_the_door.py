"""Requests that are not Telegram's: no or a wrong secret, 10 MB, a wrong content type, GET. Each gets its status,
nothing is stored, and what was given in place of the secret is in no log at any level.
"""

import pytest

from bot.store.tables import metadata
from tests.faults.door import AS_TELEGRAM, PATH, post, words
from tests.faults.table import Seen
from tests.processes.stage import SECRET, Stage, request

pytestmark = pytest.mark.slow
WRONG = "canary-of-somebody-else"
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
OURS = ("content_versions", "marks")
"""Written at the start and by ticks, whoever comes to the door."""
STRANGERS = (
    (403, {"X_Telegram_Bot_Api_Secret_Token": ""}),
    (403, {"X_Telegram_Bot_Api_Secret_Token": WRONG}),
    (403, {"X_Telegram_Bot_Api_Secret_Token": SECRET + "x"}),
    (403, {"X_Telegram_Bot_Api_Secret_Token": SECRET[:-1]}),
    (415, {"Content_Type": "text/plain"}),
    (415, {"Content_Type": ""}),
)


def counted(stage: Stage) -> dict[str, int]:
    """How many rows each table holds."""
    tables = [name for name in metadata.tables if name not in OURS]
    return {name: stage.one(f"SELECT count(*) FROM {name}") for name in tables}


@pytest.mark.fault(10, small=1, full=25)
def test_each_stranger_gets_a_status_and_nothing_is_stored(stage: Stage, size: int, seen: Seen) -> None:
    levels = LEVELS if size > 1 else LEVELS[:1]
    for level in levels:
        bot = stage.bot(webhook=True, replica=level, LOG_LEVEL=level).ready()
        before = counted(stage)
        update = words(1, 4001, "Let me in")
        told = []
        for _ in range(size):
            told += [(status, post(bot, update, **headers)[0]) for status, headers in STRANGERS]
            told.append((413, post(bot, b" " * 10_000_000)[0]))
            for method in ("GET", "PUT", "DELETE"):
                told.append((405, request(bot.port, method, PATH, b"", AS_TELEGRAM)[0]))
            told.append((404, request(bot.port, "POST", "/elsewhere", b"{}", AS_TELEGRAM)[0]))
        wrong = [pair for pair in told if pair[0] != pair[1]]
        stored = [name for name, count in counted(stage).items() if count != before[name]]
        assert post(bot, words(size + levels.index(level), 4001, "Let me in"))[0] == 200
        bot.stop()
        logged = bot.log.read_text(encoding="utf-8")
        seen.says(
            lost=len(wrong), doubled=len(stored), note=f"{len(told)} requests at each of {len(levels)} levels"
        )
        assert not wrong
        assert not stored
        assert WRONG not in logged and SECRET not in logged
