"""Requests that are not Telegram's: no or a wrong secret, 10 MB, a wrong content type, GET. Each gets its status and
nothing is stored; and neither the token nor a secret, right or wrong, is in a log at any level, in the database's
files or in the numbers.
"""

import http.client
from collections.abc import Callable
from contextlib import suppress

import pytest

from tests.faults.crowd import at_a_question, people
from tests.faults.door import AS_TELEGRAM, PATH, post, words
from tests.processes.far_end import TOKEN
from tests.processes.stage import KEYS, SECRET, Stage, request
from tests.processes.waiting import until

pytestmark = pytest.mark.slow
WRONG = "canary-of-somebody-else"
SAID = "canary-words-of-a-person"
CANARIES = (TOKEN, TOKEN.split(":")[1], SECRET, WRONG, KEYS)


def test_each_stranger_gets_a_status_and_nothing_is_stored(stage: Stage) -> None:
    bot = stage.bot(webhook=True).ready()
    update = words(1, 4001, "Let me in")
    assert post(bot, update, X_Telegram_Bot_Api_Secret_Token="")[0] == 403
    assert post(bot, update, X_Telegram_Bot_Api_Secret_Token=WRONG)[0] == 403
    assert post(bot, update, X_Telegram_Bot_Api_Secret_Token=SECRET + "x")[0] == 403
    assert post(bot, update, X_Telegram_Bot_Api_Secret_Token=SECRET[:-1])[0] == 403
    assert post(bot, b" " * 10_000_000)[0] == 413
    assert post(bot, update, Content_Type="text/plain")[0] == 415
    assert post(bot, update, Content_Type="")[0] == 415
    for method in ("GET", "PUT", "DELETE"):
        assert request(bot.port, method, PATH, b"", AS_TELEGRAM)[0] == 405
    assert request(bot.port, "POST", "/elsewhere", b"{}", AS_TELEGRAM)[0] == 404
    for table in ("updates", "learners", "outbox", "events", "dead_letters"):
        assert stage.one(f"SELECT count(*) FROM {table}") == 0
    assert post(bot, update)[0] == 200
    assert stage.posted() == 1


def test_no_secret_is_in_a_log_a_file_or_a_number(
    stages: Callable[..., Stage], sqlite_url: Callable[[], str]
) -> None:
    stage = stages(sqlite_url())
    bot = stage.bot(webhook=True, LOG_LEVEL="DEBUG").ready()
    waiting = at_a_question(stage, people(stage, 3))
    for kind in ("refuse", "cut", "hang"):
        stage.telegram.ask("fault", kind=kind, method="sendMessage", seconds=0.1)
        waiting[0].person.write(SAID)
    post(bot, words(1, 4001, SAID), X_Telegram_Bot_Api_Secret_Token=WRONG)
    post(bot, b'{"update_id": "' + WRONG.encode(), X_Telegram_Bot_Api_Secret_Token=SECRET)
    with suppress(OSError, http.client.HTTPException):
        request(bot.port, "POST", f"/bot{TOKEN}/getMe?secret={WRONG}", b"\0" * 100, {"Host": WRONG})
    stage.settle()
    numbers = bot.get("/metrics")[1]
    assert b"fraudwise_sends_total" in numbers
    stage.telegram.ask("fault", kind="cut", method=None, count=None)
    waiting[1].person.write(SAID)
    until(lambda: stage.handled() >= stage.telegram.acts, "the last words are handled")
    log = bot.log.read_bytes()
    assert len(log) > 300, "something is logged at DEBUG"

    places = {"log": log, "numbers": numbers}
    file = stage.database_url.removeprefix("sqlite:///")
    for ending in ("", "-wal"):
        with open(file + ending, "rb") as kept:  # noqa: PTH123
            places[f"database{ending}"] = kept.read()
    assert places["database-wal"], "the write-ahead log is looked into before it is folded in"
    bot.stop()
    places["log after the stop"] = bot.log.read_bytes()
    found = [
        (name, word) for name, content in places.items() for word in CANARIES if word.encode() in content
    ]
    assert not found
    words_in = [name for name in ("log", "numbers", "log after the stop") if SAID.encode() in places[name]]
    assert not words_in, "nobody's words are in a log or a number"
