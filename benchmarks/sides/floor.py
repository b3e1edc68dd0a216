"""No framework at all: sockets, asyncio and sqlite3, for what a durable tap costs at the least.

It writes the rows that ours writes, with the same calls and one commit (one fsync) for all updates that
wait, in a thread of its own, so that calls go out meanwhile. What is kept of a program is in `quiz`.
`python -m benchmarks.sides.floor BASE_URL FOLDER`.
"""

import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from benchmarks.sides import kept, quiz
from benchmarks.sides.quiz import Row, Standing, Step
from benchmarks.sides.sockets import Line

LINES = 32
Call = tuple[str | None, str, dict[str, Any], int]
"""(the tap to answer, method, params, row of the outbox)."""
STANDING = 'id, learner_id, stage, number, asked, "right", last, finished_at, version'
STEPPED = (
    'UPDATE attempts SET stage=?, number=?, asked=?, "right"=?, last=?, finished_at=?, version=version+1 '
    "WHERE id=? AND version=?"
)
SENT = (
    "UPDATE outbox SET state='sent', sends=sends+1, sent_at=?, message_id=?, claimed_by=NULL, claimed_until=NULL "
    "WHERE id=?"
)


class Store:
    """Decides and writes; lives in one thread."""

    def __init__(self, folder: str) -> None:
        self._connection = kept.opened(folder)
        self._run = self._connection.execute

    def handle(self, updates: Sequence[dict[str, Any]], sent: Sequence[tuple[int, int, int]]) -> list[Call]:
        """All these updates and what became of earlier calls, in one transaction."""
        self._run("BEGIN IMMEDIATE")
        day = datetime.now(UTC).date().isoformat()
        fresh = {
            row[0] for row in self._run(
                'INSERT INTO updates (id, "on") SELECT value, ? FROM json_each(?) WHERE true '
                "ON CONFLICT DO NOTHING RETURNING id",
                (day, json.dumps([update["update_id"] for update in updates])),
            ).fetchall()
        }  # fmt: skip
        calls = self._decided([update for update in updates if update["update_id"] in fresh])
        self._connection.executemany(SENT, sent)
        self._run("COMMIT")
        return calls

    def _decided(self, updates: list[dict[str, Any]]) -> list[Call]:
        people = self._people({_account(update) for update in updates})
        standing = self._standing(
            [int(u["callback_query"]["data"].split(".")[1]) for u in updates if "callback_query" in u]
        )
        added: dict[str, list[Row]] = defaultdict(list)
        stepped: list[tuple[Any, ...]] = []
        calls: list[Call] = []
        for update in updates:
            learner = people.get(_account(update))
            if learner is None:
                added["learners"].append(row := quiz.learner_row(_account(update)))
                learner = people[_account(update)] = row["id"]
            query = update.get("callback_query")
            step: Step | None
            if query is None:
                step, fixed = quiz.begun(learner, update["message"]["chat"]["id"])
                added["attempts"].append({**fixed, **_columns(step.standing)})
            else:
                before = standing.get(int(query["data"].split(".")[1]))
                if before is None or before.learner_id != learner:
                    continue
                message = query["message"]
                step = quiz.tapped(before, query["data"], message["chat"]["id"], message["message_id"])
                if step is None:
                    continue
                stepped.append(_changed(before, step))
            standing[step.standing.id] = step.standing
            added["events"] += step.events
            added["answers"] += [step.answer] if step.answer else []
            added["outbox"].append(step.outbox)
            calls.append((query and query["id"], step.outbox["method"], step.params, step.outbox["id"]))
        self._write(added, stepped)
        return calls

    def _write(self, added: dict[str, list[Row]], stepped: list[tuple[Any, ...]]) -> None:
        if stepped and self._connection.executemany(STEPPED, stepped).rowcount != len(stepped):
            raise RuntimeError("a row moved on, and nobody else writes")
        for table in ("learners", "attempts", "answers", "events", "outbox"):
            if rows := added[table]:
                self._connection.executemany(_insert(table, rows[0]), rows)

    def _people(self, accounts: Iterable[int]) -> dict[int, int]:
        query = "SELECT account_id, id FROM learners WHERE account_id IN (SELECT value FROM json_each(?))"
        return dict(self._run(query, (json.dumps(list(accounts)),)).fetchall())

    def _standing(self, ids: list[int]) -> dict[int, Standing]:
        query = f"SELECT {STANDING} FROM attempts WHERE id IN (SELECT value FROM json_each(?))"
        return {row[0]: Standing(*row) for row in self._run(query, (json.dumps(ids),))}


def _account(update: dict[str, Any]) -> int:
    return int((update.get("callback_query") or update["message"])["from"]["id"])


def _columns(standing: Standing) -> Row:
    return {name: getattr(standing, name) for name in Standing.__slots__}


def _changed(before: Standing, step: Step) -> tuple[Any, ...]:
    then = step.standing
    return (
        then.stage, then.number, then.asked, then.right, then.last, then.finished_at, then.id, before.version,
    )  # fmt: skip


_inserts: dict[str, str] = {}


def _insert(table: str, row: Row) -> str:
    if table not in _inserts:
        names, places = ", ".join(f'"{name}"' for name in row), ", ".join(f":{name}" for name in row)
        _inserts[table] = f"INSERT INTO {table} ({names}) VALUES ({places})"
    return _inserts[table]


async def _post(line: Line, calls: "asyncio.Queue[Call]", sent: list[tuple[int, int, int]]) -> None:
    while True:
        tap, method, params, row = await calls.get()
        if tap is not None:
            await line.call("answerCallbackQuery", {"callback_query_id": tap})
        answer = json.loads(await line.call(method, params))
        sent.append((quiz.now(), answer["result"]["message_id"], row))


async def main(base_url: str, folder: str) -> None:
    """Ask for updates, commit them, answer them, until the process is ended."""
    parts = urlsplit(base_url)
    place = (parts.hostname or "", parts.port or 80, f"{parts.path}1:benchmark/")
    writer = ThreadPoolExecutor(1)
    loop = asyncio.get_running_loop()
    store = await loop.run_in_executor(writer, Store, folder)
    calls: asyncio.Queue[Call] = asyncio.Queue()
    sent: list[tuple[int, int, int]] = []
    workers = [asyncio.create_task(_post(Line(*place), calls, sent)) for _ in range(LINES)]
    asking, offset = Line(*place), 0
    while not any(worker.done() for worker in workers):
        answer = json.loads(await asking.call("getUpdates", {"offset": offset, "timeout": 10}))
        noted, sent[:] = sent[:], []
        for call in await loop.run_in_executor(writer, store.handle, answer["result"], noted):
            calls.put_nowait(call)
        offset = max((update["update_id"] + 1 for update in answer["result"]), default=offset)
    await asyncio.gather(*workers)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
