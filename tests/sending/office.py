"""A real outbox on a throwaway database, and a far end that answers as it is told."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Row, insert, select

from bot.rules.answers import Answer, Sent
from bot.rules.sending import LANES, Care, Lane, Outcome, Posting
from bot.sending.limiter import Limiter
from bot.sending.sender import Outbox, Sender
from bot.store import outbox as rows
from bot.store.engine import connect, create
from bot.store.rows import LEASE, dump
from bot.store.tables import outbox
from bot.store.writer import Writer

Script = Callable[[str, Mapping[str, Any]], Answer | float]


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class FarEnd:
    """Telegram as far as the sender sees it. A script answers a call, or says for how long it hangs first."""

    script: Script | None = None
    takes: float = 0.0
    calls: list[tuple[float, str, dict[str, Any]]] = field(default_factory=list)
    busy: int = 0
    most_busy: int = 0

    async def post(
        self, method: str, params: Mapping[str, Any], files: Mapping[str, str] | None = None
    ) -> Answer:
        self.calls.append((time.monotonic(), method, dict(params)))
        self.busy += 1
        self.most_busy = max(self.busy, self.most_busy)
        try:
            answer = self.script(method, params) if self.script else None
            await asyncio.sleep(self.takes if not isinstance(answer, float) else answer)
        finally:
            self.busy -= 1
        return (
            answer
            if answer is not None and not isinstance(answer, float)
            else Sent({"message_id": len(self.calls)})
        )

    def texts(self, chat_id: int | None = None) -> list[str]:
        return [p["text"] for _, _, p in self.calls if "text" in p and chat_id in (None, p.get("chat_id"))]

    def times(self, chat_id: int) -> list[float]:
        return [at for at, _, params in self.calls if params.get("chat_id") == chat_id]


class Office:
    """An outbox in a database file, the writer that owns it, and senders that work for it."""

    def __init__(self, folder: Path) -> None:
        self.engine: Engine
        self.engine, _ = connect(f"sqlite:///{folder / 'office.db'}")
        create(self.engine)
        self.writer = Writer(self.engine, "me")
        self.writer.start()
        self.far = FarEnd()
        self.trouble: Exception | None = None
        """Raised by every note as long as it is set."""
        self.troubled: set[int] = set()
        """Rows that cannot be noted as long as they stand here."""
        self.noted = 0
        self.claims = 0
        self._next = 0

    def close(self) -> None:
        self.writer.stop()
        self.engine.dispose()

    async def _run(self, work: Callable[..., Any]) -> Any:
        return await asyncio.wrap_future(self.writer.run(work))

    async def owe(
        self, chat_id: int, text: str, *, lane: Lane = "lessons", care: Care = "resend", claimed: bool = False,
        due: timedelta = timedelta(0), **more: Any,
    ) -> Posting:  # fmt: skip
        """Commit one row; with `claimed` as a turn does it, for this process."""
        self._next += 1
        values = {
            "id": self._next, "chat_id": chat_id, "lane": LANES.index(lane), "care": care,
            "state": "claimed" if claimed else "owed", "method": "sendMessage",
            "params": dump({"chat_id": chat_id, "text": text}), "sealed": False, "made_at": now(),
            "due_at": now() + due, "claimed_by": "me" if claimed else None,
            "claimed_until": now() + LEASE if claimed else None, "sends": 0, **more,
        }  # fmt: skip

        def commit(connection: Any) -> Posting:
            made = connection.execute(insert(outbox).returning(outbox), [values]).one()
            return rows.posting_of(made)

        return await self._run(commit)  # type: ignore[no-any-return]

    def sender(self, by: str = "me", **more: Any) -> Sender:
        async def claim(limit: int, skip: Sequence[int]) -> list[Posting]:
            self.claims += 1
            return await self._run(lambda c: rows.claim(c, by=by, now=now(), limit=limit, skip_chats=skip))  # type: ignore[no-any-return]

        async def note(outcomes: Sequence[Outcome]) -> None:
            if self.trouble is not None:
                raise self.trouble
            if self.troubled & {outcome.id for outcome in outcomes}:
                raise ValueError
            await self._run(lambda c: rows.note(c, outcomes, by=by))
            self.noted += 1

        async def renew() -> Collection[int]:
            return await self._run(lambda c: rows.renew(c, by=by, now=now()))  # type: ignore[no-any-return]

        async def release() -> None:
            await self._run(lambda c: rows.release(c, by=by))

        async def render(posting: Posting) -> Posting:
            raise NotImplementedError

        limiter = more.pop("limiter", None) or Limiter(0)
        orders = Outbox(claim, more.pop("note", note), renew, release, more.pop("render", render))
        return Sender(more.pop("post", self.far.post), orders, now=now, limiter=limiter, **more)

    @asynccontextmanager
    async def working(self, **more: Any) -> AsyncIterator[Sender]:
        """A sender at work; it stops cleanly at the end."""
        sender = self.sender(**more)
        await sender.start()
        try:
            yield sender
        finally:
            await sender.stop()

    def all_rows(self) -> list[Row[Any]]:
        """As a fresh reader sees them."""
        with self.engine.connect() as connection:
            return list(connection.execute(select(outbox).order_by(outbox.c.id)))

    def rows(self) -> dict[str, Row[Any]]:
        """Every row by its text."""
        return {str(rows.posting_of(row).params.get("text")): row for row in self.all_rows()}

    def states(self) -> dict[str, int]:
        return dict(Counter(row.state for row in self.all_rows()))


async def until(true: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait until something holds, looking often; fail when it does not come to hold."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.005)
