"""Submissions have doubts, which an instructor confirms before the grade counts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds the columns; there are no doubts about earlier submissions."""
    for name in ("doubt", "confirmed"):
        op.add_column("submissions", sa.Column(name, sa.JSON(), nullable=False, server_default='""'))
