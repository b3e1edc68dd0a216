"""Only our own page on this computer may ask, and nothing it serves can run as somebody else's script."""

import http.client
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.demo.page import STATIC
from tests.demo_page.theatre import MEI, Theatre, playing

OURS = {"X-Fraudwise": "page", "Content-Type": "application/json"}
WORDS = json.dumps({"person": MEI, "text": "hello"})


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with playing() as theatre:
        yield theatre


def ask(
    theatre: Theatre, method: str, path: str, body: str | bytes | None = None, **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    host = theatre.url.removeprefix("http://").rstrip("/")
    line = http.client.HTTPConnection(host, timeout=10)
    try:
        line.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = line.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        line.close()


def heard(theatre: Theatre) -> int:
    return sum(not one.by_bot for one in theatre.telegram.chat(MEI).messages)


def test_our_page_may_speak(theatre: Theatre) -> None:
    before = heard(theatre)
    status, _, _ = ask(theatre, "POST", "/api/say", WORDS, **OURS)
    assert (status, heard(theatre)) == (200, before + 1)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {**OURS, "Origin": "http://evil.example"},
        {**OURS, "Sec-Fetch-Site": "cross-site"},
        {**OURS, "Host": "evil.example"},
        {**OURS, "Host": "127.0.0.1.evil.example:80"},
    ],
    ids=["a form", "another origin", "another site", "another name", "a name that looks like ours"],
)
def test_others_may_not(theatre: Theatre, headers: dict[str, str]) -> None:
    before = heard(theatre)
    status, _, _ = ask(theatre, "POST", "/api/say", WORDS, **headers)
    assert status in (403, 421)
    assert heard(theatre) == before


def test_a_rebound_name_may_not_read(theatre: Theatre) -> None:
    assert ask(theatre, "GET", "/api/people", Host="evil.example")[0] == 421


def test_bodies_have_an_end(theatre: Theatre) -> None:
    long = json.dumps({"person": MEI, "text": "x" * 70_000})
    assert ask(theatre, "POST", "/api/say", long, **OURS)[0] == 413
    film = bytes(25 * 1024 * 1024 + 1)
    assert ask(theatre, "POST", f"/api/file?person={MEI}&name=film.mp4", film, **OURS)[0] == 413


def test_a_file_larger_than_a_bot_may_fetch_still_arrives(theatre: Theatre) -> None:
    film = bytes(21_000_000)
    assert ask(theatre, "POST", f"/api/file?person={MEI}&name=film.mp4", film, **OURS)[0] == 200


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "[]",
        "{",
        '{"person": "101"}',
        '{"person": 101}',
        '{"person": true, "text": "x"}',
        '{"person": 7, "text": "x"}',
    ],
)
def test_what_cannot_be_read_is_refused_in_words(theatre: Theatre, asked: str) -> None:
    status, _, body = ask(theatre, "POST", "/api/say", asked, **OURS)
    assert status in (400, 404)
    assert json.loads(body)["error"].endswith(".")


def test_taps_on_buttons_that_are_not_there_are_refused(theatre: Theatre) -> None:
    message = theatre.telegram.chat(MEI).messages[1].message_id
    asked = json.dumps({"person": MEI, "message": message, "data": "forged"})
    assert ask(theatre, "POST", "/api/tap", asked, **OURS)[0] == 409


def test_a_page_somebody_sent_is_saved_and_never_opened(theatre: Theatre) -> None:
    ask(theatre, "POST", f"/api/file?person={MEI}&name=a.html&mime=text/html", b"<script>1</script>", **OURS)
    kept = next(one.attachment for one in reversed(theatre.telegram.chat(MEI).messages) if one.attachment)
    _, headers, _ = ask(theatre, "GET", f"/api/open/{kept.file_id}")
    assert headers["content-disposition"] == "attachment"
    assert headers["content-type"] == "application/octet-stream"
    assert headers["x-content-type-options"] == "nosniff"


def test_scripts_and_styles_come_from_files_of_ours_alone(theatre: Theatre) -> None:
    _, headers, page = ask(theatre, "GET", "/")
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    text = page.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", text)
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", text)


def test_no_script_writes_markup() -> None:
    files = sorted(STATIC.glob("*.js"))
    assert files
    for file in files:
        words = Path(file).read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", words), (
            file.name
        )
