"""Grades have notes: lines for the student that cost no points."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds the column; earlier grades have no notes."""
    op.add_column("grades", sa.Column("notes", sa.JSON(), nullable=False, server_default="[]"))
