"""The ledger: every call the bot made and what came of it, in memory and, when asked, on disk."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Call:
    """One line of the ledger: a call as the bot made it and what came of it."""

    at: datetime
    method: str
    params: dict[str, Any]
    chat_id: int | None
    status: int
    """The HTTP status; 0 when the line was cut or never answered."""
    ok: bool
    description: str | None
    message_id: int | None = None
    fault: str | None = None
    """The scripted fault that struck, if any."""
    effect: bool = False
    """Whether anything changed, also when nobody was told."""
    notes: tuple[str, ...] = ()
    """What Telegram dropped without a word."""
    via: Literal["call", "webhook"] = "call"


def as_dict(call: Call) -> dict[str, Any]:
    """A line of the ledger as JSON values."""
    return {
        "at": call.at.isoformat(),
        "method": call.method,
        "params": call.params,
        "chat_id": call.chat_id,
        "status": call.status,
        "ok": call.ok,
        "description": call.description,
        "message_id": call.message_id,
        "fault": call.fault,
        "effect": call.effect,
        "notes": list(call.notes),
        "via": call.via,
    }


def as_line(call: Call) -> bytes:
    """A line of the journal."""
    return json.dumps(as_dict(call), separators=(",", ":")).encode() + b"\n"


class Journal:
    """The ledger on disk, one JSON object a line, written through at once so that a killed process loses none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("ab", buffering=0)

    def add(self, call: Call) -> None:
        """Write one call."""
        self._file.write(as_line(call))

    def read(self) -> Iterator[Call]:
        """The calls of earlier runs."""
        return read(self._path)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read(path: Path) -> Iterator[Call]:
    """The calls in a journal; a last line that a kill cut short is left out."""
    for line in path.read_bytes().splitlines(keepends=True):
        if line.endswith(b"\n"):
            shape = json.loads(line)
            at, notes = datetime.fromisoformat(shape.pop("at")), tuple(shape.pop("notes"))
            yield Call(at=at, notes=notes, **shape)
