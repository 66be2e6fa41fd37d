"""Adds the rule by which each run chose the submissions that count."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Adds the column; the rule of an earlier run is not known."""
    op.add_column("runs", sa.Column("rule", sa.String()))
