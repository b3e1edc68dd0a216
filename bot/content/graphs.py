"""Whether a story's decisions lead somewhere: every path ends, every node is reached."""

from collections.abc import Iterator, Mapping

from bot.content.forms import Form
from bot.rules.curriculum import EndingKind

Decisions = Mapping[str, Mapping[str, str]]
Endings = Mapping[str, EndingKind]


def check_graph(
    decisions: Decisions, right: Mapping[str, str], endings: Endings, written: Form, safe: Form, ends: Form
) -> None:
    """Note every fault of the graph at the decision, ending or safe move that has it."""
    faults = written.faults
    for name in decisions.keys() & endings.keys():
        faults.at(ends.key(name), "duplicate-id", f"“{name}” names a decision and an ending.")
    for name, choices in decisions.items():
        if len(choices) < 2:
            faults.at(written.key(name), "value", f"Decision “{name}” needs two choices or more.")
        for choice, goal in choices.items():
            if goal not in decisions and goal not in endings:
                sentence = f"“{choice}” of “{name}” leads to “{goal}”, which nobody wrote."
                faults.at(written.key(name), "unknown-goal", sentence)
    if decisions:
        for name in sorted((decisions.keys() | endings.keys()) - _reached(decisions)):
            place = written.key(name) if name in decisions else ends.key(name)
            faults.at(place, "unreachable", f"No path leads to “{name}”.")
        for name in sorted(_endless(decisions, endings)):
            faults.at(written.key(name), "never-ends", f"A path through “{name}” never ends.")
    _check_right(decisions, right, endings, written, safe)


def _reached(decisions: Decisions) -> set[str]:
    waiting, reached = [next(iter(decisions))], set[str]()
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(decisions.get(name, {}).values())
    return reached


def _endless(decisions: Decisions, endings: Endings) -> Iterator[str]:
    """Decisions from which somebody could go round for ever, or from which nothing ends."""
    ended = set(endings)
    grew = True
    while grew:
        ready = {
            name
            for name, choices in decisions.items()
            if name not in ended and all(goal in ended or goal not in decisions for goal in choices.values())
        }
        ended |= ready
        grew = bool(ready)
    yield from decisions.keys() - ended


def _check_right(
    decisions: Decisions, right: Mapping[str, str], endings: Endings, written: Form, safe: Form
) -> None:
    faults = written.faults
    for name, choices in decisions.items():
        if name not in right:
            faults.at(written.key(name), "right", f"“right:” does not say the safe move at “{name}”.")
        elif right[name] not in choices:
            faults.at(safe.key(name), "right", f"“{right[name]}” is not a choice at “{name}”.")
    for name in right.keys() - decisions.keys():
        faults.at(safe.key(name), "right", f"No decision is called “{name}”.")
    _follow(decisions, right, endings, written)


def _follow(decisions: Decisions, right: Mapping[str, str], endings: Endings, written: Form) -> None:
    """Whoever makes every safe move from the start comes out safe."""
    here, left = next(iter(decisions), ""), len(decisions)
    while here in decisions and left >= 0:
        here, left = decisions[here].get(right.get(here, ""), ""), left - 1
    if here in endings and endings[here] != "safe":
        sentence = f"Every safe move from here ends in “{here}”, which is not a safe ending."
        written.faults.at(written.place, "right", sentence)
