"""`/progress`: where somebody stands, topic by topic, and how the figures come about.

Buttons of kind G: the number says which screen.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.chat.commands import learn
from bot.chat.turn import Turn
from bot.rules.mastery import HALF_LIFE, Mastery
from bot.rules.progress import Progress
from bot.rules.progress import progress as put_together
from bot.store import progress as store

PICTURED = 4
"""Topics on the card (`ux.md` 5.1)."""


def progress(turn: Turn) -> None:
    """`/progress`: the finding first, below a picture that says the same.

    Where nothing is done yet there is nothing to draw, nor for a business owner, who is shown no figures.
    """
    standing = of(turn)
    unit = turn.library.unit(standing.next.unit) if standing.next else None
    context: dict[str, Any] = {
        "standing": standing, "title": turn.unit_title(unit), "again": _named(turn, standing.again),
        "steady": [_title(turn, one) for one in standing.steady],
    }  # fmt: skip
    is_back = turn.tap.kind == "G" and turn.tap.number == 0
    if is_back or standing.is_empty or not standing.of or turn.learner.audience == "borrower":
        turn.show("progress", under_picture=True, **context)
    else:
        turn.show_picture(
            "progress", _picture(turn, standing, context["title"]), screen="progress", **context
        )


def _picture(turn: Turn, standing: Progress, title: str) -> dict[str, Any]:
    """What is drawn: the weakest topics, in tenths."""
    lines = turn.said("progress_card", standing=standing, title=title).split("\n")
    words = dict(zip(("title", "day", "figure", "under", "next_line"), [*lines, "", ""], strict=False))
    return {
        **words, "done": standing.done, "of": standing.of,
        "topics": [(_title(turn, one), one.tenths) for one in standing.topics[:PICTURED]],
    }  # fmt: skip


def why(turn: Turn) -> None:
    """`/why`: how the figures are made, from the learner's own answers."""
    turn.show("why", under_picture=True, topics=_titled(turn, of(turn).topics), half_life=HALF_LIFE)


def choose(turn: Turn) -> None:
    """Every button of these screens."""
    match turn.tap.number:
        case 1:
            topics(turn)
        case 2:
            why(turn)
        case 3:
            go_on(turn)
        case _:
            progress(turn)


def topics(turn: Turn) -> None:
    """A line a topic, the weakest first; what is not steady can be looked at again."""
    found = of(turn).topics
    again = [(one, unit) for one in found if one.state != "steady" and (unit := _unit(turn, one))]
    turn.show(
        "topics",
        under_picture=True,
        topics=_titled(turn, found),
        again=[(_title(turn, one), unit.number) for one, unit in again],
    )


def go_on(turn: Turn) -> None:
    """[Go on] of the pinned card, which stays: it is answered below, as if `/learn` had been written."""
    turn.heard = replace(turn.heard, kind="command", command="learn")
    learn.learn(turn)


def of(turn: Turn) -> Progress:
    """This learner's standing today."""
    taught = {
        unit.slug: unit.kind
        for kind in ("lesson", "case")
        for unit in turn.library.units_for(turn.learner.audience, kind)
    }
    past = turn.store.ask(lambda c: store.past(c, turn.learner.id))
    return put_together(
        turn.learner, turn.store.assignments, past, turn.library.topic_of, turn.days, turn.today, taught
    )


def _title(turn: Turn, one: Mastery) -> str:
    return turn.library.content.topic_titles[one.topic][turn.learner.language]


def _titled(turn: Turn, found: Sequence[Mastery]) -> list[tuple[Mastery, str]]:
    return [(one, _title(turn, one)) for one in found]


def _named(turn: Turn, one: Mastery | None) -> tuple[Mastery, str] | None:
    return (one, _title(turn, one)) if one else None


def _unit(turn: Turn, one: Mastery) -> Any:
    """The lesson or story that teaches what this topic's learner knows least."""
    item = turn.library.item(one.weakest)
    unit = turn.library.unit(item.unit) if item else None
    return unit if unit is not None and turn.may_meet(unit) else None
