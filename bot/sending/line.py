"""Who is next: the claimed rows of each chat in order, and the chats in order of their first row."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.rules.sending import LANES, Posting

RANK = {lane: rank for rank, lane in enumerate(LANES)}
Place = tuple[int, int]
"""Lane, then id: ids grow with time, so this is the order in which rows were made."""


def place(posting: Posting) -> Place:
    return RANK[posting.lane], posting.id


@dataclass(slots=True)
class Row:
    """A posting this process has claimed, and since when the claim is known to hold (monotonic)."""

    posting: Posting
    held_since: float
    started: bool = False
    """It took one of the places in flight."""

    def __lt__(self, other: "Row") -> bool:
        return place(self.posting) < place(other.posting)


@dataclass(slots=True)
class Chat:
    id: int
    rows: list[Row] = field(default_factory=list)
    busy: bool = False
    """One of its rows is on its way; the next waits for the answer."""
    held_until: float | None = None
    """A row of it was put off: until it is claimed again, no later one may overtake it."""
    held_for: int = 0
    """The id of that row."""


class Line:
    """Rows wait here by chat; `next` gives the best row whose chat is free."""

    def __init__(self) -> None:
        self._chats: dict[int, Chat] = {}
        self._ready: list[tuple[Place, int]] = []
        """Chats by their first row; entries may be out of date and are checked when taken."""
        self._waiting: list[tuple[float, int]] = []
        """Chats that may go on at a time."""
        self._held: dict[int, Chat] = {}
        self._length = 0

    @property
    def free(self) -> int:
        """Rows in line but for those behind one that was put off."""
        return self._length - sum(len(chat.rows) for chat in self._held.values())

    def add(self, row: Row) -> None:
        chat = self._chats.get(row.posting.chat_id)
        if chat is None:
            chat = self._chats[row.posting.chat_id] = Chat(row.posting.chat_id)
        heapq.heappush(chat.rows, row)
        self._length += 1
        back = chat.held_until is not None and chat.held_for == row.posting.id
        if back:
            self._let_go(chat)
        if back or chat.rows[0] is row:
            self._offer(chat)

    def next(self) -> Row | None:
        """The best row that may go as far as the order goes; it stays in line until taken."""
        while self._ready:
            at, chat_id = self._ready[0]
            chat = self._chats.get(chat_id)
            if chat is not None and self._is_free(chat) and place(chat.rows[0].posting) == at:
                return chat.rows[0]
            heapq.heappop(self._ready)
        return None

    def take(self, row: Row) -> None:
        """This row, the one `next` gave, goes now."""
        heapq.heappop(self._ready)
        chat = self._chats[row.posting.chat_id]
        heapq.heappop(chat.rows)
        chat.busy = True
        self._length -= 1

    def put_back(self, row: Row) -> None:
        """This row was taken to be made into a call; now it may be sent."""
        chat = self._chats[row.posting.chat_id]
        chat.busy = False
        heapq.heappush(chat.rows, row)
        self._length += 1
        self._offer(chat)

    def wait(self, row: Row, until: float) -> None:
        """The chat of this row, the one `next` gave, may not go before `until`."""
        heapq.heappop(self._ready)
        heapq.heappush(self._waiting, (until, row.posting.chat_id))

    def wake(self, now: float) -> float | None:
        """Put chats whose time has come back in line; the time of the next one."""
        while self._waiting and self._waiting[0][0] <= now:
            chat = self._chats.get(heapq.heappop(self._waiting)[1])
            if chat is not None:
                self._offer(chat)
        return self._waiting[0][0] if self._waiting else None

    def answered(self, chat_id: int) -> None:
        """The row on its way to this chat has its answer."""
        chat = self._chats[chat_id]
        chat.busy = False
        self._offer(chat)
        self._tidy(chat)

    def hold(self, chat_id: int, row_id: int, until: float) -> None:
        """Let nothing of this chat pass before this row is back, or found to be gone after `until`."""
        chat = self._chats.setdefault(chat_id, Chat(chat_id))
        chat.held_until, chat.held_for = until, row_id
        self._held[chat_id] = chat

    def holds(self) -> dict[int, float]:
        """Chats that wait for a row that was put off, and until when at least."""
        return {chat.id: chat.held_until for chat in self._held.values() if chat.held_until is not None}

    def open_until(self, now: float) -> None:
        """Nothing put off until `now` is left to claim: those chats go on."""
        for chat in [c for c in self._held.values() if c.held_until is not None and c.held_until <= now]:
            self._let_go(chat)
            self._offer(chat)
            self._tidy(chat)

    def remove(self, chat_id: int, which: Callable[[Row], bool]) -> list[Row]:
        """Take rows of one chat out of line."""
        chat = self._chats.get(chat_id)
        if chat is None:
            return []
        gone = [row for row in chat.rows if which(row)]
        if gone:
            chat.rows = [row for row in chat.rows if not which(row)]
            heapq.heapify(chat.rows)
            self._length -= len(gone)
            self._offer(chat)
            self._tidy(chat)
        return gone

    def _offer(self, chat: Chat) -> None:
        if self._is_free(chat):
            heapq.heappush(self._ready, (place(chat.rows[0].posting), chat.id))

    def _let_go(self, chat: Chat) -> None:
        chat.held_until = None
        del self._held[chat.id]

    def _is_free(self, chat: Chat) -> bool:
        return bool(chat.rows) and not chat.busy and chat.held_until is None

    def _tidy(self, chat: Chat) -> None:
        if not chat.rows and not chat.busy and chat.held_until is None:
            self._chats.pop(chat.id, None)
