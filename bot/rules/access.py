"""Who may do what, and with whose things: one table, asked by every door.

A refusal never says whether the thing exists; the caller shows one neutral text for both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.rules.people import Learner, Right

Holder = Right | Literal["everybody"]
Whose = Literal["own", "below", "all"]
"""Their own things · those of everybody below them, at any depth · everybody's."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What holders of a right may do, and with whose things."""

    holder: Holder
    whose: Whose
    acts: frozenset[str]
    """Chat commands; what a button does counts as the command that shows it."""


def _rule(holder: Holder, whose: Whose, acts: str) -> Rule:
    return Rule(holder, whose, frozenset(acts.split()))


TABLE: tuple[Rule, ...] = (
    _rule(
        "everybody",
        "own",
        "start learn lessons cases progress why quiz review handbook report settings pause feedback privacy help menu cancel",
    ),
    _rule("manager", "below", "team remind assign exempt export"),
    _rule("trainer", "all", "items preview"),
    _rule("triager", "all", "notes"),
    _rule("administrator", "all", "status invite roles notes"),
)
BUTTONS: dict[str, str] = {
    "a": "quiz", "k": "quiz", "g": "quiz", "q": "quiz", "Q": "quiz", "J": "quiz", "U": "quiz", "Z": "quiz",
    "c": "lessons", "r": "lessons", "v": "lessons", "u": "lessons", "L": "lessons",
    "d": "cases", "f": "cases", "w": "cases", "C": "cases",
    "n": "learn", "o": "learn", "t": "learn", "b": "learn", "N": "learn", "D": "learn",
    "j": "start", "i": "start", "y": "start",
    "x": "report", "s": "settings", "l": "settings", "h": "settings", "V": "settings",
    "P": "pause", "F": "feedback", "Y": "items", "p": "privacy", "m": "menu", "z": "help", "H": "help", "G": "progress",
    "T": "team", "W": "review", "M": "remind", "A": "assign", "X": "exempt", "e": "export", "E": "export",
    "B": "handbook", "K": "handbook",
    "S": "status", "I": "invite", "R": "roles",
}  # fmt: skip
"""Kind of button → the command it belongs to; a kind that is missing here opens for nobody."""

QUESTIONS: dict[str, str] = {
    "zone": "settings", "hour": "settings", "pause": "pause", "leave-from": "pause", "leave-back": "pause",
    "figure": "quiz", "handbook": "handbook", "feedback": "feedback", "reason": "learn", "note": "learn", "invite": "invite", "roles": "roles", "assign": "assign", "exempt": "exempt",
}  # fmt: skip
"""What was asked for in words → the command it belongs to; an answer to what is missing here is a stray word."""


def is_command(name: str) -> bool:
    """Whether there is, or may be, a command of this name."""
    return any(name in rule.acts for rule in TABLE)


def may_use(learner: Learner, command: str) -> bool:
    """Whether this person may use a chat command at all, be it with their own things only."""
    return any(command in rule.acts and _holds(learner, rule.holder) for rule in TABLE)


def may_tap(learner: Learner, kind: str) -> bool:
    """Whether this person may press a button of this kind at all."""
    return may_use(learner, BUTTONS.get(kind, ""))


def may_answer(learner: Learner, question: str) -> bool:
    """Whether this person may answer in words what they were asked."""
    return may_use(learner, QUESTIONS.get(question, ""))


def needs_a_right(command: str) -> bool:
    """Whether not everybody may use this command, so that the right has to hold until the commit."""
    return any(command in rule.acts for rule in TABLE if rule.holder != "everybody")


def may_act(viewer: Learner, act: str, person_id: int, above: Sequence[int] = ()) -> bool:
    """Whether the viewer may do this with what is somebody's: `above` are the managers over that person.

    Nobody is below themselves: a manager exempts and reminds others only.
    """
    return any(
        act in rule.acts and _holds(viewer, rule.holder) and _reaches(rule.whose, viewer.id, person_id, above)
        for rule in TABLE
    )


def may_see_person(viewer: Learner, person_id: int, above: Sequence[int] = ()) -> bool:
    """Whether the viewer may see how far somebody has come: their own, and all who are below them."""
    return viewer.id == person_id or may_act(viewer, "team", person_id, above)


def may_see_team(viewer: Learner, manager_id: int, above: Sequence[int] = ()) -> bool:
    """Whether the viewer may see the team of this manager: `above` are the managers over that manager."""
    return may_act(viewer, "team", -1, (manager_id, *above))


def may_export(viewer: Learner, manager_id: int, above: Sequence[int] = ()) -> bool:
    """Whether the viewer may export the team of this manager; as `may_see_team`."""
    return may_act(viewer, "export", -1, (manager_id, *above))


def may_become(holder: Learner | None, invited: Learner) -> bool:
    """Whether the account that speaks for `holder` may speak for `invited` from now on.

    A stranger or a business owner may; an employee for their own record only, so that nobody's
    answers are continued as somebody else's; whoever has left is nobody any more.
    """
    if has_left(invited):
        return False
    return holder is None or holder.audience == "borrower" or holder.id == invited.id or has_left(holder)


def has_left(learner: Learner) -> bool:
    """Whether their access is gone; the record stays."""
    return learner.left_on is not None


def _holds(learner: Learner, holder: Holder) -> bool:
    return holder == "everybody" or (holder in learner.rights and not has_left(learner))


def _reaches(whose: Whose, viewer_id: int, person_id: int, above: Sequence[int]) -> bool:
    match whose:
        case "own":
            return viewer_id == person_id
        case "below":
            return viewer_id in above and viewer_id != person_id
        case "all":
            return True
