"""The reminder ladder, played day by day as the tick would: whole histories in one line."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.rules import daily
from bot.rules.calendar import DAY, Calendar
from bot.rules.daily import Rung, Said
from bot.rules.days import Days, Spell
from bot.rules.delivery import Assignment
from bot.rules.people import Learner

DAYS = Days(Calendar())
MONDAY = date(2026, 11, 30)
FRIDAY = date(2026, 12, 4)


def staff(**changes: Any) -> Learner:
    return Learner(1, "employee", "en", "UTC", account_id=1).with_(**changes)


def owed(id: int = 1, due: date | None = FRIDAY, **changes: Any) -> Assignment:
    return replace(Assignment(id, 1, "t", f"u{id}", "lesson", id, MONDAY, due), **changes)


def history(
    learner: Learner, owed_ones: Sequence[Assignment], days: int = 30, past: Sequence[Spell] = (), unsent: frozenset[Rung] = frozenset(),
) -> list[str]:  # fmt: skip
    """What is said on each day: the day of the month, what, and of which."""
    said = {one.id: Said(MONDAY) for one in owed_ones}
    found = []
    for n in range(1, days):
        today = MONDAY + DAY * n
        if DAYS.why_not(learner, today):
            continue
        plan = daily.today_for(learner, owed_ones, said, today, DAYS, past)
        steps = (
            [(one, plan.rung) for one in plan.reminded]
            + [(one, "escalation") for one in plan.escalated]
            + [(one, "desk") for one in plan.noted]
            + list(plan.passed_over)
        )
        if plan.rung:
            found.append(f"{today.day} {plan.rung} {','.join(str(one.id) for one in plan.reminded)}")
        if plan.escalated:
            found.append(f"{today.day} escalation {','.join(str(one.id) for one in plan.escalated)}")
        if plan.noted:
            found.append(f"{today.day} desk {','.join(str(one.id) for one in plan.noted)}")
        for one, step in steps:
            before = said[one.id]
            said[one.id] = replace(before, rungs={**before.rungs, step: today}, waiting=unsent)  # type: ignore[dict-item]
    return found


def test_each_step_comes_once_on_its_working_day() -> None:
    assert history(staff(), [owed()]) == [
        "2 early 1", "4 due 1", "7 late-1 1", "8 late-2 1", "9 escalation 1", "18 note 1", "21 desk 1",
    ]  # fmt: skip


def test_it_stops_on_completion() -> None:
    done = owed(completed_at=datetime(2026, 12, 1, tzinfo=UTC))
    assert history(staff(), [done]) == [] == history(staff(), [owed(exempt=True)])


def test_without_reminders_only_the_warning_is_left_since_somebody_else_hears_next() -> None:
    assert history(staff(reminders=False), [owed()]) == [
        "8 late-2 1",
        "9 escalation 1",
        "18 note 1",
        "21 desk 1",
    ]


def test_a_leave_stops_the_count_and_nothing_is_skipped_on_the_way_to_the_manager() -> None:
    away = staff(away_from=date(2026, 12, 3), away_until=date(2026, 12, 14))
    assert history(away, [owed()]) == [
        "2 due 1",
        "14 late-1 1",
        "15 late-2 1",
        "16 escalation 1",
        "25 note 1",
        "28 desk 1",
    ]


def test_a_pause_stops_the_count() -> None:
    paused = staff(paused_until=date(2026, 12, 10))
    assert history(paused, [owed()])[:3] == ["10 late-1 1", "11 late-2 1", "14 escalation 1"]


def test_a_pause_that_is_over_does_not_count_towards_the_note() -> None:
    spell = (date(2026, 12, 10), date(2026, 12, 17))
    assert history(staff(), [owed()], past=[spell])[-2:] == ["25 note 1", "28 desk 1"]


def test_the_manager_hears_nothing_before_the_warning_was_sent() -> None:
    assert history(staff(), [owed()], unsent=frozenset({"late-2"}))[-1] == "8 late-2 1"


def test_several_things_due_on_a_day_are_one_message() -> None:
    assert history(staff(), [owed(1), owed(2)])[:2] == ["2 early 1,2", "4 due 1,2"]


def test_of_different_steps_on_one_day_the_greater_is_said() -> None:
    later = owed(2, due=date(2026, 12, 8))
    said = history(staff(), [owed(1), later])
    assert "8 late-2 1" in said and "8 due 2" not in said, "one reminder a day"
    assert "9 escalation 1" in said and "9 late-1 2" in said


def test_what_is_announced_today_is_not_reminded_of_today() -> None:
    fresh = owed(due=MONDAY)
    assert daily.today_for(staff(), [fresh], {}, MONDAY, DAYS).rung is None
    assert daily.today_for(staff(), [fresh], {1: Said(MONDAY)}, MONDAY, DAYS).rung is None


def test_a_nudge_rides_in_the_lesson_of_the_day_and_a_warning_comes_alone() -> None:
    new = owed(2, due=None)
    tuesday = FRIDAY + DAY * 4
    nudge = daily.today_for(staff(), [owed(), new], {1: Said(MONDAY)}, FRIDAY, DAYS)
    assert nudge.lesson == new and nudge.rung == "due" and nudge.is_folded
    said = Said(MONDAY, {"late-1": FRIDAY + DAY * 3})
    warning = daily.today_for(staff(), [owed(), new], {1: said}, tuesday, DAYS)
    assert warning.lesson == new and warning.rung == "late-2" and not warning.is_folded


def test_a_business_owner_gets_one_friendly_line_and_then_quiet() -> None:
    owner = staff(audience="borrower")
    assert history(owner, [owed(1, None), owed(2, None)]) == ["3 still-here 1"]
    begun = owed(3, None, started_at=datetime(2026, 12, 5, tzinfo=UTC))
    assert history(owner, [owed(1, None), owed(2, None), begun]) == ["3 still-here 1", "4 still-here 2"]


def test_spells_are_read_from_the_log_and_end_early_when_they_did() -> None:
    log = [
        ("paused", {"from": "2026-12-01", "until": "2026-12-15"}),
        ("pause ended", {"on": "2026-12-04"}),
        ("leave", {"from": "2026-12-10", "until": "2026-12-20"}),
        ("leave", {"from": "2026-12-12", "until": "2026-12-18"}),
    ]
    assert daily.spells(log) == [
        (date(2026, 12, 1), date(2026, 12, 4)),
        (date(2026, 12, 10), date(2026, 12, 12)),
        (date(2026, 12, 12), date(2026, 12, 18)),
    ]


def test_a_leave_moves_due_dates_behind_the_return_by_its_working_days() -> None:
    owed_ones = [owed(1), owed(2, FRIDAY + timedelta(days=7)), owed(3, MONDAY), owed(4, None)]
    moved = daily.moved_by_leave(staff(), owed_ones, date(2026, 12, 2), date(2026, 12, 9), DAYS)
    assert [(one.assignment_id, one.was, one.now) for one in moved] == [
        (1, FRIDAY, date(2026, 12, 11)), (2, date(2026, 12, 11), date(2026, 12, 18)),
    ]  # fmt: skip
