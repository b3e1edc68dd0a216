"""No secret leaves by the log, whichever way it got there."""

import json
import logging
import sys
import threading
from typing import Any

import pytest
import structlog

from bot.observing import HIDDEN, Metrics
from tests.web.logs import logging_to

TOKEN = "7612345678:AAcanaryCANARYcanaryCANARYcanary_Zz"
NAME = "Chen Mei"
SECRET = 'quote"and\\slash-secret'


def _raise(text: str) -> None:
    raise ValueError(text)


@pytest.mark.parametrize("style", ["console", "json"])
def test_a_token_is_hidden_in_words_values_tracebacks_and_uncaught_errors(
    style: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with logging_to("DEBUG", style, [TOKEN]):
        library, ours = logging.getLogger("library"), structlog.get_logger("ours")
        library.info("HTTP Request: POST https://api.telegram.org/bot%s/sendMessage", TOKEN)
        library.info("quoted %s", TOKEN.replace(":", "%3A"))
        library.info("extra", extra={"url": f"bot{TOKEN}"})
        ours.info("said", url=f"bot{TOKEN}", nested={"a": [TOKEN]})
        try:
            _raise(f"cannot reach bot{TOKEN}")
        except ValueError as error:
            library.exception("failed")
            ours.exception("failed", error=error)
            sys.excepthook(type(error), error, error.__traceback__)
        thread = threading.Thread(target=_raise, args=(TOKEN,))
        thread.start()
        thread.join()
    said = capsys.readouterr()
    assert said.err.count(HIDDEN) >= 6
    assert "canaryCANARY" not in said.err + said.out
    assert "Traceback" in said.err and "_raise" in said.err


@pytest.mark.parametrize("style", ["console", "json"])
def test_of_an_error_the_types_and_the_places_are_told_and_not_its_words(
    style: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with logging_to("DEBUG", style, []):
        try:
            try:
                _raise(NAME)
            except ValueError as error:
                raise LookupError(NAME) from error
        except LookupError:
            logging.getLogger("library").exception("failed")
            structlog.get_logger().exception("failed too")
        lost = "Task exception was never retrieved\nfuture: <Task exception=ValueError('Chen Mei')>"
        logging.getLogger("asyncio").error(lost)
    said = capsys.readouterr().err
    assert "Chen Mei" not in said and "never retrieved" in said
    assert said.count("LookupError") >= 2 and said.count("ValueError") >= 2 and "_raise" in said


def test_any_token_is_hidden_even_one_nobody_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    with logging_to("INFO", "json", []):
        logging.getLogger("library").info("other bot 123456789:AAFzZkLmnOpQrStUvWxYz0123456789abcd used")
    assert "AAFzZ" not in capsys.readouterr().err


def test_a_json_line_hides_a_secret_that_json_writes_differently(capsys: pytest.CaptureFixture[str]) -> None:
    with logging_to("INFO", "json", [SECRET]):
        structlog.get_logger().info("said", value=SECRET)
    line = capsys.readouterr().err
    assert json.loads(line)["value"] == HIDDEN


def test_a_json_line_is_json_and_says_who_when_and_how_bad(capsys: pytest.CaptureFixture[str]) -> None:
    with logging_to("INFO", "json", []):
        structlog.get_logger("ours").warning("put_off", rows=3, why="数据库")
        logging.getLogger("library").info("hello %s", "you")
    ours, library = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (ours["event"], ours["level"], ours["rows"], ours["why"]) == ("put_off", "warning", 3, "数据库")
    assert (library["event"], library["logger"]) == ("hello you", "library")
    assert ours["timestamp"].endswith("Z")


def test_libraries_that_quote_people_are_quiet_at_every_level(capsys: pytest.CaptureFixture[str]) -> None:
    with logging_to("DEBUG", "console", []):
        logging.getLogger("sqlalchemy.engine").info("INSERT … ('what she wrote')")
        logging.getLogger("telegram.request.BaseRequest").error(
            'Can not load invalid JSON data: "what she wrote"'
        )
        logging.getLogger("uvicorn.access").info("POST /hook")
        logging.getLogger("httpx").info("GET /")
    assert capsys.readouterr().err == ""


def test_short_values_are_not_taken_for_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    with logging_to("INFO", "console", ["", "a"]):
        logging.getLogger("library").info("a plain line")
    assert "a plain line" in capsys.readouterr().err


def test_every_outcome_of_a_send_is_counted() -> None:
    metrics = Metrics()
    for state in ("sent", "sent", "later", "unreachable", "unknown", "skipped", "refused"):
        metrics.sent(state, 0.01)
    page = metrics.page().decode()
    assert 'fraudwise_sends_total{outcome="sent"} 2.0' in page
    assert 'fraudwise_sends_total{outcome="refused"} 1.0' in page
