"""A manager puts a unit on somebody's list, or on everybody's, with a due day and a reason they read.

Buttons of kind A: the row is a person or a manager, the choice a unit's number, and the number holds
whom it is for, the due day, the reason and the page of the list.
"""

from dataclasses import dataclass, replace
from typing import Any

from bot.chat.commands import team
from bot.chat.library import audiences
from bot.chat.turn import Turn
from bot.rules import delivery
from bot.rules import team as rules
from bot.rules.curriculum import TrackTest, Unit
from bot.rules.team import Member
from bot.rules.width import ONE_A_ROW, width

WHY = "assign"
"""The question that waits for a typed reason."""
DAYS: tuple[int | None, ...] = (3, 5, 10, 20, None)
"""Working days until it is due, as the buttons offer them."""
REASONS = ("new task", "refresher", "", "typed")
PAGE = 6
"""Titles on one screen: with the rows to turn the page and to go back they are eight."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What has been chosen so far; 0 stands for not yet."""

    is_team: bool = False
    due: int = 0
    why: int = 0
    page: int = 0

    @property
    def number(self) -> int:
        return self.is_team | self.due << 1 | self.why << 4 | self.page << 8

    @classmethod
    def read(cls, number: int) -> "Choice":
        return cls(bool(number & 1), number >> 1 & 7, number >> 4 & 15, number >> 8)


def assign(turn: Turn) -> None:
    """`/assign`: first somebody is chosen."""
    team.people(turn, turn.learner, team.TO_ASSIGN, 0)


def choose(turn: Turn) -> None:
    """Unit, then day, then reason; each step is one screen."""
    choice = Choice.read(turn.tap.number)
    members = _whom(turn, choice.is_team, turn.tap.row)
    unit = turn.library.numbered(turn.tap.choice)
    if not members or choice.due > len(DAYS) or choice.why > len(REASONS):
        turn.spent()
    elif unit is None or not _fits(unit):
        _pick(turn, choice, members)
    else:
        _step(turn, choice, members, unit)


def _fits(unit: Unit) -> bool:
    return not isinstance(unit, TrackTest) and "employee" in audiences(unit)


def _whom(turn: Turn, is_team: bool, row: int) -> list[Member]:
    """The person, or everybody of the team; nobody where the viewer may not."""
    if is_team:
        manager = team.manager_of(turn, row)
        return rules.by_name(team.members_of(turn, manager)) if manager is not None else []
    person = team.person_of(turn, row, "assign")
    return [person] if person is not None else []


def _pick(turn: Turn, choice: Choice, members: list[Member]) -> None:
    units = [*turn.library.units_for("employee", "lesson"), *turn.library.units_for("employee", "case")]
    page = min(choice.page, (len(units) - 1) // PAGE)
    shown = [(unit, turn.unit_title(unit)) for unit in units[page * PAGE : (page + 1) * PAGE]]
    fit = all(width(title) <= ONE_A_ROW for _, title in shown)
    turn.show(
        "assign_pick", units=shown, fit=fit, person=None if choice.is_team else members[0], row_id=turn.tap.row, first=page * PAGE,
        number=replace(choice, page=0).number, before=replace(choice, page=page - 1).number if page else None,
        after=replace(choice, page=page + 1).number if (page + 1) * PAGE < len(units) else None,
    )  # fmt: skip


def _step(turn: Turn, choice: Choice, members: list[Member], unit: Unit) -> None:
    context: dict[str, Any] = {
        "person": None if choice.is_team else members[0],
        "row_id": turn.tap.row,
        "unit": unit,
        "title": turn.unit_title(unit),
    }
    if not choice.is_team and (there := _already(turn, members[0], unit)):
        turn.show("assign_there", there=there, done_on=_done_on(turn, there), **context)
    elif not choice.due:
        turn.show(
            "assign_due", days=[(days, replace(choice, due=n).number) for n, days in enumerate(DAYS, 1)],
            back=replace(choice, due=0, why=0).number, **context,
        )  # fmt: skip
    elif not choice.why:
        numbers = [replace(choice, why=n).number for n in range(1, len(REASONS) + 1)]
        turn.show("assign_why", numbers=numbers, **context)
    elif REASONS[choice.why - 1] == "typed":
        asked = f"{turn.tap.row} {replace(choice, why=0).number} {unit.number}"
        turn.store.await_words(turn.learner.id, WHY, asked)
        turn.show("assign_typed", back=replace(choice, why=0).number, **context)
    else:
        _ask(turn, choice, members, unit, turn.tap.row, REASONS[choice.why - 1], "")


def _already(turn: Turn, person: Member, unit: Unit) -> delivery.Assignment | None:
    """What stands against it: done already, or on their list."""
    found = [one for one in team.of_now(turn, person) if one.unit == unit.slug and not one.exempt]
    return next((one for one in found if one.completed_at), next(iter(found), None))


def _done_on(turn: Turn, there: delivery.Assignment) -> object:
    return delivery.local(there.completed_at, turn.learner.time_zone).date() if there.completed_at else None


def typed(turn: Turn) -> None:
    """The reason in the manager's own words."""
    row, number, unit_number = map(int, turn.store.dialogue.args.split())
    turn.store.await_words(turn.learner.id, "")
    choice, unit = Choice.read(number), turn.library.numbered(unit_number)
    members = _whom(turn, choice.is_team, row)
    if not members or unit is None:
        turn.nothing_here()
    else:
        _ask(turn, choice, members, unit, row, "typed", team.typed_reason(turn))


def _ask(
    turn: Turn, choice: Choice, members: list[Member], unit: Unit, row: int, why: str, words: str
) -> None:
    """Order it for each; who has it already, or has not joined, is left out and counted."""
    asked = done = there = absent = 0
    for member in members:
        before = _already(turn, member, unit)
        if not member.joined or member.id == turn.learner.id:
            absent += 1
        elif before is not None:
            done += before.completed_at is not None
            there += before.completed_at is None
        else:
            asked += 1
            turn.store.order(
                "assign",
                turn.learner.id,
                member.id,
                unit=unit.slug,
                days=DAYS[choice.due - 1],
                why=why,
                reason=words,
            )
    turn.event("assigning", unit=unit.slug, people=asked)
    turn.show(
        "assign_done", title=turn.unit_title(unit), asked=asked, done=done, there=there, absent=absent, row_id=row,
        person=None if choice.is_team else members[0], days=DAYS[choice.due - 1],
    )  # fmt: skip
