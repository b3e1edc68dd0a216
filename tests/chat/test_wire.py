"""HTTP as our wire reads it: whole answers however they come in pieces, and no answer taken for one."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import wire
from bot.chat.wire import LineCut, NoAnswer, NoConnection, Wire

pytestmark = pytest.mark.anyio
OK = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Host:
    """Answers every request with the next of `pieces`, a piece at a time, and counts its connections."""

    def __init__(self, *pieces: bytes, ends: bool = False) -> None:
        self.pieces, self.ends = pieces, ends
        self.opened = 0
        self.asked: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
                self.asked.append(head + await reader.readexactly(length))
                for piece in self.pieces:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0)
                if self.ends:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def hosting(host: Host, tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[Wire, str]]:
    server = await asyncio.start_server(host.serve, "127.0.0.1", 0, ssl=tls)
    address = f"http{'s' if tls else ''}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    line = Wire("Test")
    try:
        yield line, f"{address}/bot1:token/getMe"
    finally:
        line.close()
        server.close()


async def post(host: Host, times: int = 1, patience: float = 5.0) -> tuple[int, bytes]:
    async with hosting(host) as (line, url):
        for _ in range(times - 1):
            await line.post(url, b"{}", 5.0, patience)
        return await line.post(url, b"{}", 5.0, patience)


@pytest.mark.parametrize(
    ("pieces", "answer"),
    [
        ((OK + b"Content-Length: 2\r\n\r\nok",), (200, b"ok")),
        ((OK + b"content-LENGTH:2\r\nDate: now\r\n\r", b"\n", b"o", b"k"), (200, b"ok")),
        ((b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",), (404, b"")),
        ((b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nok",), (200, b"ok")),
        ((OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", b"3;x=y\r\n!\r\n\r\n0\r\n", b"\r\n"), (200, b"ok!\r\n")),
        ((OK + b"Transfer-Encoding: chunked\r\n\r\n1", b"0\r\n0123456789abcdef\r\n0\r\nT: x\r\n\r\n"), (200, b"0123456789abcdef")),
    ],
)  # fmt: skip
async def test_an_answer_is_whole_however_it_comes(
    pieces: tuple[bytes, ...], answer: tuple[int, bytes]
) -> None:
    host = Host(*pieces)
    assert await post(host, times=3) == answer
    assert host.opened == 1


async def test_an_answer_may_be_told_by_its_end() -> None:
    host = Host(OK + b"\r\n", b"all of it", ends=True)
    assert await post(host, times=2) == (200, b"all of it")
    assert host.opened == 2


@pytest.mark.parametrize(
    "said", [b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"]
)  # fmt: skip
async def test_a_line_that_is_not_kept_is_not_used_again(said: bytes) -> None:
    host = Host(said)
    assert await post(host, times=2) == (200, b"ok")
    assert host.opened == 2


@pytest.mark.parametrize(
    ("pieces", "ends"),
    [
        ((), True),
        ((OK + b"Content-Length: 5\r\n\r\nok",), True),
        ((OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",), True),
        ((OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n",), False),
        ((OK + b"Content-Length: 2\r\n\r\nok and more",), False),
        (((OK + b"Content-Length: 2\r\n\r\nok") * 2,), False),
        ((b"SSH-2.0-OpenSSH_9.6\r\n\r\n",), False),
    ],
)
async def test_half_an_answer_is_none(pieces: tuple[bytes, ...], ends: bool) -> None:
    host = Host(*pieces, ends=ends)
    with pytest.raises(LineCut):
        await post(host)
    assert len(host.asked) == 1


async def test_a_late_answer_is_not_taken_for_the_next_one() -> None:
    host = Host()
    async with hosting(host) as (line, url):
        with pytest.raises(NoAnswer):
            await line.post(url, b"{}", 5.0, 0.05)
        host.pieces = (OK + b"Content-Length: 2\r\n\r\nok",)
        assert await line.post(url, b'{"a":1}', 5.0, 5.0) == (200, b"ok")
    assert host.opened == 2
    assert host.asked[1].endswith(b'\r\nContent-Length: 7\r\n\r\n{"a":1}')


async def test_a_call_given_up_leaves_no_line_behind() -> None:
    host = Host()
    async with hosting(host) as (line, url):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await line.post(url, b"{}", 5.0, 5.0)
        host.pieces = (OK + b"Content-Length: 2\r\n\r\nok",)
        assert await line.post(url, b"{}", 5.0, 5.0) == (200, b"ok")
    assert host.opened == 2


async def test_a_line_long_unused_is_opened_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "KEPT_OPEN", -1.0)
    host = Host(OK + b"Content-Length: 2\r\n\r\nok")
    assert await post(host, times=3) == (200, b"ok")
    assert host.opened == 3


async def test_calls_side_by_side_have_a_line_each() -> None:
    host = Host(OK + b"Content-Length: 2\r\n\r\nok")
    async with hosting(host) as (line, url):
        for _ in range(2):
            found = await asyncio.gather(*(line.post(url, b"{}", 5.0, 5.0) for _ in range(5)))
            assert found == [(200, b"ok")] * 5
    assert host.opened == 5


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that only this test knows."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "here")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path, secret = folder / "here.pem", folder / "here.key"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ))  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, secret)
    return path, context


async def test_only_a_certificate_somebody_vouches_for_is_spoken_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, tls = certificate(tmp_path)
    host = Host(OK + b"Content-Length: 2\r\n\r\nok")
    async with hosting(host, tls) as (line, url):
        with pytest.raises(NoConnection, match="SSLCertVerificationError"):
            await line.post(url, b"{}", 5.0, 5.0)
        assert host.asked == []
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    async with hosting(host, tls) as (line, url):
        assert await line.post(url, b"{}", 5.0, 5.0) == (200, b"ok")


@given(
    body=st.binary(max_size=60),
    sizes=st.lists(st.integers(1, 9), max_size=12),
    cuts=st.lists(st.integers(1, 20), max_size=12),
)
@settings(max_examples=60, deadline=None)
def test_chunks_cut_anywhere_are_put_together(body: bytes, sizes: list[int], cuts: list[int]) -> None:
    chunks, rest = [], body
    for size in sizes:
        if rest:
            chunks.append(rest[:size])
            rest = rest[size:]
    chunks += [rest] if rest else []
    said = OK + b"Transfer-Encoding: chunked\r\n\r\n"
    said += b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    line = wire.Line()
    loop = asyncio.new_event_loop()
    try:
        line._answer = answer = loop.create_future()
        for cut in cuts:
            line.data_received(said[:cut])
            said = said[cut:]
            if not said:
                break
        if said:
            line.data_received(said)
        assert answer.result() == (200, body)
    finally:
        loop.close()
