"""Adds the name by which a student signs in."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Adds the column; an earlier roster has no logins."""
    op.add_column("students", sa.Column("login", sa.String(), nullable=False, server_default=""))
