"""Adds the times that each run read, so that they go when the run is withdrawn."""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Adds the column; what is known of a submission now was read by the run that added it."""
    op.add_column("runs", sa.Column("times", sa.JSON()))
    words = "SELECT run_id, id, submitted_at, late FROM arrivals JOIN submissions ON id = submission_id"
    read: dict[int, dict[str, list[object]]] = defaultdict(dict)
    for run, id, time, late in op.get_bind().execute(sa.text(words)):
        read[run][id] = [time, bool(late)]
    runs = sa.table("runs", sa.column("id"), sa.column("times", sa.JSON()))
    for run, of in read.items():
        op.execute(sa.update(runs).where(runs.c.id == run).values(times={"is_whole": False, "read": of}))
