"""Memories: what each learner keeps of each lesson; begun from the log for lessons done before."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby

import sqlalchemy as sa
from alembic import op

from bot.rules.completion import Event
from bot.rules.memory import Memory, rebuild
from bot.store import ids

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the table, and a row for every lesson that somebody has completed."""
    memories = op.create_table(
        "memories",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("learner_id", sa.BigInteger(), nullable=False),
        sa.Column("lesson", sa.String(length=64), nullable=False),
        sa.Column("stability", sa.Double(), nullable=False),
        sa.Column("difficulty", sa.Double(), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("parameters", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["learner_id"], ["learners.id"], name=op.f("fk_memories_learner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memories")),
        sa.UniqueConstraint("learner_id", "lesson", name=op.f("uq_memories_learner_id_lesson")),
    )
    op.create_index("ix_memories_learner_id_due_on", "memories", ["learner_id", "due_on"], unique=False)
    found = [_row(memory) for memory in _done_before()]
    if found:
        op.bulk_insert(memories, found)


def _done_before() -> Iterator[Memory]:
    """One learner after another, so that a long log never lies in memory."""
    query = sa.text(
        "SELECT learner_id, at, payload FROM events WHERE kind = 'completed' ORDER BY learner_id, id"
    )
    for _, log in groupby(op.get_bind().execute(query), key=lambda row: row.learner_id):
        yield from rebuild(
            Event(row.learner_id, "completed", _instant(row.at), json.loads(row.payload), "") for row in log
        ).values()


def _instant(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def _row(memory: Memory) -> dict[str, object]:
    return {name: getattr(memory, name) for name in Memory.__slots__} | {"id": ids.new()}
