"""A wall clock that was set forward is not believed at once."""

from datetime import UTC, datetime, timedelta

from bot.rules.wall import Renewals, Wall

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
SETTLES = timedelta(seconds=25)


def at(wall: Wall, steady: float, jumped: float = 0.0) -> bool:
    return wall.is_settled(NOW + timedelta(seconds=steady + jumped), steady)


def test_a_clock_that_only_runs_is_believed_however_seldom_it_is_looked_at() -> None:
    wall = Wall(SETTLES)
    assert [at(wall, steady) for steady in (0, 1, 2, 3600, 90_000)] == [True] * 5


def test_set_forward_it_is_believed_again_when_everybody_has_renewed() -> None:
    wall = Wall(SETTLES)
    assert at(wall, 0)
    jumped = timedelta(hours=3).total_seconds()
    assert [at(wall, steady, jumped) for steady in (1, 2, 25.9)] == [False] * 3
    assert at(wall, 26, jumped)


def test_one_that_stands_still_or_goes_back_makes_nothing_look_older_than_it_is() -> None:
    wall = Wall(SETTLES)
    assert [at(wall, steady, -steady) for steady in range(0, 100, 10)] == [True] * 10
    assert at(wall, 100, -10_000)
    assert not at(wall, 101, 0), "and forward again"


def test_whoever_goes_on_renewing_is_there_however_long_over_their_claims_seem() -> None:
    renewals = Renewals(timedelta(seconds=10))
    for steady in range(0, 60, 5):
        until = NOW - timedelta(hours=3) + timedelta(seconds=steady)
        found = renewals.perhaps_alive({"slow": until, "gone": NOW - timedelta(days=1)}, steady)
        assert "slow" in found
        assert ("gone" in found) == (steady < 10)


def test_whoever_comes_back_is_looked_at_anew() -> None:
    renewals = Renewals(timedelta(seconds=10))
    assert renewals.perhaps_alive({"a": NOW}, 0) == {"a"}
    assert renewals.perhaps_alive({}, 5) == set()
    assert renewals.perhaps_alive({"a": NOW}, 11) == {"a"}
    assert renewals.perhaps_alive({"a": NOW}, 21) == set()
