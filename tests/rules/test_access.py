"""The table of rights, and what is asked of it."""

from datetime import date
from typing import Any

import pytest

from bot.rules import access
from bot.rules.people import Learner, Right

RIGHTS: tuple[Right, ...] = ("manager", "triager", "trainer", "administrator")
ACTS = {act for rule in access.TABLE for act in rule.acts}
EVERYBODY = {act for rule in access.TABLE if rule.holder == "everybody" for act in rule.acts}
ME, BOSS, HEAD, ELSEWHERE = 1, 2, 3, 4
LEFT = date(2026, 1, 1)


def somebody(*rights: Right, id: int = BOSS, **changes: Any) -> Learner:
    return Learner(id, "employee", "en", "UTC", rights=frozenset(rights)).with_(**changes)


@pytest.mark.parametrize(
    ("right", "more"),
    [
        ("manager", {"team", "remind", "assign", "exempt", "export"}),
        ("triager", {"notes"}),
        ("trainer", {"items", "preview"}),
        ("administrator", {"status", "invite", "roles", "notes"}),
    ],
)
def test_each_right_opens_its_own_commands_and_no_other(right: Right, more: set[str]) -> None:
    assert {act for act in ACTS if access.may_use(somebody(right), act)} == EVERYBODY | more
    assert {act for act in ACTS if access.needs_a_right(act)} == ACTS - EVERYBODY


def test_whoever_has_left_keeps_no_right() -> None:
    gone = somebody(*RIGHTS, left_on=LEFT)
    assert {act for act in ACTS if access.may_use(gone, act)} == EVERYBODY
    assert not access.may_export(gone, BOSS) and not access.may_see_person(gone, ME, (BOSS,))


def test_a_manager_reaches_everybody_below_and_nobody_beside_or_above() -> None:
    boss, head = somebody("manager"), somebody("manager", id=HEAD)
    for act in ("team", "remind", "assign", "exempt", "export"):
        assert access.may_act(boss, act, ME, (BOSS, HEAD)) and access.may_act(head, act, ME, (BOSS, HEAD))
        assert not access.may_act(boss, act, HEAD) and not access.may_act(boss, act, BOSS, (HEAD,))
        assert not access.may_act(boss, act, ELSEWHERE, (HEAD,))
        assert not access.may_act(somebody(*RIGHTS[1:]), act, ME, (BOSS, HEAD))


def test_a_team_is_seen_and_exported_by_its_manager_and_those_over_them() -> None:
    for may in (access.may_export, access.may_see_team):
        assert may(somebody("manager"), BOSS, (HEAD,)) and may(somebody("manager", id=HEAD), BOSS, (HEAD,))
        assert not may(somebody("manager"), HEAD) and not may(somebody(*RIGHTS[1:]), BOSS)


def test_everybody_sees_themselves() -> None:
    assert access.may_see_person(somebody(id=ME), ME) and not access.may_see_person(somebody(id=ME), BOSS)
    assert access.may_see_person(somebody("manager"), ME, (BOSS,))
    assert not access.may_see_person(somebody("administrator"), ME, (BOSS,))


def test_a_circle_of_managers_puts_nobody_below_themselves() -> None:
    assert not access.may_act(somebody("manager"), "exempt", BOSS, (HEAD, BOSS))


def test_what_does_not_exist_is_nobodys() -> None:
    every = somebody(*RIGHTS)
    assert not access.may_use(every, "nosuchthing") and not access.may_use(every, "")
    assert not access.may_tap(every, "~") and not access.may_answer(every, "nosuchthing")
    assert not access.may_act(every, "nosuchthing", ME, (BOSS,))


def test_every_button_and_question_belongs_to_a_command_of_the_table() -> None:
    assert set(access.BUTTONS.values()) | set(access.QUESTIONS.values()) <= ACTS
