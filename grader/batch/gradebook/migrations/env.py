"""Alembic's environment: changes a gradebook's schema on the connection of `database.py`."""

from alembic import context

from grader.batch.gradebook.tables import Table

context.configure(connection=context.config.attributes["connection"], target_metadata=Table.metadata)
context.run_migrations()
