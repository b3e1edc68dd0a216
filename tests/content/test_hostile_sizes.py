"""What is huge, deep or twisted is refused in a few seconds of work and little memory, in sentences."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content import format_faults
from tests.content.small import BY_NAME, QUIZ, Small

pytestmark = pytest.mark.slow
REPOSITORY = Path(__file__).resolve().parents[2]
PO = "locales/zh_Hans/LC_MESSAGES/bot.po"
HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset={}\\n"\n"Plural-Forms: nplurals=1; plural={};\\n"\n\n'
MOST_MEMORY = 150_000
"""Kilobytes above what reading a harmless folder takes."""
MOST_WORK = 5.0
"""Seconds of processor time, start of the interpreter included: a busy machine is not the folder's fault."""
_TELLING = """
import atexit, runpy, sys, time
def tell():
    sys.stdout.flush()
    peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(peak, time.process_time(), file=sys.stderr)
atexit.register(tell)
sys.argv = ["fraudwise", "check", *sys.argv[1:]]
runpy.run_module("bot", run_name="__main__")
"""


def checked(root: Path, *words: str) -> tuple[int, str, int, float]:
    """Exit code, what was said, peak memory in kB and seconds of work of `python -m bot check`."""
    done = subprocess.run(
        [sys.executable, "-c", _TELLING, str(root), *words], cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr[-800:]
    # VmHWM, not ru_maxrss: that one is handed down from whatever the parent had taken before
    peak, work = done.stderr.split()[-2:]
    return done.returncode, done.stdout, int(peak), float(work)


def _page_of_200_mb(small: Small) -> None:
    with (small.root / BY_NAME["lesson-en"]).open("wb") as file:
        for _ in range(200):
            file.write(b"words and \n" * 95_326)


def _hole_of_4_gb(small: Small) -> None:
    with (small.root / "quizzes/other.yaml").open("wb") as file:
        file.truncate(4 << 30)


def _million_lines(small: Small) -> None:
    small.write(BY_NAME["quiz"], "items:\n" + "- a\n" * 1_000_000)


def _many_full_files(small: Small) -> None:
    for number in range(12):
        small.write(f"quizzes/other-{number}.yaml", "items:\n" + "- a\n" * 240_000)


def _hundred_thousand_files(small: Small) -> None:
    folder = small.root / "lessons/parcel/more"
    folder.mkdir()
    for number in range(100_000):
        (folder / f"{number}.md").touch()


def _laughs(small: Small) -> None:
    laughs = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for one, before in zip("bcdefghi", "abcdefgh", strict=True):
        laughs += f"{one}: &{one} [" + ", ".join([f"*{before}"] * 9) + "]\n"
    small.write(BY_NAME["track"], laughs + "units: *i\n")


def _deep_yaml(small: Small) -> None:
    small.write(BY_NAME["track"], "units: " + "[" * 10_000 + "]" * 10_000)


def _deep_markdown(small: Small) -> None:
    small.write(BY_NAME["lesson-en"], "# x\n" + "> " * 10_000 + "a\n---\n" + "[" * 4_000 + "]" * 4_000 + "\n")


def _figure_that_grows(small: Small) -> None:
    small.change("lesson", "{en: Yun & son", '{en: "' + "Y" * 400_000 + '"')
    small.write(BY_NAME["lesson-en"], "# x\n" + ("{who}" * 1_600 + "\n---\n") * 12)


def _policy_that_grows(small: Small) -> None:
    small.change("policy", "the desk <5110>", "Y" * 400_000)
    small.write(BY_NAME["lesson-en"], "# " + "{policy:desk}" * 7_000 + "\nx\n")


def _choice_of_spaces(small: Small) -> None:
    small.write(BY_NAME["case-en"], "# x\n## slip: a\n- look: " + " " * 90_000 + "x\n")


def _deep_terms(small: Small) -> None:
    small.write("locales/terms.toml", "a=" + "[" * 10_000)


def _deep_plural(small: Small) -> None:
    deep = "(" * 10_000 + "0" + ")" * 10_000
    small.write(PO, HEAD.format("UTF-8", deep) + 'msgid "Leave"\nmsgstr "x"\n')


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_page_of_200_mb, "lessons/parcel/en.md:1:1: This file is too big"),
        (_hole_of_4_gb, "quizzes/other.yaml:1:1: This file is too big"),
        (_million_lines, "quizzes/shopping.yaml:1:1: This file is too big"),
        (_many_full_files, ":19999:3: A file holds at most 20000 keys and texts."),
        (_hundred_thousand_files, "lessons/parcel/more:1:1: A content folder holds at most 5000 files."),
        (_laughs, "lessons/tracks/basics.yaml:1:4: Anchors (&) and aliases (*) are not read"),
        (_deep_yaml, "lessons/tracks/basics.yaml:1:20: Keys are nested too deep here."),
        (_deep_markdown, "lessons/parcel/en.md:2:1: This text has 20001 characters; no message holds it."),
        (_figure_that_grows, "“who” is a figure or a word"),
        (_policy_that_grows, "Policy “desk” has 400000 characters; 300 fit."),
        (_choice_of_spaces, "lessons/cases/surplus/en.md:3:1: A choice is written “- id: button → what happens”."),
        (_deep_terms, "locales/terms.toml:1:1: The term list cannot be read"),
        (_deep_plural, f"{PO}:1:1: The catalogue cannot be read: plural form expression is too long."),
    ],
)  # fmt: skip
def test_what_would_fill_the_machine_is_refused_early(
    small: Small, tmp_path_factory: pytest.TempPathFactory, spoil: Callable[[Small], None], said: str
) -> None:
    spoil(small)
    code, told, peak, work = checked(small.root)
    assert code == 1
    assert said in told
    assert work < MOST_WORK
    assert peak < _harmless(tmp_path_factory) + MOST_MEMORY


_measured: list[int] = []


def _harmless(folders: pytest.TempPathFactory) -> int:
    """Peak memory for a folder without a fault, measured once."""
    if not _measured:
        code, _, peak, _ = checked(Small(folders.mktemp("harmless")).root)
        assert code == 0
        _measured.append(peak)
    return _measured[0]


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_a_name_that_is_not_utf_8_can_be_printed(small: Small, form: str) -> None:
    (Path(f"{small.root}/quizzes/\udcff.yaml")).write_text(QUIZ, encoding="utf-8")
    assert "udcff" in format_faults(small.check(), form).encode().decode()  # type: ignore[arg-type]
