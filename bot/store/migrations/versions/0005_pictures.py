"""What pictures look like for each person, or that they want none."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add a column to people."""
    with op.batch_alter_table("learners") as batch:
        batch.add_column(sa.Column("pictures", sa.String(length=5), server_default="light", nullable=False))
