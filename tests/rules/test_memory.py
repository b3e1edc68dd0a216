"""Memories: whole days, right or not, the same again from the log."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.rules import memory
from bot.rules.completion import Event

NEW_YEAR = date(2027, 1, 1)


def begun(right: bool = True) -> memory.Memory:
    return memory.begin(1, 7, "report-it-fast", right, NEW_YEAR)


def test_the_first_look_is_days_away_and_not_minutes() -> None:
    assert begun().due_on == NEW_YEAR + timedelta(days=4)
    assert begun(right=False).due_on == NEW_YEAR + timedelta(days=1)


def test_what_is_right_lasts_longer_each_time() -> None:
    kept, gaps = begun(), []
    for _ in range(3):
        kept = memory.look(kept, True, kept.due_on)
        gaps.append((kept.due_on - kept.looked_on).days)
    assert gaps == sorted(set(gaps)) and gaps[0] > 7 and gaps[-1] > 100


def test_what_is_not_right_returns_soon_and_grows_again() -> None:
    kept = begun()
    for right in (True, False):
        kept = memory.look(kept, right, kept.due_on)
    short = (kept.due_on - kept.looked_on).days
    kept = memory.look(kept, True, kept.due_on)
    assert short < 7 < (kept.due_on - kept.looked_on).days


@given(st.lists(st.tuples(st.integers(0, 500), st.booleans()), max_size=12))
def test_it_is_never_due_on_the_day_itself_nor_after_a_year(looks: list[tuple[int, bool]]) -> None:
    kept, on = begun(), NEW_YEAR
    for days, right in looks:
        on += timedelta(days=days)
        kept = memory.look(kept, right, on)
        assert 1 <= (kept.due_on - on).days <= memory.LONGEST
        assert kept.looked_on == on


def test_it_is_known_less_with_every_day_and_as_surely_as_we_aim_when_it_is_due() -> None:
    kept = memory.look(begun(), True, NEW_YEAR + timedelta(days=4))
    known = [memory.known(kept, kept.looked_on + timedelta(days=days)) for days in range(60)]
    assert known[0] == 1.0 and known == sorted(known, reverse=True)
    assert abs(memory.known(kept, kept.due_on) - memory.RETENTION) < 0.02


def told(kind: str, at: datetime, /, **payload: object) -> Event:
    return Event(7, kind, at, payload, "v")


def test_the_log_of_an_older_release_says_enough_to_begin() -> None:
    at = datetime(2027, 1, 1, 3, 0, tzinfo=UTC)
    log = [
        told("completed", at, kind="lesson", unit="report-it-fast", asked=3, right=3),
        told("completed", at + timedelta(days=9), kind="lesson", unit="report-it-fast", asked=3, right=0),
        told("completed", at, kind="quiz", unit="advance-fees", asked=5, right=5),
    ]
    assert memory.rebuild(log) == {
        (7, "report-it-fast"): memory.begin(0, 7, "report-it-fast", True, NEW_YEAR)
    }


def test_parameters_of_the_day_are_used_again_however_new_ones_came_in() -> None:
    older = tuple(p * 2 if n == 2 else p for n, p in enumerate(memory.PARAMETERS[memory.NEWEST]))
    memory.PARAMETERS["older"] = older
    try:
        was = memory.begin(0, 7, "a", True, NEW_YEAR, "older")
        log = [told(
            "completed", datetime(2027, 1, 1, tzinfo=UTC), kind="lesson", unit="a", asked=1, right=1, on="2027-01-01",
            parameters="older",
        )]  # fmt: skip
        assert memory.rebuild(log)[7, "a"] == was != memory.begin(0, 7, "a", True, NEW_YEAR)
    finally:
        del memory.PARAMETERS["older"]
