"""The command line: 0 done, 1 found faults, 2 could not run; and what it prints."""

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.store.completions import COLUMNS
from bot.store.engine import SCHEMA
from tests.cast import KEYS

ROOT = Path(__file__).resolve().parent.parent
ROSTER = """\
staff_number,name,department,job,manager_staff_number
0101,Lin Ling,Credit,manager,
0102,=Chen Mei,Credit,credit-officer,0101
"""


class Shell:
    """Runs `fraudwise …` as a process, with nothing in its environment but ours."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "FRAUDWISE_DATA_DIR": str(folder / "data"),
            "PYTHONPATH": str(ROOT),
        }

    def __call__(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        more = {f"FRAUDWISE_{name}": value for name, value in environment.items()}
        return subprocess.run(
            [sys.executable, "-m", "bot", *words],
            cwd=self.folder, env={**self.environment, **more}, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    def ok(self, *words: str, **environment: str) -> str:
        done = self(*words, **environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refused(self, *words: str, **environment: str) -> str:
        """What is said by a command that could not run: one sentence, no traceback."""
        done = self(*words, **environment)
        assert done.returncode == 2, (done.returncode, done.stderr)
        assert "Traceback" not in done.stderr
        return done.stderr.strip()


def audited(folder: Path) -> list[str]:
    """What the audit log says was done, in order."""
    connection = sqlite3.connect(folder / "data" / "fraudwise.sqlite")
    found = [str(row[0]) for row in connection.execute("SELECT action FROM audit ORDER BY id")]
    connection.close()
    return found


@pytest.fixture
def fraudwise(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_from_a_roster_to_an_export(fraudwise: Shell, tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_text(ROSTER)
    assert fraudwise.ok("roster", "import", str(file)).splitlines() == [
        "New: 2",
        "  0101  Lin Ling",
        "  0102  =Chen Mei",
        "2 lines: 2 new, 0 changed, 0 moved, 0 left, 0 back, 0 as they were.",
        "Imported.",
    ]
    assert fraudwise.ok("roster", "import", str(file)).splitlines() == [
        "2 lines: 0 new, 0 changed, 0 moved, 0 left, 0 back, 2 as they were.",
        "Imported.",
    ]
    assert fraudwise.ok("rights", "grant", "0102", "administrator") == "=Chen Mei is administrator.\n"
    assert fraudwise.refused("rights", "revoke", "0102", "administrator") == (
        "=Chen Mei is the last administrator; make somebody else one first: "
        "fraudwise rights grant STAFF_NUMBER administrator"
    )
    fraudwise.ok("rights", "grant", "0101", "administrator")
    assert (
        fraudwise.ok("rights", "revoke", "0102", "administrator") == "=Chen Mei is no longer administrator.\n"
    )
    assert re.fullmatch(r"/start [\w-]{22}\n", fraudwise.ok("invite", "0102"))
    assert fraudwise.ok("export", "completions") == "\ufeff" + ",".join(COLUMNS) + "\n"
    out = tmp_path / "out.csv"
    fraudwise.ok("export", "completions", "--out", str(out), "--team", "Credit")
    assert out.read_bytes() == b"\xef\xbb\xbf" + ",".join(COLUMNS).encode() + b"\r\n"
    sheet = tmp_path / "credit.xlsx"
    fraudwise.ok("export", "completions", "--format", "xlsx", "--out", str(sheet), "--team", "Credit")
    assert sheet.read_bytes().startswith(b"PK")
    assert audited(tmp_path)[-3:] == ["completions exported"] * 3
    assert Path("/dev/stdout").is_symlink(), "the terminal is not a file to be replaced"
    assert fraudwise.ok("audit", "verify").startswith("The audit log is whole; ")
    assert (tmp_path / "data" / "secret.key").stat().st_mode & 0o077 == 0


def test_a_roster_with_faults_is_refused_whole_with_code_1(fraudwise: Shell, tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_text(ROSTER + "0103,,Credit,wizard,0109\n")
    done = fraudwise("roster", "import", str(file))
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "roster.csv: Line 4: name is empty.",
        "roster.csv: Line 4: job “wizard” is not one of credit-officer, customer-service, it-ops, collections, manager.",
        "roster.csv: Line 4: manager_staff_number 0109 is neither in this file nor known.",
        "Nothing was imported.",
    ]
    with sqlite3.connect(tmp_path / "data" / "fraudwise.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM learners").fetchone() == (0,)
    connection.close()


def test_a_changed_audit_log_is_found_with_code_1(fraudwise: Shell, tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_text(ROSTER)
    fraudwise.ok("roster", "import", str(file))
    connection = sqlite3.connect(tmp_path / "data" / "fraudwise.sqlite")
    with connection:
        connection.execute("UPDATE audit SET number = 1, mac = x'00'")
    connection.close()
    done = fraudwise("audit", "verify")
    assert (done.returncode, done.stderr) == (1, "The audit log does not fit from row 1 on.\n")


@pytest.mark.parametrize(
    ("words", "environment", "sentence"),
    [
        (("run",), {}, "FRAUDWISE_BOT_TOKEN is not set. Ask @BotFather for a token and put it there."),
        (("run",), {"LISTEN": "nowhere", "BOT_TOKEN": "1:x"}, "FRAUDWISE_LISTEN: write an address and a port, like 127.0.0.1:8080."),
        (("invite", "0999"), {}, "Nobody has the staff number 0999."),
        (("rights", "grant", "0999", "triager"), {}, "Nobody has the staff number 0999."),
        (("export", "completions", "--team", "Nowhere"), {}, "No department is called “Nowhere”."),
        (("audit", "verify"), {"SECRET_KEYS": "short"}, "FRAUDWISE_SECRET_KEYS: each key is 32 bytes in base64url, comma-separated, the newest first."),
        (("db", "upgrade"), {"DATABASE_URL": "postgresql://127.0.0.1:1/none", "SECRET_KEYS": KEYS}, "The database cannot be opened (OperationalError). Is FRAUDWISE_DATABASE_URL right, is it running?"),
        (("db", "upgrade"), {"DATABASE_URL": "nonsense"}, "FRAUDWISE_DATABASE_URL"),
        (("export", "completions", "--format", "xlsx"), {}, "--out completions.xlsx"),
        (("export", "completions", "--out", "nowhere/at/all.csv"), {}, "No such file or directory."),
    ],
)  # fmt: skip
def test_what_cannot_run_says_why_in_a_sentence_with_code_2(
    fraudwise: Shell, words: tuple[str, ...], environment: dict[str, str], sentence: str
) -> None:
    assert sentence in fraudwise.refused(*words, **environment)


def test_a_database_that_a_newer_release_made_is_left_alone(fraudwise: Shell, tmp_path: Path) -> None:
    assert fraudwise.ok("db", "upgrade") == f"The database stands at {SCHEMA}.\n"
    assert fraudwise.ok("db", "upgrade") == f"The database stands at {SCHEMA} already.\n"
    connection = sqlite3.connect(tmp_path / "data" / "fraudwise.sqlite")
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert "newer release" in fraudwise.refused("db", "upgrade")
    assert "newer release" in fraudwise.refused("invite", "0101")


def test_commands_for_files_never_load_telegram() -> None:
    code = (
        "import sys; from bot.cli import main; import bot.content, bot.exports, bot.store.completions, bot.store.engine; "
        "sys.exit('telegram' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
