"""Logging set up as the service does it, and taken down again."""

import logging
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import structlog

from bot import observing


@contextmanager
def logging_to(level: str, style: Any, secrets: Sequence[str]) -> Iterator[None]:
    """Everything that is said goes to standard error through the service's own handler."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, sys.excepthook, threading.excepthook, sys.unraisablehook
    levels = {name: logging.getLogger(name).level for name in observing.QUIET}
    observing.set_up(level, style, secrets)
    try:
        yield
    finally:
        root.handlers[:], sys.excepthook = before[0], before[2]
        root.setLevel(before[1])
        threading.excepthook, sys.unraisablehook = before[3], before[4]
        for name, least in levels.items():
            logging.getLogger(name).setLevel(least)
        logging.captureWarnings(False)
        structlog.reset_defaults()
