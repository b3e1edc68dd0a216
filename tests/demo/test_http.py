"""The small Telegram as a process of its own."""

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.demo.conftest import MEI, TOKEN


class Far:
    """The other process: the Bot API on one side, control on the other."""

    def __init__(self, port: int) -> None:
        self.port = port

    def send(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, bytes]:
        line = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            line.request(method, path, body, {"Content-Type": kind} if kind else {})
            answer = line.getresponse()
            return answer.status, answer.read()
        finally:
            line.close()

    def call(self, method: str, token: str = TOKEN, **params: Any) -> tuple[int, Any]:
        kind = "application/x-www-form-urlencoded"
        status, body = self.send("POST", f"/bot{token}/{method}", urlencode(params).encode(), kind)
        return status, json.loads(body)

    def control(self, verb: str, **params: Any) -> Any:
        status, body = self.send("POST", f"/control/{verb}", json.dumps(params).encode())
        answer = json.loads(body)
        assert status == 200, answer
        return answer["result"]


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("far") / "journal"


@pytest.fixture(scope="module")
def process(journal: Path) -> Iterator[Far]:
    command = [
        sys.executable,
        "-m",
        "bot.demo.http",
        "--port",
        "0",
        "--token",
        TOKEN,
        "--journal",
        str(journal),
    ]
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root, env=environment, text=True) as running:
        try:
            assert running.stdout is not None
            line = running.stdout.readline()
            assert line.startswith("The small Telegram listens on http://127.0.0.1:"), line
            yield Far(int(line.rpartition(":")[2]))
        finally:
            running.terminate()


@pytest.fixture
def far(process: Far) -> Far:
    process.control("clear")
    process.control("add_person", id=MEI, first_name="Mei", language_code="en")
    process.control("start", person_id=MEI)
    return process


def test_a_bot_polls_sends_and_is_seen(far: Far) -> None:
    updates = far.call("getUpdates", timeout=5)[1]["result"]
    assert updates[-1]["message"]["text"] == "/start"
    markup = json.dumps({"inline_keyboard": [[{"text": "Next", "callback_data": "n"}]]})
    sent = far.call("sendMessage", chat_id=MEI, text="<b>1</b>", parse_mode="HTML", reply_markup=markup)[1][
        "result"
    ]

    seen = far.control("chat", person_id=MEI)["messages"][-1]
    assert (seen["html"], seen["keyboard"][0][0]["text"]) == ("<b>1</b>", "Next")
    query = far.control("tap", person_id=MEI, message_id=sent["message_id"], callback_data="n")
    assert far.call("answerCallbackQuery", callback_query_id=query, text="Saved")[0] == 200
    assert far.control("answer", query_id=query)["text"] == "Saved"


def test_get_post_and_json_are_all_taken(far: Far) -> None:
    assert far.send("GET", f"/bot{TOKEN}/sendMessage?chat_id={MEI}&text=a")[0] == 200
    body = json.dumps({"chat_id": MEI, "text": "a"}).encode()
    assert far.send("POST", f"/bot{TOKEN}/sendMessage", body, "application/json")[0] == 200
    assert far.send("PUT", f"/bot{TOKEN}/sendMessage", body, "application/json")[0] == 405


def test_a_wrong_token_is_401_and_none_is_404(far: Far) -> None:
    assert far.call("getMe", token="111:BBB") == (
        401,
        {"ok": False, "error_code": 401, "description": "Unauthorized"},
    )
    assert far.call("getMe", token="none")[0] == 404
    assert far.send("GET", "/file/bot111:BBB/x")[0] == 401
    assert far.call("noSuchMethod")[0] == 404


def test_a_file_is_fetched_by_its_link_until_it_expires(far: Far) -> None:
    content = base64.b64encode(b"%PDF").decode()
    sent = far.control("send_file", person_id=MEI, name="a.pdf", mime="application/pdf", content=content)
    path = far.call("getFile", file_id=sent["attachment"]["file_id"])[1]["result"]["file_path"]

    assert far.send("GET", f"/file/bot{TOKEN}/{path}") == (200, b"%PDF")
    far.control("clock", seconds=3600)
    assert far.send("GET", f"/file/bot{TOKEN}/{path}")[0] == 404


@pytest.mark.parametrize(("kind", "arrives"), [("cut", True), ("hang", False)])
def test_a_line_can_be_closed_without_an_answer(far: Far, kind: str, arrives: bool) -> None:
    far.control("fault", kind=kind, method="sendMessage", seconds=0.01)
    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        far.call("sendMessage", chat_id=MEI, text=f"did it arrive after a {kind}?")

    texts = [message["text"] for message in far.control("chat", person_id=MEI)["messages"]]
    assert (f"did it arrive after a {kind}?" in texts) is arrives
    assert far.call("sendMessage", chat_id=MEI, text="and this?")[0] == 200
    calls = far.control("ledger", method="sendMessage")["calls"]
    assert [(call["status"], call["fault"], call["effect"]) for call in calls] == [
        (0, kind, arrives),
        (200, None, True),
    ]


def test_a_poller_that_hung_up_takes_nothing_with_it(far: Far) -> None:
    offset = far.call("getUpdates")[1]["result"][-1]["update_id"] + 1
    line = HTTPConnection("127.0.0.1", far.port)
    line.request("POST", f"/bot{TOKEN}/getUpdates?timeout=30&offset={offset}")
    line.close()
    deadline = time.monotonic() + 10
    while "cut" not in far.control("counts")["getUpdates"]:
        assert time.monotonic() < deadline, "the poll of a bot that is gone still waits"
        time.sleep(0.01)
    far.control("write", person_id=MEI, words="news")

    assert [each["message"]["text"] for each in far.call("getUpdates", timeout=5)[1]["result"]] == ["news"]


def test_the_ledger_is_counted_sliced_and_on_disk(far: Far, journal: Path) -> None:
    far.call("getMe")
    far.call("sendMessage", chat_id=99, text="a")

    assert far.control("counts") == {"getMe": {"200": 1}, "sendMessage": {"400": 1}}
    part = far.control("ledger", since=1)
    assert ([call["method"] for call in part["calls"]], part["next"]) == (["sendMessage"], 2)
    assert json.loads(journal.read_text().splitlines()[-1])["description"] == "Bad Request: chat not found"


@pytest.mark.parametrize(
    ("verb", "params", "sentence"),
    [
        ("dance", {}, "there is no verb 'dance'"),
        ("write", {"person_id": MEI}, "missing a required argument: 'words'"),
        ("write", {"person_id": 99, "words": "a"}, "nobody here has the id 99"),
        ("tap", {"person_id": MEI, "message_id": 1, "callback_data": "x"}, "no button with the data 'x'"),
        ("fault", {"kind": "flood"}, "a fault has kind refuse, hang, cut or slow"),
    ],
)
def test_what_cannot_be_done_is_a_400_with_a_sentence(
    far: Far, verb: str, params: dict[str, Any], sentence: str
) -> None:
    status, body = far.send("POST", f"/control/{verb}", json.dumps(params).encode())

    assert status == 400
    assert sentence in json.loads(body)["error"]


def test_control_takes_json_objects_only(far: Far) -> None:
    assert far.send("POST", "/control/chat", b"[1]")[0] == 400
    assert far.send("POST", "/control/chat", b"{")[0] == 400
    assert far.send("GET", "/control/chat")[0] == 405
    assert far.send("GET", "/elsewhere")[0] == 404


def test_updates_too_old_are_told_apart_from_those_that_wait(far: Far) -> None:
    far.control("clock", seconds=86_400)
    far.control("write", person_id=MEI, words="fresh")

    assert [each["message"]["text"] for each in far.control("pending")] == ["fresh"]
    assert "/start" in [each["message"]["text"] for each in far.control("expired") if "message" in each]
