"""Adds rosters, groups, the run that first added each submission, and withdrawals from reports."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds columns and tables; the run that added each submission comes from the audit log."""
    op.add_column("students", sa.Column("group", sa.String(), nullable=False, server_default=""))
    op.add_column("students", sa.Column("on_roster", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("runs", sa.Column("roster", sa.JSON()))
    op.add_column("runs", sa.Column("withdrawn", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "arrivals",
        sa.Column("submission_id", sa.String(), sa.ForeignKey("submissions.id"), primary_key=True),
        sa.Column("run_id", sa.Integer(), sa.ForeignKey("runs.id"), nullable=False),
    )
    op.create_table(
        "withdrawals",
        sa.Column("student_id", sa.String(), sa.ForeignKey("students.id"), primary_key=True),
        sa.Column("assignment", sa.String(), primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("reason", "author")),
    )
    if arrivals := _arrivals(op.get_bind()):
        table = sa.table("arrivals", sa.column("submission_id"), sa.column("run_id"))
        op.bulk_insert(table, arrivals)


def _arrivals(connection: sa.Connection) -> list[dict[str, Any]]:
    known = set(connection.scalars(sa.text("SELECT id FROM submissions")))
    words = "SELECT run_id, detail FROM audit_log WHERE run_id IS NOT NULL ORDER BY id"
    first: dict[str, int] = {}
    for run, detail in connection.execute(sa.text(words)):
        said = json.loads(detail) if isinstance(detail, str) else detail
        if said.get("submission") in known:
            first.setdefault(said["submission"], run)
    return [{"submission_id": id, "run_id": run} for id, run in first.items()]
