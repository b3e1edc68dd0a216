"""The small Telegram as a process of its own, and what people do there."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.processes.waiting import until

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "123456789:AAcanaryCANARYcanaryCANARYcanary00"
OWN_IDS = 900_000_000
"""From here on update ids are the tests' own: the small Telegram does not come so far."""
KEPT_OPEN = 2.0
"""Seconds; uvicorn closes a line that was idle for five."""
CHECK = "0"
PICKED = re.compile(r"☑|[1-6] · ")
"""A choice that is ticked, or has its place in the order."""
BARE = {"PATH": os.environ["PATH"]}
"""All that a process of these tests has from its parent."""


class Refused(Exception):
    """The small Telegram cannot do what was asked; the message says why."""


class FarEnd:
    """One small Telegram; every act of a person is one update, and they are counted."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.acts = 0
        self._counting = threading.Lock()
        self._lines = threading.local()
        self._opened: list[http.client.HTTPConnection] = []
        """Of all threads."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, verb: str, **params: Any) -> Any:
        """One verb of the control API."""
        answer = json.loads(self._post(f"/control/{verb}", json.dumps(params).encode()))
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["result"]

    def act(self, verb: str, **params: Any) -> Any:
        """A person does something that the bot hears of."""
        done = self.ask(verb, **params)
        with self._counting:
            self.acts += 1
        return done

    def calls(self, method: str | None = None, chat_id: int | None = None) -> list[dict[str, Any]]:
        """The ledger from the beginning, in order."""
        found: list[dict[str, Any]] = []
        since, total = 0, 1
        while since < total:
            page = self.ask("ledger", since=since, limit=2000, method=method, chat_id=chat_id)
            found += page["calls"]
            since, total = page["next"], page["total"]
        return found

    def sends(self) -> list[dict[str, Any]]:
        """Messages that arrived, whether or not the bot was told."""
        sent = [call for call in self.calls() if call["method"].startswith("send") and call["effect"]]
        return [call for call in sent if call["method"] != "sendChatAction"]

    def download(self, file_id: str) -> bytes:
        """A file as it lies at Telegram."""
        asked = self._post(f"/bot{TOKEN}/getFile", json.dumps({"file_id": file_id}).encode())
        path = json.loads(asked)["result"]["file_path"]
        return self._post(f"/file/bot{TOKEN}/{path}", b"")

    def _post(self, path: str, body: bytes) -> bytes:
        line: http.client.HTTPConnection | None = getattr(self._lines, "open", None)
        if line is None or time.monotonic() - self._lines.used_at > KEPT_OPEN:
            if line is not None:
                line.close()
            line = self._lines.open = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            self._opened.append(line)
        line.request("POST", path, body, {"Content-Type": "application/json"})
        answer: bytes = line.getresponse().read()
        self._lines.used_at = time.monotonic()
        return answer

    def close(self) -> None:
        """Hang up."""
        for line in self._opened:
            line.close()


class Person:
    """Somebody with a Telegram account and their chat with the bot."""

    def __init__(self, far_end: FarEnd, id: int, first_name: str, language_code: str = "en") -> None:
        self.far_end = far_end
        self.id = id
        far_end.ask("add_person", id=id, first_name=first_name, language_code=language_code)

    def start(self, payload: str = "") -> None:
        self.far_end.act("start", person_id=self.id, payload=payload)

    def write(self, words: str) -> None:
        self.far_end.act("write", person_id=self.id, words=words)

    def tap(self, message_id: int, callback_data: str) -> str:
        query: str = self.far_end.act(
            "tap", person_id=self.id, message_id=message_id, callback_data=callback_data
        )
        return query

    def messages(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.far_end.ask("chat", person_id=self.id)["messages"]
        return found

    def screen(self) -> dict[str, Any]:
        """The newest message of the bot."""
        return next(message for message in reversed(self.messages()) if message["by_bot"])

    def buttons(self) -> list[tuple[str, str, int]]:
        """Label, data and message of every button on the newest message of the bot that has any."""
        for message in reversed(self.messages()):
            rows = message["keyboard"] or []
            found = [
                (button["text"], button["callback_data"], message["message_id"])
                for row in rows
                for button in row
                if "callback_data" in button
            ]
            if found:
                return found
        return []

    def of_kind(self, kind: str) -> list[tuple[str, int]]:
        """Data and message of the buttons that mean this."""
        return [(data, message) for _, data, message in self.buttons() if data.startswith(f"{kind}.")]

    def next_tap(self) -> tuple[tuple[str, int], bool]:
        """The tap that brings a question nearer to its answer, and whether it is the answer."""
        check = [(data, message) for data, message in self.of_kind("k") if data.split(".")[3] == CHECK]
        labels = [(label, data, message) for label, data, message in self.buttons() if data.startswith("a.")]
        free = [(data, message) for label, data, message in labels if not PICKED.match(label)]
        if check and len(free) < len(labels):
            return check[0], True
        is_choice = not self.of_kind("k") and "Tap them in order" not in self.screen()["text"]
        is_statement = is_choice and len(labels) == 2  # a reason is asked after it
        return free[0], is_choice and not is_statement

    def press(self, kind: str, number: int = 0) -> None:
        """Press the first (second, …) button that means this."""
        data, message = self.of_kind(kind)[number]
        self.tap(message, data)


@contextmanager
def far_end(folder: Path, *arguments: str) -> Iterator[FarEnd]:
    """A small Telegram that listens, and is gone afterwards."""
    with (folder / "far-end.log").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.demo.http", "--port", "0", "--token", TOKEN, *arguments],
            cwd=ROOT,
            env=BARE,
            stdout=subprocess.PIPE,
            stderr=said,
            start_new_session=True,
        )
    assert process.stdout is not None
    try:
        line = process.stdout.readline().decode()
        assert "listens on" in line, (folder / "far-end.log").read_text()
        found = FarEnd(int(line.rsplit(":", 1)[1]))
        yield found
        found.close()
    finally:
        put_down(process)
        process.stdout.close()


def put_down(process: "subprocess.Popen[Any]") -> None:
    """Kill a process and whatever it started, and wait until it is gone."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def answered(far_end: FarEnd, query_id: str) -> dict[str, Any]:
    """How a tap was answered, once it is."""
    answer: dict[str, Any] = until(lambda: far_end.ask("answer", query_id=query_id), "the tap is answered")
    return answer
