"""How fast a bot may write before Telegram answers 429."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.demo.telegram.refusals import too_many


@dataclass(frozen=True, slots=True)
class Rates:
    """Limits as the Bots FAQ names them (“My bot is hitting limits”).

    About 30 messages a second over all, and one a second into one chat, where short bursts are let through;
    into a group 20 a minute.
    """

    per_second: int = 30
    per_chat: float = 1.0
    burst: int = 3
    per_group_a_minute: int = 20


class Meter:
    """Counts what is sent and refuses what is too much; a refused chat waits until its time is over."""

    def __init__(self, rates: Rates, now: Callable[[], datetime]) -> None:
        self._rates = rates
        self._now = now
        self._sent: deque[datetime] = deque()
        self._tokens: dict[int, tuple[float, datetime]] = {}
        self._groups: dict[int, deque[datetime]] = {}
        self._barred: dict[int, datetime] = {}

    def count(self, chat_id: int | None) -> None:
        """One more message; refused with the seconds to wait."""
        now = self._now()
        self._check_all(now)
        if chat_id is not None:
            self._check_barred(chat_id, now)
            if chat_id < 0:
                self._check_group(chat_id, now)
            else:
                self._check_chat(chat_id, now)
        self._sent.append(now)

    def _check_all(self, now: datetime) -> None:
        sent = self._sent
        while sent and now - sent[0] >= timedelta(seconds=1):
            sent.popleft()
        if len(sent) >= self._rates.per_second:
            raise too_many(1)

    def _check_barred(self, chat_id: int, now: datetime) -> None:
        until = self._barred.get(chat_id)
        if until is None:
            return
        if now < until:
            raise too_many(_whole(until - now))
        del self._barred[chat_id]

    def _check_chat(self, chat_id: int, now: datetime) -> None:
        most, pace = float(self._rates.burst), self._rates.per_chat
        tokens, at = self._tokens.get(chat_id, (most, now))
        tokens = min(most, tokens + (now - at).total_seconds() * pace)
        if tokens < 1:
            self._bar(chat_id, now, timedelta(seconds=(1 - tokens) / pace))
        self._tokens[chat_id] = (tokens - 1, now)

    def _check_group(self, chat_id: int, now: datetime) -> None:
        sent = self._groups.setdefault(chat_id, deque())
        minute = timedelta(minutes=1)
        while sent and now - sent[0] >= minute:
            sent.popleft()
        if len(sent) >= self._rates.per_group_a_minute:
            self._bar(chat_id, now, sent[0] + minute - now)
        sent.append(now)

    def _bar(self, chat_id: int, now: datetime, wait: timedelta) -> None:
        seconds = _whole(wait)
        self._barred[chat_id] = now + timedelta(seconds=seconds)
        raise too_many(seconds)


def _whole(wait: timedelta) -> int:
    return max(1, math.ceil(wait.total_seconds()))
