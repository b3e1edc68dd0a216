"""A content pack from somewhere: refused whole with file and line, nothing of it published, followed or blown up."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.content.small import BY_NAME, Small
from tests.content.test_hostile_sizes import checked
from tests.faults.table import Seen

pytestmark = pytest.mark.slow
MOST_KB = 300_000
SECRET = "root:x:0:0"
LOCK = "lessons/published.lock"
Spoil = Callable[[Small], None]


def _unbalanced(small: Small) -> None:
    small.change("lesson-en", "Leave it.", "Leave <b>it</i>.")


def _class(small: Small) -> None:
    small.change("quiz", "What first?", "\"What {{ ''.__class__ }} first?\"")


def _billion(small: Small) -> None:
    small.change("case-en", "## ", "{{ 'a'*10**9 }}\n## ")


def _upwards(small: Small) -> None:
    small.change("track", "unit: parcel", 'unit: "../../etc/passwd"')


def _link(small: Small) -> None:
    small.root.joinpath("lessons/parcel/more.md").symlink_to("/etc/passwd")


def _laughs(small: Small) -> None:
    laughs = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for one, before in zip("bcdefghi", "abcdefgh", strict=True):
        laughs += f"{one}: &{one} [" + ", ".join([f"*{before}"] * 9) + "]\n"
    small.write("lessons/tracks/laughs.yaml", laughs + "units: *i\n")


ATTACKS: dict[Spoil, str] = {
    _unbalanced: f"{BY_NAME['lesson-en']}:",
    _class: f"{BY_NAME['quiz']}:",
    _billion: f"{BY_NAME['case-en']}:",
    _upwards: f"{BY_NAME['track']}:",
    _link: "lessons/parcel/more.md:",
    _laughs: "lessons/tracks/laughs.yaml:1:4:",
}
"""What is done to a folder without a fault, and where `check` says it is wrong."""


@pytest.mark.fault(31, small=1, full=1 + len(ATTACKS))
def test_a_hostile_pack_is_refused_whole(tmp_path: Path, size: int, seen: Seen) -> None:
    """All attacks at once, and in full each alone."""
    packs = [tuple(ATTACKS), *((one,) for one in ATTACKS)][:size]
    missed, worst, leaked = [], 0, 0
    for number, attacks in enumerate(packs):
        folder = tmp_path / str(number)
        folder.mkdir()
        small = Small(folder)
        for spoil in attacks:
            spoil(small)
        code, told, peak, _ = checked(small.root, "--publish")
        lines = told.splitlines()
        missed += [
            spoil.__name__ for spoil in attacks if not any(_says(line, ATTACKS[spoil]) for line in lines)
        ]
        missed += ["published"] * (code != 1 or small.root.joinpath(LOCK).exists())
        worst, leaked = max(worst, peak), leaked + (SECRET in told)
    seen.says(
        lost=len(missed), note=f"{len(packs)} packs refused with file and line; at most {worst / 1000:.0f} MB"
    )
    assert missed == []
    assert leaked == 0
    assert worst < MOST_KB


def _says(line: str, place: str) -> bool:
    """Whether a line names the file and a line in it."""
    return line.startswith(place) and line.removeprefix(place.split(":")[0] + ":").partition(":")[0].isdigit()
