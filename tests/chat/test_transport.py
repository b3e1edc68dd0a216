"""What each answer of Telegram's is sorted into, and that no way out of here shows the token."""

import asyncio
import io
import logging
import socket
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.chat.transport import AiohttpRequest, Endpoint, Transport
from bot.rules.answers import (
    Answer,
    Conflict,
    Flooded,
    Migrated,
    Refused,
    Sent,
    TryLater,
    Unknown,
    Unreachable,
    Unreadable,
)
from tests.chat.far import Far, Told, far_end, no, ok
from tests.web.logs import logging_to

TOKEN = "7612345678:AAcanaryCANARYcanaryCANARYcanary_Zz"
pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def line_to(base: str) -> AsyncIterator[Transport]:
    transport = Transport(AiohttpRequest(), Endpoint(base, base.replace("/bot", "/file/bot"), TOKEN))
    await transport.start()
    try:
        yield transport
    finally:
        await transport.stop()


async def answer_to(told: Told, **more: Any) -> Answer:
    async with far_end() as far, line_to(far.base) as transport:
        far.script = lambda method, params: told
        return await transport.post("sendMessage", {"chat_id": 1, "text": "hello"}, **more)


@pytest.mark.parametrize(
    ("told", "answer"),
    [
        (ok({"message_id": 7, "chat": {"id": 1}}), Sent({"message_id": 7, "chat": {"id": 1}})),
        (ok(True), Sent(True)),
        (no(400, "Bad Request: message is not modified: specified new message content …"), Sent()),
        (no(400, "Bad Request: query is too old and response timeout expired or query ID is invalid"), Sent()),
        (no(403, "Forbidden: bot was blocked by the user"), Unreachable("blocked")),
        (no(403, "Forbidden: user is deactivated"), Unreachable("deactivated")),
        (no(403, "Forbidden: bot was kicked from the group chat"), Unreachable("kicked")),
        (no(403, "Forbidden: bot was kicked from the supergroup chat"), Unreachable("kicked")),
        (no(403, "Forbidden: bot is not a member of the supergroup chat"), Unreachable("kicked")),
        (no(403, "Forbidden: the group chat was deleted"), Unreachable("group-deleted")),
        (no(403, "Forbidden: bot can't initiate conversation with a user"), Unreachable("never-started")),
        (no(400, "Bad Request: chat not found"), Unreachable("chat-not-found")),
        (no(400, "Bad Request: PEER_ID_INVALID"), Unreachable("chat-not-found")),
        (no(403, "Forbidden: something new"), TryLater("Forbidden: something new", slow=True)),
        (no(403, "Forbidden: bot can't send messages to bots"), Refused("Forbidden: bot can't send messages to bots")),
        (no(400, "Bad Request: can't parse entities: …"), Refused("Can't parse entities: …")),
        (no(400, "Bad Request: message to edit not found"), Refused("Message to edit not found")),
        (no(413, "Request Entity Too Large"), Refused("Request Entity Too Large")),
        (no(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-100), Migrated(-100)),
        (no(429, "Too Many Requests: retry after 3", retry_after=3), Flooded(timedelta(seconds=3))),
        (no(409, "Conflict: terminated by other getUpdates request"),
         Conflict("Conflict: terminated by other getUpdates request")),
        (no(401, "Unauthorized"), TryLater("Telegram does not know this token or method", everybody=True)),
        (no(500, "Internal Server Error"), TryLater("Internal Server Error")),
        (no(502, "Bad Gateway"), TryLater("Bad Gateway")),
        (no(504, "Gateway Timeout"), Unknown("Gateway Timeout")),
        ((502, b"<html>nginx</html>"), Unknown("no answer")),
        ((302, b""), TryLater("Redirected (302)", everybody=True)),
        ((200, b"<html>captive portal</html>"), Unreadable()),
        ((200, b"[" * 100_000), Unreadable()),
        ((200, b'{"ok": true}'), Unknown("KeyError")),
        ("cut", Unknown("Line cut (LineCut)")),
    ],
)  # fmt: skip
async def test_each_answer_has_one_meaning(told: Told, answer: Answer) -> None:
    assert await answer_to(told) == answer


async def test_an_answer_that_does_not_come_in_time_may_have_arrived() -> None:
    answer = await answer_to("hang", timeout=timedelta(seconds=0.1))
    assert answer == Unknown("No answer in time (NoAnswer)")


async def test_a_refused_connection_was_never_sent() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        async with line_to(f"http://127.0.0.1:{taken.getsockname()[1]}/bot") as transport:
            answer = await transport.post("sendMessage", {"chat_id": 1})
    assert answer == TryLater("No connection (ConnectionRefusedError)", everybody=True)


async def test_a_name_that_does_not_resolve_was_never_sent() -> None:
    async with line_to("http://no-such-host.invalid/bot") as transport:
        answer = await transport.post("sendMessage", {"chat_id": 1})
    assert isinstance(answer, TryLater) and answer.everybody


async def test_a_cut_line_is_not_tried_again_here() -> None:
    async with far_end() as far, line_to(far.base) as transport:
        assert await transport.post("sendMessage", {"chat_id": 1}) == Sent({"message_id": 1})
        far.script = lambda method, params: "cut"
        assert isinstance(await transport.post("sendMessage", {"chat_id": 1}), Unknown)
        assert len(far.calls) == 2


async def test_a_method_telegram_does_not_know_is_our_mistake_once_it_took_our_token() -> None:
    async with far_end() as far, line_to(far.base) as transport:
        far.script = lambda method, params: no(404, "Not Found") if method == "sendNothing" else ok()
        assert await transport.post("sendNothing", {}) == TryLater(
            "Telegram does not know this token or method", everybody=True
        )
        await transport.post("getMe", {})
        assert await transport.post("sendNothing", {}) == Refused("Not Found")


async def test_values_arrive_as_they_were_given() -> None:
    params = {
        "chat_id": 1, "text": "放款前付费？ & <b>no</b> \ud83d\ude42".encode("utf-16", "surrogatepass").decode("utf-16"),
        "reply_markup": {"inline_keyboard": [[{"text": "Yes", "callback_data": "a.1"}]]}, "protect_content": True,
    }  # fmt: skip
    async with far_end() as far, line_to(far.base) as transport:
        await transport.post("sendMessage", {**params, "message_effect_id": None})
        assert far.calls == [("sendMessage", params)]


async def test_a_file_travels_as_multipart(tmp_path: Path) -> None:
    path = tmp_path / "completions.csv"
    path.write_bytes(b"organisation,learner_id\n" * 100_000)
    async with far_end() as far, line_to(far.base) as transport:
        far.script = lambda method, params: ok({"message_id": 3})
        answer = await transport.post(
            "sendDocument", {"chat_id": 1, "caption": "Scores"}, {"document": str(path)}
        )
        headers, body = far.raw[0]
    assert answer == Sent({"message_id": 3})
    assert headers["content-type"].startswith("multipart/form-data")
    assert (
        b'name="document"; filename="completions.csv"' in body
        and body.count(b"organisation,learner_id\n") == 100_000
    )
    assert b'name="chat_id"' in body and b"Scores" in body


async def test_a_file_that_is_gone_is_refused_without_a_call(tmp_path: Path) -> None:
    async with far_end() as far, line_to(far.base) as transport:
        answer = await transport.post(
            "sendDocument", {"chat_id": 1}, {"document": str(tmp_path / "gone.csv")}
        )
        assert answer == Refused("file could not be read (FileNotFoundError)")
        assert far.calls == []


async def test_a_download_has_an_upper_limit() -> None:
    async with far_end() as far, line_to(far.base) as transport:
        far.script = lambda method, params: (200, b"x" * 1000)
        assert await transport.download("documents/1.jpg") == b"x" * 1000
        assert far.paths == [f"/file/bot{TOKEN}/documents/1.jpg"]
        far.script = lambda method, params: (200, b"x" * 21_100_000)
        assert await transport.download("documents/2.jpg") == Refused("file is too big")


async def test_what_cannot_be_written_is_refused_without_a_call() -> None:
    async with far_end() as far, line_to(far.base) as transport:
        assert await transport.post("sendMessage", {"chat_id": object()}) == Refused(
            "call could not be written (TypeError)"
        )
        assert far.calls == []


FAULTS: list[Callable[[Far], Any]] = [
    lambda far: setattr(far, "script", lambda method, params: "cut"),
    lambda far: setattr(far, "script", lambda method, params: "hang"),
    lambda far: setattr(far, "script", lambda method, params: (200, b"<html>")),
    lambda far: setattr(far, "script", lambda method, params: no(401, "Unauthorized")),
    lambda far: setattr(far, "script", lambda method, params: no(500, "Internal Server Error")),
    lambda far: setattr(far, "port", 1),
]


@pytest.mark.parametrize("style", ["json", "console"])
async def test_the_token_is_in_no_log_and_no_error(style: Any, capsys: pytest.CaptureFixture[str]) -> None:
    errors = io.StringIO()
    with logging_to("DEBUG", style, [TOKEN]):
        for fault in FAULTS:
            async with far_end() as far:
                fault(far)
                request = AiohttpRequest()
                await request.initialize()
                endpoint = Endpoint(far.base, far.base, TOKEN)
                transport = Transport(request, endpoint)
                errors.write(repr(await transport.post("getMe", {}, timeout=timedelta(seconds=0.1))))
                try:
                    await request.post(endpoint.url("getMe"), read_timeout=0.1)
                except Exception as error:
                    errors.write(
                        "".join(traceback.format_exception(error)) + repr(error) + repr(error.__context__)
                    )
                    logging.getLogger("some.library").exception("failed")
                errors.write(repr(endpoint) + repr(transport) + repr(request))
                await request.shutdown()
        logging.getLogger("some.library").debug("GET https://api.telegram.org/bot%s/getMe", TOKEN)
    said = capsys.readouterr().err
    assert "[hidden]" in said and "failed" in said
    assert TOKEN not in said and "canaryCANARY" not in said
    assert "canaryCANARY" not in errors.getvalue()


async def test_connections_are_used_again() -> None:
    opened = 0
    async with far_end() as far:
        original = far.serve

        async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal opened
            opened += 1
            await original(reader, writer)

        server = await asyncio.start_server(count, "127.0.0.1", 0)
        async with line_to(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot") as other:
            for _ in range(5):
                await other.post("sendMessage", {"chat_id": 1})
        assert opened == 1
        server.close()
