"""The four ways in which parameters reach the Bot API."""

import pytest

from bot.demo import forms
from bot.demo.telegram.refusals import Refused

MULTIPART = "multipart/form-data; boundary=edge"


def part(disposition: str, content: bytes, more: str = "") -> bytes:
    return (
        f"--edge\r\nContent-Disposition: form-data; {disposition}\r\n{more}\r\n".encode() + content + b"\r\n"
    )


def test_a_query_string_a_form_and_json_say_the_same() -> None:
    wanted = {"chat_id": "7", "text": "1 & 2 你"}
    form = b"chat_id=7&text=1+%26+2+%E4%BD%A0"

    assert forms.read(form.decode(), "", b"") == (wanted, {})
    assert forms.read("", "application/x-www-form-urlencoded; charset=utf-8", form) == (wanted, {})
    assert forms.read("", "application/json", '{"chat_id": "7", "text": "1 & 2 你"}'.encode()) == (wanted, {})
    assert forms.read("chat_id=7", "application/json", '{"text": "1 & 2 你"}'.encode())[0] == wanted


def test_a_multipart_form_keeps_every_byte_of_a_file() -> None:
    content = b"\r\n--edg\r\n\x00\xff--edge"
    body = part('name="chat_id"', b"7") + part(
        'name="document"; filename="a \\"b\\".csv"', content, "Content-Type: text/csv\r\n"
    )

    params, files = forms.read("", MULTIPART, body + b"--edge--\r\n")

    assert params == {"chat_id": "7"}
    assert files == {"document": ('a "b".csv', content, "text/csv")}


def test_an_empty_body_is_no_parameters() -> None:
    assert forms.read("", "application/json", b"") == ({}, {})
    assert forms.read("", "", b"") == ({}, {})


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{"),
        ("application/json", b"[1]"),
        ("application/json", b"[" * 100_000),
        ("application/x-www-form-urlencoded", b"text=%ff"),
        ("application/x-www-form-urlencoded", b"text=\xff"),
        (MULTIPART, part('name="a"', b"b")),
        (MULTIPART, part('name="a"', b"\xff") + b"--edge--"),
        ("multipart/form-data", b"--edge--"),
        ("text/plain", b"hello"),
    ],
)
def test_what_cannot_be_read_is_a_400(kind: str, body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        forms.read("", kind, body)

    assert refused.value.status == 400
