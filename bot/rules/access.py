"""Who may do what: one table, asked by every door.

A refusal never says whether the thing exists; the caller shows one neutral text for both.
"""

from bot.rules.people import Learner, Right

EVERYBODY: frozenset[str] = frozenset(
    {"start", "learn", "lessons", "cases", "quiz", "report", "settings", "privacy", "help", "menu", "cancel"}
)
BY_RIGHT: dict[Right, frozenset[str]] = {
    "manager": frozenset({"export"}),
    "triager": frozenset(),
    "trainer": frozenset(),
    "administrator": frozenset(),
}


def may_use(learner: Learner, command: str) -> bool:
    """Whether this person may use a chat command at all."""
    if command in EVERYBODY:
        return True
    return has_left(learner) is False and any(command in BY_RIGHT[right] for right in learner.rights)


def may_export(viewer: Learner, manager_id: int) -> bool:
    """Whether the viewer may export the team that reports to this manager: their own only."""
    return "manager" in viewer.rights and viewer.id == manager_id and not has_left(viewer)


def has_left(learner: Learner) -> bool:
    """Whether their access is gone; the record stays."""
    return learner.left_on is not None
