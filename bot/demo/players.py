"""People who use the bot as people do: they read the last screen and press one of its buttons."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from bot.chat import asking
from bot.demo.telegram import SmallTelegram
from bot.rules.attempt import Attempt
from bot.rules.curriculum import FALSE, RIGHT, TRUE, Case, Content, Item
from bot.rules.figures import written

Pressed = tuple[int, str]
"""Message id and callback data."""
ONWARD = ("j", "o", "r", "c", "g", "f")
"""Kinds of buttons that lead on, the most eager first."""


@dataclass(slots=True)
class Player:
    """Somebody with an account, a share of right answers, and a die of their own."""

    account: int
    skill: float
    dice: random.Random
    telegram: SmallTelegram
    content: Content
    attempt: Callable[[int], Attempt | None]
    """The attempt that a button names, to know what the question was."""

    def step(self) -> bool:
        """Press the next button of the newest screen; False when there is nothing to go on with."""
        chosen = self._choose()
        if chosen is None:
            return False
        if isinstance(chosen, str):
            self.telegram.write(self.account, chosen)
        else:
            self.telegram.tap(self.account, *chosen)
        return True

    def _choose(self) -> Pressed | str | None:
        """A button, or a number where one is asked for."""
        message = next((m for m in reversed(self.telegram.chat(self.account).messages) if m.keyboard), None)
        if message is None:
            return None
        buttons = [b["callback_data"] for row in message.keyboard or [] for b in row if "callback_data" in b]
        by_kind: dict[str, list[str]] = {}
        for data in buttons:
            by_kind.setdefault(data.split(".")[0], []).append(data)
        if "a" in by_kind:
            return message.message_id, self._answer(by_kind)
        if "k" in by_kind:
            return self._figure(by_kind["k"][0])
        if "d" in by_kind:
            return message.message_id, self._decide(by_kind["d"])
        for kind in ONWARD:
            if kind in by_kind:
                return message.message_id, by_kind[kind][-1]
        return None

    def _answer(self, by_kind: dict[str, list[str]]) -> str:
        choices = by_kind["a"]
        attempt = self.attempt(int(choices[0].split(".")[1]))
        item = (
            self.content.items.get(attempt.item_id)
            if attempt and attempt.number < len(attempt.queue)
            else None
        )
        if attempt is None or item is None:
            return choices[0]
        keys = list(next(iter(item.words.values())).choices)
        named = {keys[int(data.split(".")[3]) % asking.UNDO]: data for data in choices}
        wanted = self._wanted(attempt, item)
        if item.type in ("multiple", "ordering", "red-flags"):
            missing = [key for key in wanted if key not in attempt.picks]
            return named[missing[0]] if missing else by_kind["k"][-1]
        return next((named[key] for key in wanted if key in named), choices[0])

    def _figure(self, data: str) -> str:
        """The number this person works out: right, or half of it."""
        attempt = self.attempt(int(data.split(".")[1]))
        item = self.content.items[attempt.item_id] if attempt else None
        if attempt is None or item is None:
            return "0"
        belief = random.Random(f"{self.account}.{attempt.id}.{attempt.number}")
        value = item.figures[RIGHT].value
        return written(value if belief.random() < self.skill else value / 2)

    def _wanted(self, attempt: Attempt, item: Item) -> tuple[str, ...]:
        """What this person believes to be right, the same at every look at the question."""
        belief = random.Random(f"{self.account}.{attempt.id}.{attempt.number}")
        if belief.random() < self.skill:
            return item.answer
        wrong = [key for key in item.choices if key not in item.answer]
        if item.type == "ordering":
            return (*item.answer[1:], item.answer[0])
        if item.type == "true-false":
            return (belief.choice((TRUE, FALSE)), belief.choice(item.choices))
        if item.type == "multiple":
            return tuple(sorted((belief.choice(item.answer), belief.choice(wrong))))
        return (belief.choice(wrong),)

    def _decide(self, choices: list[str]) -> str:
        attempt = self.attempt(int(choices[0].split(".")[1]))
        story = self.content.units.get(attempt.unit) if attempt else None
        if attempt is None or not isinstance(story, Case) or self.dice.random() > self.skill:
            return self.dice.choice(choices)
        number = list(story.decisions[attempt.node]).index(story.right[attempt.node])
        return next(data for data in choices if int(data.split(".")[3]) == number)
