"""The roster, invitations and rights on the command line, as an HR assistant types them."""

import csv
import json
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import xlsxwriter

from tests.test_cli import Shell

HEAD = "staff_number,name,department,job,manager_staff_number,hire_date,language\n"
FIRST = HEAD + "0101,Lin Ling,Credit,manager,,,en\n0102,陈梅,Credit,credit-officer,0101,,zh-Hans\n0103,Zhao Wei,Credit,,0101,2099-01-05,zh-Hant\n"  # fmt: skip
NEXT = (
    HEAD + "0101,Lin Ling,Credit,manager,,,en\n0102,陈梅,IT,it-ops,,,zh-Hans\n0104,<Sana>,Credit,,0103,,en\n"
)


@pytest.fixture
def fraudwise(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def telegram() -> Iterator[str]:
    """As much of Telegram as tells a bot its name."""

    class Me(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            said = b'{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"F","username":"qingchuan_bot"}}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_said: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Me) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/bot"
        server.shutdown()


def roster(folder: Path, content: str, name: str = "roster.csv") -> str:
    (folder / name).write_text(content, encoding="utf-8")
    return name


def stored(folder: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(folder / "data" / "fraudwise.sqlite")
    found = connection.execute(query).fetchall()
    connection.close()
    return found


def test_a_dry_run_says_everything_and_changes_nothing(fraudwise: Shell, tmp_path: Path) -> None:
    fraudwise.ok("roster", "import", roster(tmp_path, FIRST))
    before = stored(tmp_path, "SELECT * FROM learners")
    assert fraudwise.ok("roster", "import", "--dry-run", roster(tmp_path, NEXT)).splitlines() == [
        "New: 1",
        "  0104  <Sana>",
        "Moved (department or manager): 1",
        "  0102  陈梅: department Credit → IT, job credit-officer → it-ops, manager_staff_number 0101 → (none)",
        "Leave (missing from the file): 1",
        "  0103  Zhao Wei",
        "Without a manager now (the one named is not in the roster): 1",
        "  0104  <Sana>: manager_staff_number 0103",
        "3 lines: 1 new, 0 changed, 1 moved, 1 left, 0 back, 1 as they were.",
        "Nothing was changed.",
    ]
    assert stored(tmp_path, "SELECT * FROM learners") == before
    assert stored(tmp_path, "SELECT count(*) FROM roster_batches") == [(1,)]


def test_as_json_another_program_reads_the_same(fraudwise: Shell, tmp_path: Path) -> None:
    said = json.loads(fraudwise.ok("roster", "import", "--json", roster(tmp_path, FIRST)))
    assert [person["staff_number"] for person in said["new"]] == ["0101", "0102", "0103"]
    assert (said["imported"], said["lines"], said["faults"]) == (True, 3, [])
    assert said["expected"] == [
        {
            "staff_number": "0103",
            "name": "Zhao Wei",
            "fields": {"hire_date": ["", "2099-01-05"]},
            "rights": [],
        }
    ]
    again = json.loads(fraudwise.ok("roster", "import", "--json", "--dry-run", roster(tmp_path, NEXT)))
    assert again["imported"] is False
    assert again["moved"][0]["fields"]["job"] == ["credit-officer", "it-ops"]
    broken = fraudwise("roster", "import", "--json", roster(tmp_path, HEAD + "1,,,,,,\n"))
    assert broken.returncode == 1
    assert json.loads(broken.stdout)["faults"] == [{"line": 2, "sentence": "name is empty."}]


def test_a_file_that_was_cut_short_is_refused_until_the_number_is_said(
    fraudwise: Shell, tmp_path: Path
) -> None:
    people = "".join(f"{n},P{n},,,,,\n" for n in range(20))
    fraudwise.ok("roster", "import", roster(tmp_path, HEAD + people))
    short = roster(tmp_path, HEAD + people[: people.index("10,")])
    for allowed in ((), ("--allow-leavers", "9")):
        done = fraudwise("roster", "import", short, *allowed)
        assert done.returncode == 1
        missing = (
            "10 of 20 people are missing from the file and would lose their access. Is it the whole roster?"
        )
        what = "If so, say --allow-leavers 10."
        assert done.stderr.splitlines() == [f"{missing} {what}", "Nothing was imported."]
    assert stored(tmp_path, "SELECT count(*) FROM learners WHERE left_on IS NOT NULL") == [(0,)]
    fraudwise.ok("roster", "import", short, "--allow-leavers", "10")
    assert stored(tmp_path, "SELECT count(*) FROM learners WHERE left_on IS NOT NULL") == [(10,)]


def test_a_number_under_another_name_needs_an_answer(fraudwise: Shell, tmp_path: Path) -> None:
    fraudwise.ok("roster", "import", roster(tmp_path, FIRST))
    for number in ("0101", "0103"):
        fraudwise.ok("rights", "grant", number, "administrator")
    other = roster(tmp_path, FIRST.replace("Zhao Wei", "Omar Haddad"))
    done = fraudwise("roster", "import", other)
    assert done.returncode == 1 and "0103 is Zhao Wei so far and Omar Haddad here." in done.stderr
    assert "0103  Zhao Wei, is no longer administrator" in fraudwise.ok(
        "roster", "import", other, "--new-person", "0103"
    )
    named = stored(tmp_path, "SELECT staff_number, name FROM learners WHERE staff_number LIKE '0103%'")
    assert len(named) == 2 and ("0103", "Omar Haddad") in named


def test_the_last_administrator_leaves_only_when_that_is_said(fraudwise: Shell, tmp_path: Path) -> None:
    fraudwise.ok("roster", "import", roster(tmp_path, FIRST))
    fraudwise.ok("rights", "grant", "0103", "administrator")
    without = roster(tmp_path, FIRST[: FIRST.index("0103")])
    why = "Nobody would be an administrator any more: 0103 Zhao Wei would leave."
    how = "fraudwise rights grant STAFF_NUMBER administrator"
    for options in ((), ("--dry-run",), ("--new-person", "0103")):
        file = (
            without if "0103" not in options else roster(tmp_path, FIRST.replace("Zhao Wei", "Omar"), "2.csv")
        )
        done = fraudwise("roster", "import", file, *options)
        assert done.returncode == 1
        assert done.stderr.splitlines() == [
            f"{why} Make somebody else one first ({how}), or say --allow-leavers 1.",
            "Nothing was imported.",
        ]
    assert stored(tmp_path, "SELECT rights, left_on FROM learners WHERE staff_number = '0103'") == [
        ("administrator", None)
    ]
    fraudwise.ok("roster", "import", without, "--allow-leavers", "1")
    assert stored(tmp_path, "SELECT rights FROM learners WHERE left_on IS NOT NULL") == [("",)]


def test_one_of_two_administrators_leaves_like_anybody(fraudwise: Shell, tmp_path: Path) -> None:
    fraudwise.ok("roster", "import", roster(tmp_path, FIRST))
    for number in ("0102", "0103"):
        fraudwise.ok("rights", "grant", number, "administrator")
    fraudwise.ok("roster", "import", roster(tmp_path, FIRST[: FIRST.index("0103")]))
    assert stored(tmp_path, "SELECT rights FROM learners WHERE left_on IS NULL AND rights <> ''") == [
        ("administrator",)
    ]


def test_somebody_who_left_cannot_be_invited_or_given_a_right(fraudwise: Shell, tmp_path: Path) -> None:
    fraudwise.ok("roster", "import", roster(tmp_path, FIRST))
    fraudwise.ok("roster", "import", roster(tmp_path, FIRST.replace("0103,", "0105,")))
    assert fraudwise.refused("invite", "0103") == (
        "Zhao Wei has left; a link would open nothing. Is the roster up to date?"
    )
    assert fraudwise.refused("rights", "grant", "0103", "trainer") == "Zhao Wei has left and holds no rights."


def test_links_are_made_for_those_who_need_one_and_never_twice(
    fraudwise: Shell, tmp_path: Path, telegram: str
) -> None:
    bot = {"BOT_TOKEN": "1:x", "TELEGRAM_BASE_URL": telegram}
    file = roster(tmp_path, FIRST.replace("Lin Ling", "=Lin Ling"))
    fraudwise.ok("roster", "import", file, "--invitations", "links.csv", "--sheet", "cards.html", **bot)
    with (tmp_path / "links.csv").open(encoding="utf-8-sig", newline="") as written:
        rows = list(csv.DictReader(written))
    assert [(row["staff_number"], row["name"], row["language"]) for row in rows] == [
        ("0101", "'=Lin Ling", "en"), ("0103", "Zhao Wei", "zh-Hant"), ("0102", "陈梅", "zh-Hans"),
    ]  # fmt: skip
    assert all(re.fullmatch(r"https://t\.me/qingchuan_bot\?start=[\w-]{22}", row["link"]) for row in rows)
    assert len({row["link"] for row in rows}) == 3
    page = (tmp_path / "cards.html").read_text(encoding="utf-8")
    assert all(row["link"] in page for row in rows), "the same links on paper"
    assert (
        (tmp_path / "links.csv").stat().st_mode & 0o077
        == 0
        == (tmp_path / "cards.html").stat().st_mode & 0o077
    )
    assert stored(tmp_path, "SELECT count(*) FROM invitations") == [(3,)]
    fraudwise.ok("roster", "import", file, "--invitations", "none.csv", **bot)
    assert len((tmp_path / "none.csv").read_text(encoding="utf-8").splitlines()) == 1
    assert "links.csv is there already" in fraudwise.refused(
        "roster", "import", file, "--invitations", "links.csv"
    )


def test_without_a_bot_links_are_what_to_write_and_cards_are_refused_before_anything_is_done(
    fraudwise: Shell, tmp_path: Path
) -> None:
    file = roster(tmp_path, FIRST)
    assert "Cards need the bot's name" in fraudwise.refused("roster", "import", file, "--sheet", "cards.html")
    assert stored(tmp_path, "SELECT count(*) FROM learners") == [(0,)]
    assert "nowhere" in fraudwise.refused("roster", "import", file, "--invitations", "nowhere/links.csv")
    fraudwise.ok("roster", "import", file, "--invitations", "links.csv")
    assert re.search(r",/start [\w-]{22},", (tmp_path / "links.csv").read_text(encoding="utf-8"))


def test_the_help_of_every_command_says_what_an_assistant_needs(fraudwise: Shell) -> None:
    said = " ".join(fraudwise.ok("roster", "import", "--help").split())
    for words in (
        "the whole file, or nothing",
        "Try --dry-run first",
        "their record stays",
        "Exit code 0: done",
    ):
        assert words in said
    assert "also for a new phone" in fraudwise.ok("invite", "--help")
    assert "follows from the roster" in fraudwise.ok("rights", "grant", "--help")


def test_an_unknown_column_and_other_sheets_are_mentioned(fraudwise: Shell, tmp_path: Path) -> None:
    done = fraudwise("roster", "import", roster(tmp_path, "staff_number,name,salary\n1,A,9\n"))
    assert done.stderr.splitlines() == ["The column salary means nothing here and was left out."]
    assert "9" not in done.stdout.replace("9 as", "")


def test_many_faults_are_told_as_far_as_one_reads_them(fraudwise: Shell, tmp_path: Path) -> None:
    done = fraudwise("roster", "import", roster(tmp_path, HEAD + ",A,,,,,\n" * 100))
    lines = done.stderr.splitlines()
    assert len(lines) == 42 and lines[-2:] == ["… and 60 more faults.", "Nothing was imported."]


def test_a_spreadsheet_comes_in_as_it_is(fraudwise: Shell, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "staff.xlsx") as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate((("name", "staff_number"), ("陈梅", "0102"), ("Zhao Wei", 103))):
            sheet.write_row(row, 0, cells)
        book.add_worksheet()
    done = fraudwise("roster", "import", "staff.xlsx")
    assert done.stderr == "Only the first sheet was read; 1 more were left out.\n"
    assert done.stdout.splitlines()[:3] == ["New: 2", "  0102  陈梅", "  103  Zhao Wei"]
    (tmp_path / "half.xlsx").write_bytes((tmp_path / "staff.xlsx").read_bytes()[:-300])
    broken = fraudwise("roster", "import", "half.xlsx")
    assert broken.returncode == 1 and "Traceback" not in broken.stderr
    assert broken.stderr.startswith("half.xlsx: Line 1: the file is not a whole spreadsheet.")


@pytest.mark.slow
def test_an_import_that_is_killed_shows_nothing_and_the_next_one_is_whole(
    fraudwise: Shell, tmp_path: Path
) -> None:
    fraudwise.ok("roster", "import", roster(tmp_path, FIRST))
    many = roster(tmp_path, FIRST + "".join(f"9{n:05d},P{n},,,0101,,\n" for n in range(8_000)), "many.csv")
    command = [sys.executable, "-m", "bot", "roster", "import", many]
    with subprocess.Popen(
        command, cwd=tmp_path, env=fraudwise.environment, stdout=subprocess.DEVNULL
    ) as running:
        until = time.monotonic() + 60
        while stored(tmp_path, "SELECT count(*) FROM roster_lines") == [(0,)] and time.monotonic() < until:
            assert running.poll() is None, "it was over before it could be killed"
        running.kill()
    assert stored(tmp_path, "SELECT count(*) FROM learners") == [(3,)]
    assert stored(tmp_path, "SELECT count(*) FROM roster_batches WHERE applied_at IS NULL") == [(1,)]
    fraudwise.ok("roster", "import", many)
    assert stored(tmp_path, "SELECT count(*) FROM learners WHERE manager_id IS NOT NULL") == [(8_002,)]
    assert stored(tmp_path, "SELECT count(*) FROM roster_lines") == [(0,)]
