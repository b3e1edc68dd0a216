"""A roster beside what is known: new, changed, moved, left, back, and what only a person can answer."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.rules.people import Learner
from bot.rules.roster import Answers, Differences, RosterLine, completed, differences, doubts

TODAY = date(2026, 11, 30)
LEFT = date(2026, 3, 2)


def known(number: str, name: str = "Chen Mei", boss: str | None = None, **changes: Any) -> Learner:
    """Somebody whose id is their number."""
    values: dict[str, Any] = {"department": "Credit", "job": "", "manager_id": int(boss) if boss else None}
    return Learner(int(number), "employee", "en", "UTC", name=name, staff_number=number, **values | changes)


def line(number: str, name: str = "Chen Mei", boss: str | None = None, **changes: Any) -> RosterLine:
    return replace(RosterLine(number, name, "Credit", "", boss, None, "en", "UTC"), **changes)


def lists(found: Differences) -> dict[str, list[str]]:
    """Who stands where, without the empty lists."""
    names = ("new", "changed", "moved", "left", "back", "expected", "stranded")
    return {name: who for name in names if (who := [p.staff_number for p in getattr(found, name)])}


def compared(*lines: RosterLine, to: list[Learner], **more: Any) -> dict[str, list[str]]:
    return lists(differences(lines, to, TODAY, **more))


def test_everybody_stands_in_one_list() -> None:
    before = [
        known("1", "Lin Ling"), known("2", boss="1"), known("3", boss="1"), known("4"), known("5"),
        known("6", left_on=LEFT), known("8"),
    ]  # fmt: skip
    found = differences(
        [
            line("1", "Lin Ling"),
            line("2", boss="1", job="collections"),
            line("3", boss="2"),
            line("4", department="IT", job="it-ops"),
            line("6"),
            line("7"),
            line("8"),
        ],
        before,
        TODAY,
    )
    assert lists(found) == {"new": ["7"], "changed": ["2"], "moved": ["3", "4"], "left": ["5"], "back": ["6"]}
    assert (found.same, found.present) == (2, 6)
    assert found.changed[0].fields == (("job", "", "collections"),)
    assert found.moved[0].fields == (("manager_staff_number", "1", "2"),)
    assert found.moved[1].fields == (("department", "Credit", "IT"), ("job", "", "it-ops"))


def test_lines_that_are_not_the_whole_roster_let_nobody_go() -> None:
    assert compared(line("1"), to=[known("1"), known("2")], is_whole=False) == {}


def test_language_and_clock_are_the_rosters_until_somebody_has_come_in() -> None:
    other = line("1", language="zh-Hans", time_zone="Asia/Shanghai")
    assert compared(other, to=[known("1")]) == {"changed": ["1"]}
    came_in = known("1", joined_at=TODAY)
    assert compared(other, to=[came_in]) == {}


def test_a_first_day_still_to_come_is_told_beside_everything_else() -> None:
    tomorrow = line("1", hired_on=date(2026, 12, 1))
    assert compared(tomorrow, line("2", hired_on=TODAY), to=[]) == {"new": ["1", "2"], "expected": ["1"]}


def test_who_has_no_manager_any_more_is_told_and_so_is_what_a_leaver_loses() -> None:
    boss = known("1", "Lin Ling", rights=frozenset({"manager", "administrator"}))
    gone = known("9", "Long Gone", left_on=LEFT)
    found = differences(
        [line("2", boss="1"), line("3", boss="9"), line("4", boss="5"), line("5")],
        [boss, gone, known("2", boss="1"), known("3", boss="9"), known("4", boss="5"), known("5")],
        TODAY,
    )
    assert lists(found) == {"left": ["1"], "stranded": ["2", "3"]}
    assert found.left[0].rights == ("administrator", "manager")


@pytest.mark.parametrize(
    ("present", "leaving", "cut"),
    [(6, 6, True), (5, 5, False), (30, 6, False), (29, 6, True), (100, 21, True)],
)
def test_a_file_that_lets_more_than_a_fifth_go_looks_cut_short(present: int, leaving: int, cut: bool) -> None:
    before = [known(str(n)) for n in range(1, present + 1)]
    found = differences([line(str(n)) for n in range(1, present - leaving + 1)], before, TODAY)
    assert (len(found.left), found.looks_cut_short) == (leaving, cut)


@pytest.mark.parametrize(
    ("was", "now", "left", "asked"),
    [
        ("Chen Mei", "Chen Mei", LEFT, False),
        ("Chen Mei", "mei  CHEN", LEFT, False),
        ("Chen Mei", "Tan Mei", LEFT, True),
        ("Chen Mei", "Omar Haddad", LEFT, True),
        ("Chen Mei", "Tan Mei", None, False),
        ("Chen Mei", "Omar Haddad", None, True),
        ("陈梅", "陈 梅", LEFT, False),
        ("陈梅", "陈梅花", None, False),
        ("陈梅", "李伟", None, True),
    ],
)
def test_a_number_under_another_name_is_asked_about(
    was: str, now: str, left: date | None, asked: bool
) -> None:
    """Of somebody who left any other name is doubtful; of somebody here one of which nothing remains."""
    assert bool(doubts([line("1", now)], [known("1", was, left_on=left)], Answers())) is asked


@pytest.mark.parametrize("answers", [Answers(same=frozenset({"1"})), Answers(same=frozenset({"all"})), Answers(new=frozenset({"1"}))])  # fmt: skip
def test_what_was_answered_is_not_asked_again(answers: Answers) -> None:
    assert doubts([line("1", "Omar Haddad")], [known("1")], answers) == []


def test_the_same_person_comes_back_under_a_new_name_with_all_they_did() -> None:
    back = compared(
        line("1", "Tan Mei"), to=[known("1", left_on=LEFT)], answers=Answers(same=frozenset({"1"}))
    )
    assert back == {"back": ["1"]}


def test_somebody_new_gets_the_number_and_the_old_record_one_of_its_own() -> None:
    before = [known("1", left_on=LEFT), known("2", "Lin Ling"), Learner(3, "employee", "en", "UTC", staff_number=f"1~{LEFT}")]  # fmt: skip
    found = differences(
        [line("1", "Omar Haddad"), line("2", "Sana Malik", boss="1")],
        before,
        TODAY,
        Answers(new=frozenset({"1", "2", "77"})),
    )
    assert found.former == {1: f"1~{LEFT}-2", 2: f"2~{TODAY}"}
    assert [p.learner_id for p in found.new] == [None, None]
    assert "2" in lists(found)["left"] and "1" not in lists(found)["left"]


def test_a_very_long_number_stays_within_its_column() -> None:
    number = "9" * 64
    old = Learner(1, "employee", "en", "UTC", name="A", staff_number=number)
    found = differences([line(number, "B")], [old], TODAY, Answers(new=frozenset({number})))
    assert len(found.former[1]) <= 64


def test_a_column_that_the_file_lacks_changes_nothing_and_an_empty_one_does() -> None:
    mei = known("1", boss="2", job="collections", hired_on=LEFT)
    bare = [line("1", department="")]
    kept = completed(bare, [mei, known("2")], {"staff_number", "name"})
    assert (kept[0].department, kept[0].job, kept[0].manager_staff_number) == ("Credit", "collections", "2")
    assert kept[0].hired_on == LEFT
    said = completed(bare, [mei, known("2")], {"staff_number", "name", "department", "hire_date"})
    assert (said[0].department, said[0].hired_on, said[0].job) == ("", None, "collections")


def test_zeros_that_a_spreadsheet_took_away_are_pointed_at() -> None:
    found = differences([line("101"), line("2")], [known("0101"), known("2")], TODAY)
    assert found.alike == (("101", "0101"),)
