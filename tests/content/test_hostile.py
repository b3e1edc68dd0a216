"""A content pack may come from anywhere: it is refused whole, nothing followed, run or blown up."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.content import Refused, load
from tests.content.small import BY_NAME, Small

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
    repository = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script, str(small.root)],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    # VmHWM, not ru_maxrss: that one is handed down from whatever the parent had taken before.
    found, kilobytes = done.stdout.split()
    assert found == "True"
    assert int(kilobytes) < 300_000
