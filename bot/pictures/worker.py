"""A process that draws, so that no tap waits while the interpreter is held; it ends with whoever started it."""

import atexit
import os
import pickle
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import IO, Any

from bot.pictures.message import Message, draw_message
from bot.pictures.progress import ProgressCard, draw_progress

Picture = ProgressCard | Message
PATIENCE = 20.0
"""Seconds; a worker that takes longer is ended, and the picture is not drawn."""
KEPT = 64
"""Pictures remembered: a practice message is the same for everybody who reads its language."""
_ROOT = Path(__file__).resolve().parents[2]


class NotDrawn(Exception):
    """The picture could not be made; its words have to do."""


def picture_of(asked: Mapping[str, Any]) -> Picture:
    """The picture that a journey asked for, from its JSON: a progress card has topics, a practice message parts."""
    if "topics" in asked:
        return ProgressCard(**{**asked, "topics": tuple(map(tuple, asked["topics"]))})
    return Message(**{**asked, "above": tuple(map(tuple, asked["above"])), "body": tuple(asked["body"])})


def draw(picture: Picture) -> bytes:
    """The PNG of this picture, drawn here and now."""
    return draw_progress(picture) if isinstance(picture, ProgressCard) else draw_message(picture)


class Worker:
    """Draws in a process of its own, one picture at a time; started at the first one, again after it died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._kept: dict[Picture, bytes] = {}

    def draw(self, picture: Picture) -> bytes:
        """The PNG of this picture, or `NotDrawn`. Blocks: call it from a thread."""
        with self._lock:
            if (known := self._kept.pop(picture, None)) is None:
                known = self._asked(picture)
            self._kept[picture] = known
            if len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]
            return known

    def stop(self) -> None:
        """End the process; the next picture starts another."""
        with self._lock:
            self._end()

    def _asked(self, picture: Picture) -> bytes:
        process = self._process or self._start()
        assert process.stdin is not None and process.stdout is not None
        alarm = threading.Timer(PATIENCE, process.kill)
        alarm.daemon = True
        alarm.start()
        try:
            _write(process.stdin, picture)
            answer = _read(process.stdout)
        except (OSError, EOFError) as trouble:
            self._end()
            raise NotDrawn(f"the worker ended ({type(trouble).__name__})") from trouble
        finally:
            alarm.cancel()
        if not isinstance(answer, bytes):
            raise NotDrawn(str(answer))
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        paths = os.pathsep.join([str(_ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot.pictures.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": paths}, start_new_session=True,
        )  # fmt: skip
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


@cache
def worker() -> Worker:
    """The one worker of this process, which ends with it."""
    made = Worker()
    atexit.register(made.stop)
    return made


def serve(asked: IO[bytes], answers: IO[bytes]) -> None:
    """Draw what comes in until nobody is there any more; what cannot be drawn is answered with its reason."""
    while True:
        try:
            picture: Any = _read(asked)
        except EOFError:
            return
        try:
            _write(answers, draw(picture))
        except BrokenPipeError:
            return
        except Exception as trouble:
            _write(answers, f"{type(trouble).__name__}: {trouble}")


def _write(pipe: IO[bytes], what: object) -> None:
    packed = pickle.dumps(what)
    pipe.write(struct.pack(">I", len(packed)) + packed)
    pipe.flush()


def _read(pipe: IO[bytes]) -> object:
    head = pipe.read(4)
    body = pipe.read(struct.unpack(">I", head)[0]) if len(head) == 4 else b""
    if not body:
        raise EOFError
    return pickle.loads(body)


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
