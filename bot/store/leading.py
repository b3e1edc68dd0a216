"""Which of several processes fetches updates: a row that one of them renews, and the next takes when it stands still.

A row and no lock of a session: it means the same behind a pooler that lends connections by the transaction, after a
standby took over, on SQLite, and when a whole machine vanishes without closing anything.
"""

import os
import socket
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, delete, select, update

from bot.store import watching
from bot.store.tables import marks

POLLER = "poller"
STARTED = 21
"""When the process was started, in /proc/<pid>/stat counted from 0; proc(5)."""


@dataclass(frozen=True, slots=True)
class Lead:
    """Who leads, and how often that was renewed: two alike mean that nobody renewed meanwhile."""

    holder: str
    beat: int

    def renewed(self, holder: str) -> "Lead":
        """The same row once this process has written it."""
        return Lead(holder, self.beat + 1)


def standing(connection: Connection) -> Lead | None:
    """The row as it stands."""
    note = connection.execute(select(marks.c.note).where(marks.c.name == POLLER)).scalar()
    if note is None:
        return None
    holder, _, beat = note.rpartition(" ")
    return Lead(holder, int(beat))


def take(connection: Connection, after: Lead | None, mine: Lead, now: datetime) -> bool:
    """Write `mine` where `after` still stands; whether it did."""
    if after is None:
        return watching.mark(connection, POLLER, now, _note(mine))
    row = update(marks).where(marks.c.name == POLLER, marks.c.note == _note(after))
    return connection.execute(row.values(at=now, note=_note(mine))).rowcount == 1


def give_back(connection: Connection, mine: Lead) -> None:
    """Let the next one take it at once."""
    connection.execute(delete(marks).where(marks.c.name == POLLER, marks.c.note == _note(mine)))


def _note(lead: Lead) -> str:
    return f"{lead.holder} {lead.beat}"


def this_process() -> str:
    """A name that no other process has, and by which those on the same machine know whether it still runs."""
    pid = os.getpid()
    return f"{_machine()}/{pid}/{started(pid)}/{os.urandom(4).hex()}"


def has_ended(holder: str) -> bool:
    """Whether this process is known to be gone; of one on another machine that cannot be known."""
    machine, pid, since, _ = holder.split("/")
    if machine != _machine() or os.name != "posix":
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False  # somebody else's process, so it runs
    return since != started(int(pid))  # the number belongs to another process by now


def _machine() -> str:
    """One start of one kernel, and the container in it: only there do the numbers of processes mean the same."""
    try:
        booted = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{booted}:{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return socket.gethostname().replace("/", "")


def started(pid: int) -> str:
    """When this process was started, as its kernel counts."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "?"
    return stat.rpartition(") ")[2].split(" ")[STARTED - 2]
