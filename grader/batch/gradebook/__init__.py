"""Keeps submissions and every grade, in a database.

May import: grader.model, grader.intake; SQLAlchemy, Alembic.
"""

from grader.batch.gradebook.book import Gradebook, GradeEntry

__all__ = ["GradeEntry", "Gradebook"]
