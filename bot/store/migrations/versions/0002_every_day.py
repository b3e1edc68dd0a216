"""Every day: leave, pauses, renewals, exemptions with their reason, orders, rosters on their way in."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add columns to people and assignments, and six tables."""
    _people()
    _assignments()
    _orders()
    _rosters()
    op.create_table(
        "guesses",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guesses")),
    )
    op.create_index(op.f("ix_guesses_account_id"), "guesses", ["account_id"], unique=False)
    op.create_table(
        "marks",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_marks")),
    )
    _plans()
    op.drop_index(op.f("ix_events_learner_id"), "events")
    op.create_index("ix_events_learner_id_at", "events", ["learner_id", "at"], unique=False)
    op.create_index("ix_outbox_lane_id", "outbox", ["lane", "id"], unique=False)


def _people() -> None:
    with op.batch_alter_table("learners") as batch:
        batch.add_column(sa.Column("rest_days", sa.String(length=7), nullable=True))
        batch.add_column(sa.Column("reminders", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch.add_column(sa.Column("paused_until", sa.Date(), nullable=True))
        batch.add_column(sa.Column("away_from", sa.Date(), nullable=True))
        batch.add_column(sa.Column("away_until", sa.Date(), nullable=True))
    with op.batch_alter_table("enrolments") as batch:
        batch.add_column(sa.Column("ended_on", sa.Date(), nullable=True))


def _assignments() -> None:
    with op.batch_alter_table("assignments") as batch:
        batch.add_column(sa.Column("round", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("exempt_reason", sa.String(length=16), nullable=True))
        batch.add_column(sa.Column("exempt_note", sa.Text(), nullable=True))
        batch.add_column(sa.Column("exempt_by", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("excuse", sa.Text(), nullable=True))
        batch.drop_constraint(op.f("uq_assignments_learner_id_track_unit"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_assignments_learner_id_track_unit_round"), ["learner_id", "track", "unit", "round"]
        )


def _plans() -> None:
    op.create_table(
        "plans",
        sa.Column("learner_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("manages", sa.Boolean(), nullable=False),
        sa.Column("curriculum", sa.String(length=16), nullable=False),
        sa.Column("again_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["learner_id"], ["learners.id"], name=op.f("fk_plans_learner_id")),
        sa.PrimaryKeyConstraint("learner_id", name=op.f("pk_plans")),
    )
    op.create_index(op.f("ix_plans_again_at"), "plans", ["again_at"], unique=False)


def _orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=False),
        sa.Column("learner_id", sa.BigInteger(), nullable=False),
        sa.Column("args", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["learners.id"], name=op.f("fk_orders_by_id")),
        sa.ForeignKeyConstraint(["learner_id"], ["learners.id"], name=op.f("fk_orders_learner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
    )
    op.create_index(op.f("ix_orders_learner_id"), "orders", ["learner_id"], unique=False)
    op.create_index(op.f("ix_orders_done_at"), "orders", ["done_at"], unique=False)


def _rosters() -> None:
    op.create_table(
        "roster_batches",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("applied_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_batches")),
    )
    op.create_table(
        "roster_lines",
        sa.Column("batch_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("learner_id", sa.BigInteger(), nullable=False),
        sa.Column("manager_id", sa.BigInteger(), nullable=True),
        sa.Column("staff_number", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("job", sa.String(length=32), nullable=False),
        sa.Column("hired_on", sa.Date(), nullable=True),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["roster_batches.id"], name=op.f("fk_roster_lines_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_roster_lines")),
    )
