"""People who use the bot as people do: they read the last screen and press one of its buttons."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.chat import asking
from bot.demo.telegram import Message, SmallTelegram
from bot.rules.attempt import Attempt
from bot.rules.curriculum import FALSE, RIGHT, TRUE, Case, Content, Item
from bot.rules.figures import written

Pressed = tuple[int, str]
"""Message id and callback data."""
ONWARD = ("j", "o", "r", "c", "g", "J", "f", "n")
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
    decisions: int = 1_000
    """How many of a story's decisions they take before they put it down."""
    read: int = 0
    """The last message that was on their screen when they put the phone away."""

    def has_waited(self, since: timedelta, now: datetime) -> bool:
        """Whether something to learn that came so long ago is still unread."""
        messages = self.telegram.chat(self.account).messages
        first = next((m for m in messages if m.message_id > self.read and kinds_of(m) & set(ONWARD)), None)
        return first is not None and now - first.sent_at >= since

    def get_up(self) -> None:
        """What is on the screen is read now."""
        self.read = max((m.message_id for m in self.telegram.chat(self.account).messages), default=0)

    def sit_down(self) -> None:
        """Ask for the next thing, unless it is on the screen."""
        if not self._kinds() & {"a", "k", "d", *ONWARD}:
            self.telegram.write(self.account, "/learn")

    def do(self, act: str | int) -> bool:
        """Type what stands after “> ”, or press what is named on the newest screen; False where it is not there."""
        if isinstance(act, str) and act.startswith("> "):
            self.telegram.write(self.account, act.removeprefix("> "))
            return True
        screen = self._screen()
        label = self._label(screen, act) if screen is not None else None
        if label is not None:
            self.telegram.press(self.account, label)
        return label is not None

    def _label(self, screen: Message, act: str | int) -> str | None:
        keyboard = screen.keyboard or []
        if isinstance(act, int):
            return str(keyboard[act][0]["text"]) if act < len(keyboard) else None
        named = act
        if act.startswith("{"):
            named = self.content.units[act.strip("{}")].words["en"].title
        numbered = (line.partition(" ") for line in screen.text.splitlines())
        label = next((number for number, _, words in numbered if words.startswith(named)), named)
        return label if any(label == button["text"] for row in keyboard for button in row) else None

    def _screen(self) -> Message | None:
        """The newest message that has buttons."""
        return next((m for m in reversed(self.telegram.chat(self.account).messages) if m.keyboard), None)

    def _kinds(self) -> set[str]:
        screen = self._screen()
        return kinds_of(screen) if screen else set()

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
        message = self._screen()
        if message is None or (not self.decisions and self._names_a_story(message.text)):
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
            self.decisions -= 1
            return message.message_id, self._decide(by_kind["d"])
        for kind in ONWARD:
            if kind in by_kind:
                return message.message_id, by_kind[kind][-1]
        return None

    def _names_a_story(self, text: str) -> bool:
        stories = (unit for unit in self.content.units.values() if isinstance(unit, Case))
        return any(words.title in text for story in stories for words in story.words.values())

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


def kinds_of(message: Message) -> set[str]:
    """The kinds of buttons under a message."""
    rows = message.keyboard or []
    return {b["callback_data"].split(".")[0] for row in rows for b in row if "callback_data" in b}
