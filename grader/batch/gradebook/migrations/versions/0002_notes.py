"""Grades have notes: what a student should read and costs no points."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds the column; what was graded before has none."""
    op.add_column("grades", sa.Column("notes", sa.JSON(), nullable=False, server_default="[]"))
