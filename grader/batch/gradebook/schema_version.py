"""Compares a gradebook's schema with this grader's migrations, and runs the missing ones.

Alembic is imported only if there is something to migrate: importing it takes longer than a small batch.
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

MIGRATIONS = Path(__file__).parent / "migrations"
TABLE = "alembic_version"


def revisions() -> tuple[str, ...]:
    """The revisions of this grader, the latest last: each file of `versions` begins with its own."""
    files = (MIGRATIONS / "versions").glob("[0-9]*_*.py")
    return tuple(sorted(path.name.partition("_")[0] for path in files))


def revision_of(connection: Connection) -> str | None:
    """The revision of a database's schema; None if it has none."""
    if TABLE not in inspect(connection).get_table_names():
        return None
    return connection.execute(text(f"SELECT version_num FROM {TABLE}")).scalar()


def upgrade(connection: Connection) -> None:
    """Runs the migrations that the database lacks, in the transaction of the connection."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
