"""Adjustments are bound to a submission or to a student, and say whether they may exceed the points."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Adds the columns. Earlier adjustments work as before: for the grade that counts, without bounds."""
    op.add_column(
        "adjustments", sa.Column("applies_to", sa.String(), nullable=False, server_default="submission")
    )
    op.add_column(
        "adjustments", sa.Column("may_exceed", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column("adjustments", sa.Column("submission", sa.String(), nullable=False, server_default=""))
    op.execute(
        "UPDATE adjustments SET submission = COALESCE((SELECT submission_id FROM grades WHERE counts "
        "AND grades.student_id = adjustments.student_id AND grades.assignment = adjustments.assignment), '')"
    )
