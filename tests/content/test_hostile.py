"""A content pack may come from anywhere: it is refused whole, nothing followed, run or blown up."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.content import Refused, load
from tests.content.small import BY_NAME, Small

REPOSITORY = Path(__file__).resolve().parents[2]
PO = "locales/zh_Hans/LC_MESSAGES/bot.po"
HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=1; plural=0;\\n"\n\n\n'
SECRET = "the administrator's own words"


def test_a_link_to_a_file_outside_is_not_followed(
    small: Small, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "en.md"
    outside.write_text(f"# {SECRET}\nx\n")
    inside = small.root / "lessons/parcel/en.md"
    inside.unlink()
    inside.symlink_to(outside)
    faults = small.check()
    assert ("lessons/parcel/en.md", "link") in {(fault.file, fault.code) for fault in faults}
    assert not any(SECRET in fault.sentence for fault in faults)
    with pytest.raises(Refused):
        load(small.root)


@pytest.mark.parametrize("path", ["lessons", "lessons/parcel", "quizzes"])
def test_a_link_to_a_folder_is_not_followed(
    small: Small, path: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    moved = tmp_path_factory.mktemp("outside") / "moved"
    (small.root / path).rename(moved)
    (small.root / path).symlink_to(moved)
    assert "link" in small.codes()


def test_a_link_in_a_circle_is_not_followed(small: Small) -> None:
    (small.root / "lessons/parcel/again").symlink_to(small.root / "lessons")
    assert small.codes() == {"link"}


def test_a_pipe_is_not_waited_for(small: Small) -> None:
    os.mkfifo(small.root / "lessons/parcel/pipe.md")
    assert small.codes() == {"link"}


@pytest.mark.parametrize(
    "bomb",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nunits: *c\n",
        "units: &u\n  - *u\n",
        "<<: &m {a: b}\n",
    ],
)
def test_aliases_are_refused_before_they_grow(small: Small, bomb: str) -> None:
    small.write(BY_NAME["track"], bomb)
    assert "alias" in small.codes()


@pytest.mark.parametrize("deep", ["[" * 400, "{a: " * 400, "- " * 400])
def test_deep_nesting_is_refused(small: Small, deep: str) -> None:
    small.write(BY_NAME["track"], f"units:\n  {deep}")
    assert "too-deep" in small.codes()


def test_a_deep_folder_is_refused(small: Small) -> None:
    small.write("lessons/handbook/" + "a/" * 12 + "page.md", "x")
    assert "too-deep" in small.codes()


def test_a_file_of_more_than_a_megabyte_is_refused(small: Small) -> None:
    small.write("quizzes/other.yaml", "# 題\n" + "字" * 400_000)
    assert small.codes() == {"too-big"}


def test_a_file_of_a_million_keys_is_refused(small: Small) -> None:
    small.write(BY_NAME["track"], "a: [" + "a," * 200_000 + "]\n")
    assert "too-big" in small.codes()


@pytest.mark.parametrize(
    "raw", [b"# \xff\xfe title\n", "# 哪一个\nx\n".encode("utf-16"), "# 哪一个\nx\n".encode("gbk")]
)
def test_what_is_not_utf_8_is_refused_with_its_line(small: Small, raw: bytes) -> None:
    (small.root / BY_NAME["lesson-en"]).write_bytes(raw)
    assert ("lessons/parcel/en.md", 1, "encoding") in {
        (one.file, one.line, one.code) for one in small.check()
    }


@pytest.mark.parametrize("sign", ["\0", "\x1b", "\u202e", "\u2066", "\ue000"])
def test_signs_that_nobody_sees_are_refused(small: Small, sign: str) -> None:
    small.change("lesson-en", "Leave it.", f"Leave{sign}it.")
    assert [(one.code, one.line, one.column) for one in small.check() if one.code == "encoding"] == [
        ("encoding", 5, 8)
    ]


def test_a_mark_of_byte_order_and_other_line_ends_are_read(small: Small) -> None:
    for name in ("lesson-en", "quiz"):
        file = small.root / BY_NAME[name]
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert small.check() == []


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ 'a'*10**9 }}",
        "{% include '/etc/passwd' %}",
        "{0.__class__}",
        "{fee!r}",
        "{fee:>999999999}",
    ],
)
def test_no_template_is_run(small: Small, attack: str) -> None:
    small.change("lesson-en", "Leave it.", attack)
    assert small.codes() & {"template", "placeholder"}


@pytest.mark.parametrize(
    "path", ["../parcel", "/etc/passwd", "..", "parcel/../parcel", "parcel\\n", "p" * 61]
)
def test_no_slug_is_a_path(small: Small, path: str) -> None:
    small.change("track", "unit: parcel", f'unit: "{path}"')
    assert "slug" in small.codes()


def test_html_in_words_and_names_reaches_nobody_as_html(small: Small) -> None:
    small.change("policy", "the desk <5110>", '<b>&\\"><a href=x>')
    small.change("quiz", "They ask again.", '"a < b & c"')
    content = load(small.root)
    card = content.units["parcel"].words["en"].cards[0]  # type: ignore[union-attr]
    assert '&lt;b&gt;&amp;"&gt;&lt;a href=x&gt;' in card
    assert content.items["parcel-01"].words["en"].choices["c"].feedback == "a &lt; b &amp; c"


def test_memory_stays_bounded_whatever_is_read(small: Small) -> None:
    for number in range(3):
        small.write(f"quizzes/bomb-{number}.yaml", "items: [" + "[x]," * 190_000 + "]\n")
        small.write(f"lessons/parcel-{number}/en.md", "# x\n" + "**" * 49_000)
    script = (
        "import sys; from pathlib import Path; from bot.content import check;"
        "found = check(Path(sys.argv[1])); print(len(found) > 0);"
        "print(*(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(small.root)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    # VmHWM, not ru_maxrss: that one is handed down from whatever the parent had taken before.
    found, kilobytes = done.stdout.split()
    assert found == "True"
    assert int(kilobytes) < 300_000


@pytest.mark.parametrize(
    ("escape", "sign"),
    [
        ("\\0", "U+0000"),
        ("\\u202e", "U+202E"),
        ("\\ud800", "U+D800"),
        ("\\ue000", "U+E000"),
        ("\\u200b", "U+200B"),
    ],
)
def test_an_escape_brings_in_nothing_that_the_file_may_not_hold(small: Small, escape: str, sign: str) -> None:
    small.change("quiz", "What first?", f'"{escape} x"')
    assert [(one.file, one.line, one.sentence) for one in small.check()] == [
        ("quizzes/shopping.yaml", 9, f"The unseen sign {sign} is not for texts.")
    ]


def test_an_escape_beyond_all_signs_is_refused(small: Small) -> None:
    small.change("quiz", "What first?", '"\\UFFFFFFFF"')
    assert small.codes() == {"yaml"}


@pytest.mark.parametrize(
    "entity", ["&#x202e;", "&#xe000;", "&#0;", "&#xd800;", "&lbrace;hotline&rbrace;", "&shy;"]
)
def test_an_entity_brings_in_nothing_either(small: Small, entity: str) -> None:
    small.change("lesson-en", "Leave it.", f"a {entity} b {{fee}}")
    assert {(one.file, one.line, one.code) for one in small.check()} == {
        ("lessons/parcel/en.md", 5, "encoding")
    }


@pytest.mark.parametrize(
    "sign", ["\u200b", "\u200e", "\u2028", "\uffff", "\ufffd", "\U000e0041", "\U000f0000", "a" + "\u0301" * 5]
)
def test_no_width_other_line_ends_and_piles_of_marks_are_refused(small: Small, sign: str) -> None:
    small.change("lesson-en", "Leave it.", f"a{sign}b")
    assert small.codes() == {"encoding"}


@pytest.mark.parametrize(
    "link",
    [
        "[y](javascript:alert(1))", "[y](tg://user?id=1)", "<tg://resolve?domain=x>", "tg://user?id=1",
        "javascript:alert(1)", "file:///etc/passwd", "data:text/html,x",
    ],
)  # fmt: skip
def test_no_link_acts(small: Small, link: str) -> None:
    small.change("lesson-en", "Leave it.", link)
    assert {(one.file, one.line, one.code) for one in small.check()} == {
        ("lessons/parcel/en.md", 5, "markdown")
    }


def test_a_source_is_a_web_address(small: Small) -> None:
    small.change("lesson", "https://authority.example", "javascript:alert(1)")
    assert small.codes() == {"value"}


def test_names_that_are_one_on_other_computers_are_refused(small: Small) -> None:
    small.write("lessons/tracks/Basics.yaml", "x: y\n")
    assert ("lessons/tracks/basics.yaml", "duplicate-id") in {(one.file, one.code) for one in small.check()}


def test_items_of_one_name_in_two_files_are_refused(small: Small) -> None:
    text = (small.root / BY_NAME["quiz"]).read_text(encoding="utf-8")
    small.write("quizzes/other.yaml", text.replace("topic: shopping", "topic: other"))
    assert "duplicate-id" in small.codes()


def test_a_file_for_a_folder_is_refused(small: Small) -> None:
    shutil.rmtree(small.root / "quizzes")
    (small.root / "quizzes").write_text("x", encoding="utf-8")
    assert small.codes() == {"link"}


def test_what_may_not_be_opened_is_refused(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(path: Path, *args: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", closed)
    assert small.codes() == {"unreadable"}


def test_only_the_cause_is_told(small: Small) -> None:
    (small.root / BY_NAME["quiz"]).write_bytes(b"\xff\xfe")
    assert [str(one.sentence) for one in small.check()] == ["This file is not UTF-8; save it as UTF-8."]


@pytest.mark.parametrize(
    "said",
    [
        "{wrods}",
        "{words.__class__}",
        "{words!r}",
        "{words:>999999999}",
        "{words[0]}",
        "{words} {0}",
        "{words}<a href='tg://x'>y</a>",
    ],
)
def test_a_catalogue_says_only_what_its_message_may(small: Small, said: str) -> None:
    small.write(PO, f'{HEAD}msgid "Subject: {{words}}"\nmsgstr "{said}"\n')
    assert [(one.file, one.line, one.code) for one in small.check()] == [(PO, 5, "words")]
    with pytest.raises(Refused):
        load(small.root)


@pytest.mark.parametrize("said", ["{{ 7*7 }}", "{% include 'x' %}"])
def test_a_catalogue_holds_no_template(small: Small, said: str) -> None:
    small.write(PO, f'{HEAD}msgid "Leave"\nmsgstr "{said}"\n')
    assert "template" in small.codes()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("UTF-8", "UTF-7"),
        ("plural=0", "plural=n**n"),
        ("plural=0", "plural=__import__('os')"),
        ("UTF-8", "nothing"),
    ],
)
def test_the_head_of_a_catalogue_neither_hides_nor_runs_anything(small: Small, old: str, new: str) -> None:
    small.write(PO, HEAD.replace(old, new) + 'msgid "Leave"\nmsgstr "x"\n')
    assert small.codes() == {"words"}


def test_a_service_whose_content_turned_bad_does_not_start_and_keeps_what_it_had(
    small: Small, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("home")
    environment = {
        "PATH": os.environ["PATH"], "FRAUDWISE_DATA_DIR": str(home), "FRAUDWISE_BOT_TOKEN": "1:a", "HOME": str(home),
        "FRAUDWISE_CONTENT_DIR": str(small.root),
    }  # fmt: skip

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bot", *words]
        return subprocess.run(
            command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    assert run("db", "upgrade").returncode == 0
    database = home / "fraudwise.sqlite"
    with contextlib.closing(sqlite3.connect(database)) as opened:
        opened.execute("insert into content_versions values ('v1', 'parcel', '{}', '2027-01-04')")
        opened.commit()
        before = list(opened.execute("select * from content_versions"))
    (small.root / BY_NAME["quiz"]).write_bytes(b"\xff\xfe")
    done = run("run")
    assert done.returncode == 2  # as whatever keeps a service from starting
    assert "quizzes/shopping.yaml:1:1: This file is not UTF-8; save it as UTF-8." in done.stderr
    assert "Traceback" not in done.stderr
    with contextlib.closing(sqlite3.connect(database)) as opened:
        assert list(opened.execute("select * from content_versions")) == before
