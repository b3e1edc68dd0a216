"""`python -m benchmarks.learning`: our review plan beside a fixed one and none, on learners who are made up.

How these learners forget is not how our plan thinks they do. The plan runs FSRS, whose curve is a
power of time with one set of parameters for everybody. Here each learner and lesson has a rate of
its own and forgetting is exponential; a mixture of such curves is what a class shows as a power law
(Kahana and Adler 2002). A look at what is half forgotten strengthens it most. `docs/learning.md`
says where the figures come from and what they cannot tell.
"""

import argparse
import math
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.rules import memory, reviewing
from bot.rules.daily import may_push_review
from bot.rules.memory import Memory
from bot.rules.people import Learner

BEGINS = date(2027, 1, 4)
"""A Monday."""
DAYS, LESSONS = 90, 20
LESSON_DAYS = (1, 3)
"""Tuesday and Thursday: two lessons a week, as in our tracks."""
STRENGTHS = {"quick": 7.0, "slow": 20.0}
OF_LEARNER, OF_LESSON = 0.6, 0.5
"""Days until a lesson just learnt is known with 1/e, in the middle of each crowd; how far learners and lessons lie apart (of its logarithm)."""
GROWTH, OF_GROWTH = 3.0, 0.3
"""What a right answer to something wholly forgotten would add, in times of its strength."""
AFTER_A_MISS = 0.6
"""What a miss leaves of the strength, never less than that of the first day."""
GUESS, SLIP = 0.25, 0.05
"""Right without knowing it, and not right though it is known."""
HABIT = (5.0, 2.0)
"""Of the Beta distribution of how often a learner takes up what a day brings."""
AWAY, HOLIDAY = 1 / 3, 21
"""How many have a holiday, and its days."""
FIXED = (3, 10, 30)
SOMEBODY = Learner(0, "employee", "en", "Asia/Shanghai")


@dataclass(slots=True)
class Mind:
    """What one learner really keeps of one lesson."""

    first: float
    strength: float
    learnt_on: int
    looked_on: int

    def known(self, day: int) -> float:
        return math.exp(-(day - self.looked_on) / self.strength)

    def asked(self, day: int, growth: float, dice: random.Random) -> bool:
        """Answer a question, read why, and keep it better, or begin again."""
        known = self.known(day)
        knows = dice.random() < known
        right = dice.random() >= SLIP if knows else dice.random() < GUESS
        if knows:
            self.strength *= 1 + growth * (1 - known)
        else:
            self.strength = max(self.first, self.strength * AFTER_A_MISS)
        self.looked_on = day
        return right


@dataclass(slots=True)
class Person:
    """A learner who is made up: how fast they forget, how often they answer, when they are away."""

    lessons: list[float]
    growth: float
    habit: float
    away: range
    days: list[float]
    """For each day the lot that says whether they take up what it brings."""


def person(dice: random.Random, hard: Sequence[float], strength: float) -> Person:
    own = math.exp(dice.gauss(0, OF_LEARNER))
    begins = dice.randrange(20, DAYS - HOLIDAY)
    return Person(
        [strength * own * one for one in hard], GROWTH * math.exp(dice.gauss(0, OF_GROWTH)), dice.betavariate(*HABIT),
        range(begins, begins + HOLIDAY) if dice.random() < AWAY else range(0), [dice.random() for _ in range(DAYS)],
    )  # fmt: skip


class Plan:
    """Which lessons a day asks; told of each that was learnt and each answer."""

    def learnt(self, lesson: int, right: bool, day: int) -> None: ...

    def due(self, day: int, has_lesson: bool) -> list[int]:
        return []

    def answered(self, lesson: int, right: bool, day: int) -> None: ...


class Ours(Plan):
    """The rules as the bot runs them: FSRS, the cap, a push on days without a lesson and quiet after one let lie."""

    def __init__(self) -> None:
        self.kept: dict[int, Memory] = {}
        self.last: date | None = None

    def learnt(self, lesson: int, right: bool, day: int) -> None:
        self.kept[lesson] = memory.begin(lesson, 0, str(lesson), right, BEGINS + timedelta(days=day))

    def due(self, day: int, has_lesson: bool) -> list[int]:
        today, found = BEGINS + timedelta(days=day), list(self.kept.values())
        if has_lesson or not may_push_review(SOMEBODY, found, self.last, today):
            return []
        self.last = today
        return [one.id for one in reviewing.for_today(found, today)]

    def answered(self, lesson: int, right: bool, day: int) -> None:
        self.kept[lesson] = memory.look(self.kept[lesson], right, BEGINS + timedelta(days=day))


class Fixed(Plan):
    """Asked again 3, 10 and 30 days after the lesson, or on the next day that is free, whatever was answered."""

    def __init__(self) -> None:
        self.owed: list[tuple[int, int]] = []

    def learnt(self, lesson: int, right: bool, day: int) -> None:
        self.owed += [(day + after, lesson) for after in FIXED]

    def due(self, day: int, has_lesson: bool) -> list[int]:
        return list(dict.fromkeys(lesson for on, lesson in sorted(self.owed) if on <= day))

    def answered(self, lesson: int, right: bool, day: int) -> None:
        self.owed.remove(min(one for one in self.owed if one[1] == lesson))


PLANS: dict[str, Callable[[], Plan]] = {"ours": Ours, "3-10-30": Fixed, "none": Plan}


@dataclass(slots=True)
class Seen:
    """What became of everybody under one plan."""

    asked: list[int] = field(default_factory=list)
    """Questions, by learner."""
    kept: list[float] = field(default_factory=list)
    """What is truly known on the last day, by learner."""
    lately: list[float] = field(default_factory=list)
    """The same over the last thirty days."""
    loads: list[int] = field(default_factory=list)
    """Questions on a day that had any."""


def live(one: Person, plan: Plan, dice: random.Random, seen: Seen) -> None:
    """Ninety days of one learner: lessons on their days, what the plan asks on working days they take up."""
    minds: dict[int, Mind] = {}
    asked, waiting, lately = 0, 0, []
    for day in range(DAYS):
        if day >= DAYS - 30 and minds:
            lately.append(statistics.fmean(mind.known(day) for mind in minds.values()))
        weekday = day % 7
        if weekday >= 5 or day in one.away:
            continue
        waiting += weekday in LESSON_DAYS
        comes = weekday in LESSON_DAYS and len(minds) < LESSONS
        due = plan.due(day, comes)
        if one.days[day] >= one.habit:
            continue
        has_lesson = waiting > 0 and len(minds) < LESSONS
        for lesson in due:
            right = minds[lesson].asked(day, one.growth, dice)
            plan.answered(lesson, right, day)
        if has_lesson:
            number, waiting = len(minds), waiting - 1
            minds[number] = Mind(one.lessons[number], one.lessons[number], day, day)
            plan.learnt(number, dice.random() < 0.85, day)
        asked += len(due)
        seen.loads += [len(due)] if due else []
    seen.asked.append(asked)
    seen.lately.append(statistics.fmean(lately) if lately else 0.0)
    seen.kept.append(statistics.fmean(mind.known(DAYS) for mind in minds.values()) if minds else 0.0)


def run(seed: int, learners: int, strength: float, plans: Sequence[str] = tuple(PLANS)) -> dict[str, Seen]:
    """The same people, with the same habits and holidays, under each plan."""
    found = {}
    for name in plans:
        seen = found[name] = Seen()
        lots = random.Random(f"lessons {seed}")
        hard = [math.exp(lots.gauss(0, OF_LESSON)) for _ in range(LESSONS)]
        for number in range(learners):
            one = person(random.Random(f"person {seed} {number}"), hard, strength)
            live(one, PLANS[name](), random.Random(f"answers {seed} {number}"), seen)
    return found


@contextmanager
def aiming_at(retention: float) -> Iterator[None]:
    """Our plan with another target."""
    was = memory.RETENTION
    memory.RETENTION = retention
    memory._scheduler.cache_clear()
    try:
        yield
    finally:
        memory.RETENTION = was
        memory._scheduler.cache_clear()


def row(name: str, runs: Sequence[Seen], none: Sequence[Seen]) -> str:
    """One line of the table; what the seeds differ by stands behind ±."""
    asked = [statistics.fmean(one.asked) for one in runs]
    kept = [100 * statistics.fmean(one.kept) for one in runs]
    lately = [100 * statistics.fmean(one.lately) for one in runs]
    low = [100 * statistics.quantiles(one.kept, n=10)[0] for one in runs]
    gained = [k - 100 * statistics.fmean(n.kept) for k, n in zip(kept, none, strict=True)]
    each = [g / a if a else 0 for g, a in zip(gained, asked, strict=True)]
    loads = sorted(load for one in runs for load in one.loads) or [0]
    spread = max(kept) - min(kept)
    return (
        f"| {name} | {statistics.fmean(asked):.1f} | {statistics.fmean(kept):.1f} ± {spread / 2:.1f}"
        f" | {statistics.fmean(lately):.1f} | {statistics.fmean(low):.1f} | {statistics.fmean(each):.2f}"
        f" | {statistics.fmean(loads):.1f} | {loads[int(0.95 * len(loads))]} | {loads[-1]} |"
    )


HEAD = (
    "| plan | questions a learner | known on day 90, % | over the last 30 days, % | of the weakest tenth, % | points a question"
    " | a day, mean | 95 in 100 | most |\n|---|---|---|---|---|---|---|---|---|"
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learning", description=__doc__)
    parser.add_argument("--learners", type=int, default=1000)
    parser.add_argument("--crowd", choices=list(STRENGTHS), default="slow", help="how fast they forget")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument(
        "--targets", type=float, nargs="*", default=[], help="our plan with other targets as well"
    )
    asked = parser.parse_args()
    began, strength = time.monotonic(), STRENGTHS[asked.crowd]
    runs = [run(seed, asked.learners, strength) for seed in asked.seeds]
    none = [one["none"] for one in runs]
    print(HEAD)
    for name in PLANS:
        print(
            row(
                f"ours, aiming at {memory.RETENTION}" if name == "ours" else name,
                [one[name] for one in runs],
                none,
            )
        )
    for target in asked.targets:
        with aiming_at(target):
            found = [run(seed, asked.learners, strength, ["ours"])["ours"] for seed in asked.seeds]
        print(row(f"ours, aiming at {target}", found, none))
    print(
        f"\n{asked.learners} learners who forget at the {asked.crowd} rate, seeds {asked.seeds}, {time.monotonic() - began:.0f} s"
    )


if __name__ == "__main__":
    main()
