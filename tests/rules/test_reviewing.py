"""What is asked on a day: never more than the cap, and a pile is spread over the days that follow."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.rules import memory, reviewing
from bot.rules.memory import Memory
from bot.rules.reviewing import CAP, Coming
from tests.cast import our_content

TODAY = date(2027, 3, 1)
DAY = timedelta(days=1)


def learnt(name: str, days_ago: int, *rights: bool) -> Memory:
    """A lesson completed so long ago and looked at again as soon as it was due."""
    kept = memory.begin(1, 7, name, True, TODAY - DAY * days_ago)
    for right in rights:
        kept = memory.look(kept, right, kept.due_on)
    return kept


def days_of(found: list[Memory], days: int) -> list[list[str]]:
    """What each day asks somebody who answers all of it rightly."""
    asked = []
    for number in range(days):
        day = TODAY + DAY * number
        now = reviewing.for_today(found, day)
        asked.append([one.lesson for one in now])
        done = {one.lesson: memory.look(one, True, day) for one in now}
        found = [done.get(one.lesson, one) for one in found]
    return asked


def test_after_a_holiday_of_three_weeks_the_pile_is_spread() -> None:
    pile = [learnt(f"lesson-{n:02}", 23 + n) for n in range(20)]
    asked = days_of(pile, 10)
    assert max(map(len, asked)) == CAP
    first_looks = list(dict.fromkeys(name for day in asked for name in day))
    assert len(first_looks) == 20, "everything was looked at once within two weeks"


def test_what_is_nearest_to_being_forgotten_comes_first() -> None:
    old, older, well_known = learnt("a", 10), learnt("b", 40), learnt("c", 60, True, True)
    assert [one.lesson for one in reviewing.waiting([well_known, old, older], TODAY)] == ["b", "a"]


def test_what_was_asked_today_counts_and_a_fifth_question_waits_for_tomorrow() -> None:
    pile = [learnt(f"lesson-{n}", 30) for n in range(6)]
    first = reviewing.for_today(pile, TODAY)
    pile = [memory.look(one, True, TODAY) if one in first else one for one in pile]
    assert reviewing.for_today(pile, TODAY) == []
    assert reviewing.coming(pile, TODAY) == Coming(TODAY + DAY, 2)


def test_a_lesson_learnt_today_takes_nothing_from_the_cap() -> None:
    pile = [learnt(f"lesson-{n}", 30) for n in range(6)]
    fresh = memory.begin(1, 7, "fresh", True, TODAY)
    assert len(reviewing.for_today([*pile, fresh], TODAY)) == CAP


def test_the_next_day_is_named_even_when_it_is_far() -> None:
    only = learnt("a", 2, True)
    assert reviewing.coming([only], TODAY) == Coming(only.due_on, 1)
    assert reviewing.coming([], TODAY) is None


@given(st.lists(st.tuples(st.integers(0, 200), st.booleans()), max_size=30), st.integers(1, 6))
def test_no_day_ever_asks_more_than_the_cap(lessons: list[tuple[int, bool]], cap: int) -> None:
    found = [learnt(f"{n}", days, right) for n, (days, right) in enumerate(lessons)]
    assert len(reviewing.for_today(found, TODAY, cap)) <= cap
    coming = reviewing.coming(found, TODAY, cap)
    assert coming is None or (1 <= coming.count <= cap and coming.on > TODAY)


def test_each_look_asks_another_question_the_one_longest_ago_first() -> None:
    lesson = next(unit for unit in our_content().units.values() if unit.kind == "lesson")
    now = datetime(2027, 3, 1, tzinfo=UTC)
    asked_at: dict[str, datetime] = {}
    order = []
    for number in range(2 * len(lesson.items)):
        item = reviewing.another(lesson, asked_at)
        assert item is not None
        asked_at[item.id] = now + DAY * number
        order.append(item.id)
    assert sorted(order[: len(lesson.items)]) == sorted(item.id for item in lesson.items)
    assert order[: len(lesson.items)] == order[len(lesson.items) :]
