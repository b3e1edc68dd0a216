"""The learners behind the far end: each has one tap under way and taps on as soon as it is answered."""

import json
import random
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter, time
from typing import Any

FIRST_ACCOUNT = 7_000_000_001
TOPIC = "first-hour"
QUIZ = ("a.", "k.", "g.")
"""Kinds of buttons inside a quiz: a choice, [Check], [Next question ›]."""
BOT = '{"id":1,"is_bot":true,"first_name":"Bench","username":"bench_bot"}'
PICKED = re.compile(r"☑|🚩|[1-6] · ")
"""How the label of a choice begins that was tapped before."""
Keyboard = list[list[dict[str, Any]]]


@dataclass(slots=True)
class Learner:
    """One person and their chat."""

    account: int
    person: str
    """As JSON."""
    chat: str
    message_id: int = 0
    """The message the quiz stands on."""
    protected: bool = False
    waits: str = ""
    """What is under way and not answered yet: "tap", "words" or nothing."""
    since: float = 0.0
    query: str = ""
    tapped: int = 0
    answered: int = 0
    """Quiz taps made, and those whose edit has arrived."""


@dataclass(slots=True)
class Crowd:
    """Makes the updates and counts what came back; knows nothing of HTTP."""

    seed: int = 0
    learners: dict[int, Learner] = field(default_factory=dict)
    queue: deque[tuple[int, str]] = field(default_factory=deque)
    """(update id, update as JSON) for whoever asks, the oldest first."""
    post: Callable[[int, str], None] | None = None
    """Takes (account, update as JSON) instead of the queue where there is a webhook."""
    is_paced: bool = False
    """Whether a tap waits for its time (an open loop) or follows its answer at once (a closed one)."""
    ready: deque[tuple[Learner, str]] = field(default_factory=deque)
    """Taps that wait for their time."""
    overdue: deque[float] = field(default_factory=deque)
    """Times at which somebody should have tapped and everybody still waited for an answer."""
    taps: int = 0
    """Quiz taps whose edit arrived."""
    updates: int = 0
    shown: int = 0
    toasts: int = 0
    waits: list[float] = field(default_factory=list)
    """Seconds from each tap to its edit."""
    dice: random.Random = field(default_factory=random.Random)
    date: int = field(default_factory=lambda: int(time()))
    """When every message was sent; a bot does not edit old ones."""

    def join(self, count: int) -> None:
        """So many people press Start."""
        self.dice.seed(self.seed)
        for number in range(len(self.learners), count):
            account = FIRST_ACCOUNT + number
            name = f'"first_name":"Learner {number}"'
            learner = self.learners[account] = Learner(
                account,
                f'{{"id":{account},"is_bot":false,{name},"language_code":"en"}}',
                f'{{"id":{account},{name},"type":"private"}}',
            )
            self._write(learner, "/start")

    def lot(self, offset: int, limit: int) -> list[str]:
        """Updates from this id on; those below it are confirmed and gone."""
        while self.queue and self.queue[0][0] < offset:
            self.queue.popleft()
        return [update for _, (_, update) in zip(range(limit), self.queue, strict=False)]

    def show(
        self, account: int, message_id: int | None, text: str, keyboard: Keyboard, *, protected: bool = False
    ) -> str:
        """A message sent or edited; whoever waited for it goes on. The message, as Telegram gives it back."""
        learner = self.learners[account]
        if message_id is None:
            self.shown += 1
            message_id, learner.protected = self.shown, protected
        markup = f',"reply_markup":{json.dumps({"inline_keyboard": keyboard})}' if keyboard else ""
        kept = ',"has_protected_content":true' if learner.protected else ""
        message = (
            f'{{"message_id":{message_id},"from":{BOT},"chat":{learner.chat},"date":{self.date},'
            f'"text":{json.dumps(text)}{markup}{kept}}}'
        )
        if learner.waits == "tap" and message_id == learner.message_id:
            learner.answered += 1
            self.taps += 1
            self.waits.append(perf_counter() - learner.since)
            self._go_on(learner, message, keyboard)
        elif learner.waits == "words":
            learner.message_id = message_id
            self._go_on(learner, message, keyboard)
        return message

    def _go_on(self, learner: Learner, message: str, keyboard: Keyboard) -> None:
        """Tap something of the quiz; where nothing of it is left, ask for a new one."""
        buttons = [button for row in keyboard for button in row]
        data = self._choose([b for b in buttons if b.get("callback_data", "").startswith(QUIZ)])
        if data is None:
            self._write(learner, f"/quiz {TOPIC}")
            return
        learner.waits, learner.tapped = "tap", learner.tapped + 1
        query_id = f"{learner.account}{learner.tapped:09d}"
        tap = (
            f'"callback_query":{{"id":"{query_id}","from":{learner.person},"message":{message},'
            f'"chat_instance":"-1234567890123456789","data":"{data}"}}'
        )
        if not self.is_paced:
            self._queue(learner, tap)
        elif self.overdue:
            self._queue(learner, tap, since=self.overdue.popleft())
        else:
            self.ready.append((learner, tap))

    def tap(self, due: float) -> None:
        """Somebody taps, `due` being when they should have."""
        if self.ready:
            self._queue(*self.ready.popleft(), since=due)
        else:
            self.overdue.append(due)

    def _choose(self, buttons: list[dict[str, Any]]) -> str | None:
        """As a person would: tick one and check it, put all in order and check that, answer by lot, go on."""
        check = [b for b in buttons if b["callback_data"].startswith("k.")]
        choices = [b for b in buttons if b["callback_data"].startswith("a.")]
        free = [b for b in choices if not PICKED.match(b["text"])]
        if check and (any(b["text"].startswith(("☑", "🚩")) for b in choices) or not free):
            return str(check[-1]["callback_data"])
        if free:
            return str(self.dice.choice(free)["callback_data"])
        return str(buttons[0]["callback_data"]) if buttons else None

    def _write(self, learner: Learner, words: str) -> None:
        learner.waits = "words"
        self.shown += 1
        self._queue(learner, (
            f'"message":{{"message_id":{self.shown},"from":{learner.person},"chat":{learner.chat},'
            f'"date":{self.date},"text":"{words}",'
            f'"entities":[{{"type":"bot_command","offset":0,"length":{len(words.split()[0])}}}]}}'
        ))  # fmt: skip

    def _queue(self, learner: Learner, update: str, since: float | None = None) -> None:
        self.updates += 1
        learner.since = perf_counter() if since is None else since
        whole = f'{{"update_id":{self.updates},{update}}}'
        if self.post is not None:
            self.post(learner.account, whole)
        else:
            self.queue.append((self.updates, whole))
