"""Adds tables for submitted files, the report of the last intake, and decisions from the desk."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Makes the tables; the next batch adds the files of earlier submissions."""
    op.create_table(
        "submitted_files",
        sa.Column("files", sa.String(), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=False),
    )
    op.create_table(
        "intakes",
        sa.Column("assignment", sa.String(), primary_key=True),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("entry_count", sa.Integer(), nullable=False),
        sa.Column("aside", sa.JSON(), nullable=False),
    )
    op.create_table(
        "decisions",
        sa.Column("student_id", sa.String(), sa.ForeignKey("students.id"), primary_key=True),
        sa.Column("assignment", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("value", sa.JSON(), nullable=False),
    )
