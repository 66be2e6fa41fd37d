"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

APPEND_ONLY = "the audit log is append-only"


def upgrade() -> None:
    """Makes every table, and the triggers that keep the audit log append-only."""
    op.create_table(
        "students",
        sa.Column("id", sa.String(), primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("name", "email", "section", "extension")),
    )
    op.create_table(
        "submissions",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("student_id", sa.String(), sa.ForeignKey("students.id"), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("assignment", "attempt", "files", "submitted_at")
        ),
        sa.Column("late", sa.Boolean(), nullable=False),
    )
    op.create_index("submissions_by_student", "submissions", ["assignment", "student_id"])
    op.create_table(
        "grades",
        sa.Column("submission_id", sa.String(), sa.ForeignKey("submissions.id"), primary_key=True),
        sa.Column("student_id", sa.String(), sa.ForeignKey("students.id"), nullable=False),
        sa.Column("assignment", sa.String(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("graded_by", "submission", "score", "max_score", "withheld")
        ),
        sa.Column("not_selected", sa.Integer(), nullable=False),
        sa.Column("sandbox", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
    )
    op.create_index(
        "one_grade_counts",
        "grades",
        ["assignment", "student_id"],
        unique=True,
        sqlite_where=sa.text("counts"),
        postgresql_where=sa.text("counts"),
    )
    op.create_table(
        "case_results",
        sa.Column("files", sa.String(), primary_key=True),
        sa.Column("address", sa.String(), primary_key=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "faults",
        sa.Column("submission_id", sa.String(), sa.ForeignKey("submissions.id"), primary_key=True),
        sa.Column("reason", sa.JSON(), nullable=False),
    )
    op.create_table(
        "adjustments",
        sa.Column("student_id", sa.String(), sa.ForeignKey("students.id"), primary_key=True),
        sa.Column("assignment", sa.String(), primary_key=True),
        sa.Column("criterion", sa.String(), primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("points", "reason", "author")),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("assignment", sa.String(), nullable=False),
        sa.Column("graded_by", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_id", sa.Integer(), sa.ForeignKey("runs.id")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("action", "student_id", "assignment")),
        sa.Column("detail", sa.JSON(), nullable=False),
    )
    _keep_append_only()


def _keep_append_only() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_log_{change.lower()} BEFORE {change} ON audit_log "
                f"BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_log_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{APPEND_ONLY}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_log_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse()"
    )
