"""Submissions have doubts, which a person confirms before the grade counts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds the columns; there is no doubt about what was submitted before."""
    for name in ("doubt", "confirmed"):
        op.add_column("submissions", sa.Column(name, sa.JSON(), nullable=False, server_default='""'))
