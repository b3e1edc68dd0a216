"""Learning days in a row: what counts, what does not break them."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.rules.calendar import DAY
from bot.rules.days import Days, Spell
from bot.rules.people import Learner


@dataclass(frozen=True, slots=True)
class Open:
    """One thing to learn: from which day it was open, and on which it was done."""

    since: date
    done_on: date | None


def in_a_row(
    learner: Learner,
    learnt: Collection[date],
    open_ones: Sequence[Open],
    spells: Sequence[Spell],
    days: Days,
    today: date,
) -> int:
    """Days on which something was learnt, counted back from today to the first that was let pass.

    Leave, pause, days of rest and holidays break nothing, nor does a day on which nothing was open;
    learning on one of them counts. Today can still become one.
    """
    learnt_on = frozenset(learnt)
    if not learnt_on:
        return 0
    lets_pass = _lets_pass(learner, open_ones, spells, days)
    count, day, first = int(today in learnt_on), today - DAY, min(learnt_on)
    while day >= first:
        if day in learnt_on:
            count += 1
        elif not lets_pass(day):
            break
        day -= DAY
    return count


def _lets_pass(
    learner: Learner, open_ones: Iterable[Open], spells: Sequence[Spell], days: Days
) -> Callable[[date], bool]:
    """Whether a day without learning breaks nothing."""
    owed = list(open_ones)

    def passes(day: date) -> bool:
        if days.why_still(learner, day) is not None or any(first <= day < end for first, end in spells):
            return True
        assigned = [one for one in owed if one.since <= day]
        return bool(assigned) and all(one.done_on is not None and one.done_on < day for one in assigned)

    return passes
