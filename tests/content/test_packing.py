from pathlib import Path

import pytest

from bot.content import load, pack, unpack
from bot.content.packing import version_of
from bot.rules.curriculum import Content, TrackTest
from tests.content.small import Small

OURS = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def ours() -> Content:
    return load(OURS)


def test_every_unit_of_ours_comes_back_as_it_was(ours: Content) -> None:
    kept = [unit for unit in ours.units.values() if not isinstance(unit, TrackTest)]
    assert {unit.kind for unit in kept} == {"lesson", "case"}
    for unit in kept:
        assert unpack(pack(unit)) == unit


def test_what_comes_back_keeps_its_order(small: Small) -> None:
    unit = load(small.root).units["surplus"]
    again = unpack(pack(unit))
    assert pack(again) == pack(unit)
    assert list(again.items[0].words["en"].choices) == ["a", "b", "c"]


def test_the_version_does_not_depend_on_itself(ours: Content) -> None:
    for unit in ours.units.values():
        assert isinstance(unit, TrackTest) or version_of(unit) == unit.version
        assert len(unit.version) == 16
