"""Where a learner stands in a lesson, a case or a quiz; a row, not a framework's memory.

An attempt is changed only by the functions here, each of which gives a new one back. Whoever
saves it says which version it was made from, so of two taps at once the first committed counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from bot.rules import quiz
from bot.rules.curriculum import Case, Item, Lesson, TrackTest

Kind = Literal["lesson", "case", "quiz", "review", "test"]
OF_UNITS: tuple[Kind, ...] = ("lesson", "case", "test")
"""Attempts at one unit that is owed; the others are of a topic, or of many."""
DRAWN: tuple[Kind, ...] = ("quiz", "review", "test")
"""Attempts whose questions come from the bank."""
REVIEW = "review"
"""What stands for the unit of a review."""
Stage = Literal["cards", "question", "sure", "verdict", "scene", "consequence", "done"]


@dataclass(frozen=True, slots=True)
class Attempt:
    id: int
    learner_id: int
    kind: Kind
    unit: str
    """Slug of the lesson, case or test, the topic of a quiz, or `REVIEW`."""
    content_version: str
    started_at: datetime
    stage: Stage
    card: int = 0
    """Card now shown, from 0."""
    queue: tuple[str, ...] = ()
    """Ids of the items asked, in order; a must-get-right one that was missed stands twice."""
    orders: tuple[str, ...] = ()
    """For each of the queue, the keys of its choices in the order shown."""
    number: int = 0
    """Item now asked, from 0; equal to the number of answers given."""
    picks: str = ""
    """Keys ticked so far, steps put in order or parts marked so far, or the verdict chosen so far of a true/false item;
    ``f`` where the facts of a figure are shown; in the stage ``sure`` the answer that waits."""
    last: str = ""
    """Keys of the last answer, for showing its verdict again."""
    asked: int = 0
    right: int = 0
    """First answers given and first answers right."""
    missed_must: bool = False
    node: str = ""
    path: tuple[tuple[str, str], ...] = ()
    """Decisions taken: (decision id, choice id); of a test how sure each answer was: (item id, 0 to 2)."""
    ending: str = ""
    """Of a quiz or test whether it was passed by the rule of its day: ``passed`` or ``not yet``."""
    finished_at: datetime | None = None
    closed: bool = False
    """Put aside for a newer attempt; its buttons are spent."""
    version: int = 0
    preview: bool = False
    """A trainer's look at what is not published yet: kept apart from all others, and counted nowhere."""

    @property
    def is_open(self) -> bool:
        return self.finished_at is None and not self.closed

    @property
    def is_of_unit(self) -> bool:
        return self.kind in OF_UNITS

    @property
    def is_drawn(self) -> bool:
        return self.kind in DRAWN

    @property
    def item_id(self) -> str:
        return self.queue[self.number]

    @property
    def answered_id(self) -> str:
        return self.queue[self.number - 1]


def begin_lesson(
    attempt_id: int, learner_id: int, lesson: Lesson, shuffle: quiz.Shuffle, now: datetime,
    last: Sequence[str] = (),
) -> Attempt:  # fmt: skip
    """*last* are the items that were asked the last time, so that other ones are asked now."""
    form = quiz.next_form(lesson, last)
    asked = [item for item_id in form if (item := quiz.item_of(lesson, item_id))]
    return Attempt(
        attempt_id, learner_id, "lesson", lesson.slug, lesson.version, now, "cards",
        queue=tuple(item.id for item in asked),
        orders=tuple(quiz.shown_order(item, shuffle) for item in asked),
    )  # fmt: skip


def begin_case(attempt_id: int, learner_id: int, case: Case, now: datetime) -> Attempt:
    return Attempt(attempt_id, learner_id, "case", case.slug, case.version, now, "scene", node=case.opening)


def begin_quiz(
    attempt_id: int, learner_id: int, topic: str, version: str, items: Sequence[Item],
    shuffle: quiz.Shuffle, now: datetime, last: Sequence[str] = (),
) -> Attempt:  # fmt: skip
    queue = quiz.draw(items, shuffle, last)
    return _drawn(
        Attempt(attempt_id, learner_id, "quiz", topic, version, now, "question"), items, queue, shuffle
    )


def begin_test(
    attempt_id: int, learner_id: int, test: TrackTest, version: str, bank: Sequence[Item],
    shuffle: quiz.Shuffle, now: datetime, last: Sequence[str] = (),
) -> Attempt:  # fmt: skip
    """*version* is that of the whole bank; *last* is what was asked the last time."""
    queue = quiz.by_blueprint(bank, test.topics, shuffle, last)
    return _drawn(
        Attempt(attempt_id, learner_id, "test", test.slug, version, now, "question"), bank, queue, shuffle
    )


def _drawn(begun: Attempt, bank: Sequence[Item], queue: tuple[str, ...], shuffle: quiz.Shuffle) -> Attempt:
    by_id = {item.id: item for item in bank}
    orders = tuple(quiz.shown_order(by_id[item_id], shuffle) for item_id in queue)
    return replace(begun, queue=queue, orders=orders)


def begin_review(
    attempt_id: int,
    learner_id: int,
    version: str,
    items: Sequence[Item],
    shuffle: quiz.Shuffle,
    now: datetime,
) -> Attempt:
    """One question of each lesson that is to be looked at again, in the order given."""
    return Attempt(
        attempt_id, learner_id, "review", REVIEW, version, now, "question",
        queue=tuple(item.id for item in items), orders=tuple(quiz.shown_order(item, shuffle) for item in items),
    )  # fmt: skip


def begin_preview(
    attempt_id: int, learner_id: int, unit: Lesson | Case, shuffle: quiz.Shuffle, now: datetime, *, asks: bool
) -> Attempt:
    """A look at a lesson or story with every question it has; `asks`: at its questions alone."""
    if unit.kind == "case" and not asks:
        return replace(begin_case(attempt_id, learner_id, unit, now), preview=True)
    first = unit.check if unit.kind == "lesson" else ""
    items = sorted(unit.items, key=lambda item: item.id != first)
    return Attempt(
        attempt_id, learner_id, "lesson", unit.slug, unit.version, now, "question" if asks else "cards",
        queue=tuple(item.id for item in items), orders=tuple(quiz.shown_order(item, shuffle) for item in items),
        preview=True,
    )  # fmt: skip


def turn_to(attempt: Attempt, card: int, cards: int) -> Attempt:
    """Show another card; past the last one the first question follows."""
    if card >= cards:
        return replace(attempt, stage="question")
    return replace(attempt, stage="cards", card=max(card, 0))


def tick(attempt: Attempt, key: str) -> Attempt:
    """Tick or untick one choice of a multiple-choice item."""
    ticked = set(attempt.picks) ^ {key}
    return replace(attempt, picks="".join(sorted(ticked)))


def settle(attempt: Attempt, verdict: str) -> Attempt:
    """Keep the verdict of a true/false item until its reason is chosen."""
    return replace(attempt, picks=verdict)


def put(attempt: Attempt, key: str) -> Attempt:
    """Give a step of an ordering the next number; one that has a number keeps it."""
    return attempt if key in attempt.picks else replace(attempt, picks=attempt.picks + key)


def take_back(attempt: Attempt, key: str) -> Attempt:
    """Take the number from the last step that has one; any other keeps its own."""
    return replace(attempt, picks=attempt.picks[:-1]) if attempt.picks.endswith(key) else attempt


def show_facts(attempt: Attempt) -> Attempt:
    """Show what a figure is worked out from."""
    return replace(attempt, picks="f")


def flag(attempt: Attempt, key: str) -> Attempt:
    """Mark a part of a practice message as a sign."""
    return replace(attempt, picks="".join(sorted({*attempt.picks, key})))


def unflag(attempt: Attempt, key: str) -> Attempt:
    """Take the mark off a part."""
    return replace(attempt, picks=attempt.picks.replace(key, ""))


def start_over(attempt: Attempt) -> Attempt:
    """Nothing is picked any more."""
    return replace(attempt, picks="")


SURE = 2
"""Of three steps: a guess, fairly sure, sure."""


def keep_answer(attempt: Attempt, kept: str) -> Attempt:
    """An answer of a test waits until its learner has said how sure they are."""
    return replace(attempt, stage="sure", picks=kept)


def say_sure(attempt: Attempt, sure: int) -> Attempt:
    """Back to the question with how sure the answer is, so that it can be marked."""
    return replace(attempt, stage="question", path=(*attempt.path, (attempt.item_id, str(sure))))


def sure_and_missed(attempt: Attempt, missed: Sequence[str]) -> list[str]:
    """Items that were answered wrongly by somebody who was sure."""
    return [item for item, sure in attempt.path if sure == str(SURE) and item in missed]


@dataclass(frozen=True, slots=True)
class Answered:
    attempt: Attempt
    verdict: quiz.Verdict
    number: int
    is_first: bool
    """Whether this answer counts; a must-get-right item asked again does not."""
    comes_again: bool


def answer(attempt: Attempt, item: Item, chosen: Sequence[str]) -> Answered:
    """Mark one answer and step past the item; a missed must-get-right item is queued once more.

    In a review it is not: its lesson comes back within days.
    """
    verdict = quiz.mark(item, chosen)
    number = attempt.number
    is_first = item.id not in attempt.queue[:number]
    comes_again = is_first and item.must and not verdict.right and attempt.kind != "review"
    after = replace(
        attempt,
        stage="verdict", number=number + 1, picks="", last="".join(verdict.chosen),
        asked=attempt.asked + is_first,
        right=attempt.right + (is_first and verdict.right),
        missed_must=attempt.missed_must or comes_again,
        queue=(*attempt.queue, item.id) if comes_again else attempt.queue,
        orders=(*attempt.orders, attempt.orders[number]) if comes_again else attempt.orders,
    )  # fmt: skip
    return Answered(after, verdict, number, is_first, comes_again)


PASSED, NOT_YET = "passed", "not yet"


def go_on(attempt: Attempt, now: datetime, pass_mark: int = quiz.PASS_MARK) -> Attempt:
    """From a verdict to the next question, or to the end when all are answered."""
    if attempt.number < len(attempt.queue):
        return replace(attempt, stage="question")
    ending = ""
    if attempt.kind in ("quiz", "test"):
        passed = quiz.has_passed(attempt.right, attempt.asked, attempt.missed_must, pass_mark)
        ending = PASSED if passed else NOT_YET
    return replace(attempt, stage="done", finished_at=now, ending=ending)


def decide(attempt: Attempt, choice: str) -> Attempt:
    """Take one decision of a case; its consequence is shown before the story goes on."""
    path = (*attempt.path, (attempt.node, choice))
    return replace(attempt, stage="consequence", path=path)


def follow(attempt: Attempt, case: Case, now: datetime) -> Attempt:
    """From a consequence to the next scene, or to the ending it leads to."""
    node, choice = attempt.path[-1]
    goes = case.decisions[node][choice]
    if goes in case.endings:
        return replace(attempt, stage="done", node=goes, ending=goes, finished_at=now)
    return replace(attempt, stage="scene", node=goes)


def rewind(attempt_id: int, earlier: Attempt, case: Case, now: datetime) -> Attempt:
    """A new try that starts at the first turning the earlier one took differently."""
    kept: list[tuple[str, str]] = []
    for node, choice in earlier.path:
        if case.right[node] != choice:
            return replace(begin_case(attempt_id, earlier.learner_id, case, now), node=node, path=tuple(kept))
        kept.append((node, choice))
    return begin_case(attempt_id, earlier.learner_id, case, now)


def longest_road(case: Case, node: str | None = None) -> int:
    """How many decisions the longest way through a story takes, from this one or from its opening."""
    follows = case.decisions.get(case.opening if node is None else node)
    return 0 if follows is None else 1 + max(longest_road(case, after) for after in set(follows.values()))


def first_turning(attempt: Attempt, case: Case) -> int | None:
    """Number, from 1, of the first decision that left the safe road; None when none did."""
    for number, (node, choice) in enumerate(attempt.path, start=1):
        if case.right[node] != choice:
            return number
    return None
