"""The tables. Instants are whole microseconds since 1970 in UTC, the same in both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    true,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def micro(at: datetime) -> int:
    """An instant as the tables keep it."""
    return (at - EPOCH) // MICROSECOND


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as microseconds in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        return None if value is None else micro(value)

    def process_result_value(self, value: Any, dialect: Any) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", BigInteger, primary_key=True, autoincrement=False)


def _of_learner(**options: Any) -> Column[int]:
    return Column("learner_id", BigInteger, ForeignKey("learners.id"), nullable=False, **options)


learners = Table(
    "learners",
    metadata,
    _id(),
    Column("audience", String(16), nullable=False),
    Column("language", String(16), nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("staff_number", String(64), unique=True),
    Column("department", Text, nullable=False),
    Column("job", String(32), nullable=False),
    Column("manager_id", BigInteger, ForeignKey("learners.id"), index=True),
    Column("hired_on", Date),
    Column("place", String(2)),
    Column("lesson_at", String(5), nullable=False),
    Column("account_id", BigInteger, unique=True),
    Column("joined_at", Instant),
    Column("left_on", Date),
    Column("unreachable", String(32)),
    Column("rights", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("rest_days", String(7)),
    Column("reminders", Boolean, nullable=False, server_default=true()),
    Column("paused_until", Date),
    Column("away_from", Date),
    Column("away_until", Date),
    Column("pictures", String(5), nullable=False, server_default="light"),
)
"""``rest_days`` are weekdays as digits, Monday 0; none chosen: those of the audience. ``paused_until`` and
``away_until`` name the first day on which things come again. ``rights`` are those granted by name, comma-separated; a manager's follow from ``manager_id``."""

wakes = Table(
    "wakes",
    metadata,
    _of_learner(primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False, index=True),
)
"""When each learner's lesson hour strikes next; what a tick looks at costs by what is due."""

invitations = Table(
    "invitations",
    metadata,
    _id(),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    _of_learner(index=True),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

guesses = Table(
    "guesses",
    metadata,
    _id(),
    Column("account_id", BigInteger, nullable=False, index=True),
    Column("at", Instant, nullable=False),
)
"""Invitations that opened nothing, by the account that tried; kept for a day, to slow a guesser down."""

enrolments = Table(
    "enrolments",
    metadata,
    _id(),
    _of_learner(),
    Column("track", String(64), nullable=False),
    Column("started_on", Date, nullable=False),
    Column("ended_on", Date),
    UniqueConstraint("learner_id", "track"),
)

assignments = Table(
    "assignments",
    metadata,
    _id(),
    _of_learner(),
    Column("track", String(64), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("unit_kind", String(8), nullable=False),
    Column("position", Integer, nullable=False),
    Column("assigned_on", Date, nullable=False),
    Column("due_on", Date),
    Column("started_at", Instant),
    Column("completed_at", Instant),
    Column("score_percent", Integer),
    Column("attempts", Integer, nullable=False),
    Column("content_version", String(16), nullable=False),
    Column("exempt", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("round", Integer, nullable=False, server_default="0"),
    Column("exempt_reason", String(16)),
    Column("exempt_note", Text),
    Column("exempt_by", BigInteger),
    Column("excuse", Text),
    UniqueConstraint("learner_id", "track", "unit", "round"),
)
"""``round`` counts renewals: 0 the first time. ``excuse`` is the learner's own reason, passed on to the manager."""

plans = Table(
    "plans",
    metadata,
    _of_learner(primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("manages", Boolean, nullable=False),
    Column("curriculum", String(16), nullable=False),
    Column("again_at", Instant, index=True),
)
"""What each learner's assignments were last brought level with: the version of their record, whether
somebody reports to them, the tracks as they stood; and when a day brings something by itself."""

attempts = Table(
    "attempts",
    metadata,
    _id(),
    _of_learner(),
    Column("kind", String(8), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("content_version", String(16), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("stage", String(16), nullable=False),
    Column("card", Integer, nullable=False),
    Column("queue", Text, nullable=False),
    Column("orders", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("picks", String(16), nullable=False),
    Column("last", String(16), nullable=False),
    Column("asked", Integer, nullable=False),
    Column("right", Integer, nullable=False),
    Column("missed_must", Boolean, nullable=False),
    Column("node", String(64), nullable=False),
    Column("path", Text, nullable=False),
    Column("ending", String(64), nullable=False),
    Column("finished_at", Instant),
    Column("closed", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_attempts_open", "learner_id", "finished_at", "closed"),
)

answers = Table(
    "answers",
    metadata,
    Column("attempt_id", BigInteger, ForeignKey("attempts.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    _of_learner(index=True),
    Column("item", String(80), nullable=False),
    Column("chosen", String(16), nullable=False),
    Column("right", Boolean, nullable=False),
    Column("first", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
)

memories = Table(
    "memories",
    metadata,
    _id(),
    _of_learner(),
    Column("lesson", String(64), nullable=False),
    Column("stability", Double, nullable=False),
    Column("difficulty", Double, nullable=False),
    Column("looked_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("looks", Integer, nullable=False),
    Column("parameters", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("learner_id", "lesson"),
    Index("ix_memories_learner_id_due_on", "learner_id", "due_on"),
)
"""How well each lesson that was completed is still known, and when it is looked at again; rebuilt from the log."""

dialogues = Table(
    "dialogues",
    metadata,
    _of_learner(primary_key=True, autoincrement=False),
    Column("awaits", String(32), nullable=False),
    Column("args", Text, nullable=False),
    Column("sealed", LargeBinary),
    Column("version", Integer, nullable=False),
)
"""What a learner was asked to type, if anything; ``sealed`` holds what may not lie in the open."""

outbox = Table(
    "outbox",
    metadata,
    _id(),
    Column("learner_id", BigInteger, ForeignKey("learners.id")),
    Column("chat_id", BigInteger, nullable=False),
    Column("lane", Integer, nullable=False),
    Column("care", String(8), nullable=False),
    Column("state", String(12), nullable=False),
    Column("reason", Text),
    Column("method", String(40)),
    Column("params", Text),
    Column("files", Text),
    Column("wish", String(40)),
    Column("wish_args", Text),
    Column("screen", String(64)),
    Column("sealed", Boolean, nullable=False),
    Column("assignment_id", BigInteger, ForeignKey("assignments.id")),
    Column("slot", String(40)),
    Column("on", Date),
    Column("daily", String(16)),
    Column("made_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("claimed_by", String(40)),
    Column("claimed_until", Instant),
    Column("sends", Integer, nullable=False),
    Column("sent_at", Instant),
    Column("message_id", BigInteger),
    UniqueConstraint("learner_id", "assignment_id", "slot"),
    UniqueConstraint("learner_id", "on", "daily"),
    Index("ix_outbox_owed", "state", "due_at"),
    Index("ix_outbox_screen", "learner_id", "screen"),
    Index("ix_outbox_lane_id", "lane", "id"),
)
"""Every owed message. ``state``: owed, claimed, then one of `rules.sending.State` but ``later``."""

slots = Table(
    "slots",
    metadata,
    _id(),
    Column("free_at", LargeBinary, nullable=False),
    Column("even_at", BigInteger, nullable=False),
    Column("paused_until", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("last", String(40), nullable=False),
    Column("mixed_at", BigInteger, nullable=False),
    Column("holder", String(40), nullable=False),
)
"""One row: the places that processes with one token send from (`rules.slots.Places`), in its own clock's microseconds."""

updates = Table("updates", metadata, _id(), Column("on", Date, nullable=False))
"""Ids of the updates handled, and the day; nothing else of them is kept."""

dead_letters = Table(
    "dead_letters",
    metadata,
    _id(),
    Column("update_id", BigInteger, nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("error", Text, nullable=False),
    Column("shape", Text, nullable=False),
)
"""Updates whose journey raised: what kind of update it was and the error, never its words."""

events = Table(
    "events",
    metadata,
    _id(),
    _of_learner(),
    Column("kind", String(24), nullable=False),
    Column("at", Instant, nullable=False),
    Column("payload", Text, nullable=False),
    Column("content_version", String(16), nullable=False),
    Index("ix_events_learner_id_at", "learner_id", "at"),
)
"""Only added to; scores and completion are rebuilt from it."""

audit = Table(
    "audit",
    metadata,
    _id(),
    Column("at", Instant, nullable=False),
    Column("actor", String(40), nullable=False),
    Column("action", String(40), nullable=False),
    Column("object", String(120), nullable=False),
    Column("number", BigInteger, unique=True),
    Column("mac", LargeBinary),
)
"""Who did what to what; the linker numbers the rows and chains them by a keyed MAC."""

orders = Table(
    "orders",
    metadata,
    _id(),
    Column("kind", String(24), nullable=False),
    Column("by_id", BigInteger, ForeignKey("learners.id"), nullable=False),
    _of_learner(index=True),
    Column("args", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("done_at", Instant, index=True),
    Column("outcome", Text),
)
"""What one person's turn asks of somebody else's record (remind, assign, exempt, leave); a tick carries it
out, since a journey changes rows of its own learner only."""

marks = Table(
    "marks",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("note", Text, nullable=False),
)
"""Instants that the whole installation remembers: the last tick, an alarm that is on."""

roster_batches = Table(
    "roster_batches",
    metadata,
    _id(),
    Column("made_at", Instant, nullable=False),
    Column("actor", String(40), nullable=False),
    Column("source", Text, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("applied_at", Instant),
)

roster_lines = Table(
    "roster_lines",
    metadata,
    Column("batch_id", BigInteger, ForeignKey("roster_batches.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("learner_id", BigInteger, nullable=False),
    Column("manager_id", BigInteger),
    Column("staff_number", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("job", String(32), nullable=False),
    Column("hired_on", Date),
    Column("language", String(16), nullable=False),
    Column("time_zone", String(64), nullable=False),
)
"""A roster on its way in, written in short transactions; nobody sees a line before the last one is there."""

content_versions = Table(
    "content_versions",
    metadata,
    Column("version", String(16), primary_key=True),
    Column("slug", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("served_at", Instant, nullable=False),
)
"""Each version of a unit that was ever served, so that an attempt ends on the one it began with."""

ratings = Table(
    "ratings",
    metadata,
    _of_learner(primary_key=True, autoincrement=False),
    Column("unit", String(64), primary_key=True),
    Column("content_version", String(16), primary_key=True),
    Column("rating", Integer, nullable=False),
    Column("at", Instant, nullable=False),
)
"""What a lesson was worth: 1 useful, 2 so-so, 3 no use; one a learner, lesson and version."""

feedback = Table(
    "feedback",
    metadata,
    _id(),
    _of_learner(),
    Column("unit", String(64), nullable=False),
    Column("content_version", String(16), nullable=False),
    Column("words", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("taken_back_at", Instant),
    Index("ix_feedback_learner_id_at", "learner_id", "at"),
)
"""What people wrote to the trainers, with the unit they had played last; taken back, it has no words."""

feedback_done = Table(
    "feedback_done",
    metadata,
    Column("feedback_id", BigInteger, ForeignKey("feedback.id"), primary_key=True, autoincrement=False),
    _of_learner(primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
)
"""Which trainer has done with which piece: a row of the trainer's own, so that two at once do not collide."""

previews = Table(
    "previews",
    metadata,
    _of_learner(primary_key=True, autoincrement=False),
    Column("attempt_id", BigInteger, nullable=False),
    Column("language", String(16), nullable=False),
    Column("body", Text, nullable=False),
    Column("version", Integer, nullable=False),
)
"""Where a trainer stands in a preview, apart from `attempts`, so that nothing that counts can meet it."""

ORDER: tuple[Table, ...] = (
    learners, wakes, invitations, enrolments, assignments, attempts, answers, memories, dialogues,
    ratings, feedback, feedback_done, previews, guesses, orders, events, audit, outbox, dead_letters,
)  # fmt: skip
"""In which a group writes: what is referred to comes first."""
