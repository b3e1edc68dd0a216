"""What nobody may find again: the token, the webhook's secret, the keys, links of invitations, a telephone number.

At DEBUG, with everything going wrong that can: searched for in the log, in tracebacks, in the database's files and
its write-ahead log, in a backup, in exports, in what the command line prints and in the numbers.
"""

import csv
import http.client
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.crowd import Waiting, at_a_question, people
from tests.faults.door import post, tapped, words
from tests.faults.table import Seen
from tests.processes.far_end import TOKEN, Person
from tests.processes.stage import KEYS, SECRET, Bot, Stage, request
from tests.processes.waiting import until

pytestmark = pytest.mark.slow
WRONG = "canary-of-somebody-else"
GUESSED = "canary-link-that-was-guessed"
PHONES = ("138 4477 9911", "13844779911")
WORDS = "canary-words-of-a-person"
LINK = re.compile(r"start[= ]([\w-]{16,})")
ROSTER = f"""\
staff_number,name,job,manager_staff_number,phone
F001,Lin Ling,manager,,+86{PHONES[1]}
F002,Chen Mei,credit-officer,F001,+86 {PHONES[0]}
"""
LING, MEI, ADMINISTRATOR = 101, 102, "F001"
EXPORTS = ("csv", "xlsx")
Places = dict[str, bytes]


def invited(stage: Stage, folder: Path) -> list[str]:
    """Bring a roster in; the tokens of its links, in its order."""
    roster, links = folder / "roster.csv", folder / "links.csv"
    roster.write_text(ROSTER, encoding="utf-8")
    stage.command("roster", "import", str(roster), "--invitations", str(links))
    stage.command("rights", "grant", ADMINISTRATOR, "administrator")
    with links.open(encoding="utf-8-sig", newline="") as lines:
        made = {line["staff_number"]: line["link"] for line in csv.DictReader(lines)}
    return [made[number].rpartition("=")[2] for number in ("F001", "F002")]


def people_talk(stage: Stage, tokens: list[str], count: int) -> tuple[str, Person, Waiting]:
    """Links are used, used again and guessed, and a telephone number is typed.

    Answers the token of a link from the chat, Mei, and somebody who stands at a question.
    """
    ling, mei = Person(stage.telegram, LING, "Ling"), Person(stage.telegram, MEI, "Mei")
    for person, token in ((ling, tokens[0]), (mei, tokens[0]), (mei, GUESSED)):
        person.start(token)
        stage.settle()
    strangers = people(stage, count)
    waiting = at_a_question(stage, strangers)
    for person in (*strangers, mei):
        for phone in PHONES:
            person.write(f"Call me on +86 {phone}, {WORDS}")
    ling.write("/invite")
    stage.settle()
    # While Telegram takes nothing the link waits in the outbox.
    stage.telegram.ask("fault", kind="refuse", method="sendMessage", chat_id=LING, count=2, status=502)
    ling.write("F002")
    stage.settle(60)
    until(lambda: LINK.search(ling.screen()["text"]), "the link is there")
    found = LINK.search(ling.screen()["text"])
    assert found is not None
    return found[1], mei, waiting[0]


def all_goes_wrong(stage: Stage, bot: Bot, mei: Person, waiting: Waiting) -> None:
    """Strangers at the door, rows that no journey can read, calls that fail in every way."""
    person, (data, message) = waiting.person, waiting.taps[-1]
    contact = {"phone_number": f"+86{PHONES[1]}", "first_name": "P", "user_id": person.id}
    post(bot, words(1, person.id, WORDS, contact=contact))
    post(bot, words(2, 4001, WORDS), X_Telegram_Bot_Api_Secret_Token=WRONG)
    post(bot, b'{"update_id": "' + WRONG.encode() + PHONES[1].encode())
    with suppress(OSError, http.client.HTTPException):
        request(bot.port, "POST", f"/bot{TOKEN}/getMe?secret={WRONG}", b"\0" * 100, {"Host": WRONG})
    learner = f"(SELECT id FROM learners WHERE account_id = {person.id})"
    stage.change(f"UPDATE attempts SET orders = '[]' WHERE learner_id = {learner}")
    post(bot, tapped(3, person.id, data, message))
    stage.change(f"UPDATE attempts SET queue = '{{' WHERE learner_id = {learner}")
    post(bot, words(4, person.id, f"{WORDS} {PHONES[0]}"))
    for kind in ("refuse", "cut", "hang"):
        stage.telegram.ask("fault", kind=kind, method=None, chat_id=MEI, seconds=0.1)
        mei.write(WORDS)
    stage.settle(60)


def on_the_command_line(stage: Stage, folder: Path) -> Places:
    """What it prints and writes."""
    places = {}
    for kind in EXPORTS:
        out = folder / f"completions.{kind}"
        places[f"printed by export {kind}"] = stage.command(
            "export", "completions", "--format", kind, "--out", str(out)
        ).encode()
        places |= unpacked(out)
    backup = folder / "kept.backup"
    places["printed by backup"] = stage.command("db", "backup", str(backup)).encode()
    return places | unpacked(backup)


def unpacked(file: Path) -> Places:
    """The bytes of a file, and of what is packed in it."""
    content = file.read_bytes()
    found = {file.name: content}
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            found |= {f"{file.name}/{name}": packed.read(name) for name in packed.namelist()}
    return found


def database(stage: Stage) -> Places:
    """Every byte of it on SQLite; on PostgreSQL every row."""
    if stage.is_sqlite:
        file = stage.database_url.removeprefix("sqlite:///")
        return {
            f"database{end}": Path(file + end).read_bytes()
            for end in ("", "-wal", "-shm")
            if Path(file + end).exists()
        }
    tables = stage.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {name: str(stage.rows(f'SELECT * FROM "{name}"')).encode() for (name,) in tables}


def kept_files(stage: Stage) -> Iterator[tuple[str, bytes]]:
    for file in (stage.folder / "kept").rglob("*"):
        if file.is_file():
            yield f"data/{file.name}", file.read_bytes()


@pytest.mark.fault(32, small=2, full=100)
def test_no_canary_is_found_anywhere(
    stages: Callable[..., Stage], sqlite_url: Callable[[], str], size: int, seen: Seen, tmp_path: Path
) -> None:
    look_everywhere(stages(sqlite_url()), size, seen, tmp_path)


@pytest.mark.fault(32, small=0, full=100)
def test_no_canary_is_found_anywhere_on_postgresql(
    stages: Callable[..., Stage], postgresql_url: Callable[[], str], size: int, seen: Seen, tmp_path: Path
) -> None:
    look_everywhere(stages(postgresql_url()), size, seen, tmp_path)


def look_everywhere(stage: Stage, size: int, seen: Seen, tmp_path: Path) -> None:
    """Let all go wrong, then search."""
    bot = stage.bot(webhook=True, LOG_LEVEL="DEBUG").ready()
    tokens = invited(stage, tmp_path)
    token, mei, waiting = people_talk(stage, tokens, size)
    all_goes_wrong(stage, bot, mei, waiting)
    numbers = bot.get("/metrics")[1]
    assert b"fraudwise_sends_total" in numbers
    places = {"numbers": numbers, **database(stage), **on_the_command_line(stage, tmp_path)}
    if stage.is_sqlite:
        assert places["database-wal"], "the write-ahead log is looked into before it is folded in"
    bot.stop()
    places |= {"log": bot.log.read_bytes(), **dict(kept_files(stage))}
    places |= {f"{name} after the stop": content for name, content in database(stage).items()}
    assert b"journey_failed" in places["log"] and len(places["log"]) > 300

    canaries = (TOKEN, TOKEN.split(":")[1], SECRET, WRONG, KEYS, GUESSED, WORDS, token, *tokens, *PHONES)
    assert len(set(canaries)) == len(canaries) == 12
    found = sorted({(name, word) for name, it in places.items() for word in canaries if word.encode() in it})
    seen.says(lost=len(found), note=f"{len(canaries)} canaries in {len(places)} places")
    assert not found
