"""Where a trainer stands in a preview: one row a trainer, apart from the attempts that count."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.rules.attempt import Attempt
from bot.store import rows, tables
from bot.store.rows import Values
from bot.store.writes import Writes

WRITTEN = frozenset({"previews", "dialogues", "outbox"})
"""All that a turn in a preview writes, whatever its journey asks for."""
_LISTS = ("queue", "orders")
_INSTANTS = ("started_at", "finished_at")


@dataclass(frozen=True, slots=True)
class Preview:
    """An attempt that counts nowhere, and the language it is looked at in."""

    attempt: Attempt
    language: str
    version: int = -1
    """-1: no row yet."""


def read(store: Writes, learner_id: int) -> Preview | None:
    """What this trainer looked at last."""
    p = tables.previews
    found = store.rows(select(p).where(p.c.learner_id == learner_id))
    return (
        Preview(_attempt(json.loads(found[0].body)), found[0].language, found[0].version) if found else None
    )


def values(learner_id: int, preview: Preview) -> Values:
    """The row as it was read, to be written as the next version."""
    return {
        "learner_id": learner_id, "attempt_id": preview.attempt.id, "language": preview.language,
        "body": rows.dump(_body(preview.attempt)), "version": max(preview.version, 0),
    }  # fmt: skip


def _body(attempt: Attempt) -> dict[str, Any]:
    body = rows.attempt_values(attempt)
    return body | {name: body[name] and body[name].isoformat() for name in _INSTANTS}


def _attempt(body: dict[str, Any]) -> Attempt:
    lists = {name: tuple(json.loads(body[name])) for name in _LISTS}
    path = tuple((node, choice) for node, choice in json.loads(body["path"]))
    instants = {name: body[name] and datetime.fromisoformat(body[name]) for name in _INSTANTS}
    return replace(Attempt(**{**body, **lists, **instants, "path": path}), preview=True)
