"""Keeps submissions and every grade, in a database, which the batch and the desk share.

`book` is the gradebook, `tables` its tables, `database` opens it, and `schema_version` runs the migrations of
`migrations/versions/`. `decisions` writes what an instructor decides on the desk.
May import: grader.model, grader.intake; SQLAlchemy, Alembic.
"""

from grader.batch.gradebook.book import Gradebook, GradeEntry

__all__ = ["GradeEntry", "Gradebook"]
