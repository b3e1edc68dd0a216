"""What the service says about itself: log lines without secrets or personal data, and numbers."""

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any, Literal, TextIO
from urllib.parse import quote

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

TOKEN = re.compile(r"\b\d{5,16}(?::|%3A)[A-Za-z0-9_-]{20,}", re.IGNORECASE)
"""Anything that looks like a bot token, in a URL too."""
HIDDEN = "[hidden]"
QUIET = {
    "aiohttp": logging.WARNING,
    "asyncio": logging.WARNING,
    "httpcore": logging.WARNING,
    "httpx": logging.WARNING,  # it writes the URL, so the token, at INFO
    "sqlalchemy": logging.WARNING,  # its parameters are people's words
    "telegram": logging.CRITICAL,  # it quotes answers it cannot read
    "uvicorn": logging.WARNING,
    "uvicorn.access": logging.CRITICAL,
}


class Scrubbing(logging.Formatter):
    """Formats a whole line, traceback included, and only then takes the secrets out: none can slip past."""

    def __init__(self, formatter: logging.Formatter, secrets: Iterable[str]) -> None:
        super().__init__()
        self._formatter = formatter
        ways = {way for secret in secrets if len(secret) >= 6 for way in _written(secret)}
        known = sorted(ways, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def format(self, record: logging.LogRecord) -> str:
        line = TOKEN.sub(HIDDEN, self._formatter.format(record))
        return self._known.sub(HIDDEN, line) if self._known else line


def _written(secret: str) -> tuple[str, ...]:
    """As it is, in JSON, in a Python literal and in a URL."""
    return secret, json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1], quote(secret, safe="")


def without_words(error: BaseException) -> str:
    """A traceback with the types of errors alone: what an error says may quote a person."""
    told: list[str] = []
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        frames = "".join(traceback.format_list(traceback.extract_tb(link.__traceback__)))
        told.append(f"Traceback (most recent call last):\n{frames}{type(link).__name__}")
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\n\nafter\n\n".join(told)


def _rendered(_logger: Any, _method: str, said: Any) -> Any:
    """For structlog: an error as JSON holds it."""
    error = said.pop("exc_info", None)
    if isinstance(error, tuple):
        error = error[1]
    elif error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        said["exception"] = without_words(error)
    return said


def _printed(out: TextIO, about: Any) -> None:
    """The same for the console."""
    out.write("\n" + without_words(about[1]))


class FirstLines(logging.Filter):
    """asyncio writes the error of a lost task, words and all, below its first line."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == "asyncio":
            record.msg, record.args = record.getMessage().split("\n", 1)[0], ()
        return True


def set_up(
    level: str = "INFO", style: Literal["console", "json"] = "console", secrets: Sequence[str] = ()
) -> None:
    """Send every log line, ours and the libraries', through one scrubbed handler on standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    last: list[Any] = (
        [_rendered, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if style == "json"
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=_printed)]
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        Scrubbing(
            structlog.stdlib.ProcessorFormatter(
                foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
                processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
            ),
            secrets,
        )
    )
    handler.addFilter(FirstLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.captureWarnings(True)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(max(least, root.level))
    _log_what_nobody_caught()


def _log_what_nobody_caught() -> None:
    """Python prints an uncaught error past all logging, and with it whatever its text holds."""
    log = logging.getLogger("uncaught")

    def main(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        log.critical("%s", kind.__name__, exc_info=(kind, error, trace))

    def thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            log.critical(
                "%s", args.exc_type.__name__, exc_info=(args.exc_type, args.exc_value, args.exc_traceback)
            )

    def unraisable(args: Any) -> None:
        if args.exc_value is not None:
            log.error("%s", type(args.exc_value).__name__, exc_info=args.exc_value)

    sys.excepthook = main
    threading.excepthook = thread
    sys.unraisablehook = unraisable


class Metrics:
    """The numbers of one process; `page` is what Prometheus reads."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self.updates = Counter(
            "fraudwise_updates", "Updates by what became of them", ["outcome"], registry=registry
        )
        self.turn_seconds = Histogram(
            "fraudwise_turn_seconds", "From an update's arrival to its commit", registry=registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10),
        )  # fmt: skip
        self.sends = Counter("fraudwise_sends", "Calls posted, by outcome", ["outcome"], registry=registry)
        self.send_seconds = Histogram(
            "fraudwise_send_seconds", "From posting a call to its answer", registry=registry,
            buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60),
        )  # fmt: skip
        self.owed = Gauge("fraudwise_outbox_owed", "Messages due and not yet sent", registry=registry)
        self.oldest = Gauge("fraudwise_outbox_oldest_seconds", "Age of the oldest of them", registry=registry)
        self.dead_letters = Gauge("fraudwise_dead_letters", "Updates whose journey failed", registry=registry)
        self.stopped = Gauge("fraudwise_lessons_stopped", "1 while lessons do not go out", registry=registry)
        self.last_tick = Gauge(
            "fraudwise_last_tick_seconds", "Since somebody last looked for what is due", registry=registry
        )
        self._sends = {state: self.sends.labels(state) for state in SEND_STATES}

    def received(self, outcome: str, seconds: float) -> None:
        """What the poller or the webhook reports of each update."""
        self.updates.labels(outcome).inc()
        if outcome == "committed":
            self.turn_seconds.observe(seconds)

    def sent(self, state: str, seconds: float) -> None:
        """What the sender reports of each call."""
        self._sends[state].inc()
        self.send_seconds.observe(seconds)

    def page(self) -> bytes:
        return generate_latest(self._registry)


SEND_STATES = ("sent", "later", "unreachable", "unknown", "skipped", "refused")
