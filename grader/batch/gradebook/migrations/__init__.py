"""The history of the gradebook's schema, for Alembic; a new revision is one more file in `versions/`.

May import: SQLAlchemy, Alembic.
"""
