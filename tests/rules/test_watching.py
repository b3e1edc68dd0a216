"""When lessons are held to have stopped."""

from datetime import UTC, datetime, timedelta

from bot.rules.watching import Coverage, Signs, Standing, trouble

NOW = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def test_an_installation_that_has_just_begun_is_well() -> None:
    assert trouble(Signs(), NOW) is None
    assert trouble(Signs(ticked_at=ago(1), delivered_at=ago(60 * 24 * 40)), NOW) is None


def test_a_lesson_that_waits_for_a_quarter_of_an_hour_is_trouble() -> None:
    assert trouble(Signs(ago(1), waiting_since=ago(15)), NOW) is None
    assert trouble(Signs(ago(1), waiting_since=ago(16)), NOW) == "waiting"


def test_a_long_queue_that_is_worked_off_is_no_trouble() -> None:
    assert trouble(Signs(ago(1), waiting_since=ago(300), delivered_at=ago(2)), NOW) is None
    assert trouble(Signs(ago(1), waiting_since=ago(300), delivered_at=ago(16)), NOW) == "waiting"
    assert trouble(Signs(ago(1), waiting_since=ago(2), delivered_at=ago(300)), NOW) is None


def test_nobody_ticking_is_trouble_before_anything_waits() -> None:
    assert trouble(Signs(ago(10)), NOW) is None and trouble(Signs(ago(11)), NOW) == "no tick"


def test_refusals_in_a_row_are_trouble() -> None:
    assert trouble(Signs(ago(1), delivered_at=ago(1), last_refused=True), NOW) == "refused"


def test_all_is_well_only_when_nothing_was_buried_either() -> None:
    assert Standing(Signs(), None, 3, ago(1), 0, Coverage()).is_well
    assert not Standing(Signs(), None, 0, None, 1, Coverage()).is_well
    assert not Standing(Signs(), "waiting", 0, None, 0, Coverage()).is_well


def test_everybody_who_came_in_is_counted_once() -> None:
    covered = Coverage({"active": 4, "silent": 3, "not joined": 2, "unreachable": 1})
    assert (covered.enrolled, covered.everybody, Coverage().of("silent")) == (8, 10, 0)
